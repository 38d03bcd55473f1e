"""Trouble on demand: what may go wrong with a call or a delivery, by script or by seeded chance."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class CallFault(StrEnum):
    """What may go wrong with a call to the Web API; "after" means that it took effect nonetheless."""

    RATE_LIMITED = "rate_limited"  # HTTP 429 earlier than the rates ask for
    SERVER_ERROR_BEFORE = "server_error_before"  # HTTP 503
    SERVER_ERROR_AFTER = "server_error_after"  # HTTP 500
    FATAL_ERROR_BEFORE = "fatal_error_before"  # HTTP 200 with `fatal_error`
    FATAL_ERROR_AFTER = "fatal_error_after"
    DROPPED_BEFORE = "dropped_before"  # the connection breaks and nothing was done
    DROPPED_AFTER = "dropped_after"  # the connection breaks before the reply: the lost reply
    CUT_BODY = "cut_body"  # half a reply, then the connection breaks; it took effect
    HTML_BEFORE = "html_before"  # a proxy's page with HTTP 502
    HTML_AFTER = "html_after"
    SLOW = "slow"  # the reply comes late; it took effect at once

    @property
    def takes_effect(self) -> bool:
        """Whether the call does what it asks for, although the reply says or shows something else."""
        return self in _WITH_EFFECT

    @property
    def is_unclear(self) -> bool:
        """Whether the caller cannot know what happened."""
        return self not in {CallFault.RATE_LIMITED, CallFault.SLOW}


_WITH_EFFECT = frozenset(
    {
        CallFault.SERVER_ERROR_AFTER,
        CallFault.FATAL_ERROR_AFTER,
        CallFault.DROPPED_AFTER,
        CallFault.CUT_BODY,
        CallFault.HTML_AFTER,
        CallFault.SLOW,
    }
)


class DeliveryFault(StrEnum):
    """What may go wrong with something Slack sends to the bot."""

    DOUBLED = "doubled"  # the same payload arrives once more, after the first was answered
    TOGETHER = "together"  # both copies arrive at the same time
    LATER = "later"  # events only: it arrives after the one that follows it
    LOST_ACK = "lost_ack"  # the bot's answer never arrives; an event is sent again
    LOST = "lost"  # it never reaches the bot; an event is sent again
    DROPPED_SOCKET = "dropped_socket"  # the connection breaks instead of carrying it


@dataclass(frozen=True, slots=True)
class _Chance:
    probability: float
    kinds: tuple[CallFault | DeliveryFault, ...]
    methods: frozenset[str] | None


@dataclass(slots=True)
class _Script:
    kind: CallFault | DeliveryFault
    method: str | None
    skip: int
    times: int


class Faults:
    """The plan of what goes wrong: scripted faults first, then those drawn by chance.

    Args:
        seed: of the chances; the same seed and the same calls give the same faults
        retry_after_s: seconds that a 429 by chance asks for
        slow_s: seconds that a slow reply takes
    """

    def __init__(self, seed: int = 0, *, retry_after_s: int = 30, slow_s: float = 0.05) -> None:
        self._random = random.Random(seed)
        self._chances: list[_Chance] = []
        self._scripts: list[_Script] = []
        self.retry_after_s = retry_after_s
        self.slow_s = slow_s
        self.is_out = False
        """Whether all of Slack is down: every call breaks off, nothing is delivered."""
        self.happened: dict[str, int] = {}
        """How often each fault happened."""

    def by_chance(
        self,
        probability: float,
        *kinds: CallFault | DeliveryFault,
        methods: Iterable[str] | None = None,
    ) -> None:
        """Let each call or delivery meet one of `kinds` (all of either sort if none is named) so often.

        `methods` are methods of the Web API or types of deliveries such as `block_actions`.
        """
        if not 0 <= probability <= 1:
            raise ValueError(f"probability must be 0 to 1, got {probability}")
        kinds = kinds or (*CallFault, *DeliveryFault)
        named = None if methods is None else frozenset(methods)
        for sort in (CallFault, DeliveryFault):
            of_sort = tuple(kind for kind in kinds if isinstance(kind, sort))
            if of_sort:
                self._chances.append(_Chance(probability, of_sort, named))

    def next(
        self,
        kind: CallFault | DeliveryFault,
        method: str | None = None,
        *,
        times: int = 1,
        skip: int = 0,
    ) -> None:
        """Let the next `times` calls or deliveries, of `method` if named, meet `kind`, after `skip` good ones."""
        self._scripts.append(_Script(kind, method, skip, times))

    def clear(self) -> None:
        """Let everything go well from now on."""
        self._chances.clear()
        self._scripts.clear()
        self.is_out = False

    def of_call(self, method: str) -> CallFault | None:
        """Return what goes wrong with this call, if anything."""
        if self.is_out:
            return CallFault.DROPPED_BEFORE
        found = self._draw(CallFault, method)
        return found if isinstance(found, CallFault) else None

    def of_delivery(self, method: str) -> DeliveryFault | None:
        """Return what goes wrong with this delivery, if anything."""
        if self.is_out:
            return DeliveryFault.LOST
        found = self._draw(DeliveryFault, method)
        return found if isinstance(found, DeliveryFault) else None

    def _draw(self, sort: type[CallFault | DeliveryFault], method: str) -> CallFault | DeliveryFault | None:
        found = self._scripted(sort, method) or self._drawn(sort, method)
        if found is not None:
            self.happened[found] = self.happened.get(found, 0) + 1
        return found

    def _scripted(
        self, sort: type[CallFault | DeliveryFault], method: str
    ) -> CallFault | DeliveryFault | None:
        for script in self._scripts:
            if not isinstance(script.kind, sort) or script.method not in {None, method}:
                continue
            if script.skip:
                script.skip -= 1
                return None
            script.times -= 1
            if not script.times:
                self._scripts.remove(script)
            return script.kind
        return None

    def _drawn(self, sort: type[CallFault | DeliveryFault], method: str) -> CallFault | DeliveryFault | None:
        for chance in self._chances:
            if not isinstance(chance.kinds[0], sort):
                continue
            if chance.methods is not None and method not in chance.methods:
                continue
            if self._random.random() < chance.probability:
                return self._random.choice(chance.kinds)
        return None
