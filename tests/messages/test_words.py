"""The nouns people see."""

from __future__ import annotations

import re
from dataclasses import asdict, fields

from mentoring.program import SETTINGS, ProgramSettings, SettingGroup
from messages.words import DEFAULT_WORDS, Words

BARRED = re.compile(r"\b(junior|senior|reverse|young|old|age|rank|native|protégé)", re.IGNORECASE)


def test_default_nouns_name_neither_rank_nor_age_nor_direction() -> None:
    assert not [noun for noun in asdict(DEFAULT_WORDS).values() if BARRED.search(noun)]


def test_nouns_come_from_the_settings_and_the_command_from_the_operator() -> None:
    settings = ProgramSettings(program_noun="Upward", partner_noun="guide", partners_noun="guides")

    assert Words.of(settings, "/upward") == Words(
        program_noun="Upward", partner_noun="guide", partners_noun="guides", command="/upward"
    )


def test_every_noun_is_a_setting_with_the_same_default() -> None:
    nouns = {field.name for field in fields(Words)} - {"command"}

    assert nouns == {name for name, entry in SETTINGS.items() if entry.group is SettingGroup.WORDS}
    assert Words.of(ProgramSettings()) == DEFAULT_WORDS
