"""The life of a delivery from the queue to its end, one small transaction per step.

The order is what a crash cannot break: the row first, then `sending`, then the call, then the mark. Every change is
guarded by (id, fence, state), so a sender that lost its hold changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mentoring.budget import FEWER_WINDOW, PAUSED, Drop, Go, Recipient, Snooze, Verdict, may_go
from mentoring.deliveries import (
    MAX_RENDER_FAILURES,
    Cause,
    DeliveryState,
    Lane,
    Park,
    Resend,
    Skip,
    Wait,
    after_unknown,
    kind_named,
    retry_at,
)
from mentoring.facts import Facts, NotNeeded
from mentoring.participants import NamedRoleState, ParticipantState
from usecases.cards import settings_of, working_time
from usecases.facts import load_facts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from mentoring.deliveries import DeliveryKind
    from usecases.unit import Delivery, Person, Program, Storage, UnitOfWork

SENDER_ROLE = "sender"
REDRAWABLE = (DeliveryState.SENT,)


@dataclass(frozen=True, slots=True)
class Held:
    """A claimed delivery, and what the sender needs to know of it."""

    id: str
    fence: int
    kind: str
    recipient: str
    lane: int


@dataclass(frozen=True, slots=True)
class Ready:
    """May go out now: facts to render, and where to."""

    facts: Facts
    address: Address


@dataclass(frozen=True, slots=True)
class Address:
    """Where a delivery goes: a conversation that is known already, or the people to open one with."""

    recipient: str
    slack_channel_id: str | None
    slack_user_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SettledElsewhere:
    """The delivery was settled without a call (dropped, snoozed, moot, no longer ours)."""

    outcome: str


async def take_sender_role(storage: Storage, holder: str) -> int | None:
    """Become or remain the one process that sends; the epoch, or None while another one is."""
    async with storage.write() as uow:
        return await uow.leases.take(SENDER_ROLE, holder, database_now=await uow.database_now())


async def give_back_sender_role(storage: Storage, holder: str) -> None:
    async with storage.write() as uow:
        await uow.leases.give_back(SENDER_ROLE, holder, database_now=await uow.database_now())


async def claim_due(storage: Storage, owner: str, now: datetime, limit: int = 20) -> list[Held]:
    """Take what is due, most urgent first."""
    async with storage.write() as uow:
        claims = await uow.outbox.claim(owner, now=now, database_now=await uow.database_now(), limit=limit)
        return [
            Held(
                claim.delivery.id,
                claim.fence,
                claim.delivery.kind,
                claim.delivery.recipient,
                claim.delivery.lane,
            )
            for claim in claims
        ]


async def give_back(storage: Storage, held: Held, *, until: datetime | None = None, reason: str = "") -> None:
    """Return a claimed delivery unsent; it is due again at once or at a later moment."""
    values: dict[str, Any] = {
        "state": DeliveryState.DUE,
        "owner": None,
        "lease_until": None,
        "reason": reason,
    }
    if until is not None:
        values["not_before"] = until
    async with storage.write() as uow:
        await uow.outbox.change(held.id, held.fence, expected=[DeliveryState.CLAIMED], **values)


async def prepare(storage: Storage, held: Held, now: datetime) -> Ready | SettledElsewhere:
    """Re-check everything that may have changed since the delivery was owed, and load its facts.

    Person, pair, pause, hours, budget, staleness and a newer message of the same series are looked at here, at the
    last moment; what may not go out is snoozed or dropped, with its reason, in the same transaction.
    """
    async with storage.write() as uow:
        delivery = await uow.outbox.find(held.id, lock=True)
        if delivery is None or delivery.fence != held.fence or delivery.state is not DeliveryState.CLAIMED:
            return SettledElsewhere("no longer ours")
        kind = kind_named(delivery.kind)
        if kind is None:
            _end(delivery, DeliveryState.PARKED, "a later release wrote this kind")
            return SettledElsewhere("unknown kind")
        if await uow.outbox.has_doubt_in_series(delivery):
            _snooze(delivery, now + timedelta(minutes=1), "an earlier one is in doubt")
            return SettledElsewhere("snoozed")
        people = await people_of(uow, delivery.recipient)
        match await _verdict(uow, delivery, kind, people, now):
            case Snooze(until=until, reason=reason):
                _snooze(delivery, until, reason)
                if reason == PAUSED and kind.outlasts_pauses and kind.stale_after is not None:
                    delivery.expires_at = until + kind.stale_after
                return SettledElsewhere("snoozed")
            case Drop(reason=reason):
                _end(delivery, DeliveryState.SKIPPED, reason)
                return SettledElsewhere("dropped")
            case Go():
                return await _with_facts(uow, delivery, people, now)


async def _with_facts(
    uow: UnitOfWork, delivery: Delivery, people: Sequence[Person], now: datetime
) -> Ready | SettledElsewhere:
    facts = await load_facts(uow, delivery, now)
    if isinstance(facts, NotNeeded):
        _end(delivery, DeliveryState.MOOT, facts.reason)
        return SettledElsewhere("moot")
    return Ready(facts, await _address(uow, delivery, people))


async def _verdict(
    uow: UnitOfWork, delivery: Delivery, kind: DeliveryKind, people: Sequence[Person], now: datetime
) -> Verdict:
    if await _is_superseded(uow, delivery, kind, now):
        return Drop("superseded")
    program = await uow.programs.find(delivery.program_id) if delivery.program_id else None
    recipients = [await _recipient(uow, delivery, kind, program, person, now) for person in people]
    return may_go(
        kind,
        recipients,
        expires_at=delivery.expires_at,
        budgeted=delivery.budgeted,
        weekly_budget=settings_of(program).weekly_budget if program is not None else 1,
        now=now,
    )


async def _is_superseded(uow: UnitOfWork, delivery: Delivery, kind: DeliveryKind, now: datetime) -> bool:
    """Of several due messages of one series only the newest is still useful; a repeat in doubt is not judged."""
    if not kind.series_latest_only or delivery.copies:
        return False
    newest = await uow.outbox.newest_of_series(delivery, now=now)
    return newest is not None and newest.id != delivery.id


async def _recipient(
    uow: UnitOfWork,
    delivery: Delivery,
    kind: DeliveryKind,
    program: Program | None,
    person: Person,
    now: datetime,
) -> Recipient:
    participant = await uow.participants.find_one(program.id, person.id) if program is not None else None
    taking_part = participant is not None and participant.state is not ParticipantState.LEFT
    paused_until = None
    if participant is not None and participant.state is ParticipantState.PAUSED:
        paused_until = participant.paused_until
    unsolicited: Sequence[datetime] = ()
    if delivery.budgeted:
        unsolicited = await uow.outbox.last_budgeted_at(
            person.id, since=now - FEWER_WINDOW, except_id=delivery.id
        )
    return Recipient(
        works=working_time(person, program),
        agreed=taking_part or kind.lane is Lane.ANSWER or await _accepted_a_role(uow, person, program),
        reachable=not person.is_deactivated and person.erased_at is None,
        paused_until=paused_until,
        unsolicited_at=unsolicited,
        fewer=person.fewer,
    )


async def _accepted_a_role(uow: UnitOfWork, person: Person, program: Program | None) -> bool:
    roles = await uow.role_holders.list_for_person(person.id)
    return any(
        role.state is NamedRoleState.ACCEPTED and (program is None or role.program_id == program.id)
        for role in roles
    )


async def people_of(uow: UnitOfWork, recipient: str) -> list[Person]:
    """The people a recipient stands for: one for a DM, two for a pair, none for a channel."""
    shape, _, ref = recipient.partition(":")
    match shape:
        case "person":
            return [await uow.people.get(ref)]
        case "pair":
            pair = await uow.pairs.get(ref)
            members = []
            for participant_id in (pair.mentor_id, pair.mentee_id):
                participant = await uow.participants.get(participant_id)
                members.append(await uow.people.get(participant.person_id))
            return members
        case "channel":
            return []
        case _:
            raise ValueError(f"a recipient is person:…, pair:… or channel:…, got {recipient}")


async def _address(uow: UnitOfWork, delivery: Delivery, people: Sequence[Person]) -> Address:
    if delivery.recipient.startswith("channel:"):
        return Address(delivery.recipient, delivery.recipient.removeprefix("channel:"))
    known = await uow.conversations.find(delivery.recipient)
    return Address(
        delivery.recipient,
        known.slack_channel_id if known is not None else None,
        tuple(person.slack_user_id for person in people),
    )


async def remember_conversation(storage: Storage, held: Held, slack_channel_id: str, now: datetime) -> None:
    """Keep where a recipient is reached."""
    async with storage.write() as uow:
        delivery = await uow.outbox.get(held.id)
        await uow.conversations.remember(held.recipient, delivery.workspace_id, slack_channel_id, now)


async def forget_conversation(storage: Storage, held: Held) -> None:
    """The channel we knew is gone; the next attempt opens one anew."""
    async with storage.write() as uow:
        await uow.conversations.forget(held.recipient)


async def begin_call(storage: Storage, held: Held, payload: Mapping[str, Any], now: datetime) -> bool:
    """Write down that the call is about to begin; only after this commit may it. Whether it is still ours."""
    digest = hashlib.sha256(json.dumps(payload, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    async with storage.write() as uow:
        delivery = await uow.outbox.find(held.id)
        copies = delivery.copies + 1 if delivery is not None else 1
        return await uow.outbox.change(
            held.id,
            held.fence,
            expected=[DeliveryState.CLAIMED],
            state=DeliveryState.SENDING,
            sending_at=now,
            request_hash=digest,
            copies=copies,
        )


async def record_sent(storage: Storage, held: Held, channel: str, ts: str, now: datetime) -> None:
    """Slack said yes; a late yes under the same fence also settles an unknown outcome."""
    async with storage.write() as uow:
        await uow.outbox.change(
            held.id,
            held.fence,
            expected=[DeliveryState.SENDING, DeliveryState.UNKNOWN],
            state=DeliveryState.SENT,
            slack_channel_id=channel,
            slack_ts=ts,
            sent_at=now,
            owner=None,
            lease_until=None,
            cause=None,
            reason="",
        )


async def record_not_sent(
    storage: Storage, held: Held, now: datetime, *, reason: str, jitter: float, counts: bool = True
) -> DeliveryState:
    """Surely nothing was sent: due again after a growing wait, dead after twelve attempts.

    Args:
        storage: where it stands.
        held: the delivery.
        now: the moment of the failure.
        reason: for the operator; never text of the message.
        jitter: a number in 0..1.
        counts: False while a circuit is open; no attempt is used up then.
    """
    async with storage.write() as uow:
        delivery = await uow.outbox.find(held.id, lock=True)
        if delivery is None or delivery.fence != held.fence:
            return DeliveryState.CANCELLED
        delivery.copies = max(delivery.copies - 1, 0)
        attempts = delivery.attempts + 1 if counts else delivery.attempts
        again = retry_at(now, max(attempts, 1), jitter=jitter)
        if again is None:
            _end(delivery, DeliveryState.DEAD, reason)
        else:
            delivery.attempts = attempts
            _snooze(delivery, again, reason)
        return delivery.state


async def record_limited(storage: Storage, held: Held, until: datetime) -> None:
    """Slack asked for a pause: due again after it, no attempt counted."""
    async with storage.write() as uow:
        delivery = await uow.outbox.find(held.id, lock=True)
        if delivery is not None and delivery.fence == held.fence:
            delivery.copies = max(delivery.copies - 1, 0)
            _snooze(delivery, until, "rate limited")


async def record_dead(storage: Storage, held: Held, *, reason: str) -> None:
    """It can never be delivered as it is; kept for the operator."""
    async with storage.write() as uow:
        delivery = await uow.outbox.find(held.id, lock=True)
        if delivery is not None and delivery.fence == held.fence:
            delivery.copies = max(delivery.copies - 1, 0)
            _end(delivery, DeliveryState.DEAD, reason)


async def record_unreachable(storage: Storage, held: Held, *, reason: str) -> None:
    """Slack says that the person or the channel is gone: it is skipped, and the person is marked."""
    async with storage.write() as uow:
        delivery = await uow.outbox.find(held.id, lock=True)
        if delivery is None or delivery.fence != held.fence:
            return
        delivery.copies = max(delivery.copies - 1, 0)
        _end(delivery, DeliveryState.SKIPPED, reason)
        if reason == "user_disabled" and delivery.person_id is not None:
            (await uow.people.get(delivery.person_id)).is_deactivated = True


async def record_render_failure(storage: Storage, held: Held, now: datetime, *, reason: str) -> DeliveryState:
    """Putting it into words failed: tried again twice, then dead; the others are not held up."""
    async with storage.write() as uow:
        delivery = await uow.outbox.find(held.id, lock=True)
        if delivery is None or delivery.fence != held.fence:
            return DeliveryState.CANCELLED
        delivery.render_failures += 1
        if delivery.render_failures >= MAX_RENDER_FAILURES:
            _end(delivery, DeliveryState.DEAD, reason)
        else:
            _snooze(delivery, now + timedelta(minutes=1), reason)
        return delivery.state


async def record_unknown(storage: Storage, held: Held, now: datetime, cause: Cause) -> None:
    """Nobody can tell whether Slack accepted it; what follows is the kind's policy."""
    async with storage.write() as uow:
        await uow.outbox.change(
            held.id,
            held.fence,
            expected=[DeliveryState.SENDING],
            state=DeliveryState.UNKNOWN,
            cause=cause,
            unknown_since=now,
            owner=None,
            lease_until=None,
        )


