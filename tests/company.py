"""A company whose people take part and have no pair yet: where a round begins."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mentoring.matching.solve import solve
from mentoring.participants import NamedRole, NamedRoleState
from storage.tables import Participant, Program, RoleHolder
from tests.kit import MONDAY, World, played
from tests.pairing import BUDGETS, VIDEO, Joining, enrol, open_program
from usecases.visits import Profile, apply_profile, get_or_add_person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from mentoring.matching.model import MatchingTask, MatchResult
    from sandbox.people import Someone
    from usecases.unit import UnitOfWork

POSTS = "online.posts"


@dataclass(frozen=True)
class Colleague:
    """Somebody of the company; by default a mentor who shares short video and wants to learn about budgets."""

    handle: str
    name: str
    level: int = 1
    shares: tuple[str, ...] = (VIDEO,)
    learns: tuple[str, ...] = (BUDGETS,)
    zone: str = "Europe/Berlin"
    manager: str = ""
    chain_known: bool = True
    department: str = "Product"
    capacity: int = 1
    goals: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()


def boss(handle: str, name: str, **more: Any) -> Colleague:
    """Somebody whose decisions reach further: a mentee who wants to learn short video."""
    more = {"level": 4, "shares": (BUDGETS,), "learns": (VIDEO,), "department": "Finance", **more}
    return Colleague(handle, name, **more)


@dataclass
class Company:
    """The played world, the program in it, and its coordinator Cora."""

    world: World
    program_id: str
    cora: Someone

    def person(self, handle: str) -> Someone:
        return self.world.person(handle)

    async def act(self, who: str | Someone, label: str, **more: Any) -> None:
        """Somebody presses, and a minute goes by, which the pace of sending asks for."""
        someone = self.person(who) if isinstance(who, str) else who
        await someone.presses(label, **more)
        await self.world.advance(minutes=1)

    async def dry_run(self) -> None:
        await self.cora.types("/mentoring round")
        await self.world.settle()

    async def publish(self) -> None:
        """A dry run, published, and the hold over."""
        await self.dry_run()
        await self.act(self.cora, "Publish round", within="directmessage")
        await self.world.advance(minutes=11)

    async def participant(self, handle: str) -> Participant:
        async with self.world.bot.storage.read() as uow:
            return await participant_of(uow, self.program_id, self.world, handle)


async def participant_of(uow: UnitOfWork, program_id: str, world: World, handle: str) -> Participant:
    person = await uow.people.find_by_slack_id(world.bot.workspace_id, world.person(handle).id)
    found = await uow.participants.find_one(program_id, person.id)
    assert found is not None
    return found


async def join(
    uow: UnitOfWork, program: Program, one: Colleague, slack_id: str, now: datetime
) -> Participant:
    """Let one colleague take part; the manager is set by `report`."""
    joining = Joining(slack_id, one.name, one.zone, one.level, one.shares, one.learns)
    participant = await enrol(uow, program, joining, now)
    participant.department = one.department
    participant.chain_known = one.chain_known
    participant.goals, participant.interests = list(one.goals), list(one.interests)
    if one.level <= 2:
        participant.mentor_capacity = one.capacity
    else:
        participant.mentee_capacity = one.capacity
    return participant


async def solve_here(task: MatchingTask) -> MatchResult:
    """The matching in this very process, which saves the start of a worker."""
    return solve(task)


@asynccontextmanager
async def company(
    database_url: str,
    colleagues: Sequence[Colleague],
    *,
    now: datetime = MONDAY,
    worker: bool = False,
    **settings: Any,
) -> AsyncIterator[Company]:
    """A workspace with these people taking part in an open program, and Cora who coordinates it."""
    async with played(database_url, now=now) as world:
        if not worker:
            world.bot.matching.solve = solve_here
        cora = world.slack.people.add("cora", "Cora Hill", tz="Europe/Berlin", locale="en-GB")
        for one in colleagues:
            world.slack.people.add(one.handle, one.name, tz=one.zone, locale="en-GB")
        async with world.bot.storage.write() as uow:
            program = await open_program(uow, world.bot.workspace_id, world.now, **settings)
            await coordinate(uow, program, cora, now)
            made = {}
            for one in colleagues:
                made[one.handle] = await join(uow, program, one, world.person(one.handle).id, now)
            for one in colleagues:
                if one.manager:
                    made[one.handle].manager_person_id = made[one.manager].person_id
            program_id = program.id
        await world.settle()
        yield Company(world, program_id, cora)


async def coordinate(uow: UnitOfWork, program: Program, who: Someone, now: datetime) -> None:
    """Make somebody a coordinator."""
    person = await get_or_add_person(uow, program.workspace_id, who.id, now)
    apply_profile(
        person, Profile(who.id, who.record.real_name, who.record.tz or "UTC", "en-GB"), now, country=None
    )
    uow.role_holders.add(
        RoleHolder(
            id=uow.ids.new(),
            program_id=program.id,
            person_id=person.id,
            role=NamedRole.COORDINATOR,
            state=NamedRoleState.ACCEPTED,
            changed_at=now,
        )
    )
    await uow.flush()
