"""The check-in: which of its three states it shows, what an answer changes, and until when it may be changed."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mentoring.calendar import add_working_days, local_date
from mentoring.sessions import Met

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from mentoring.calendar import WorkingTime

USEFULNESS = range(1, 6)
"""From 1, not useful, to 5, very useful."""

FEEDBACK_AFTER = frozenset({1, 3, 6})
"""Sessions after which the form is put forward; after the others it is at hand. Source: P42."""

HELP_WORKING_DAYS = 2
"""Working days within which somebody who would like help hears from the program team. Source: P43."""


class CheckInStage(enum.StrEnum):
    """What a check-in asks for now."""

    MET = "met"
    USEFULNESS = "usefulness"
    SAVED = "saved"


class Readers(enum.StrEnum):
    """Who may read what somebody wrote."""

    NOBODY = "nobody"  # only the writer
    COORDINATORS = "coordinators"
    QUOTE = "quote"  # coordinators, and it may be quoted without a name


@dataclass(frozen=True, slots=True)
class Answers:
    """One side's answers about one session."""

    met: Met | None = None
    usefulness: int | None = None


def stage(answers: Answers) -> CheckInStage:
    """Met is asked first; usefulness only of a session that took place; two taps are a complete answer."""
    if answers.met is None:
        return CheckInStage.MET
    if answers.met is Met.YES and answers.usefulness is None:
        return CheckInStage.USEFULNESS
    return CheckInStage.SAVED


def say_met(answers: Answers, met: Met) -> Answers:
    """Whether they met; a session that did not take place has no usefulness."""
    return Answers(met, answers.usefulness if met is Met.YES else None)


def rate(answers: Answers, usefulness: int) -> Answers | None:
    """How useful it was; None when that is not asked, or the value is not on the scale."""
    if answers.met is not Met.YES or usefulness not in USEFULNESS:
        return None
    return replace(answers, usefulness=usefulness)


def editable_until(next_starts: Sequence[datetime], window_until: datetime, asked_at: datetime) -> datetime:
    """A check-in may be changed until the next session: its agreed time, else the end of its window.

    Args:
        next_starts: agreed times of later sessions.
        window_until: when the next session's window ends, or this one's where there is no next.
        asked_at: when it was asked; never before a week has passed.
    """
    ahead = [start for start in next_starts if start > asked_at]
    return min(ahead, default=max(window_until, asked_at))


def readers_missing(typed: Sequence[str], readers: Readers | None) -> bool:
    """Whoever types something says who may read it; an empty form needs no answer. Source: P56."""
    return readers is None and any(text.strip() for text in typed)


def help_due_on(works: WorkingTime, now: datetime) -> date:
    """The day by which the program team gets back to somebody who would like help."""
    return add_working_days(works, local_date(now, works.zone), HELP_WORKING_DAYS)
