"""Named roles: naming somebody, their answer, and giving a role up. Nobody is written to before they accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentoring.participants import (
    SINGLE_SEATS,
    NamedRole,
    NamedRoleState,
    NamingRefusal,
    may_end_role,
    naming_refusal,
)
from usecases.unit import Audit, RoleHolder
from usecases.visits import eligibility

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from usecases.unit import Person, Program, UnitOfWork

STANDING = frozenset({NamedRoleState.NAMED, NamedRoleState.ACCEPTED})


def note_act(
    uow: UnitOfWork, program: Program, actor: Person, act: str, subject: str, now: datetime, reason: str = ""
) -> None:
    """Write down who did what; never private text."""
    uow.audit.add(
        Audit(
            id=uow.ids.new(),
            workspace_id=program.workspace_id,
            program_id=program.id,
            actor_id=actor.id,
            act=act,
            subject=subject,
            reason=reason,
            at=now,
        )
    )


async def standing_roles(uow: UnitOfWork, program: Program) -> Sequence[RoleHolder]:
    """Everybody who has a role or was named for one, in the order of the roles."""
    order = list(NamedRole)
    holders = await uow.role_holders.list_for_program(program.id)
    return sorted((one for one in holders if one.state in STANDING), key=lambda one: order.index(one.role))


async def name_people(
    uow: UnitOfWork, program: Program, actor: Person, wanted: Mapping[NamedRole, Person], now: datetime
) -> dict[NamedRole, NamingRefusal]:
    """Name several people at once, as a form does: all of them, or nobody where a rule speaks against one.

    Returns:
        Why not, by role; empty when all were named. Somebody who has the role already stays as they are.
    """
    holds: dict[str, set[NamedRole]] = {}
    for holder in await standing_roles(uow, program):
        person = wanted.get(holder.role)
        moves = holder.role in SINGLE_SEATS and person is not None and person.id != holder.person_id
        if not (moves and holder.state is NamedRoleState.NAMED):
            holds.setdefault(holder.person_id, set()).add(holder.role)
    refusals: dict[NamedRole, NamingRefusal] = {}
    fresh: dict[NamedRole, Person] = {}
    for role, person in wanted.items():
        mine = holds.setdefault(person.id, set())
        refusal = naming_refusal(eligibility(person), role, is_actor=person.id == actor.id, holds=mine)
        if refusal is None:
            fresh[role] = person
        elif refusal is not NamingRefusal.HAS_IT:
            refusals[role] = refusal
        mine.add(role)
    if not refusals:
        for role, person in fresh.items():
            await _name(uow, program, actor, person, role, now)
    return refusals


async def name_person(
    uow: UnitOfWork, program: Program, actor: Person, person: Person, role: NamedRole, now: datetime
) -> RoleHolder | NamingRefusal:
    """Name somebody for a role, unless a rule speaks against it. They get no message: the coordinator sends a text."""
    holders = await uow.role_holders.list_for_person(person.id)
    holds = {one.role for one in holders if one.program_id == program.id and one.state in STANDING}
    refusal = naming_refusal(eligibility(person), role, is_actor=person.id == actor.id, holds=holds)
    if refusal is not None:
        return refusal
    return await _name(uow, program, actor, person, role, now)


async def _name(
    uow: UnitOfWork, program: Program, actor: Person, person: Person, role: NamedRole, now: datetime
) -> RoleHolder:
    """Of the roles that one person has at a time, an earlier unanswered naming ends; who accepted stays until then."""
    if role in SINGLE_SEATS:
        for other in await uow.role_holders.list_for_program(program.id, role):
            if other.state is NamedRoleState.NAMED:
                await _change(uow, program, actor, other, NamedRoleState.ENDED, now)
    holder = await uow.role_holders.find_one(program.id, person.id, role)
    if holder is None:
        holder = uow.role_holders.add(
            RoleHolder(
                id=uow.ids.new(),
                program_id=program.id,
                person_id=person.id,
                role=role,
                state=NamedRoleState.NAMED,
                changed_at=now,
            )
        )
    holder.named_by = actor.id
    await _change(uow, program, actor, holder, NamedRoleState.NAMED, now)
    return holder


async def answer_role(
    uow: UnitOfWork, holder: RoleHolder, person: Person, now: datetime, *, accepts: bool
) -> bool:
    """Take the answer of the person who was named, nobody else's; whether there was something to answer."""
    if holder.person_id != person.id or holder.state is not NamedRoleState.NAMED:
        return False
    # One at a time: two people who accept the same seat at the same moment would both keep it.
    program = await uow.programs.get(holder.program_id, lock=True)
    state = NamedRoleState.ACCEPTED if accepts else NamedRoleState.DECLINED
    await _change(uow, program, person, holder, state, now)
    if accepts and holder.role in SINGLE_SEATS:
        for other in await uow.role_holders.list_for_program(program.id, holder.role):
            if other.id != holder.id and other.state is NamedRoleState.ACCEPTED:
                await _change(uow, program, person, other, NamedRoleState.ENDED, now)
    return True


async def end_role(
    uow: UnitOfWork, program: Program, actor: Person, holder: RoleHolder, now: datetime
) -> bool:
    """End a role or an unanswered naming; False when it is the last coordinator's or has ended already."""
    if holder.program_id != program.id or holder.state not in STANDING:
        return False
    # One at a time: two coordinators who end each other at the same moment would leave none.
    await uow.programs.get(program.id, lock=True)
    coordinators = [
        one
        for one in await uow.role_holders.list_for_program(program.id, NamedRole.COORDINATOR)
        if one.state is NamedRoleState.ACCEPTED
    ]
    accepted = holder.state is NamedRoleState.ACCEPTED
    if accepted and not may_end_role(holder.role, coordinators=len(coordinators)):
        return False
    await _change(uow, program, actor, holder, NamedRoleState.ENDED, now)
    return True


async def _change(
    uow: UnitOfWork,
    program: Program,
    actor: Person,
    holder: RoleHolder,
    state: NamedRoleState,
    now: datetime,
) -> None:
    holder.state, holder.changed_at = state, now
    note_act(uow, program, actor, f"role.{state}", f"{holder.role} person:{holder.person_id}", now)
    await uow.flush()
    await uow.homes.mark(holder.person_id)
    await mark_coordinators(uow, program)


async def mark_coordinators(uow: UnitOfWork, program: Program) -> None:
    """The desk on the coordinators' Homes no longer shows the present state."""
    for one in await uow.role_holders.list_for_program(program.id, NamedRole.COORDINATOR):
        if one.state is NamedRoleState.ACCEPTED:
            await uow.homes.mark(one.person_id)
