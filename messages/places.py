"""Languages and countries as choices, named in the reader's own language."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from babel import Locale
from babel.core import get_global

from messages import blocks
from messages.voice import babel_locale

if TYPE_CHECKING:
    from messages.message import Block

MOST_GROUPS = 100  # of a menu
PART = 25

LANGUAGES = (
    "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "ga", "gu", "he",
    "hi", "hr", "hu", "id", "is", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pa", "pl", "pt", "ro",
    "ru", "sk", "sl", "sr", "sv", "sw", "ta", "te", "th", "tl", "tr", "uk", "ur", "vi", "yue", "zh",
)  # fmt: skip
"""Offered at intake, as codes; a language that is missing here is still matched when a person's locale says so."""


def languages(locale: str) -> list[Block]:
    """Every language on offer, sorted by its name."""
    return [blocks.option(name, code) for name, code in _languages(babel_locale(locale))]


def language_of(locale: str) -> str:
    """The language a person's locale names, if it is on offer; else English."""
    code = babel_locale(locale).language
    return code if code in LANGUAGES else "en"


def countries(locale: str) -> list[Block]:
    """Every country, in groups: a menu holds a hundred options only so."""
    return [
        blocks.option_group(label, [blocks.option(name[:75], code) for name, code in members])
        for label, members in _countries(babel_locale(locale))
    ]


@lru_cache(maxsize=16)
def _languages(locale: Locale) -> list[tuple[str, str]]:
    names = [(locale.languages.get(code) or Locale("en").languages[code], code) for code in LANGUAGES]
    return sorted((name[:1].upper() + name[1:], code) for name, code in names)


@lru_cache(maxsize=16)
def _countries(locale: Locale) -> list[tuple[str, list[tuple[str, str]]]]:
    """Under their first letters; where a script has too many of these, in equal parts."""
    codes = get_global("territory_zones").keys() & locale.territories.keys()
    known = [(locale.territories[code], code) for code in codes if len(code) == 2 and code.isalpha()]
    names = sorted(known, key=lambda one: (_bare(one[0]), one[1]))
    groups = [(letter, list(members)) for letter, members in groupby(names, key=lambda one: _bare(one[0])[0])]
    if len(groups) <= MOST_GROUPS:
        return groups
    parts = [names[at : at + PART] for at in range(0, len(names), PART)]
    return [(f"{part[0][0][0]} - {part[-1][0][0]}", part) for part in parts]


def _bare(name: str) -> str:
    """A name in capitals without accents, so that Å stands with A."""
    return "".join(
        one for one in unicodedata.normalize("NFKD", name.upper()) if not unicodedata.combining(one)
    )
