"""Sessions: how a time is found, moved and cancelled, and when a session counts as held."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from mentoring.calendar import shared_windows

if TYPE_CHECKING:
    from datetime import datetime

    from mentoring.calendar import WorkingTime
    from mentoring.participants import Role

FIRST_CHAT = 0
"""The number of the first chat; the sessions agreed to after it count from 1."""


class SessionState(enum.StrEnum):
    """Where a session stands."""

    WINDOW = "window"  # it has a window; no time is agreed
    SUGGESTED = "suggested"  # one side proposed a time, the other has not confirmed
    AGREED = "agreed"  # both know the time
    CANCELLED = "cancelled"
    PAST = "past"  # its time or window is over


class Met(enum.StrEnum):
    """What one side says about a session."""

    YES = "yes"
    MOVED = "moved"
    NO = "no"


class Held(enum.StrEnum):
    """What both answers together say about a session."""

    YES = "yes"
    NO = "no"
    MOVED = "moved"
    UNKNOWN = "unknown"  # nobody answered, or the two disagree


class Unfit(enum.StrEnum):
    """Why a time cannot be suggested."""

    PASSED = "passed"  # it is over, or begins within minutes
    OUTSIDE_HOURS = "outside_hours"  # one of the two does not work then
    TOO_EARLY = "too_early"  # the program has moved this pair's sessions behind a later day


@dataclass(frozen=True, slots=True)
class Timing:
    """When a session is, as far as the two know it.

    Attributes:
        suggested_at, suggested_by: a time one side proposed; both None when nothing is proposed.
        starts_at: the time both know; None when there is none.
        confirmed_at: when the second side agreed to it.
        moves: how often an agreed time was given up for another.
        sequence: one more for each version that a calendar may hold.
        cancelled_by: who called it off; None also where the program did.
    """

    state: SessionState
    suggested_at: datetime | None = None
    suggested_by: Role | None = None
    starts_at: datetime | None = None
    confirmed_at: datetime | None = None
    moves: int = 0
    sequence: int = 0
    cancelled_by: Role | None = None


NOTICE = timedelta(minutes=15)
"""The shortest notice for a time: the other side has to see it and say that it works."""


def unfit(
    start: datetime,
    minutes: int,
    mentor: WorkingTime,
    mentee: WorkingTime,
    *,
    now: datetime,
    not_before: datetime | None = None,
) -> Unfit | None:
    """Why a time cannot be suggested, or None: it lies ahead, and both work from its start to its end."""
    if start < now + NOTICE:
        return Unfit.PASSED
    if not_before is not None and start < not_before:
        return Unfit.TOO_EARLY
    end = start + timedelta(minutes=minutes)
    for window in shared_windows(mentor, mentee, start - timedelta(days=1), end + timedelta(days=1)):
        if window.start <= start and end <= window.end:
            return None
    return Unfit.OUTSIDE_HOURS


def suggest(timing: Timing, by: Role, start: datetime) -> Timing:
    """One side proposes a time. An agreed one is given up with it: who proposes another cannot make the first."""
    moved = timing.starts_at is not None
    return Timing(
        state=SessionState.SUGGESTED,
        suggested_at=start,
        suggested_by=by,
        moves=timing.moves + moved,
        sequence=timing.sequence + moved,
    )


def confirm(timing: Timing, by: Role, start: datetime, *, now: datetime) -> Timing | None:
    """The other side agrees to the very time that stands; None when it is not theirs to confirm or was replaced.

    One person's tap never binds the other, so nobody confirms their own suggestion.
    """
    if timing.state is not SessionState.SUGGESTED or timing.suggested_at != start or start <= now:
        return None
    if timing.suggested_by is by:
        return None
    return Timing(
        state=SessionState.AGREED,
        starts_at=start,
        confirmed_at=now,
        moves=timing.moves,
        sequence=timing.sequence,
    )


def cancel(timing: Timing, by: Role | None, *, now: datetime) -> Timing | None:
    """Either side, or the program (`by` None), calls off what stands; None when nothing does or it has begun."""
    if timing.state not in {SessionState.SUGGESTED, SessionState.AGREED}:
        return None
    if timing.starts_at is not None and timing.starts_at <= now:
        return None
    return replace(
        timing,
        state=SessionState.CANCELLED,
        suggested_at=None,
        suggested_by=None,
        starts_at=None,
        confirmed_at=None,
        sequence=timing.sequence + (timing.starts_at is not None),
        cancelled_by=by,
    )


def held(mentor: Met | None, mentee: Met | None) -> Held:
    """What two answers say together: one alone counts, and two that differ count as unknown."""
    answers = {answer for answer in (mentor, mentee) if answer is not None}
    if len(answers) != 1:
        return Held.UNKNOWN
    return Held(answers.pop().value)
