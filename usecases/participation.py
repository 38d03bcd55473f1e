"""Joining, pausing, resuming and leaving a program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mentoring.facts import Facts, NotNeeded, PersonFacts
from mentoring.participants import ParticipantState, Role, Side, default_capacities
from usecases.unit import Participant, Skill

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from usecases.unit import Delivery, Person, Program, UnitOfWork


@dataclass(frozen=True, slots=True)
class Intake:
    """What a person says when they join.

    Attributes:
        shares: topic ids with ratings 1-5, in the order chosen (at most five).
        learns: likewise (at most three).
        level: 1-5, how far their decisions reach.
        manager_person_id: who they report to; None with chain_known when nobody here.
    """

    shares: Mapping[str, int]
    learns: Mapping[str, int]
    level: int
    department: str
    manager_person_id: str | None
    chain_known: bool


async def join_program(
    uow: UnitOfWork, program: Program, person: Person, intake: Intake, now: datetime
) -> Participant:
    """Take a person in, or take in again what they changed; joining again after leaving works."""
    mentor_capacity, mentee_capacity = default_capacities(intake.level)
    participant = await uow.participants.find_one(program.id, person.id)
    if participant is None:
        participant = uow.participants.add(
            Participant(
                id=uow.ids.new(),
                program_id=program.id,
                person_id=person.id,
                state=ParticipantState.ACTIVE,
                level=intake.level,
                consented_at=now,
                joined_at=now,
            )
        )
    if participant.state is ParticipantState.LEFT:
        participant.state, participant.joined_at, participant.consented_at = ParticipantState.ACTIVE, now, now
        participant.left_at = None
    participant.level = intake.level
    participant.department = intake.department
    participant.manager_person_id = intake.manager_person_id
    participant.chain_known = intake.chain_known
    participant.mentor_capacity, participant.mentee_capacity = mentor_capacity, mentee_capacity
    await uow.flush()
    await replace_skills(uow, participant, Side.SHARE, intake.shares)
    await replace_skills(uow, participant, Side.LEARN, intake.learns)
    draft = await uow.drafts.find_one(person.id, "intake")
    if draft is not None:
        await uow.drafts.remove(draft)
    await uow.outbox.owe(
        "participation.joined",
        new_id=uow.ids.new(),
        workspace_id=program.workspace_id,
        program_id=program.id,
        person_id=person.id,
        recipient=f"person:{person.id}",
        series=f"joined:{participant.id}",
        occurrence=participant.joined_at.isoformat(),
        refs={"participant": participant.id},
        now=now,
    )
    await uow.homes.mark(person.id)
    return participant


async def replace_skills(
    uow: UnitOfWork, participant: Participant, side: Side, ratings: Mapping[str, int]
) -> None:
    """Make these the participant's skills on one side, in this order."""
    for skill in await uow.skills.list_for([participant.id]):
        if skill.side is side:
            await uow.skills.remove(skill)
    await uow.flush()
    for position, (topic_id, rating) in enumerate(ratings.items()):
        uow.skills.add(
            Skill(
                id=uow.ids.new(),
                participant_id=participant.id,
                side=side,
                topic_id=topic_id,
                rating=rating,
                position=position,
            )
        )


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
