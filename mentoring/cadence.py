"""The cadence of a pair as one table: each step's anchor, offset, recipients, delivery kind, and what stops it.

What is due is derived from a pair's facts each time it is asked, never chained; asking twice gives the same.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mentoring.calendar import (
    WorkingTime,
    add_working_days,
    at_local,
    local_date,
    next_working_moment,
    working_day_start,
)
from mentoring.deliveries import KINDS
from mentoring.errors import CalendarError
from mentoring.participants import Role
from mentoring.sessions import FIRST_CHAT, SessionState
from mentoring.trials import ASK_AGAIN_DAYS, PairState, TrialAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from mentoring.program import ProgramSettings


@dataclass(frozen=True, slots=True)
class SessionLife:
    """What the cadence knows of a session; `answered` are the sides whose check-in is complete."""

    id: str
    number: int
    state: SessionState
    minutes: int
    window_from: datetime
    window_until: datetime
    suggested_at: datetime | None = None
    starts_at: datetime | None = None
    confirmed_at: datetime | None = None
    answered: frozenset[Role] = frozenset()

    @property
    def ends_at(self) -> datetime | None:
        """The end of the agreed time."""
        return self.starts_at + timedelta(minutes=self.minutes) if self.starts_at is not None else None

    @property
    def closes_at(self) -> datetime:
        """The end of the window, or of the time that was suggested behind it and may still be confirmed."""
        return max(self.window_until, self.suggested_at or self.window_until)


@dataclass(frozen=True, slots=True)
class PairLife:
    """What the cadence knows of a pair.

    Attributes:
        works: when each side works.
        paused_until: last day of each side's pause; sides that are not paused are left out.
        program_works: the working days that coordinators and the program's own dates go by.
        active_at: the pair's last sign of life.
    """

    id: str
    state: PairState
    settings: ProgramSettings
    works: Mapping[Role, WorkingTime]
    program_works: WorkingTime
    introduced_at: datetime
    active_at: datetime
    sessions: tuple[SessionLife, ...]
    trial_asked_at: datetime | None = None
    answers: Mapping[Role, TrialAnswer | None] | None = None
    agreed_at: datetime | None = None
    ends_on: date | None = None
    paused_until: Mapping[Role, date | None] | None = None

    def answer(self, role: Role) -> TrialAnswer | None:
        """What one side said to the trial question."""
        return self.answers.get(role) if self.answers is not None else None

    @property
    def first_chat(self) -> SessionLife | None:
        return next((session for session in self.sessions if session.number == FIRST_CHAT), None)


class Anchor(enum.StrEnum):
    """The moment a step is reckoned from."""

    INTRODUCED = "introduced"
    TRIAL_ASKED = "trial_asked"
    ACTIVE = "active"  # the last sign of life
    ENDS_ON = "ends_on"
    # Of one session:
    WINDOW_OPENS = "window_opens"
    WINDOW_CLOSES = "window_closes"
    STARTS = "starts"
    ENDS = "ends"


OF_A_SESSION = frozenset({Anchor.WINDOW_OPENS, Anchor.WINDOW_CLOSES, Anchor.STARTS, Anchor.ENDS})


class Unit(enum.StrEnum):
    """How the offset counts."""

    DAYS = "days"
    WORKING_DAYS_BEFORE = (
        "working_days_before"  # start of that working day, in the calendar of whom it reaches
    )
    WORKING_DAYS_AFTER = "working_days_after"


class Who(enum.StrEnum):
    """Whom a step reaches."""

    EACH = "each"  # both, each alone and in their own calendar
    PAIR = "pair"  # both together, in their group DM
    COORDINATORS = "coordinators"  # a task
    PROGRAM = "program"  # nobody: the pair or session changes its state


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table.

    Attributes:
        name: stored with what it owes; never changes.
        anchor: reckoned from.
        offset: a number, or the program setting that holds it.
        who: whom it reaches.
        kind: the delivery kind; None for a step that sends nothing by itself.
        waits: whether a pause of either side puts it off until the day after.
        stops: what stops it; any one is enough.
    """

    name: str
    anchor: Anchor
    offset: int | str
    unit: Unit
    who: Who
    kind: str | None
    waits: bool
    stops: tuple[Callable[[PairLife, SessionLife | None, Role | None], bool], ...]


