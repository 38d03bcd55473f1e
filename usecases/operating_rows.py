"""What a played program left behind, as plain values: every delivery, and how much came about. No text, no names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mentoring.deliveries import DeliveryState
from mentoring.sessions import Met

if TYPE_CHECKING:
    from datetime import datetime

    from usecases.unit import Storage

_ALL = 10_000_000


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery as it stands."""

    id: str
    kind: str
    state: DeliveryState
    recipient: str
    not_before: datetime
    expires_at: datetime | None
    sent_at: datetime | None
    is_budgeted: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Record:
    """Everything owed in a workspace, and what came about in its program.

    Attributes:
        sessions_planned: sessions for which both agreed on a time.
        sessions_held: sessions of which at least one side said that they met.
    """

    deliveries: tuple[DeliveryRow, ...]
    joined: int = 0
    pairs: int = 0
    sessions_planned: int = 0
    sessions_held: int = 0
    check_ins_asked: int = 0
    check_ins_answered: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """How many deliveries stand in each state that occurs."""
        states = [row.state for row in self.deliveries]
        return {state.value: states.count(state) for state in DeliveryState if state in states}


async def read_record(storage: Storage, workspace_id: str) -> Record:
    """Read it all at once; for rehearsals, whose databases are small."""
    async with storage.read() as uow:
        deliveries = tuple(
            DeliveryRow(
                row.id,
                row.kind,
                row.state,
                row.recipient,
                row.not_before,
                row.expires_at,
                row.sent_at,
                row.budgeted,
                row.reason,
            )
            for row in await uow.outbox.list_in_states(list(DeliveryState), _ALL)
        )
        program = await uow.programs.find_current(workspace_id)
        if program is None:
            return Record(deliveries)
        pairs = await uow.pairs.list_for_program(program.id)
        sessions = await uow.sessions.list_for_pairs([pair.id for pair in pairs])
        check_ins = await uow.check_ins.list_for_sessions([one.id for one in sessions])
        return Record(
            deliveries,
            joined=await uow.participants.count_joined(program.id),
            pairs=len(pairs),
            sessions_planned=sum(one.starts_at is not None for one in sessions),
            sessions_held=len({one.session_id for one in check_ins if one.met is Met.YES}),
            check_ins_asked=len(check_ins),
            check_ins_answered=sum(one.answered_at is not None for one in check_ins),
        )
