"""What will happen next, for whoever watches a rehearsal: owed messages, and the next look at pairs and proposals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from usecases.unit import Storage, UnitOfWork


@dataclass(frozen=True, slots=True)
class Upcoming:
    """One thing that is due: when, which delivery kind or look, and whom it reaches."""

    at: datetime
    what: str
    whom: str


async def list_upcoming(storage: Storage, limit: int = 60) -> list[Upcoming]:
    """What is owed next, soonest first."""
    async with storage.read() as uow:
        messages = [
            Upcoming(delivery.not_before, delivery.kind, await _names(uow, delivery.recipient))
            for delivery in await uow.outbox.list_waiting(limit)
        ]
        steps = [
            Upcoming(pair.due_at, "pair.step", await _names(uow, f"pair:{pair.id}"))
            for pair in await uow.pairs.list_waiting(limit)
            if pair.due_at is not None
        ]
        answers = [
            Upcoming(proposal.due_at, "proposal.step", "")
            for proposal in await uow.proposals.list_waiting(limit)
            if proposal.due_at is not None
        ]
    found = [*messages, *steps, *answers]
    return sorted(found, key=lambda one: (one.at, one.what, one.whom))[:limit]


async def _names(uow: UnitOfWork, recipient: str) -> str:
    shape, _, ref = recipient.partition(":")
    if shape == "person":
        return (await uow.people.get(ref)).name
    if shape == "pair":
        pair = await uow.pairs.get(ref)
        names = []
        for participant_id in (pair.mentor_id, pair.mentee_id):
            participant = await uow.participants.get(participant_id)
            names.append((await uow.people.get(participant.person_id)).name)
        return ", ".join(names)
    return ""
