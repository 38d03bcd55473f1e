"""Homes: whose Home no longer shows the present state, and the facts it is drawn from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mentoring.facts import HomeFacts, RoleOffer
from mentoring.participants import NamedRole, NamedRoleState, ParticipantState
from usecases.cards import program_card, reader_of
from usecases.concerns import home_concerns
from usecases.pair_life import home_pairs
from usecases.participation import role_of
from usecases.proposals import home_proposals
from usecases.rounds import home_round
from usecases.setup import setup_desk

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from usecases.unit import Person, RoleHolder, Storage, UnitOfWork


async def next_homes(storage: Storage, now: datetime, limit: int = 20) -> list[HomeFacts]:
    """Whose Home to publish; the flag is dropped first, so that a later change raises it again."""
    found = []
    async with storage.write() as uow:
        for view in await uow.homes.list_dirty(limit):
            view.dirty = False
            view.published_at = now
            person = await uow.people.get(view.person_id)
            if person.erased_at is None:
                found.append(await home_facts(uow, person, now))
                continue
            # What stood on an erased person's Home goes with a stranger's; after this nothing leads to them.
            await uow.homes.remove(view)
            if view.slack_user_id is not None:
                facts = await home_facts(uow, person, now)
                found.append(replace(facts, reader=replace(facts.reader, slack_user_id=view.slack_user_id)))
    return found


async def home_again(storage: Storage, person_id: str) -> None:
    """Publishing did not succeed; it is tried again with the next turn."""
    async with storage.write() as uow:
        await uow.homes.mark(person_id)


async def home_facts(uow: UnitOfWork, person: Person, now: datetime) -> HomeFacts:
    program = await uow.programs.find_current(person.workspace_id)
    if program is None:
        return HomeFacts(now=now, reader=reader_of(person), program=None)
    participant = await uow.participants.find_one(program.id, person.id)
    member = (
        participant if participant is not None and participant.state is not ParticipantState.LEFT else None
    )
    holdings = [
        row for row in await uow.role_holders.list_for_person(person.id) if row.program_id == program.id
    ]
    roles = tuple(row.role for row in holdings if row.state is NamedRoleState.ACCEPTED)
    return HomeFacts(
        now=now,
        reader=reader_of(person),
        program=program_card(program),
        state=participant.state if participant is not None else None,
        role=role_of(participant) if participant is not None else None,
        paused_until=participant.paused_until if participant is not None else None,
        roles=roles,
        roles_offered=tuple(row.role for row in holdings if row.state is NamedRoleState.NAMED),
        proposals=await home_proposals(uow, member, now) if member is not None else (),
        round=await home_round(uow, program) if _coordinates(holdings) else None,
        pairs=await home_pairs(uow, member, now) if member is not None else (),
        role_offers=await _role_offers(uow, holdings),
        setup=await setup_desk(uow, program, now) if NamedRole.COORDINATOR in roles else None,
        concerns=await home_concerns(uow, person),
    )


async def _role_offers(uow: UnitOfWork, holdings: Sequence[RoleHolder]) -> tuple[RoleOffer, ...]:
    """What the person was named for and has not answered, and by whom."""
    offers = []
    for row in holdings:
        if row.state is NamedRoleState.NAMED:
            namer = await uow.people.find(row.named_by) if row.named_by is not None else None
            offers.append(RoleOffer(row.id, row.role, namer.name if namer is not None else ""))
    return tuple(offers)


def _coordinates(holdings: Sequence[RoleHolder]) -> bool:
    return any(row.role is NamedRole.COORDINATOR and row.state is NamedRoleState.ACCEPTED for row in holdings)