async def rescue(storage: Storage, now: datetime) -> tuple[int, int]:
    """Free what a dead sender held. Returns how many were given back, and how many became unknown."""
    async with storage.write() as uow:
        return await uow.outbox.rescue(now=now, database_now=await uow.database_now())


async def resolve_unknown(storage: Storage, now: datetime) -> datetime | None:
    """Decide each delivery whose outcome is unknown by its kind's policy; when to look again, None if none is left."""
    again: datetime | None = None
    async with storage.write() as uow:
        for delivery in await uow.outbox.list_unknown():
            kind = kind_named(delivery.kind)
            if kind is None:
                _end(delivery, DeliveryState.PARKED, "a later release wrote this kind")
                continue
            verdict = after_unknown(
                kind.policy,
                delivery.cause or Cause.DIED,
                unknown_since=delivery.unknown_since or now,
                copies=delivery.copies,
                now=now,
            )
            match verdict:
                case Wait(until=until):
                    again = until if again is None else min(again, until)
                case Resend():
                    _snooze(delivery, now, "second copy")
                case Park(reason=reason):
                    _end(delivery, DeliveryState.PARKED, reason)
                case Skip(reason=reason):
                    _end(delivery, DeliveryState.SKIPPED, reason)
    return again


def take_evidence(delivery: Delivery, channel: str, ts: str, now: datetime) -> None:
    """A press on one of its buttons proves that a copy arrived, and where it stands.

    A copy that is still owed is not sent any more.
    """
    if delivery.state in {DeliveryState.UNKNOWN, DeliveryState.SENDING} or (
        delivery.copies > 0
        and delivery.state in {DeliveryState.DUE, DeliveryState.PARKED, DeliveryState.SKIPPED}
    ):
        delivery.state = DeliveryState.SENT
        delivery.fence += 1
        delivery.sent_at = delivery.sent_at or now
        delivery.cause = None
        delivery.reason = ""
    if delivery.slack_ts is None:
        delivery.slack_channel_id, delivery.slack_ts = channel, ts


