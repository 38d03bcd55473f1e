"""The sender: claim, ask whether it may go, put it into words, send it once, write down what Slack said."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import structlog

from messages.errors import (
    InvalidPayloadError,
    MessengerError,
    NotReachedError,
    OutcomeUnknownError,
    RateLimitedError,
    RefusedError,
)
from messages.message import Posted
from scheduling.pace import Pace
from usecases import delivering, homes
from usecases.delivering import Held, Ready

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from mentoring.facts import Facts, HomeFacts
    from messages.message import Message, Messenger, View
    from usecases.unit import Storage

log = structlog.get_logger("turnabout.sender")

BATCH = 20
CIRCUIT_AFTER = 5
PROBE_EVERY = timedelta(seconds=60)
ROLE_RENEWED_EVERY = timedelta(seconds=10)
# A holder stops by its own monotonic clock well before its role can be taken by another.
ROLE_SAFE_SECONDS = 30 - 12
CALL_SECONDS = 10

_STOPS_ALL = frozenset(
    {"invalid_auth", "account_inactive", "token_revoked", "token_expired", "missing_scope", "not_authed"}
)
_GONE_PERSON = frozenset({"user_disabled", "user_not_found", "cannot_dm_bot", "user_not_visible"})
_GONE_CHANNEL = frozenset({"is_archived", "not_in_channel", "restricted_action", "messages_tab_disabled"})


class Clock(Protocol):
    """Tells the present moment."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        ...


