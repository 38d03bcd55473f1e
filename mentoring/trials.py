"""The trial: each side is asked alone whether to go on, and what the two answers mean together."""

from __future__ import annotations

import calendar
import enum
from datetime import date

ASK_AGAIN_DAYS = 7
"""Days after which somebody who is not sure, or has not answered, is asked once more."""


class PairState(enum.StrEnum):
    """Where a pair stands."""

    TRIAL = "trial"  # introduced; the first chat and the question after it are ahead
    AGREED = "agreed"  # both said continue: duties, number of sessions and end date stand
    ENDING = "ending"  # ends on the next common date; neither is told before
    ENDED = "ended"
    CLOSED = "closed"  # completed its sessions

    @property
    def is_going(self) -> bool:
        """The two still are a pair."""
        return self in {PairState.TRIAL, PairState.AGREED, PairState.ENDING}


class TrialAnswer(enum.StrEnum):
    """One side's answer to the trial question."""

    CONTINUE = "continue"
    NOT_SURE = "not_sure"
    SWAP = "swap"


class TrialOutcome(enum.StrEnum):
    """What the two answers mean together."""

    OPEN = "open"  # one is missing or not sure
    AGREED = "agreed"
    ENDS = "ends"


class EndCause(enum.StrEnum):
    """Why a pair ends; never shown to either."""

    SWAP = "swap"
    LEFT = "left"
    COORDINATOR = "coordinator"
    SILENCE = "silence"
    INELIGIBLE = "ineligible"


def outcome(mentor: TrialAnswer | None, mentee: TrialAnswer | None) -> TrialOutcome:
    """Both `continue` is the agreement; one `swap` ends the pair, whatever the other says; else it stays open.

    Source: P4, P25.
    """
    answers = (mentor, mentee)
    if TrialAnswer.SWAP in answers:
        return TrialOutcome.ENDS
    if answers == (TrialAnswer.CONTINUE, TrialAnswer.CONTINUE):
        return TrialOutcome.AGREED
    return TrialOutcome.OPEN


def may_answer(state: PairState, given: TrialAnswer | None, *, agreed: bool) -> bool:
    """Whether a side may still answer or change its answer.

    A pair that is about to end takes answers as before, since a refusal would tell that the other has answered;
    only the one who asked for a swap is done.
    """
    return not agreed and state in {PairState.TRIAL, PairState.ENDING} and given is not TrialAnswer.SWAP


def months_after(day: date, months: int) -> date:
    """The same day of the month some months later, or that month's last day where there is none."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
