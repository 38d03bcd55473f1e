"""The trial: each side is asked alone whether to go on, and what the two answers mean together."""

from __future__ import annotations

import enum


class PairState(enum.StrEnum):
    """Where a pair stands."""

    TRIAL = "trial"  # introduced; the first chat and the question after it are ahead
    AGREED = "agreed"  # both said continue: duties, number of sessions and end date stand
    ENDING = "ending"  # ends on the next common date; neither is told before
    ENDED = "ended"
    CLOSED = "closed"  # completed its sessions


class TrialAnswer(enum.StrEnum):
    """One side's answer to the trial question."""

    CONTINUE = "continue"
    NOT_SURE = "not_sure"
    SWAP = "swap"


class EndCause(enum.StrEnum):
    """Why a pair ends; never shown to either."""

    SWAP = "swap"
    LEFT = "left"
    COORDINATOR = "coordinator"
    SILENCE = "silence"
    INELIGIBLE = "ineligible"
