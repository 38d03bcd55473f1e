"""The settings of a program, each with default, allowed range and help, and the states of a program.

Who takes part, and what a step of the cadence does with these numbers, live elsewhere.
"""
# ruff: noqa: RUF009 -- `setting` is `dataclasses.field` with what a screen needs; ruff knows only the original

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, replace
from datetime import date, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar, cast

from mentoring.errors import Fault, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

T = TypeVar("T")

# Clock changes start at 22, 23, 0, 1, 2 and 3 h local time, and nobody is written to at night:
# no hour of the cadence may lie between 21:00 and 04:59.
EARLIEST_HOUR = time(5, 0)
LATEST_HOUR = time(20, 59)


class Direction(StrEnum):
    """Who guides whom."""

    REVERSE = "reverse"
    """The mentor's decisions reach less far than the mentee's."""
    TRADITIONAL = "traditional"
    """The mentor's decisions reach further than the mentee's."""
    PEER = "peer"
    """Both stand at about the same level."""


class ProposalMode(StrEnum):
    """In which order the two of a proposed pair are asked."""

    IN_TURN = "in_turn"
    """The mentor first; the mentee only after a yes."""
    TOGETHER = "together"
    """Both at the same time."""


class WorkStyle(StrEnum):
    """What the work-style part of the score rewards."""

    ALIKE = "alike"
    DIFFERENT = "different"