async def retry(storage: Storage, delivery_id: str, now: datetime) -> bool:
    """An operator or coordinator wants a dead, parked or skipped delivery sent after all; whether it was one."""
    async with storage.write() as uow:
        delivery = await uow.outbox.find(delivery_id, lock=True)
        if delivery is None or delivery.state not in {
            DeliveryState.DEAD,
            DeliveryState.PARKED,
            DeliveryState.SKIPPED,
        }:
            return False
        kind = kind_named(delivery.kind)
        delivery.state = DeliveryState.DUE
        delivery.not_before = now
        delivery.fence += 1
        delivery.attempts = delivery.render_failures = delivery.copies = 0
        delivery.reason = ""
        if kind is not None and kind.stale_after is not None:
            delivery.expires_at = now + kind.stale_after
        return True


@dataclass(frozen=True, slots=True)
class Redraw:
    """A message that stands in Slack and no longer shows the present state."""

    delivery_id: str
    channel: str
    ts: str
    facts: Facts


async def next_redraws(storage: Storage, now: datetime, limit: int = 50) -> list[Redraw]:
    """What to update in place; the flag is dropped first, so that a change during the update raises it again."""
    redraws = []
    async with storage.write() as uow:
        for delivery in await uow.outbox.list_to_redraw(limit):
            delivery.redraw = False
            if delivery.slack_channel_id is None or delivery.slack_ts is None:
                continue
            facts = await load_facts(uow, delivery, now)
            if not isinstance(facts, NotNeeded):
                redraws.append(Redraw(delivery.id, delivery.slack_channel_id, delivery.slack_ts, facts))
    return redraws


async def redraw_again(storage: Storage, delivery_id: str) -> None:
    """The update in place did not succeed; it is tried again with the next turn."""
    async with storage.write() as uow:
        delivery = await uow.outbox.find(delivery_id)
        if delivery is not None:
            delivery.redraw = True


async def next_due_at(storage: Storage) -> datetime | None:
    async with storage.read() as uow:
        return await uow.outbox.next_due_at()


def _snooze(delivery: Delivery, until: datetime, reason: str) -> None:
    delivery.state = DeliveryState.DUE
    delivery.not_before = until
    delivery.reason = reason
    delivery.owner = None
    delivery.lease_until = None


def _end(delivery: Delivery, state: DeliveryState, reason: str) -> None:
    delivery.state = state
    delivery.reason = reason
    delivery.owner = None
    delivery.lease_until = None
