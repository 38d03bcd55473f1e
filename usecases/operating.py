"""What an operator looks at and decides: what is owed, who sends, whether a restored copy may send. No private text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from usecases.delivering import SENDER_ROLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentoring.deliveries import DeliveryState
    from usecases.unit import Storage

RESTORED = "a restored copy"
PROCESS_ALIVE_FOR = timedelta(seconds=90)
_PROCESS = "process:"
_FOR_EVER = datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the program stands, in counts and moments.

    Attributes:
        counts: deliveries by state.
        next_due_at: the oldest delivery that waits; a past moment while there is a backlog.
        sender: the process that holds the sender's role now; empty when none does.
        is_held: whether a restored copy waits for the operator's word.
        processes: the bots that showed a sign of life on this database lately.
        has_workspace: whether a bot has ever met Slack with this database.
        has_program: whether a program has been set up in it.
    """

    counts: dict[str, int]
    next_due_at: datetime | None
    sender: str
    is_held: bool
    processes: tuple[str, ...]
    has_workspace: bool
    has_program: bool


async def look(storage: Storage, now: datetime) -> Standing:
    """How the program stands."""
    async with storage.read() as uow:
        lease = await uow.leases.find(SENDER_ROLE)
        held_by = lease.holder if lease is not None and lease.until > await uow.database_now() else ""
        beats = await uow.heartbeats.list_all()
        workspace = await uow.workspaces.find_first()
        return Standing(
            counts=await uow.outbox.count_by_state(),
            next_due_at=await uow.outbox.next_due_at(),
            sender="" if held_by == RESTORED else held_by,
            is_held=held_by == RESTORED,
            processes=tuple(
                beat.tick.removeprefix(_PROCESS)
                for beat in beats
                if beat.tick.startswith(_PROCESS) and now - beat.beat_at < PROCESS_ALIVE_FOR
            ),
            has_workspace=workspace is not None,
            has_program=workspace is not None and await uow.programs.find_current(workspace.id) is not None,
        )


async def show_life(storage: Storage, process: str, now: datetime) -> None:
    """Write down that this process runs, so that a second one is noticed."""
    async with storage.write() as uow:
        await uow.heartbeats.beat(_PROCESS + process, now, "running")


async def end_life(storage: Storage, process: str) -> None:
    """This process stopped in order; nobody needs to wonder about it."""
    async with storage.write() as uow:
        row = await uow.heartbeats.find(_PROCESS + process)
        if row is not None:
            await uow.heartbeats.remove(row)


async def hold_sending(storage: Storage) -> None:
    """Take the sender's role for good: nothing leaves until an operator confirms.

    A restored copy may owe what was sent after it was made; somebody has to look before anything goes out again.
    """
    async with storage.write() as uow:
        now = await uow.database_now()
        lease = await uow.leases.find(SENDER_ROLE)
        if lease is not None:
            lease.until = now - timedelta(seconds=1)
            await uow.flush()
        await uow.leases.take(SENDER_ROLE, RESTORED, database_now=now, ttl=_FOR_EVER - now)


async def confirm_sending(storage: Storage) -> bool:
    """Let a held copy send again; whether it was held."""
    async with storage.write() as uow:
        now = await uow.database_now()
        lease = await uow.leases.find(SENDER_ROLE)
        if lease is None or lease.holder != RESTORED or lease.until <= now:
            return False
        await uow.leases.give_back(SENDER_ROLE, RESTORED, database_now=now)
        return True


@dataclass(frozen=True, slots=True)
class Line:
    """One delivery as an operator sees it: ids and reasons, no name and no text."""

    id: str
    state: DeliveryState
    kind: str
    recipient: str
    moment: datetime
    reason: str


async def list_lines(storage: Storage, states: Sequence[DeliveryState], limit: int = 100) -> list[Line]:
    """Deliveries in these states, oldest first."""
    async with storage.read() as uow:
        rows = await uow.outbox.list_in_states(states, limit)
        return [
            Line(
                row.id,
                row.state,
                row.kind,
                row.recipient,
                row.sent_at or row.unknown_since or row.not_before,
                row.reason or (row.cause.value if row.cause is not None else ""),
            )
            for row in rows
        ]