class Weekday(StrEnum):
    """A day of the week, named, because a number would start on Monday for some and on Sunday for others."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """Monday is 0, as in `date.weekday()`."""
        return list(Weekday).index(self)


class ProgramState(StrEnum):
    """Where a program stands."""

    DRAFT = "draft"
    """Being set up: nobody can join, nothing is sent."""
    OPEN = "open"
    """People can join; rounds and the cadence run."""
    RUNNING = "running"
    """Sign-up is closed; rounds and the cadence run on."""
    CLOSED = "closed"
    """Over: nothing is planned any more; everyone still reaches their own data."""

    @property
    def accepts_sign_ups(self) -> bool:
        """Only an open program lets people in."""
        return self is ProgramState.OPEN

    @property
    def is_live(self) -> bool:
        """Rounds may be published and steps of the cadence fall due."""
        return self in {ProgramState.OPEN, ProgramState.RUNNING}


PROGRAM_CHANGES: Mapping[ProgramState, frozenset[ProgramState]] = {
    ProgramState.DRAFT: frozenset({ProgramState.OPEN}),
    ProgramState.OPEN: frozenset({ProgramState.RUNNING, ProgramState.CLOSED}),
    ProgramState.RUNNING: frozenset({ProgramState.OPEN, ProgramState.CLOSED}),
    ProgramState.CLOSED: frozenset({ProgramState.OPEN}),
}


def can_change(before: ProgramState, after: ProgramState) -> bool:
    """A draft opens; open and running change back and forth and close; a closed program may open again."""
    return after in PROGRAM_CHANGES[before]


class SettingGroup(StrEnum):
    """The order of the settings screen: six dates and the gap first, weights next to last, words last."""

    FIRST = "first"
    CADENCE = "cadence"
    MATCHING = "matching"
    PEOPLE = "people"
    COORDINATORS = "coordinators"
    EXTRAS = "extras"
    WEIGHTS = "weights"
    WORDS = "words"


@dataclass(frozen=True)
class Setting:
    """One setting as a screen needs it: what it is for, what it may be.

    `kind` is the type a value has in `ProgramSettings`: `int`, `bool`, `time`, `date` (a tuple of dates),
    `choice` (a StrEnum, one of `choices`) or `word` (one line of at most `high` characters).
    """

    name: str
    kind: str
    default: Any
    low: Any
    high: Any
    choices: tuple[str, ...]
    help: str
    group: SettingGroup

    @property
    def allowed(self) -> str:
        """The allowed values in words, as they stand in a fault."""
        match self.kind:
            case "int":
                return f"{self.low} to {self.high}"
            case "time":
                return f"{self.low:%H:%M} to {self.high:%H:%M}"
            case "bool":
                return "true or false"
            case "choice":
                return ", ".join(self.choices[:-1]) + " or " + self.choices[-1]
            case "date":
                return f"at most {self.high} days, each like 2026-12-24 or 2026-12-24 to 2027-01-01"
            case _:
                return f"one line of 1 to {self.high} characters"


_LONGEST_WORD = 40  # a noun stands in modal titles and button labels
_MOST_BLACKOUT_DAYS = 120


def setting(
    default: T,
    *,
    help: str,  # noqa: A002 -- the word every reader of a settings table looks for
    low: Any = None,
    high: Any = None,
    choices: type[StrEnum] | None = None,
    group: SettingGroup = SettingGroup.CADENCE,
) -> T:
    """Declare one field of `ProgramSettings` with everything a screen and a check need to know about it."""
    metadata = {"low": low, "high": high, "choices": choices, "help": help, "group": group}
    return field(default=default, metadata=metadata)


def _hours(default: time, *, help: str, group: SettingGroup) -> time:  # noqa: A002 -- as in `setting`
    return setting(default, low=EARLIEST_HOUR, high=LATEST_HOUR, help=help, group=group)


def _weight(default: int, *, help: str) -> int:  # noqa: A002 -- as in `setting`
    return setting(default, low=0, high=100, help=help, group=SettingGroup.WEIGHTS)


def _word(default: str, *, help: str) -> str:  # noqa: A002 -- as in `setting`
    return setting(default, low=1, high=_LONGEST_WORD, help=help, group=SettingGroup.WORDS)


def _switch(*, help: str) -> bool:  # noqa: A002 -- as in `setting`
    return setting(default=False, help=help, group=SettingGroup.EXTRAS)


@dataclass(frozen=True)
class ProgramSettings:
    """Everything a coordinator may change about a program, valid field by field once it exists.

    Rules between fields (a nudge before the end it nudges towards, weights that sum to 100) are checked where
    a person changes settings, by `validate` and `changed`; a row stored before such a rule existed still loads.
    Narrowing a range needs a migration of the stored rows: a value outside it is refused, never bent.

    Raises:
        SettingsError: naming every field whose value is not allowed.
    """

    # Six dates and the gap: what most programs adjust.
    proposal_days: int = setting(
        3, low=1, high=15, group=SettingGroup.FIRST, help="Working days each person has to answer a proposal."
    )
    trial_days: int = setting(
        14,
        low=1,
        high=60,
        group=SettingGroup.FIRST,
        help="Days a new pair has for its first chat, before both are asked whether to go on.",
    )
    session_every_weeks: int = setting(
        4, low=1, high=12, group=SettingGroup.FIRST, help="Weeks from one session of a pair to the next."
    )
    midpoint_months: int = setting(
        3,
        low=1,
        high=18,
        group=SettingGroup.FIRST,
        help="Months after the start at which goals are reviewed.",
    )
    closing_months: int = setting(
        6, low=2, high=24, group=SettingGroup.FIRST, help="Months after the start at which a pair closes."
    )
    common_date_every_weeks: int = setting(
        2,
        low=1,
        high=8,
        group=SettingGroup.FIRST,
        help="Weeks between the Mondays on which pairs end or are re-formed, for whatever cause.",
    )
    level_gap: int = setting(
        2,
        low=0,
        high=4,
        group=SettingGroup.FIRST,
        help="Levels between mentor and mentee, at the least; between peers, at the most.",
    )

    # The rest of the cadence, in the order in which a pair meets it.
    proposal_mode: ProposalMode = setting(
        ProposalMode.IN_TURN,
        choices=ProposalMode,
        help="Ask the mentor first and the mentee only after a yes, or both together.",
    )
    proposal_reminder_days: int = setting(
        2,
        low=0,
        high=14,
        help="Working days after which an unanswered proposal is recalled once; 0 for never.",
    )
    publish_hold_minutes: int = setting(
        10, low=0, high=120, help="Minutes a published round waits before the first proposal leaves."
    )
    first_chat_minutes: int = setting(25, low=10, high=60, help="Minutes asked for the first chat.")
    trial_nudge_days: int = setting(
        7, low=1, high=59, help="Days after which a pair without a first chat hears."
    )
    trial_coordinator_days: int = setting(
        21, low=2, high=90, help="Days after which coordinators hear of a pair without a first chat."
    )
    session_count: int = setting(6, low=1, high=24, help="Sessions a pair agrees to after its trial.")
    session_minutes: int = setting(50, low=15, high=120, help="Minutes of a session.")
    session_nudge_day: int = setting(
        10, low=1, high=83, help="Day of a session's window on which a pair without a date is nudged."
    )
    agenda_working_days_before: int = setting(
        2, low=1, high=5, help="Working days before a session on which its agenda card arrives."
    )
    reminder_working_days_before: int = setting(
        1, low=1, high=3, help="Working days before a session on which the reminder arrives."
    )
    check_in_working_days_after: int = setting(
        2, low=1, high=10, help="Working days after a session on which each is privately asked how it went."
    )
    not_held_before_guard: int = setting(
        2, low=1, high=6, help="Sessions in a row that did not happen before the one who cancelled is asked."
    )
    guard_days: int = setting(
        7, low=2, high=30, help="Days that question may stay unanswered before coordinators hear of it."
    )
    pulse_day: int = setting(
        30, low=7, high=120, help="Day after the start of a pair on which its pulse is asked."
    )
    follow_up_months: int = setting(
        12, low=3, high=36, help="Months after the start at which the standing items are asked a last time."
    )
    silence_notice_days: int = setting(
        45, low=14, high=365, help="Quiet days after which both are asked whether the pair still stands."
    )
    silence_conclude_days: int = setting(
        60, low=15, high=400, help="Quiet days after which a pair is kindly concluded."
    )
    concern_deputy_working_days: int = setting(
        2, low=1, high=5, help="Working days a concern may stay unopened before the deputy receives it."
    )
    circle_every_months: int = setting(3, low=1, high=12, help="Months between two circles of the mentors.")
    weekly_budget: int = setting(
        1, low=1, high=3, help="Unasked messages a person gets at most in a week, outside an active step."
    )
    blackout_dates: tuple[date, ...] = setting(
        (), high=_MOST_BLACKOUT_DAYS, help="Days on which the company rests and nothing is sent or planned."
    )

    chain_depth: int = setting(
        3,
        low=1,
        high=10,
        group=SettingGroup.MATCHING,
        help="Steps up the reporting line within which two people are never paired.",
    )
    same_manager_barred: bool = setting(
        default=True, group=SettingGroup.MATCHING, help="Two people with the same manager are never paired."
    )
    min_shared_half_hours: int = setting(
        4,
        low=1,
        high=80,
        group=SettingGroup.MATCHING,
        help="Half hours of working time that two people share in an ordinary week, at the least.",
    )
    cooldown_months: int = setting(
        24,
        low=0,
        high=60,
        group=SettingGroup.MATCHING,
        help="Months before two former partners may meet again.",
    )
    work_style: WorkStyle = setting(
        WorkStyle.ALIKE,
        choices=WorkStyle,
        group=SettingGroup.MATCHING,
        help="Whether similar or different ways of working count in favour of a pair.",
    )

    share_topics_max: int = setting(
        5, low=1, high=10, group=SettingGroup.PEOPLE, help="Topics a person can share at most."
    )
    learn_topics_max: int = setting(
        3, low=1, high=10, group=SettingGroup.PEOPLE, help="Topics a person wants to learn at most."
    )
    allow_guests: bool = setting(
        default=False, group=SettingGroup.PEOPLE, help="Guests and people of connected companies may join."
    )

    coordinator_weekday: Weekday = setting(
        Weekday.MONDAY,
        choices=Weekday,
        group=SettingGroup.COORDINATORS,
        help="Day of the coordinators' weekly message.",
    )
    coordinator_at: time = _hours(
        time(9, 0),
        group=SettingGroup.COORDINATORS,
        help="Local time of the coordinators' weekly message.",
    )
    minimum_group: int = setting(
        5,
        low=3,
        high=50,
        group=SettingGroup.COORDINATORS,
        help="No figure is shown for fewer people than this.",
    )

    coffee_lane: bool = _switch(help="Offer coffee across departments to people who wait for a partner.")
    topic_tables: bool = _switch(help="Offer topic tables of four to six people.")
    workshop_polls: bool = _switch(help="Poll dates for the kick-off workshop.")
    lesson_gate: bool = _switch(help="Hold the first session back until both have seen their lessons.")
    public_thanks: bool = _switch(help="Let people agree to be thanked in the program's channel.")
    manager_note: bool = _switch(
        help="Offer a text on hours only that a person may forward to their manager."
    )

    # The mentee's side sums to 60, the mentor's to 40: the wish weighs more than what comes back.
    weight_topics: int = _weight(36, help="How well the mentor's topics answer the mentee's wishes.")
    weight_goals: int = _weight(8, help="Goals both chose.")
    weight_work_style: int = _weight(8, help="Ways of working.")
    weight_hours_mentee: int = _weight(8, help="Shared working hours, seen from the mentee.")
    weight_gift: int = _weight(16, help="What the mentor wants to learn in return.")
    weight_interests: int = _weight(8, help="Interests both named.")
    weight_hours_mentor: int = _weight(8, help="Shared working hours, seen from the mentor.")
    weight_department: int = _weight(4, help="Different departments.")
    weight_site: int = _weight(4, help="The sites they prefer.")

    program_noun: str = _word("mentoring program", help="What people call the program.")
    mentor_noun: str = _word("mentor", help="The person who shares a topic.")
    mentors_noun: str = _word("mentors", help="The same, several.")
    mentee_noun: str = _word("mentee", help="The person who learns a topic.")
    mentees_noun: str = _word("mentees", help="The same, several.")
    partner_noun: str = _word("learning partner", help="Either one, as the other speaks of them.")
    partners_noun: str = _word("learning partners", help="The same, several.")

    def __post_init__(self) -> None:
        faults = []
        for entry in SETTINGS.values():
            read = _read(entry, getattr(self, entry.name))
            if isinstance(read, Fault):
                faults.append(read)
            else:
                object.__setattr__(self, entry.name, read)
        if faults:
            raise SettingsError(faults)

    @property
    def weights(self) -> dict[str, int]:
        """Points per part of the score, named as the parts are: `topics`, `goals`, `work_style`, ..."""
        return {name.removeprefix("weight_"): getattr(self, name) for name in _WEIGHTS}

    def faults(self) -> list[Fault]:
        """Rules between fields that these settings break; the fields themselves are in range already."""
        return list(_contradictions(self))

    def changed(self, values: Mapping[str, Any]) -> ProgramSettings:
        """These settings with some values replaced, as a form sends them.

        Raises:
            SettingsError: naming every fault, if there is one.
        """
        faults = validate(values, self)
        if faults:
            raise SettingsError(faults)
        read = {name: _read(SETTINGS[name], raw) for name, raw in values.items()}
        return replace(self, **read)

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON column; `from_json` gives back an equal object."""
        return {name: _plain(getattr(self, name)) for name in SETTINGS}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ProgramSettings:
        """Settings from a stored row: an unknown key is passed over, a missing one takes its default.

        So a row of the previous or the next release loads.

        Raises:
            SettingsError: naming every stored value that is not allowed.
        """
        return cls(**{name: value for name, value in stored.items() if name in SETTINGS})


