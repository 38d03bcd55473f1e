"""Listens to named roles: accepting, declining, stepping down, and naming somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.answers import Answer, Errors, Open, Reply, Show
from handlers.forms import answers_in, one, program_of
from handlers.rules import anybody, coordinator
from mentoring.participants import NamedRole, may_join
from messages import notices, roles
from usecases.cards import program_card
from usecases.roles import answer_role, end_role, name_people
from usecases.setup import setup_desk
from usecases.visits import eligibility, get_or_add_person

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from handlers.guard import Door
    from handlers.visit import Visit
    from messages.message import View
    from usecases.unit import Program


def register(door: Door) -> None:
    door.action("role.accept.v1", who=_of_the_company)(_answering(accepts=True))
    door.action("role.decline.v1", who=anybody)(_answering(accepts=False))
    door.action("role.step_down.v1", who=anybody)(on_step_down)
    door.action("role.text.v1", who=coordinator, opens="A text to send")(on_text)
    door.action("roles.list.v1", who=coordinator)(on_roles)
    door.action("roles.end.v1", who=coordinator)(on_end)
    door.submission("roles.name.v1", who=coordinator)(on_name)


async def _of_the_company(visit: Visit) -> bool:
    """Roles are for people of the company, whatever a program says of guests."""
    return may_join(eligibility(visit.person), guests_allowed=False)


def _answering(*, accepts: bool) -> Callable[[Visit], Awaitable[Answer]]:
    async def on_answer(visit: Visit) -> Answer:
        """The answer of the person who was named; anybody else's is nothing."""
        holder = await visit.uow.role_holders.find(visit.ref("holder"))
        if holder is None or not await answer_role(
            visit.uow, holder, visit.person, visit.now, accepts=accepts
        ):
            return Reply(notices.not_here(visit.voice))
        return Reply(roles.answered(visit.voice, holder.role, accepted=accepts))

    return on_answer


async def on_step_down(visit: Visit) -> Answer:
    """Giving up one's own role, except as the last coordinator."""
    name = visit.ref("role")
    if visit.program is None or name not in set(NamedRole):
        return Reply(notices.not_here(visit.voice))
    holder = await visit.uow.role_holders.find_one(visit.program.id, visit.person.id, NamedRole(name))
    if holder is None:
        return Reply(notices.not_here(visit.voice))
    if not await end_role(visit.uow, visit.program, visit.person, holder, visit.now):
        return Reply(roles.last_coordinator(visit.voice))
    return Reply(roles.stepped_down(visit.voice, holder.role))


async def on_text(visit: Visit) -> Answer:
    """The text that a coordinator sends to somebody who was named."""
    program = visit.program
    if program is None:
        return Reply(notices.not_here(visit.voice))
    desk = await setup_desk(visit.uow, program, visit.now)
    found = next((named for named in desk.named if named.holder_id == visit.ref("holder")), None)
    if found is None:
        return Reply(notices.not_here(visit.voice))
    return Open(roles.text_view(visit.voice, found, desk, program_card(program)))


async def _list(visit: Visit, program: Program) -> View:
    desk = await setup_desk(visit.uow, program, visit.now)
    return roles.roles_view(visit.voice, desk, program_card(program))


async def on_roles(visit: Visit) -> Answer:
    """Everybody who has a role, and a form to name somebody."""
    program = await program_of(visit)
    return Reply(notices.not_here(visit.voice)) if program is None else Show(await _list(visit, program))


async def on_name(visit: Visit) -> Answer:
    """Somebody is named for a role; they get no message."""
    program = await program_of(visit)
    answers = answers_in(visit.press)
    role = one(answers, "role")
    if program is None or role not in set(NamedRole):
        return Reply(notices.not_here(visit.voice))
    person = await get_or_add_person(visit.uow, visit.workspace_id, one(answers, "person"), visit.now)
    refusals = await name_people(visit.uow, program, visit.person, {NamedRole(role): person}, visit.now)
    if refusals:
        return Errors({"person": roles.refused(visit.voice, refusals[NamedRole(role)])})
    return Show(await _list(visit, program))


async def on_end(visit: Visit) -> Answer:
    """A coordinator ends somebody's role."""
    program = await program_of(visit)
    holder = await visit.uow.role_holders.find(visit.ref("holder"))
    if program is None or holder is None or holder.program_id != program.id:
        return Reply(notices.not_here(visit.voice))
    if not await end_role(visit.uow, program, visit.person, holder, visit.now):
        return Reply(roles.last_coordinator(visit.voice))
    return Show(await _list(visit, program))