@dataclass
class Sender:
    """The one loop through which every message leaves. `turn()` does what is due and returns when to wake.

    Attributes:
        render: puts facts into a message.
        render_home: puts a person's Home into a view.
        owner: this process, for claims and for the sender's role.
    """

    storage: Storage
    clock: Clock
    messenger: Messenger
    render: Callable[[Facts], Message]
    render_home: Callable[[HomeFacts], View]
    owner: str
    draws: random.Random
    paced: bool = True
    sends: bool = True
    paces: dict[str, Pace] = field(default_factory=dict)
    failures_in_a_row: int = 0
    circuit_probe_at: datetime | None = None
    stopped_cause: str | None = None
    _role_taken_at: float | None = None
    _role_until: datetime | None = None

    async def turn(self) -> datetime | None:
        """Send what may go out now.

        Returns:
            When to be woken for what is owed next; None when nothing is owed.
        """
        now = self.clock.now()
        if not self.sends or not await self._holds_role(now):
            return now + ROLE_RENEWED_EVERY
        if not await self._may_send(now):
            return self.circuit_probe_at
        wake = await self._send_due()
        await self._redraw()
        await self._publish_homes()
        return wake

    async def stop(self) -> None:
        """Give the role back, so that another process need not wait for it."""
        if self._role_taken_at is not None:
            await delivering.give_back_sender_role(self.storage, self.owner)
            self._role_taken_at = None

    # ------------------------------------------------------------------ role and circuit

    async def _holds_role(self, now: datetime) -> bool:
        if self._role_until is not None and now < self._role_until and self._role_is_fresh():
            return True
        epoch = await delivering.take_sender_role(self.storage, self.owner)
        if epoch is None:
            self._role_taken_at = self._role_until = None
            return False
        self._role_taken_at = time.monotonic()
        self._role_until = now + ROLE_RENEWED_EVERY
        return True

    def _role_is_fresh(self) -> bool:
        return self._role_taken_at is not None and time.monotonic() - self._role_taken_at < ROLE_SAFE_SECONDS

    async def _may_send(self, now: datetime) -> bool:
        """Closed circuit and accepted token; while not, one probe a minute and no attempt is used up."""
        if self.circuit_probe_at is None:
            return True
        if now < self.circuit_probe_at:
            return False
        try:
            await self.messenger.probe()
        except MessengerError as error:
            self.circuit_probe_at = now + PROBE_EVERY
            log.warning("slack_still_away", reason=error.reason)
            return False
        log.info("slack_is_back")
        self.circuit_probe_at = self.stopped_cause = None
        self.failures_in_a_row = 0
        return True

    def _open_circuit(self, now: datetime, cause: str | None = None) -> None:
        self.circuit_probe_at = now + PROBE_EVERY
        self.stopped_cause = cause
        log.error("sending_paused", cause=cause or "network")

    # ------------------------------------------------------------------ deliveries

    async def _send_due(self) -> datetime | None:
        """Send claim by claim until nothing is due, the pace asks for a pause, or Slack is away."""
        while self.circuit_probe_at is None:
            now = self.clock.now()
            free = self._pace("chat.postMessage").free_at(now)
            if self.paced and free > now:
                return free
            batch = BATCH if not self.paced else 1
            claimed = await delivering.claim_due(self.storage, self.owner, now, limit=batch)
            if not claimed:
                return await delivering.next_due_at(self.storage)
            for position, held in enumerate(claimed):
                if self.circuit_probe_at is not None or not self._role_is_fresh():
                    for rest in claimed[position:]:
                        await delivering.give_back(self.storage, rest)
                    break
                await self._deliver(held)
        return self.circuit_probe_at

    async def _deliver(self, held: Held) -> None:
        """One delivery from claim to mark. Whatever happens to it holds up no other."""
        now = self.clock.now()
        ready = await delivering.prepare(self.storage, held, now)
        if not isinstance(ready, Ready):
            log.info("delivery_settled", delivery=held.id, kind=held.kind, outcome=ready.outcome)
            return
        try:
            message = self.render(ready.facts)
        except Exception as error:
            log.exception("render_failed", delivery=held.id, kind=held.kind)
            await delivering.record_render_failure(self.storage, held, now, reason=type(error).__name__)
            return
        try:
            channel = await self._channel(held, ready)
        except MessengerError as error:
            await self._not_opened(held, error)
            return
        await self._call(held, channel, message)

    async def _channel(self, held: Held, ready: Ready) -> str:
        address = ready.address
        if address.slack_channel_id is not None:
            return address.slack_channel_id
        # Opening the same people twice gives the same conversation, so this may be repeated freely.
        channel = await self.messenger.open_conversation(address.slack_user_ids)
        await delivering.remember_conversation(self.storage, held, channel, self.clock.now())
        return channel

    async def _not_opened(self, held: Held, error: MessengerError) -> None:
        now = self.clock.now()
        match error:
            case RateLimitedError(retry_after_seconds=seconds):
                await delivering.record_limited(self.storage, held, now + timedelta(seconds=seconds + 1))
            case RefusedError(code=code) if code in _STOPS_ALL:
                await self._stop_all(held, code)
            case RefusedError(code=code) if code in _GONE_PERSON:
                await delivering.record_unreachable(self.storage, held, reason=code)
            case _:
                await self._not_sent(held, error)

    async def _call(self, held: Held, channel: str, message: Message) -> None:
        now = self.clock.now()
        pace = self._pace("chat.postMessage")
        free = pace.free_at(now, channel)
        if self.paced and free > now:
            # One conversation gets at most one message a second, however many are owed to it.
            await delivering.give_back(self.storage, held, until=free, reason="pace")
            return
        if not await delivering.begin_call(
            self.storage, held, {"channel": channel, **message.payload()}, now
        ):
            log.warning("delivery_lost_before_call", delivery=held.id)
            return
        pace.made(now, channel)
        try:
            posted = await self._put(channel, message)
        except MessengerError as error:
            await self._call_failed(held, error, pace)
        except InvalidPayloadError as error:
            log.exception("message_invalid", delivery=held.id, kind=held.kind, reasons=error.reasons)
            await delivering.record_dead(
                self.storage, held, reason="invalid_blocks: " + "; ".join(error.reasons)[:300]
            )
        else:
            self.failures_in_a_row = 0
            await delivering.record_sent(self.storage, held, posted.channel, posted.ts, self.clock.now())
            log.info("delivery_sent", delivery=held.id, kind=held.kind)

    async def _put(self, channel: str, message: Message) -> Posted:
        """The one call: a message, or the file that stands in its place (Slack names no message for a file)."""
        file = message.attachment
        if file is None:
            return await self.messenger.post(channel, message)
        file_id = await self.messenger.upload_file(
            channel,
            file.filename,
            file.content,
            title=file.title,
            alt_text=file.alt_text,
            initial_comment=message.text,
        )
        return Posted(channel, file_id)

    async def _call_failed(self, held: Held, error: MessengerError, pace: Pace) -> None:
        now = self.clock.now()
        match error:
            case RateLimitedError(retry_after_seconds=seconds):
                until = pace.limited(now, seconds)
                log.info("rate_limited", until=until.isoformat())
                await delivering.record_limited(self.storage, held, until)
            case OutcomeUnknownError(cause=cause):
                log.warning("outcome_unknown", delivery=held.id, kind=held.kind, cause=cause)
                await delivering.record_unknown(self.storage, held, now, cause)
                self._count_failure(now)
            case NotReachedError():
                await self._not_sent(held, error)
            case RefusedError(code="channel_not_found") if not held.recipient.startswith("channel:"):
                # A remembered DM can die; it is opened anew on the next attempt.
                await delivering.forget_conversation(self.storage, held)
                await self._not_sent(held, error)
            case RefusedError(code="missing_scope", method=method) if method.startswith("files."):
                # Files are an optional scope: without it they cannot be sent, and nothing else is held up.
                log.error("file_refused", delivery=held.id, kind=held.kind, code="missing_scope")
                await delivering.record_dead(self.storage, held, reason="missing_scope: files:write")
            case RefusedError(code=code) if code in _STOPS_ALL:
                await self._stop_all(held, code)
            case RefusedError(code=code) if code in _GONE_PERSON:
                await delivering.record_unreachable(self.storage, held, reason=code)
            case RefusedError(code=code) if code in _GONE_CHANNEL or code == "channel_not_found":
                await delivering.record_dead(self.storage, held, reason=code)
            case RefusedError(code=code, details=details):
                log.error("message_refused", delivery=held.id, kind=held.kind, code=code, details=details)
                await delivering.record_dead(self.storage, held, reason=code)
            case _:
                await self._not_sent(held, error)

    async def _stop_all(self, held: Held, code: str) -> None:
        """The token or a scope is gone: nothing more is sent and no attempt is used up until Slack accepts us again."""
        now = self.clock.now()
        self._open_circuit(now, code)
        await delivering.record_limited(self.storage, held, now + PROBE_EVERY)

    async def _not_sent(self, held: Held, error: MessengerError) -> None:
        now = self.clock.now()
        state = await delivering.record_not_sent(
            self.storage, held, now, reason=error.reason, jitter=self.draws.random()
        )
        log.warning("delivery_not_sent", delivery=held.id, kind=held.kind, reason=error.reason, state=state)
        if isinstance(error, NotReachedError):
            self._count_failure(now)

    def _count_failure(self, now: datetime) -> None:
        self.failures_in_a_row += 1
        if self.failures_in_a_row >= CIRCUIT_AFTER:
            self._open_circuit(now)

    def _pace(self, method: str) -> Pace:
        return self.paces.setdefault(method, Pace())

    # ------------------------------------------------------------------ what is redrawn freely

    async def _redraw(self) -> None:
        """Update in place what stands in Slack and changed since; repeated freely, last state wins."""
        if self.circuit_probe_at is not None:
            return
        for redraw in await delivering.next_redraws(self.storage, self.clock.now()):
            try:
                await self.messenger.update(redraw.channel, redraw.ts, self.render(redraw.facts))
            except RefusedError as error:
                # The message was deleted or can no longer be edited; its state stands on Home.
                log.info("redraw_refused", delivery=redraw.delivery_id, code=error.code)
            except MessengerError as error:
                log.info("redraw_postponed", delivery=redraw.delivery_id, reason=error.reason)
                await delivering.redraw_again(self.storage, redraw.delivery_id)
                return
            except Exception:
                log.exception("redraw_failed", delivery=redraw.delivery_id, kind=redraw.facts.kind)

    async def _publish_homes(self) -> None:
        if self.circuit_probe_at is not None:
            return
        for facts in await homes.next_homes(self.storage, self.clock.now()):
            try:
                await self.messenger.publish_home(facts.reader.slack_user_id or "", self.render_home(facts))
            except RefusedError as error:
                log.info("home_refused", code=error.code)
            except MessengerError as error:
                log.info("home_postponed", reason=error.reason)
                await homes.home_again(self.storage, facts.reader.person_id or "")
                return
            except Exception:
                log.exception("home_failed")