def default_settings(direction: Direction) -> ProgramSettings:
    """Starting settings: a gap of two levels, except among peers, who stand at most one level apart."""
    if direction is Direction.PEER:
        return ProgramSettings(level_gap=1)
    return ProgramSettings()


def validate(values: Mapping[str, Any], settings: ProgramSettings | None = None) -> list[Fault]:
    """All faults of a form at once, for values that shall replace those of `settings` (else the defaults).

    A value may come as its own type or as text: `14` or `"14"`, `"09:00"`, `"2026-12-24 to 2027-01-01"`.
    Rules between fields are looked at only when each field by itself is right.
    """
    faults = []
    read: dict[str, Any] = {}
    for name, raw in values.items():
        entry = SETTINGS.get(name)
        if entry is None:
            faults.append(Fault(name, f"unknown setting {name!r}"))
            continue
        value = _read(entry, raw)
        if isinstance(value, Fault):
            faults.append(value)
        else:
            read[name] = value
    return faults or list(_contradictions(replace(settings or ProgramSettings(), **read)))


def parse_dates(text: str) -> tuple[date, ...]:
    """Days from written text: ISO dates and spans (`2026-12-24 to 2027-01-01`), separated by commas or lines.

    Returns:
        The days, sorted, each once.

    Raises:
        ValueError: if a part is no date, or a span ends before it starts or is longer than a year.
    """
    days: set[date] = set()
    for part in re.split(r"[,;\n]", text):
        if not part.strip():
            continue
        first, _, last = (side.strip() for side in part.partition(" to "))
        start = date.fromisoformat(first)
        end = date.fromisoformat(last) if last else start
        length = (end - start).days
        if not 0 <= length <= 366:
            raise ValueError(f"a span must be 1 to 367 days, got {part.strip()}")
        days.update(start + timedelta(days=offset) for offset in range(length + 1))
    return tuple(sorted(days))


