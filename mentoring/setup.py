"""Setting a program up: its charter, what still keeps sign-up from opening, and when a program is looked at again."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from mentoring.calendar import at_local, named_zone
from mentoring.participants import NamedRoleState
from mentoring.program import Direction, ProgramState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

GUESSES_AN_HOUR = 5
GUESS_WINDOW = timedelta(hours=1)
MAX_SECONDARY_GOALS = 3
MAX_DEPARTMENTS = 98  # a menu holds a hundred options, and "Other" is one of them
LONGEST_DEPARTMENT = 75
LONGEST_LINE = 300
SIGN_UP_DAYS = 14
DAYS_TO_START = 7


class Measure(enum.StrEnum):
    """Outcome measures that the program can take by itself; which are wanted is agreed before launch (P3)."""

    TOPIC_RATINGS = "topic_ratings"  # before and after on the same topics
    STANDING_ITEMS = "standing_items"  # three items, same wording, at 0, 6 and 12 months
    SESSIONS_HELD = "sessions_held"
    WAITING_GROUP = "waiting_group"  # participants beside people who wait


class Size(enum.StrEnum):
    """How many people are expected to join."""

    SMALL = "small"  # up to 14
    MIDDLE = "middle"  # 15 to 59
    LARGE = "large"  # 60 and more

    @property
    def at_least(self) -> int:
        """People that can be counted on."""
        return {Size.SMALL: 6, Size.MIDDLE: 15, Size.LARGE: 60}[self]


class Figure(enum.StrEnum):
    """What figures may be broken down by, so that no group of people is smaller than the minimum (P61)."""

    WHOLE = "whole"  # all participants together
    ROLE = "role"
    TOPIC_GROUP = "topic_group"
    DEPARTMENT = "department"


_PARTS = {Figure.WHOLE: 1, Figure.ROLE: 2, Figure.TOPIC_GROUP: 6, Figure.DEPARTMENT: 8}


def figures_possible(people: int, minimum_group: int) -> tuple[Figure, ...]:
    """Which figures a program of this size can show at all: every part must hold the minimum on average."""
    return tuple(figure for figure, parts in _PARTS.items() if people >= parts * minimum_group)


@dataclass(frozen=True, slots=True)
class Charter:
    """What a program is for, agreed before it opens (P1 to P3).

    Attributes:
        direction: who guides whom.
        secondary: further goals, up to three.
        skills: which skills should move.
        culture: which effect on working together.
        metric: which figure of the business.
        measures: how the outcome is measured.
        size: how many people are expected.
        later: the coordinator wants to finish the lines later; until then they do not stand.
        screen: the last screen of the set-up that was saved.
    """

    direction: Direction = Direction.REVERSE
    secondary: tuple[str, ...] = ()
    skills: str = ""
    culture: str = ""
    metric: str = ""
    measures: tuple[Measure, ...] = ()
    size: Size = Size.MIDDLE
    later: bool = False
    screen: int = 0

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Charter:
        """The charter of a stored row; what another release wrote and this one does not know is passed over."""
        known = {field.name for field in fields(cls)}
        values: dict[str, Any] = {name: value for name, value in stored.items() if name in known}
        for name, kind in (("direction", Direction), ("size", Size)):
            if name in values:
                values[name] = kind(values[name])
        values["secondary"] = tuple(str(goal) for goal in values.get("secondary", ()))
        measures = {measure.value for measure in Measure}
        values["measures"] = tuple(Measure(one) for one in values.get("measures", ()) if one in measures)
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        return {
            field.name: list(value) if isinstance(value, tuple) else value
            for field in fields(self)
            for value in (getattr(self, field.name),)
        }


class Need(enum.StrEnum):
    """A line of the checklist that has to stand before sign-up opens, in the order of the set-up."""

    GOAL = "goal"
    DATES = "dates"
    CHANNEL = "channel"
    SKILLS = "skills"
    CULTURE = "culture"
    METRIC = "metric"
    MEASURES = "measures"
    CONTACT = "contact"
    DEPUTY = "deputy"


class ChannelState(enum.StrEnum):
    """Whether the program's channel can be posted to, as the post that greets it showed."""

    NONE = "none"  # no channel was chosen
    CHECKING = "checking"  # the post is on its way
    REACHED = "reached"
    NOT_IN = "not_in"  # nobody has invited the app yet
    IN_DOUBT = "in_doubt"  # Slack gave no clear answer: somebody has to look


