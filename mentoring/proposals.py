"""Proposals: a possible pair, asked in turn or together, and what each answer or silence leads to.

A no and a silence are the same thing to everybody but the one who gave it: both end the proposal at the end of the
window, at the same moment and in the same words. Nothing here reads a clock; asking and telling is done elsewhere.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mentoring.calendar import (
    add_working_days,
    local_date,
    next_working_moment,
    working_day_end,
    working_day_start,
)
from mentoring.participants import Role
from mentoring.program import ProposalMode

if TYPE_CHECKING:
    from mentoring.calendar import WorkingTime

UNDO_WINDOW = timedelta(minutes=10)
"""How long a yes can be taken back before the next step begins: a slip shows as soon as the message is redrawn, which
is a matter of seconds, and nobody waits noticeably longer for ten minutes. The hold of a round is as long."""


class ProposalState(enum.StrEnum):
    """Where a proposal stands."""

    WAITING = "waiting"  # written with its round; nobody has been asked
    ASKING_MENTOR = "asking_mentor"
    ASKING_MENTEE = "asking_mentee"
    ASKING_BOTH = "asking_both"
    ACCEPTED = "accepted"  # both said yes and the undo window is over; the introduction follows
    INTRODUCED = "introduced"  # a pair stands
    CLOSED = "closed"  # it did not come about; why is known to nobody but the one who answered


class ProposalAnswer(enum.StrEnum):
    """One side's answer."""

    YES = "yes"
    NO = "no"
    LAPSED = "lapsed"  # the window ended without one
    WITHDRAWN = "withdrawn"  # left, paused, or barred by a rule before it could come about


OVER = frozenset({ProposalState.INTRODUCED, ProposalState.CLOSED})

_ASKED: dict[ProposalState, frozenset[Role]] = {
    ProposalState.ASKING_MENTOR: frozenset({Role.MENTOR}),
    ProposalState.ASKING_MENTEE: frozenset({Role.MENTEE}),
    ProposalState.ASKING_BOTH: frozenset(Role),
}


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a proposal.

    Attributes:
        asked_at: when their window began.
        answer_by: the end of their window; no answer counts after it.
        answer: what they said, or what became of them.
        answered_at: when.
    """

    asked_at: datetime | None = None
    answer_by: datetime | None = None
    answer: ProposalAnswer | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that decides what happens to a proposal next.

    `is_barred`: a rule came between the two after both were asked; it runs on to its end as after a silence.
    """

    state: ProposalState
    created_at: datetime
    mentor: Side = Side()
    mentee: Side = Side()
    is_barred: bool = False

    def side(self, role: Role) -> Side:
        return self.mentor if role is Role.MENTOR else self.mentee

    def with_side(self, role: Role, side: Side) -> Standing:
        return replace(self, mentor=side) if role is Role.MENTOR else replace(self, mentee=side)

    @property
    def will_come_about(self) -> bool:
        """Both said yes and nothing bars them."""
        both = self.mentor.answer is ProposalAnswer.YES and self.mentee.answer is ProposalAnswer.YES
        return both and not self.is_barred


class Step(enum.StrEnum):
    """What a proposal needs next."""

    ASK_FIRST = "ask_first"  # the mentor, or both
    ASK_MENTEE = "ask_mentee"
    INTRODUCE = "introduce"
    CLOSE = "close"


class ProposalView(enum.StrEnum):
    """What one side may know of a proposal: their own answer, and what has become of it once all may know."""

    HIDDEN = "hidden"  # they have not been asked
    ASKED = "asked"
    SAID_YES = "said_yes"
    SAID_NO = "said_no"
    TOO_LATE = "too_late"  # their window is over and they gave no answer
    INTRODUCED = "introduced"
    NOT_COME_ABOUT = "not_come_about"
    ENDED = "ended"  # they had passed or are out of it, and it is over for them


@dataclass(frozen=True, slots=True)
class AnswerWindow:
    """One person's time to answer.

    Attributes:
        opens_at: when the question can reach them.
        answer_by: the end of the last working day they have.
        remind_at: when they are reminded once, or None for never.
    """

    opens_at: datetime
    answer_by: datetime
    remind_at: datetime | None


