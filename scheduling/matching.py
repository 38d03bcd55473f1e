"""The matching tick: a dry run that waits is handed to the worker process, and its result is taken in.

No transaction is open while the worker works.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from mentoring.matching.errors import MatchingError
from usecases import rounds

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from mentoring.matching.model import MatchingTask, MatchResult
    from scheduling.dispatch import Clock
    from usecases.rounds import Solving
    from usecases.unit import Storage

log = structlog.get_logger("turnabout.matching")

RENEWED_EVERY_SECONDS = 20
"""A third of the role's life, so that one missed renewal does not lose it."""


@dataclass
class Matching:
    """Computes dry runs, one at a time, in one process of all that run.

    Attributes:
        solve: works a task out beside the loop.
        owner: this process, for the role.
    """

    storage: Storage
    clock: Clock
    solve: Callable[[MatchingTask], Awaitable[MatchResult]]
    owner: str

    async def turn(self) -> datetime | None:
        """Compute the dry run that has waited longest, if one waits. When to wake again: at once if one was found."""
        solving = await rounds.take_solving(self.storage, self.owner)
        if solving is None:
            return None
        try:
            await self._compute(solving)
        finally:
            await rounds.end_solving(self.storage, self.owner)
        return self.clock.now()

    async def _compute(self, solving: Solving) -> None:
        try:
            task = await rounds.matching_task(self.storage, solving, self.clock.now())
            result = await self._solved(task)
        except MatchingError as error:
            # The round says so on its card; the next run starts from a press.
            log.exception("matching_failed", round=solving.round_id)
            await rounds.store_failure(self.storage, solving, type(error).__name__)
            return
        wanted = await rounds.store_result(self.storage, solving, task, result, self.clock.now())
        log.info(
            "matching_done",
            round=solving.round_id,
            people=result.people,
            pairs=len(result.pairs),
            proved=result.proved_optimal,
            wanted=wanted,
        )

    async def _solved(self, task: MatchingTask) -> MatchResult:
        """Wait for the worker and keep the role meanwhile."""
        working = asyncio.ensure_future(self.solve(task))
        try:
            while not working.done():
                await asyncio.wait({working}, timeout=RENEWED_EVERY_SECONDS)
                await rounds.keep_solving(self.storage, self.owner)
        finally:
            if not working.done():
                working.cancel()
                await asyncio.gather(working, return_exceptions=True)
        return working.result()
