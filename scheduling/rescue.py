"""The rescue tick: what a dead sender held is freed, and unknown outcomes are decided by their kind's policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from usecases import delivering

if TYPE_CHECKING:
    from datetime import datetime

    from scheduling.dispatch import Clock
    from usecases.unit import Storage

log = structlog.get_logger("turnabout.rescue")


@dataclass
class Rescue:
    """Sweeps deliveries that nobody holds any more."""

    storage: Storage
    clock: Clock

    async def turn(self) -> datetime | None:
        now = self.clock.now()
        freed, doubted = await delivering.rescue(self.storage, now)
        if freed or doubted:
            log.warning("deliveries_rescued", freed=freed, unknown=doubted)
        return await delivering.resolve_unknown(self.storage, now)