def _read(entry: Setting, raw: Any) -> Any:
    """The value of a setting from what a form, a row or code hands over, or its fault."""
    readers = {
        "int": _read_int,
        "bool": _read_bool,
        "choice": _read_choice,
        "time": _read_time,
        "date": _read_dates,
        "word": _read_word,
    }
    value = readers[entry.kind](entry, raw)
    if value is None:
        got = f"{raw:%H:%M}" if isinstance(raw, time) else repr(raw)
        return Fault(entry.name, f"{entry.name} must be {entry.allowed}, got {got}")
    return value


def _read_int(entry: Setting, raw: Any) -> int | None:
    if isinstance(raw, str) and re.fullmatch(r"\s*-?[0-9]{1,9}\s*", raw):
        raw = int(raw)
    if isinstance(raw, bool) or not isinstance(raw, int):
        return None
    return raw if entry.low <= raw <= entry.high else None


def _read_bool(_entry: Setting, raw: Any) -> bool | None:
    if isinstance(raw, bool):
        return raw
    return {"true": True, "false": False}.get(raw) if isinstance(raw, str) else None


def _read_choice(entry: Setting, raw: Any) -> StrEnum | None:
    if isinstance(raw, str) and raw in entry.choices:
        return cast("StrEnum", type(entry.default)(raw))
    return None


