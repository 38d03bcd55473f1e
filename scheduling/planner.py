"""The planner tick: every step of the cadence that fell due is taken, derived from rows, never chained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from scheduling.dispatch import Clock
    from usecases.unit import Storage


@dataclass
class Planner:
    """Calls each planning use case once a turn; each takes what is due and says when it is next needed."""

    storage: Storage
    clock: Clock
    plans: Sequence[Callable[[Storage, datetime], Awaitable[datetime | None]]]

    async def turn(self) -> datetime | None:
        now = self.clock.now()
        moments = [await plan(self.storage, now) for plan in self.plans]
        return min((moment for moment in moments if moment is not None), default=None)
