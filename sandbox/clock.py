"""The movable clock of a sandbox, and the real one that trigger ids and rates follow while a person watches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from sandbox.errors import ClockError

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock(Protocol):
    """Anything that says what time it is."""

    def now(self) -> datetime:
        """Return the moment as an aware UTC datetime."""
        ...


class RealClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the moment as an aware UTC datetime."""
        return datetime.now(UTC)


class MovableClock:
    """A clock that stands still until moved, or runs in real time from wherever it was set.

    Args:
        start: where it begins; the real moment when left out
        running: whether it goes on by itself between two jumps
    """

    def __init__(self, start: datetime | None = None, *, running: bool = False) -> None:
        self._real = RealClock()
        self._running = running
        self._listeners: list[Callable[[datetime, datetime], None]] = []
        self._offset = timedelta(0)
        self._at = self._real.now()
        if start is not None:
            self._set(_aware(start))

    @property
    def is_running(self) -> bool:
        """Whether time passes by itself."""
        return self._running

    def now(self) -> datetime:
        """Return the moment as an aware UTC datetime."""
        return self._real.now() + self._offset if self._running else self._at

    def advance(self, by: timedelta) -> datetime:
        """Move forward by `by` and return the new moment; raises ClockError when `by` is negative."""
        return self.jump_to(self.now() + by)

    def jump_to(self, instant: datetime, *, backwards: bool = False) -> datetime:
        """Move to `instant` and return it; an earlier one needs `backwards=True`, else ClockError."""
        before, after = self.now(), _aware(instant)
        if after < before and not backwards:
            raise ClockError(
                f"the clock stands at {before.isoformat()} and goes back to {after.isoformat()} "
                "only with backwards=True"
            )
        self._set(after)
        for listener in self._listeners:
            listener(before, after)
        return after

    def stop(self) -> None:
        """Stand still from now on."""
        self._at = self.now()
        self._running = False

    def run(self) -> None:
        """Go on by itself from the moment shown."""
        self._offset = self.now() - self._real.now()
        self._running = True

    def listen(self, callback: Callable[[datetime, datetime], None]) -> None:
        """Call `callback(before, after)` at each jump."""
        self._listeners.append(callback)

    def _set(self, instant: datetime) -> None:
        self._at = instant
        self._offset = instant - self._real.now()


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ClockError(f"a moment needs a zone, got {instant.isoformat()}")
    return instant.astimezone(UTC)