# ------------------------------------------------------------------ what stops a step


def _decided(life: PairLife, _session: SessionLife | None, _role: Role | None) -> bool:
    return life.agreed_at is not None or not life.state.is_going


def _not_in_trial(life: PairLife, _session: SessionLife | None, _role: Role | None) -> bool:
    return life.state is not PairState.TRIAL


def _not_agreed(life: PairLife, _session: SessionLife | None, _role: Role | None) -> bool:
    return life.state is not PairState.AGREED


def _not_ending(life: PairLife, _session: SessionLife | None, _role: Role | None) -> bool:
    return life.state is not PairState.ENDING


def _ending(life: PairLife, _session: SessionLife | None, _role: Role | None) -> bool:
    return life.state is PairState.ENDING


def _over(life: PairLife, _session: SessionLife | None, _role: Role | None) -> bool:
    return not life.state.is_going


def _first_chat_has_time(life: PairLife, _session: SessionLife | None, _role: Role | None) -> bool:
    chat = life.first_chat
    return chat is not None and (chat.starts_at is not None or chat.state is SessionState.SUGGESTED)


def _first_chat_agreed(life: PairLife, _session: SessionLife | None, _role: Role | None) -> bool:
    chat = life.first_chat
    return chat is not None and chat.starts_at is not None


def _not_first_chat(_life: PairLife, session: SessionLife | None, _role: Role | None) -> bool:
    return session is None or session.number != FIRST_CHAT


def _first_chat(_life: PairLife, session: SessionLife | None, _role: Role | None) -> bool:
    return session is None or session.number == FIRST_CHAT


def _up_to_first_session(_life: PairLife, session: SessionLife | None, _role: Role | None) -> bool:
    return session is None or session.number <= 1  # the agreement itself asks for the first date


def _has_time(_life: PairLife, session: SessionLife | None, _role: Role | None) -> bool:
    return session is None or session.state is not SessionState.WINDOW or session.starts_at is not None


def _no_agreed_time(_life: PairLife, session: SessionLife | None, _role: Role | None) -> bool:
    return session is None or session.state is not SessionState.AGREED


def _had_a_time(_life: PairLife, session: SessionLife | None, _role: Role | None) -> bool:
    return session is None or session.starts_at is not None


def _past_or_off(_life: PairLife, session: SessionLife | None, _role: Role | None) -> bool:
    return session is None or session.state in {SessionState.PAST, SessionState.CANCELLED}


def _called_off(_life: PairLife, session: SessionLife | None, _role: Role | None) -> bool:
    return session is None or session.state is SessionState.CANCELLED


def _answered(_life: PairLife, session: SessionLife | None, role: Role | None) -> bool:
    return session is None or role in session.answered


def _has_answered(life: PairLife, _session: SessionLife | None, role: Role | None) -> bool:
    return role is not None and life.answer(role) is not None


def _is_sure(life: PairLife, _session: SessionLife | None, role: Role | None) -> bool:
    return role is not None and life.answer(role) not in {None, TrialAnswer.NOT_SURE}


def _meets_later(life: PairLife, _session: SessionLife | None, _role: Role | None) -> bool:
    return any(session.state is SessionState.AGREED for session in life.sessions)


# ------------------------------------------------------------------ the table

_EACH, _PAIR, _NOBODY = Who.EACH, Who.PAIR, Who.PROGRAM
_BEFORE, _AFTER, _DAYS = Unit.WORKING_DAYS_BEFORE, Unit.WORKING_DAYS_AFTER, Unit.DAYS

