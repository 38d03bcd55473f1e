"""A program with one accepted proposal, made straight in the database: where the life of a pair begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mentoring.participants import ParticipantState, Side
from mentoring.program import ProgramState
from mentoring.proposals import ProposalState
from storage.tables import Participant, Program, Proposal, Skill
from usecases.visits import Profile, apply_profile, get_or_add_person

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from usecases.unit import UnitOfWork

VIDEO, BUDGETS = "online.short_video", "business.budgets"


@dataclass(frozen=True)
class Joining:
    """Somebody who takes part: Slack id, name, zone, level, what they share and learn with one rating for all."""

    slack_user_id: str
    name: str
    timezone: str
    level: int
    shares: tuple[str, ...]
    learns: tuple[str, ...]
    rating: int = 2
    booking_link: str = ""


async def open_program(uow: UnitOfWork, workspace_id: str, now: datetime, **settings: Any) -> Program:
    """An open program that started today, in Berlin."""
    program = uow.programs.add(
        Program(
            id=uow.ids.new(),
            workspace_id=workspace_id,
            name="Upward Mentoring",
            state=ProgramState.OPEN,
            timezone="Europe/Berlin",
            starts_on=now.date(),
            created_at=now,
            settings=settings,
        )
    )
    await uow.flush()
    return program


async def enrol(uow: UnitOfWork, program: Program, who: Joining, now: datetime) -> Participant:
    """Make somebody take part."""
    person = await get_or_add_person(uow, program.workspace_id, who.slack_user_id, now)
    apply_profile(person, Profile(who.slack_user_id, who.name, who.timezone, "en-GB"), now, country=None)
    participant = uow.participants.add(
        Participant(
            id=uow.ids.new(),
            program_id=program.id,
            person_id=person.id,
            level=who.level,
            state=ParticipantState.ACTIVE,
            department="Product",
            booking_link=who.booking_link,
            consented_at=now,
            joined_at=now,
        )
    )
    await uow.flush()
    topics: Mapping[Side, tuple[str, ...]] = {Side.SHARE: who.shares, Side.LEARN: who.learns}
    for side, ids in topics.items():
        for position, topic_id in enumerate(ids):
            uow.skills.add(
                Skill(
                    id=uow.ids.new(),
                    participant_id=participant.id,
                    side=side,
                    topic_id=topic_id,
                    rating=who.rating,
                    position=position,
                )
            )
    await uow.flush()
    return participant


async def accepted(
    uow: UnitOfWork, program: Program, mentor: Participant, mentee: Participant, now: datetime
) -> Proposal:
    """A proposal to which both said yes."""
    proposal = uow.proposals.add(
        Proposal(
            id=uow.ids.new(),
            program_id=program.id,
            mentor_id=mentor.id,
            mentee_id=mentee.id,
            state=ProposalState.ACCEPTED,
            created_at=now,
        )
    )
    await uow.flush()
    return proposal
