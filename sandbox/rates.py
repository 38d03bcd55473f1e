"""How often Slack lets a method be called, on the clock the limits follow."""

from __future__ import annotations

import math
from collections import deque
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.clock import Clock

WINDOW = timedelta(minutes=1)

TIER_2, TIER_3, TIER_4, SPECIAL = 20, 50, 100, 600
"""Calls a minute that Slack's own Java SDK plans with."""

PER_MINUTE: dict[str, int] = {
    "auth.test": SPECIAL,
    "apps.connections.open": TIER_3,
    "blocks.validate": TIER_4,
    "chat.delete": TIER_3,
    "chat.getPermalink": SPECIAL,
    "chat.postEphemeral": TIER_4,
    "chat.postMessage": 300,  # "several hundred a minute" for the whole workspace
    "chat.update": TIER_3,
    "conversations.info": TIER_3,
    "conversations.open": TIER_3,
    "files.completeUploadExternal": TIER_4,
    "files.delete": TIER_3,
    "files.getUploadURLExternal": TIER_4,
    "reactions.add": TIER_3,
    "users.info": TIER_4,
    "users.list": TIER_2,
    "users.lookupByEmail": TIER_3,
    "users.profile.get": TIER_4,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
}
POSTS_PER_CHANNEL = 60
"""Posts a minute into one conversation."""


class Rates:
    """Counts calls over the last minute and says how long a caller has to wait.

    Args:
        clock: the time the minute is measured in
        per_minute: calls a minute by method; a method not named is free
        posts_per_channel: posts a minute into one conversation, or None for no limit
    """

    def __init__(
        self,
        clock: Clock,
        per_minute: Mapping[str, int] | None = None,
        *,
        posts_per_channel: int | None = POSTS_PER_CHANNEL,
    ) -> None:
        self._clock = clock
        self._per_minute = PER_MINUTE if per_minute is None else per_minute
        self._posts_per_channel = posts_per_channel
        self._calls: dict[str, deque[datetime]] = {}
        self._blocked_until: dict[str, datetime] = {}
        self.calls_while_blocked: dict[str, int] = {}
        """How often a method was called although it had been told to wait."""

    @classmethod
    def unlimited(cls, clock: Clock) -> Rates:
        """Return rates that never refuse anybody by themselves."""
        return cls(clock, {}, posts_per_channel=None)

    def admit(self, method: str) -> int | None:
        """Count a call; returns the seconds to wait when it is refused, else None."""
        until = self._blocked_until.get(method)
        now = self._clock.now()
        if until is not None and now < until:
            self.calls_while_blocked[method] = self.calls_while_blocked.get(method, 0) + 1
            return _seconds(until - now)
        wait = self._count(method, self._per_minute.get(method), now)
        if wait is not None:
            self._blocked_until[method] = now + timedelta(seconds=wait)
        return wait

    def admit_post(self, conversation_id: str) -> int | None:
        """Count a post into one conversation; returns the seconds to wait when it is refused, else None."""
        return self._count(f"post {conversation_id}", self._posts_per_channel, self._clock.now())

    def block(self, method: str, seconds: int) -> None:
        """Refuse a method for so long, whatever was counted."""
        self._blocked_until[method] = self._clock.now() + timedelta(seconds=seconds)

    def _count(self, key: str, limit: int | None, now: datetime) -> int | None:
        if limit is None:
            return None
        calls = self._calls.setdefault(key, deque())
        while calls and (now - calls[0] >= WINDOW or calls[0] > now):
            calls.popleft()
        if len(calls) >= limit:
            return _seconds(calls[0] + WINDOW - now)
        calls.append(now)
        return None


def _seconds(left: timedelta) -> int:
    return max(1, math.ceil(left.total_seconds()))
