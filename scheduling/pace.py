"""How fast messages leave: Slack's ceiling approached carefully, halved when Slack complains, blocked when it asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

SLOWEST = 0.5
FASTEST = 4.0
FIRST = 1.0
STEP = 0.25
CLEAN_FOR = timedelta(minutes=1)
PER_CHANNEL = timedelta(seconds=1)


@dataclass
class Pace:
    """The pace of one Slack method. Asks and notes; never waits.

    It starts at one call a second and grows by a quarter each clean minute up to four; a complaint halves it.
    """

    per_second: float = FIRST
    blocked_until: datetime | None = None
    _next_at: datetime | None = None
    _clean_since: datetime | None = None
    _channels: dict[str, datetime] = field(default_factory=dict)

    def free_at(self, now: datetime, channel: str = "") -> datetime:
        """The moment from which the next call may be made; not after `now` when it may be made at once."""
        moments = [now]
        if self.blocked_until is not None:
            moments.append(self.blocked_until)
        if self._next_at is not None:
            moments.append(self._next_at)
        if channel in self._channels:
            moments.append(self._channels[channel])
        return max(moments)

    def made(self, now: datetime, channel: str = "") -> None:
        """A call was made."""
        if self._clean_since is None:
            self._clean_since = now
        if now - self._clean_since >= CLEAN_FOR:
            self.per_second = min(self.per_second + STEP, FASTEST)
            self._clean_since = now
        self._next_at = max(self._next_at or now, now) + timedelta(seconds=1 / self.per_second)
        if channel:
            self._channels = {name: until for name, until in self._channels.items() if until > now}
            self._channels[channel] = now + PER_CHANNEL

    def limited(self, now: datetime, retry_after_seconds: float) -> datetime:
        """Slack asked for a pause; the moment it is over."""
        self.per_second = max(self.per_second / 2, SLOWEST)
        self._clean_since = None
        self.blocked_until = now + timedelta(seconds=retry_after_seconds + 1)
        return self.blocked_until
