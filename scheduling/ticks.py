"""The few ticks that wake the program: a table of them, the guard around each, and APScheduler that calls it.

APScheduler keeps no jobs of ours: what is due is derived from rows at each turn, so a missed tick loses nothing.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED
from apscheduler.schedulers.asyncio import AsyncIOScheduler

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from apscheduler.events import JobEvent

log = structlog.get_logger("turnabout.ticks")

STOP_SECONDS = 15
LATE_AFTER = timedelta(seconds=90)


@dataclass
class Tick:
    """One tick.

    Attributes:
        name: also its heartbeat's.
        every_seconds: how often it is called; no shorter than needed.
        timeout_seconds: after which a hanging turn is ended, so that later ones are not held up.
        turn: does what is due and says when to wake next (None when nothing is owed).
    """

    name: str
    every_seconds: float
    timeout_seconds: float
    turn: Callable[[], Awaitable[datetime | None]]
    beat_at: datetime | None = None
    failures: int = 0
    next_due_at: datetime | None = None
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self) -> datetime | None:
        """One guarded turn: what it raises is logged and stops neither the others nor the next turn."""
        async with self._busy:
            try:
                async with asyncio.timeout(self.timeout_seconds):
                    self.next_due_at = await self.turn()
            except Exception:
                self.failures += 1
                log.exception("tick_failed", tick=self.name, failures=self.failures)
                return None
            self.failures = 0
            self.beat_at = datetime.now(UTC)  # noqa: DTZ005, RUF100 - readiness is about real time, played or not
            return self.next_due_at

    async def finished(self) -> None:
        """Wait for the turn that is under way, if one is."""
        async with self._busy:
            return

    def is_late(self, now: datetime) -> bool:
        """Whether no turn has succeeded for so long that the process should be looked at."""
        allowed = max(LATE_AFTER, timedelta(seconds=3 * self.every_seconds))
        return self.beat_at is not None and now - self.beat_at > allowed


class Ticker:
    """Runs the ticks on APScheduler, in memory only."""

    def __init__(self, ticks: Sequence[Tick]) -> None:
        self.ticks = tuple(ticks)
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._scheduler.add_listener(
            self._on_trouble, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES
        )

    def start(self) -> None:
        for tick in self.ticks:
            self._scheduler.add_job(
                tick.run,
                "interval",
                seconds=tick.every_seconds,
                id=tick.name,
                next_run_time=datetime.now(UTC),
                misfire_grace_time=None,  # a busy loop must not drop a run; its default drops after one second
                coalesce=True,
                max_instances=1,
            )
        self._scheduler.start()

    def wake(self, name: str) -> None:
        """Call one tick now, ahead of its interval."""
        if self._scheduler.running:
            self._scheduler.modify_job(name, next_run_time=datetime.now(UTC))

    async def stop(self) -> None:
        """Begin no further turn, let those under way come to their end, then stop.

        The scheduler's own shutdown breaks them off in the middle of a statement, which leaves the database driver's
        thread behind and the process hanging.
        """
        if not self._scheduler.running:
            return
        self._scheduler.pause()
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                for tick in self.ticks:
                    await tick.finished()
        self._scheduler.shutdown(wait=False)

    async def run_all(self) -> datetime | None:
        """Call every tick once, in the order of the table; when to wake next."""
        moments = [await tick.run() for tick in self.ticks]
        return min((moment for moment in moments if moment is not None), default=None)

    @staticmethod
    def _on_trouble(event: JobEvent) -> None:
        if event.code != EVENT_JOB_MAX_INSTANCES:
            log.warning("tick_trouble", tick=event.job_id, code=event.code)