def _read_time(entry: Setting, raw: Any) -> time | None:
    if isinstance(raw, str) and re.fullmatch(r"[0-9]{2}:[0-9]{2}", raw):
        hour, minute = int(raw[:2]), int(raw[3:])
        raw = time(hour, minute) if hour < 24 and minute < 60 else None
    if not isinstance(raw, time) or raw.tzinfo is not None:
        return None
    return raw if entry.low <= raw <= entry.high else None


def _read_dates(entry: Setting, raw: Any) -> tuple[date, ...] | None:
    try:
        if isinstance(raw, str):
            days = parse_dates(raw)
        elif isinstance(raw, (list, tuple)):
            days = tuple(sorted({d if type(d) is date else date.fromisoformat(d) for d in raw}))
        else:
            return None
    except (TypeError, ValueError):
        return None
    return days if len(days) <= entry.high else None


def _read_word(entry: Setting, raw: Any) -> str | None:
    if not isinstance(raw, str):
        return None
    word = raw.strip()
    return word if entry.low <= len(word) <= entry.high and word.isprintable() else None


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, tuple):
        return [day.isoformat() for day in value]
    return value


def _contradictions(settings: ProgramSettings) -> Iterator[Fault]:
    """Rules between fields. Each names the field that a person would change first."""
    below: Sequence[tuple[str, str]] = (
        ("proposal_reminder_days", "proposal_days"),
        ("trial_nudge_days", "trial_days"),
        ("trial_days", "trial_coordinator_days"),
        ("midpoint_months", "closing_months"),
        ("closing_months", "follow_up_months"),
        ("silence_notice_days", "silence_conclude_days"),
    )
    for name, other in below:
        value, limit = getattr(settings, name), getattr(settings, other)
        if value >= limit:
            yield Fault(name, f"{name} must be below {other} ({limit}), got {value}")
    if settings.first_chat_minutes > settings.session_minutes:
        limit, value = settings.session_minutes, settings.first_chat_minutes
        yield Fault(
            "first_chat_minutes", f"first_chat_minutes must be at most session_minutes ({limit}), got {value}"
        )
    window = settings.session_every_weeks * 7
    if settings.session_nudge_day >= window:
        day = settings.session_nudge_day
        text = f"session_nudge_day must be below the days between sessions ({window}), got {day}"
        yield Fault("session_nudge_day", text)
    weeks = settings.session_count * settings.session_every_weeks
    if weeks * 7 > settings.closing_months * 31:
        limit = settings.closing_months
        text = (
            f"session_count times session_every_weeks must fit into {limit} closing_months, got {weeks} weeks"
        )
        yield Fault("session_count", text)
    total = sum(settings.weights.values())
    if total != 100:
        parts = ", ".join(f"{name} {points}" for name, points in settings.weights.items())
        yield Fault("weight_topics", f"the weights must sum to 100, got {total}: {parts}")


def _kind(default: Any) -> str:
    kinds = (
        (bool, "bool"),
        (int, "int"),
        (StrEnum, "choice"),
        (str, "word"),
        (time, "time"),
        (tuple, "date"),
    )
    return next(kind for python_type, kind in kinds if isinstance(default, python_type))


def _table() -> dict[str, Setting]:
    table = {}
    for entry in fields(ProgramSettings):
        choices = tuple(choice.value for choice in entry.metadata["choices"] or ())
        table[entry.name] = Setting(
            name=entry.name,
            kind=_kind(entry.default),
            default=entry.default,
            low=entry.metadata["low"],
            high=entry.metadata["high"],
            choices=choices,
            help=entry.metadata["help"],
            group=entry.metadata["group"],
        )
    return table


SETTINGS: dict[str, Setting] = _table()
"""Every setting by name, in the order of the screen; filled from the fields, so a new field is one line."""

_WEIGHTS = tuple(name for name in SETTINGS if name.startswith("weight_"))