@dataclass(frozen=True, slots=True)
class Readiness:
    """What the checklist looks at."""

    goal: str
    charter: Charter
    channel: ChannelState
    signup_closes_on: date | None
    starts_on: date | None
    contact: NamedRoleState | None
    deputy: NamedRoleState | None


def missing(facts: Readiness, *, today: date) -> tuple[Need, ...]:
    """What keeps sign-up from opening; empty when everything stands. Source: P1, P2, P3, P37."""
    charter = facts.charter
    stands = not charter.later
    lines = {
        Need.GOAL: bool(facts.goal.strip()),
        Need.DATES: not date_faults(facts.signup_closes_on, facts.starts_on, today=today),
        Need.CHANNEL: facts.channel is ChannelState.REACHED,
        Need.SKILLS: stands and bool(charter.skills.strip()),
        Need.CULTURE: stands and bool(charter.culture.strip()),
        Need.METRIC: stands and bool(charter.metric.strip()),
        Need.MEASURES: stands and bool(charter.measures),
        Need.CONTACT: facts.contact is NamedRoleState.ACCEPTED,
        Need.DEPUTY: facts.deputy is NamedRoleState.ACCEPTED,
    }
    return tuple(need for need, done in lines.items() if not done)


class DateFault(enum.StrEnum):
    """What is wrong with a date of the set-up."""

    MISSING = "missing"
    PAST = "past"
    BEFORE_SIGN_UP = "before_sign_up"  # the start lies before sign-up closes
    FAR = "far"  # over a year ahead


def date_faults(
    signup_closes_on: date | None, starts_on: date | None, *, today: date
) -> dict[str, DateFault]:
    """What is wrong with the two dates, by field. Sign-up stays open through its last day."""
    faults: dict[str, DateFault] = {}
    for name, day in (("signup_closes_on", signup_closes_on), ("starts_on", starts_on)):
        if day is None:
            faults[name] = DateFault.MISSING
        elif day < today:
            faults[name] = DateFault.PAST
        elif day > today + timedelta(days=366):
            faults[name] = DateFault.FAR
    if not faults and starts_on is not None and signup_closes_on is not None and starts_on < signup_closes_on:
        faults["starts_on"] = DateFault.BEFORE_SIGN_UP
    return faults


def first_dates(today: date) -> tuple[date, date]:
    """Dates to start from: sign-up for two weeks, the start on the Monday a week later."""
    closes = today + timedelta(days=SIGN_UP_DAYS)
    start = closes + timedelta(days=DAYS_TO_START)
    return closes, start + timedelta(days=-start.weekday() % 7)


def sign_up_ends_at(signup_closes_on: date, timezone: str) -> datetime:
    """The moment sign-up closes: the end of its last day in the program's zone."""
    return at_local(signup_closes_on + timedelta(days=1), time(0), named_zone(timezone))


def program_due_at(
    state: ProgramState, *, signup_closes_on: date | None, timezone: str, checking_since: datetime | None
) -> datetime | None:
    """When the planner must look at a program: while its channel is being checked, and when sign-up closes."""
    if checking_since is not None:
        return checking_since
    if state is ProgramState.OPEN and signup_closes_on is not None:
        return sign_up_ends_at(signup_closes_on, timezone)
    return None


class ListFault(enum.StrEnum):
    """What is wrong with a typed list of departments."""

    TOO_MANY = "too_many"
    TOO_LONG = "too_long"


def read_departments(text: str) -> tuple[str, ...] | ListFault:
    """Departments from written text, one a line or separated by commas, each once, in their order."""
    names = dict.fromkeys(" ".join(name.split()) for name in re.split(r"[\n,;]", text))
    departments = tuple(name for name in names if name)
    if len(departments) > MAX_DEPARTMENTS:
        return ListFault.TOO_MANY
    if any(len(name) > LONGEST_DEPARTMENT for name in departments):
        return ListFault.TOO_LONG
    return departments


def may_guess(guesses: Sequence[datetime], *, now: datetime) -> bool:
    """A person may try five codes an hour."""
    return sum(at > now - GUESS_WINDOW for at in guesses) < GUESSES_AN_HOUR
