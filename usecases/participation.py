"""A participant's own part in a program, as their messages and their Home know it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentoring.facts import Facts, NotNeeded, PersonFacts
from mentoring.participants import ParticipantState, Role

if TYPE_CHECKING:
    from usecases.unit import Delivery, Participant, UnitOfWork


def role_of(participant: Participant) -> Role | None:
    """The one role a participant offers; None when they offer both or neither."""
    if participant.mentor_capacity and not participant.mentee_capacity:
        return Role.MENTOR
    if participant.mentee_capacity and not participant.mentor_capacity:
        return Role.MENTEE
    return None


async def load_person_facts(uow: UnitOfWork, delivery: Delivery, base: Facts) -> Facts | NotNeeded:
    """The reader's own part in the program."""
    if delivery.person_id is None or base.program is None:
        return NotNeeded("nobody to tell")
    participant = await uow.participants.find_one(base.program.id, delivery.person_id)
    if participant is None or participant.state is ParticipantState.LEFT:
        return NotNeeded("left the program")
    return PersonFacts(
        delivery_id=base.delivery_id,
        kind=base.kind,
        now=base.now,
        reader=base.reader,
        program=base.program,
        refs=base.refs,
        maybe_second_copy=base.maybe_second_copy,
        role=role_of(participant),
        signed_up=await uow.participants.count_active(base.program.id),
    )