def answer_window(works: WorkingTime, now: datetime, *, days: int, reminder_days: int) -> AnswerWindow:
    """The window of a person asked now: whole working days of theirs, counted from the day it can reach them.

    Args:
        works: When they work; holidays and absence prolong the window.
        now: The moment of asking.
        days: Working days they have.
        reminder_days: Working days after which they are reminded; 0 for never.

    Raises:
        CalendarError: if they have no working day any more.
    """
    opens_at = next_working_moment(works, now)
    first = local_date(opens_at, works.zone)
    remind_at = None
    if 0 < reminder_days < days:
        remind_at = working_day_start(works, add_working_days(works, first, reminder_days))
    return AnswerWindow(opens_at, working_day_end(works, add_working_days(works, first, days)), remind_at)


def is_asked(standing: Standing, role: Role) -> bool:
    """Whether it is this side's turn to answer, whatever they said so far."""
    return (
        role in _ASKED.get(standing.state, frozenset())
        and standing.side(role).answer is not ProposalAnswer.WITHDRAWN
    )


def can_answer(standing: Standing, role: Role, now: datetime) -> bool:
    """An answer counts within the window; a given one may be changed for as long as it could be undone."""
    side = standing.side(role)
    if not is_asked(standing, role) or side.answer_by is None or now >= side.answer_by:
        return False
    return side.answer is None or can_undo(standing, role, now)


def can_undo(standing: Standing, role: Role, now: datetime) -> bool:
    """An answer can be taken back until the next step has begun.

    After a yes that is the question to the mentee, or the introduction; after a no it is the end of the window.
    """
    side = standing.side(role)
    if not is_asked(standing, role):
        return False
    match side.answer:
        case ProposalAnswer.YES:
            begins_at = next_step_at(standing)
            return begins_at is not None and now < begins_at
        case ProposalAnswer.NO:
            return side.answer_by is not None and now < side.answer_by
        case _:
            return False


def answered(standing: Standing, role: Role, answer: ProposalAnswer, now: datetime) -> Standing:
    """The standing after this side's answer; the same standing if they said so already or may not answer now."""
    side = standing.side(role)
    if side.answer is answer or not can_answer(standing, role, now):
        return standing
    return standing.with_side(role, replace(side, answer=answer, answered_at=now))


def undone(standing: Standing, role: Role, now: datetime) -> Standing:
    """The standing after this side took their answer back; the same standing if that is no longer possible."""
    if not can_undo(standing, role, now):
        return standing
    return standing.with_side(role, replace(standing.side(role), answer=None, answered_at=None))


def withdrawn(standing: Standing, role: Role, now: datetime) -> Standing:
    """The standing after this side is out of it (left, paused, barred): it runs on to its end as after a silence.

    A proposal that nobody was asked about is closed at once.
    """
    if standing.state in OVER:
        return standing
    side = replace(standing.side(role), answer=ProposalAnswer.WITHDRAWN, answered_at=now)
    after = standing.with_side(role, side)
    return replace(after, state=ProposalState.CLOSED) if standing.state is ProposalState.WAITING else after


def next_step_at(standing: Standing) -> datetime | None:
    """When the proposal needs its next step; None when it is over. A function of the standing alone."""
    match standing.state:
        case ProposalState.WAITING:
            return standing.created_at
        case ProposalState.ASKING_MENTOR if standing.mentor.answer is ProposalAnswer.YES:
            return _yes_holds_at(standing.mentor)
        case ProposalState.ASKING_MENTOR:
            return standing.mentor.answer_by
        case ProposalState.ASKING_MENTEE | ProposalState.ASKING_BOTH | ProposalState.ACCEPTED:
            if standing.will_come_about:
                return _latest(_yes_holds_at(standing.mentor), _yes_holds_at(standing.mentee))
            return closes_at(standing)
        case _:
            return None


def closes_at(standing: Standing) -> datetime | None:
    """The end of the last window that is open: the one moment at which anybody may hear that nothing came of it."""
    match standing.state:
        case ProposalState.ASKING_MENTOR:
            return standing.mentor.answer_by
        case ProposalState.ASKING_MENTEE:
            return standing.mentee.answer_by
        case ProposalState.ASKING_BOTH:
            return _latest(standing.mentor.answer_by, standing.mentee.answer_by)
        case _:
            return None