STEPS: tuple[Step, ...] = (
    # The trial.
    Step(
        "trial.nudge",
        Anchor.INTRODUCED,
        "trial_nudge_days",
        _DAYS,
        _PAIR,
        "trial.nudge",
        waits=True,
        stops=(_not_in_trial, _first_chat_has_time),
    ),
    Step(
        "trial.held",
        Anchor.ENDS,
        1,
        _AFTER,
        _EACH,
        "trial.question",
        waits=True,
        stops=(_decided, _not_first_chat, _has_answered),
    ),
    Step(
        "trial.over",
        Anchor.INTRODUCED,
        "trial_days",
        _DAYS,
        _EACH,
        "trial.question",
        waits=True,
        stops=(_decided, _first_chat_agreed, _has_answered),
    ),
    Step(
        "trial.again",
        Anchor.TRIAL_ASKED,
        ASK_AGAIN_DAYS,
        _DAYS,
        _EACH,
        "trial.question",
        waits=True,
        stops=(_decided, _is_sure),
    ),
    Step(
        "trial.task",
        Anchor.INTRODUCED,
        "trial_coordinator_days",
        _DAYS,
        Who.COORDINATORS,
        None,
        waits=True,
        stops=(_not_in_trial, _first_chat_agreed),
    ),
    # Each session.
    Step(
        "session.open",
        Anchor.WINDOW_OPENS,
        0,
        _DAYS,
        _PAIR,
        "session.time",
        waits=True,
        stops=(_not_agreed, _up_to_first_session, _has_time),
    ),
    Step(
        "session.nudge",
        Anchor.WINDOW_OPENS,
        "session_nudge_day",
        _DAYS,
        _PAIR,
        "session.nudge",
        waits=True,
        stops=(_not_agreed, _first_chat, _has_time),
    ),
    Step(
        "session.agenda",
        Anchor.STARTS,
        "agenda_working_days_before",
        _BEFORE,
        _EACH,
        "session.agenda",
        waits=False,
        stops=(_over, _first_chat, _no_agreed_time),
    ),
    Step(
        "session.reminder",
        Anchor.STARTS,
        "reminder_working_days_before",
        _BEFORE,
        _EACH,
        "session.reminder",
        waits=False,
        stops=(_over, _no_agreed_time),
    ),
    Step("session.past", Anchor.ENDS, 0, _DAYS, _NOBODY, None, waits=False, stops=(_past_or_off,)),
    Step(
        "session.lapsed",
        Anchor.WINDOW_CLOSES,
        0,
        _DAYS,
        _NOBODY,
        None,
        waits=False,
        stops=(_first_chat, _past_or_off, _had_a_time),
    ),
    # The check-in: after the planned time, or at the end of a window in which no time was agreed.
    Step(
        "check_in.planned",
        Anchor.ENDS,
        "check_in_working_days_after",
        _AFTER,
        _EACH,
        "check_in.question",
        waits=True,
        stops=(_first_chat, _called_off, _answered),
    ),
    Step(
        "check_in.lapsed",
        Anchor.WINDOW_CLOSES,
        0,
        _DAYS,
        _EACH,
        "check_in.question",
        waits=False,
        stops=(_over, _not_agreed, _first_chat, _called_off, _had_a_time, _answered),
    ),
    # The end.
    Step("pair.ended", Anchor.ENDS_ON, 0, _DAYS, _NOBODY, None, waits=False, stops=(_not_ending,)),
    Step("pair.closed", Anchor.ENDS_ON, 0, _DAYS, _NOBODY, None, waits=False, stops=(_not_agreed,)),
    Step(
        "pair.quiet",
        Anchor.ACTIVE,
        "silence_notice_days",
        _DAYS,
        _EACH,
        "pair.quiet",
        waits=True,
        stops=(_over, _ending, _meets_later),
    ),
    Step(
        "pair.concluded",
        Anchor.ACTIVE,
        "silence_conclude_days",
        _DAYS,
        _NOBODY,
        None,
        waits=True,
        stops=(_over, _ending, _meets_later),
    ),
)


@dataclass(frozen=True, slots=True)
class DueStep:
    """A step of one pair at its moment, for one side where it reaches each alone."""

    step: Step
    at: datetime
    occurrence: str
    expires_at: datetime | None
    role: Role | None = None
    session: SessionLife | None = None


def due_steps(life: PairLife, now: datetime) -> tuple[DueStep, ...]:
    """The steps whose moment has come and which are still of use, oldest first.

    A step already taken comes up again until it is stale: taking it is repeatable, its occurrence is the same.
    """
    found = [due for due in _all(life) if due.at <= now and not (due.expires_at and due.expires_at <= now)]
    return tuple(sorted(found, key=lambda due: due.at))


