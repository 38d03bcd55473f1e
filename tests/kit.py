"""A played workspace for tests: the stand-in, the real bot, and a clock that jumps from one due moment to the next."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.app import Options, Turnabout
from bot.settings import load_settings
from sandbox.clock import MovableClock
from sandbox.server import StandIn
from storage.ids import SeededIds

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.people import Someone

MONDAY = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
KEY = "0Hn1Vb0q1kVQ0y2kq3m1b0l3v3nq8Vd0l9u3wK3yZ7E="


@dataclass
class World:
    """One workspace and the bot in it; envelopes are handed over in-process, one act in flight."""

    slack: StandIn
    bot: Turnabout
    clock: MovableClock

    def person(self, name: str) -> Someone:
        return self.slack.person(name)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    async def settle(self) -> None:
        """Everything that is due now happens."""
        await self.bot.settle()

    async def advance(self, **by: float) -> None:
        """Time passes, from one due moment to the next (`days=1`, `hours=2`, …)."""
        await self.until(self.clock.now() + timedelta(**by))

    async def until(self, moment: datetime) -> None:
        """Time passes until a moment; nothing that falls due on the way is skipped."""
        while True:
            due = await self.bot.settle()
            if due is None or due >= moment:
                break
            self.clock.jump_to(due)
        self.clock.jump_to(moment)
        await self.bot.settle()


@asynccontextmanager
async def played(database_url: str, *, now: datetime = MONDAY, seed: int = 7) -> AsyncIterator[World]:
    """A fresh workspace with the bot running in it, its time standing still until it is moved."""
    clock = MovableClock(now)
    async with StandIn(clock=clock, seed=seed) as slack:
        settings = load_settings(
            {
                **slack.environment,
                "TURNABOUT_DATABASE_URL": database_url,
                "TURNABOUT_DATA_KEYS": KEY,
            }
        )
        bot = Turnabout(
            settings,
            Options(clock=clock, ids=SeededIds(seed), seed=seed, durable=False, listens=False, ticking=False),
        )
        await bot.start()
        slack.hand_over_to(bot.bolt)
        try:
            yield World(slack, bot, clock)
        finally:
            await bot.stop()