def next_step(standing: Standing, now: datetime) -> Step | None:
    """The step that is due now, if one is; catching up after an outage takes them one at a time, in order."""
    due = next_step_at(standing)
    if due is None or now < due:
        return None
    match standing.state:
        case ProposalState.WAITING:
            return Step.ASK_FIRST
        case ProposalState.ASKING_MENTOR if standing.mentor.answer is ProposalAnswer.YES:
            return Step.ASK_MENTEE
        case ProposalState.ASKING_MENTOR:
            return Step.CLOSE
        case _:
            return Step.INTRODUCE if standing.will_come_about else Step.CLOSE


def first_asked(mode: ProposalMode) -> tuple[Role, ...]:
    """Whom a fresh proposal asks: the mentor, or both together."""
    return (Role.MENTOR,) if mode is ProposalMode.IN_TURN else tuple(Role)


def asked_first(standing: Standing, windows: dict[Role, AnswerWindow], now: datetime) -> Standing:
    """The standing after the first question: the windows say who was asked."""
    state = ProposalState.ASKING_BOTH if Role.MENTEE in windows else ProposalState.ASKING_MENTOR
    after = replace(standing, state=state)
    for role, window in windows.items():
        after = after.with_side(role, _opened(after.side(role), window, now))
    return after


def asked_mentee(standing: Standing, window: AnswerWindow, now: datetime) -> Standing:
    """The standing after the mentor's yes stood: the mentee's window is open.

    It opens for a mentee who is out of it as well, though they are not asked: the mentor must not be able to tell.
    """
    return replace(standing, state=ProposalState.ASKING_MENTEE, mentee=_opened(standing.mentee, window, now))


def prolonged(standing: Standing, role: Role, window: AnswerWindow) -> Standing:
    """The standing with a later end of window, where the question could not be brought to them before the first."""
    return standing.with_side(role, replace(standing.side(role), answer_by=window.answer_by))


def closed(standing: Standing) -> Standing:
    """The standing at the end: whoever was asked and kept silent has let it lapse."""
    after = replace(standing, state=ProposalState.CLOSED)
    for role in Role:
        side = after.side(role)
        if side.asked_at is not None and side.answer is None:
            after = after.with_side(role, replace(side, answer=ProposalAnswer.LAPSED))
    return after


def told_at_close(standing: Standing) -> tuple[Role, ...]:
    """Who hears that it did not come about: those who said yes. A no and a silence differ in nothing here."""
    return tuple(role for role in Role if standing.side(role).answer is ProposalAnswer.YES)


def view_of(standing: Standing, role: Role, now: datetime) -> ProposalView:
    """What this side may know. It never depends on the other's answer before the proposal is over for both."""
    side = standing.side(role)
    if standing.state is ProposalState.INTRODUCED:
        return ProposalView.INTRODUCED
    if side.asked_at is None:
        return ProposalView.HIDDEN
    over = standing.state is ProposalState.CLOSED
    if side.answer is None:
        in_time = side.answer_by is not None and now < side.answer_by
        return ProposalView.ASKED if in_time and not over else ProposalView.TOO_LATE
    return (_AFTER if over else _BEFORE)[side.answer]


_BEFORE = {
    ProposalAnswer.YES: ProposalView.SAID_YES,
    ProposalAnswer.NO: ProposalView.SAID_NO,
    ProposalAnswer.LAPSED: ProposalView.TOO_LATE,
    ProposalAnswer.WITHDRAWN: ProposalView.ENDED,
}
_AFTER = _BEFORE | {
    ProposalAnswer.YES: ProposalView.NOT_COME_ABOUT,
    ProposalAnswer.NO: ProposalView.ENDED,
}


def _opened(side: Side, window: AnswerWindow, now: datetime) -> Side:
    return replace(side, asked_at=now, answer_by=window.answer_by)


def _yes_holds_at(side: Side) -> datetime | None:
    return None if side.answered_at is None else side.answered_at + UNDO_WINDOW


def _latest(*moments: datetime | None) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)