def next_due_at(life: PairLife, now: datetime) -> datetime | None:
    """The next moment after `now` at which a step is due; None when nothing is owed any more."""
    return min((due.at for due in _all(life) if due.at > now), default=None)


def _all(life: PairLife) -> Iterator[DueStep]:
    for step in STEPS:
        sessions = life.sessions if step.anchor in OF_A_SESSION else (None,)
        roles: tuple[Role | None, ...] = tuple(Role) if step.who is Who.EACH else (None,)
        for session in sessions:
            for role in roles:
                if not any(stop(life, session, role) for stop in step.stops):
                    try:
                        due = _at(life, step, session, role)
                    except CalendarError:
                        continue  # somebody has no working day left, so no moment can be named for them
                    if due is not None:
                        yield due


def _at(life: PairLife, step: Step, session: SessionLife | None, role: Role | None) -> DueStep | None:
    anchor = _anchor(life, step.anchor, session)
    if anchor is None:
        return None
    offset: int = getattr(life.settings, step.offset) if isinstance(step.offset, str) else step.offset
    works = life.works[role] if role is not None else life.program_works
    at: datetime | None = _moved(anchor, offset, step.unit, works)
    if at is not None and step.waits:
        at = _after_pauses(life, at)
    if at is None:
        return None
    if step.name == "session.reminder" and session is not None and _is_too_late(session, at):
        return None
    return DueStep(step, at, _occurrence(step, session), _expires(step, session, at), role, session)


_BEFORE_THE_SESSION = frozenset({"session.agenda", "session.reminder"})


def _is_too_late(session: SessionLife, at: datetime) -> bool:
    """Both have just read a time that was agreed after the reminder's own moment."""
    return session.confirmed_at is not None and session.confirmed_at > at


def _anchor(life: PairLife, anchor: Anchor, session: SessionLife | None) -> datetime | None:
    if session is not None:
        return {
            Anchor.WINDOW_OPENS: session.window_from,
            Anchor.WINDOW_CLOSES: session.closes_at,
            Anchor.STARTS: session.starts_at,
            Anchor.ENDS: session.ends_at,
        }.get(anchor)
    if anchor is Anchor.ENDS_ON:
        return working_day_start(life.program_works, life.ends_on) if life.ends_on is not None else None
    return {
        Anchor.INTRODUCED: life.introduced_at,
        Anchor.TRIAL_ASKED: life.trial_asked_at,
        Anchor.ACTIVE: life.active_at,
    }.get(anchor)


def _moved(anchor: datetime, offset: int, unit: Unit, works: WorkingTime) -> datetime:
    if unit is Unit.DAYS:
        return anchor + timedelta(days=offset)
    count = -offset if unit is Unit.WORKING_DAYS_BEFORE else offset
    return working_day_start(works, add_working_days(works, local_date(anchor, works.zone), count))


def _after_pauses(life: PairLife, at: datetime) -> datetime | None:
    """The same moment, or the first working moment after the pauses that hold it; None while one has no end."""
    for role, until in (life.paused_until or {}).items():
        if until is None:
            return None
        works = life.works[role]
        back = at_local(until + timedelta(days=1), works.start, works.zone)
        if at < back:
            at = next_working_moment(works, back)
    return at


def _occurrence(step: Step, session: SessionLife | None) -> str:
    """What tells one delivery of a series from another: the planned time where a session may move."""
    if step.anchor in {Anchor.STARTS, Anchor.ENDS} and session is not None and session.starts_at is not None:
        return "first" if step.kind == "trial.question" else session.starts_at.isoformat()
    return {"trial.over": "first", "trial.again": "again"}.get(step.name, "")


def _expires(step: Step, session: SessionLife | None, at: datetime) -> datetime | None:
    if step.name in _BEFORE_THE_SESSION and session is not None:
        return session.starts_at
    kind = KINDS.get(step.kind) if step.kind is not None else None
    return at + kind.stale_after if kind is not None and kind.stale_after is not None else None
