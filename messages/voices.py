"""Choosing the voice: in whose language and zone, and with which program's nouns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from messages.voice import Voice
from messages.words import Words

if TYPE_CHECKING:
    from mentoring.facts import ProgramCard, Reader


@dataclass(frozen=True, slots=True)
class Voices:
    """Makes voices; `command` is the slash command as the operator named it."""

    command: str = "/mentoring"

    def for_reader(self, reader: Reader | None, program: ProgramCard | None) -> Voice:
        """The voice for this reader in this program's words; English and UTC where nothing is known."""
        words = (
            Words.of(program.settings, self.command) if program is not None else Words(command=self.command)
        )
        if reader is None:
            return Voice(words=words)
        return Voice(locale=reader.locale, timezone=reader.timezone, words=words)
