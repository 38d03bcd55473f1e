"""What can go wrong in a run of the matching. A pair that breaks a rule is a result, not an error, and not here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentoring.errors import MentoringError

if TYPE_CHECKING:
    from collections.abc import Iterable


class MatchingError(MentoringError):
    """Root of everything the matching raises on purpose."""


class CandidateError(MatchingError, ValueError):
    """Candidates that cannot be read: an id used twice, a rating outside 1-5; carries every fault."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


class SolverError(MatchingError):
    """The solver's answer did not pass our own check, so there is no result that could be trusted."""


class MatchingTimeoutError(MatchingError, TimeoutError):
    """The worker process was stopped because its time was up."""


class WorkerError(MatchingError):
    """The worker process ended without a result."""
