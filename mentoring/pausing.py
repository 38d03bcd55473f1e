"""Pauses: until when somebody wants quiet, as they say it, and when a pause is over.

A pause holds through its last day in the person's own zone and ends by itself. What it holds back is `budget`'s.
"""

from __future__ import annotations

import enum
import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from mentoring.calendar import at_local
from mentoring.participants import ParticipantState

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

LONGEST = timedelta(days=366)

_DAY = timedelta(days=1)
_UNIT_DAYS = {"d": 1, "w": 7, "m": 30}
_NUMBERS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 1
    )
} | {"a": 1, "an": 1}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_SPAN = re.compile(r"(\d{1,4}|[a-z]+)\s*(d|days?|w|weeks?|m|months?)")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3,9})(?:\s+(\d{4}))?")
_MONTH_DAY = re.compile(r"([a-z]{3,9})\s+(\d{1,2})(?:st|nd|rd|th)?(?:\s+(\d{4}))?")
_FILLERS = re.compile(r"[.,;]|\b(?:until|till|to|for|on|the|of|please|next)\b")


class Misread(enum.StrEnum):
    """Why what somebody typed is no end of a pause."""

    UNCLEAR = "unclear"  # no date and no length of time
    NOT_AHEAD = "not_ahead"  # today or in the past
    TOO_LONG = "too_long"  # over a year away


def read_end(text: str, *, today: date) -> date | Misread:
    """The last day of a pause as somebody types it: `2w`, `3 weeks`, `a month`, `2026-10-01`, `1 October`, `Friday`.

    A month is thirty days; a date without a year and a weekday are the next such day.
    """
    said = " ".join(_FILLERS.sub(" ", text.lower()).split())
    until = _span(said, today) or _date(said, today)
    return Misread.UNCLEAR if until is None else check_end(until, today=today)


def check_end(until: date, *, today: date) -> date | Misread:
    """The date itself, when it lies after today and within a year."""
    if until <= today:
        return Misread.NOT_AHEAD
    return until if until <= today + LONGEST else Misread.TOO_LONG


def _span(said: str, today: date) -> date | None:
    found = _SPAN.fullmatch(said)
    if found is None:
        return None
    number = int(found[1]) if found[1].isdecimal() else _NUMBERS.get(found[1])
    # Ten thousand months lie past the last date there is; anything over a year is refused alike.
    return None if number is None else today + min(number, 5_000) * _UNIT_DAYS[found[2][0]] * _DAY


def _date(said: str, today: date) -> date | None:
    if said == "tomorrow":
        return today + _DAY
    if said[:3] in _WEEKDAYS and re.fullmatch(r"[a-z]+day|[a-z]{3}", said):
        return today + ((_WEEKDAYS.index(said[:3]) - today.weekday() - 1) % 7 + 1) * _DAY
    if found := _ISO.fullmatch(said):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_MONTH.fullmatch(said):
        return _named(found[2], int(found[1]), found[3], today)
    if found := _MONTH_DAY.fullmatch(said):
        return _named(found[1], int(found[2]), found[3], today)
    return None


def _named(month: str, day: int, year: str | None, today: date) -> date | None:
    if month[:3] not in _MONTHS:
        return None
    number = _MONTHS.index(month[:3]) + 1
    if year is not None:
        return _day(int(year), number, day)
    this_year = _day(today.year, number, day)
    return this_year if this_year is not None and this_year > today else _day(today.year + 1, number, day)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def over_at(paused_until: date, zone: ZoneInfo) -> datetime:
    """The first moment after a pause: the start of the next day where the person is."""
    return at_local(paused_until + _DAY, time(0), zone)


def due_at(state: ParticipantState, paused_until: date | None, zone: ZoneInfo) -> datetime | None:
    """When the planner must look at a participant: when their pause is over; None while they are not paused."""
    if state is not ParticipantState.PAUSED or paused_until is None:
        return None
    return over_at(paused_until, zone)
