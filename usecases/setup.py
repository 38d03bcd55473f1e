"""Setting a program up: the first coordinator, the screens of the set-up, the channel, and opening sign-up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mentoring.calendar import local_date, named_zone
from mentoring.deliveries import DeliveryState
from mentoring.errors import SettingsError
from mentoring.facts import Facts, Invitation, NotNeeded, SetupDesk
from mentoring.participants import NamedRole, NamedRoleState
from mentoring.program import Direction, ProgramState, default_settings
from mentoring.setup import (
    GUESS_WINDOW,
    ChannelState,
    Charter,
    Need,
    Readiness,
    may_guess,
    missing,
    program_due_at,
)
from usecases.cards import settings_of
from usecases.roles import mark_coordinators, note_act, standing_roles
from usecases.unit import Audit, Program, RoleHolder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from mentoring.errors import Fault
    from usecases.unit import Delivery, Person, Storage, UnitOfWork

GUESSED = "setup.guessed"
LOOK_AGAIN = timedelta(seconds=5)
_SETTLING = frozenset(
    {
        DeliveryState.PLANNED,
        DeliveryState.DUE,
        DeliveryState.CLAIMED,
        DeliveryState.SENDING,
        DeliveryState.UNKNOWN,
    }
)


# -- the first coordinator


async def may_try_code(uow: UnitOfWork, workspace_id: str, person: Person, now: datetime) -> bool:
    """Whether this person may still try a code; wrong ones are counted by their rows in the audit trail."""
    tried = await uow.audit.list_acts(workspace_id, person.id, GUESSED, since=now - GUESS_WINDOW)
    return may_guess([one.at for one in tried], now=now)


def note_wrong_code(uow: UnitOfWork, workspace_id: str, person: Person, now: datetime) -> None:
    uow.audit.add(Audit(id=uow.ids.new(), workspace_id=workspace_id, actor_id=person.id, act=GUESSED, at=now))


async def has_coordinator(uow: UnitOfWork, workspace_id: str) -> bool:
    """Whether any program of the workspace has a coordinator; from then on no code makes another one.

    Two people with the right code at the same moment come one after the other.
    """
    await uow.workspaces.get(workspace_id, lock=True)
    for program in await uow.programs.list_for_workspace(workspace_id):
        for holder in await uow.role_holders.list_for_program(program.id, NamedRole.COORDINATOR):
            if holder.state is NamedRoleState.ACCEPTED:
                return True
    return False


async def claim_program(uow: UnitOfWork, workspace_id: str, person: Person, now: datetime) -> Program:
    """Make the holder of the right code the first coordinator of a program in draft."""
    program = await uow.programs.find_current(workspace_id)
    if program is None:
        program = uow.programs.add(
            Program(
                id=uow.ids.new(),
                workspace_id=workspace_id,
                state=ProgramState.DRAFT,
                timezone=person.timezone,
                created_at=now,
                charter=Charter().to_json(),
                settings={},
                departments=[],
                hidden_topics=[],
            )
        )
        await uow.flush()
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
    note_act(uow, program, person, "coordinator.first", f"person:{person.id}", now, "set-up code")
    await uow.flush()
    await uow.homes.mark(person.id)
    return program


async def remember_app(uow: UnitOfWork, workspace_id: str, app_id: str) -> None:
    """Keep Slack's id of this app, which every press carries; links to the Home need it."""
    workspace = await uow.workspaces.get(workspace_id)
    if app_id and workspace.app_id != app_id:
        workspace.app_id = app_id


# -- the screens


@dataclass(frozen=True, slots=True)
class Basics:
    """The first screen: name, goal, direction, channel, and the two dates."""

    name: str
    goal: str
    direction: Direction
    channel_id: str | None
    signup_closes_on: date
    starts_on: date


def charter_of(program: Program) -> Charter:
    return Charter.from_json(program.charter)


def today_in(program: Program, now: datetime) -> date:
    """The program's local date."""
    return local_date(now, named_zone(program.timezone))


async def save_basics(
    uow: UnitOfWork, program: Program, actor: Person, basics: Basics, now: datetime
) -> None:
    """Take over the first screen; a channel that is new is greeted at once, which shows whether it is reachable."""
    charter = charter_of(program)
    if basics.direction is not charter.direction:
        before, after = default_settings(charter.direction), default_settings(basics.direction)
        settings = settings_of(program)
        if settings.level_gap == before.level_gap:
            settings = replace(settings, level_gap=after.level_gap)
            program.settings = settings.to_json()
    program.name, program.goal = basics.name, basics.goal
    program.signup_closes_on, program.starts_on = basics.signup_closes_on, basics.starts_on
    _keep_charter(program, replace(charter, direction=basics.direction), screen=1)
    if program.state is ProgramState.RUNNING and basics.signup_closes_on >= today_in(program, now):
        program.state = ProgramState.OPEN
        note_act(uow, program, actor, "program.opened", f"program:{program.id}", now, "a later last day")
    if basics.channel_id != program.channel_id:
        program.channel_id, program.channel_checked_at = basics.channel_id, None
        await greet_channel(uow, program, now)
    note_act(uow, program, actor, "program.changed", f"program:{program.id}", now)
    await _changed(uow, program, now)


async def save_charter(
    uow: UnitOfWork, program: Program, actor: Person, charter: Charter, now: datetime
) -> None:
    """Take over the lines of the charter; direction and the place in the set-up stay."""
    before = charter_of(program)
    _keep_charter(program, replace(charter, direction=before.direction, screen=before.screen), screen=2)
    note_act(uow, program, actor, "charter.changed", f"program:{program.id}", now)
    await _changed(uow, program, now)


async def save_lists(
    uow: UnitOfWork,
    program: Program,
    actor: Person,
    *,
    departments: Sequence[str],
    hidden_topics: Sequence[str],
    now: datetime,
) -> None:
    """Take over the departments people choose from, and the topics they are not offered."""
    program.departments, program.hidden_topics = list(departments), list(hidden_topics)
    _keep_charter(program, charter_of(program), screen=3)
    note_act(uow, program, actor, "lists.changed", f"program:{program.id}", now)
    await _changed(uow, program, now)


def _keep_charter(program: Program, charter: Charter, *, screen: int) -> None:
    program.charter = replace(charter, screen=max(charter.screen, screen)).to_json()


async def _changed(uow: UnitOfWork, program: Program, now: datetime) -> None:
    await uow.flush()
    await reckon_program(uow, program, now)
    await mark_coordinators(uow, program)


async def reckon_program(uow: UnitOfWork, program: Program, now: datetime) -> None:
    """When the planner has to look at the program next, from what stands now."""
    checking = await channel_state(uow, program) is ChannelState.CHECKING
    program.due_at = program_due_at(
        program.state,
        signup_closes_on=program.signup_closes_on,
        timezone=program.timezone,
        checking_since=now if checking else None,
    )


# -- the channel


def channel_series(program: Program) -> str:
    return f"channel_home:{program.id}"


async def greet_channel(uow: UnitOfWork, program: Program, now: datetime) -> None:
    """Owe the channel the post that says what it is the home of; whether it arrives shows if we are in it."""
    if program.channel_id is None:
        return
    before = await uow.outbox.list_series(channel_series(program))
    await uow.outbox.owe(
        "setup.channel_home",
        new_id=uow.ids.new(),
        workspace_id=program.workspace_id,
        program_id=program.id,
        recipient=f"channel:{program.channel_id}",
        series=channel_series(program),
        occurrence=str(len(before) + 1),
        refs={"channel": program.channel_id},
        now=now,
    )
    program.channel_checked_at = None


async def _last_greeting(uow: UnitOfWork, program: Program) -> Delivery | None:
    rows = [
        row
        for row in await uow.outbox.list_series(channel_series(program))
        if row.recipient == f"channel:{program.channel_id}"
    ]
    return max(rows, key=lambda row: int(row.occurrence)) if rows else None


async def channel_state(uow: UnitOfWork, program: Program) -> ChannelState:
    """Whether the channel can be posted to, read from the post that greeted it."""
    if program.channel_id is None:
        return ChannelState.NONE
    greeting = await _last_greeting(uow, program)
    if greeting is None:
        return ChannelState.NOT_IN
    if greeting.state is DeliveryState.SENT:
        return ChannelState.REACHED
    if greeting.state is DeliveryState.PARKED:
        return ChannelState.IN_DOUBT
    return ChannelState.CHECKING if greeting.state in _SETTLING else ChannelState.NOT_IN


async def check_channel_again(uow: UnitOfWork, program: Program, now: datetime) -> bool:
    """Greet the channel once more, after somebody invited the app; not while one is on its way, or it has arrived."""
    if await channel_state(uow, program) not in {ChannelState.NOT_IN, ChannelState.IN_DOUBT}:
        return False
    await greet_channel(uow, program, now)
    await _changed(uow, program, now)
    return True


async def confirm_channel(uow: UnitOfWork, program: Program, actor: Person, now: datetime) -> bool:
    """A coordinator looked: the post stands in the channel."""
    greeting = await _last_greeting(uow, program)
    if greeting is None or greeting.state is not DeliveryState.PARKED:
        return False
    greeting.state, greeting.reason, greeting.sent_at = DeliveryState.SENT, "", now
    note_act(uow, program, actor, "channel.seen", f"delivery:{greeting.id}", now)
    await _changed(uow, program, now)
    return True


async def load_program_facts(
    uow: UnitOfWork,  # noqa: ARG001 - every loader is called the same way
    delivery: Delivery,
    base: Facts,
) -> Facts | NotNeeded:
    """Facts about the program alone; a post for a channel that is no longer the program's is not needed."""
    if base.program is None:
        return NotNeeded("no program")
    channel = delivery.recipient.removeprefix("channel:")
    if delivery.recipient.startswith("channel:") and channel != base.program.channel_id:
        return NotNeeded("another channel was chosen")
    return base


# -- the checklist, and opening


async def readiness(uow: UnitOfWork, program: Program) -> Readiness:
    """What the checklist looks at."""
    holders = await standing_roles(uow, program)

    def state_of(role: NamedRole) -> NamedRoleState | None:
        states = {one.state for one in holders if one.role is role}
        if NamedRoleState.ACCEPTED in states:
            return NamedRoleState.ACCEPTED
        return NamedRoleState.NAMED if states else None

    return Readiness(
        goal=program.goal,
        charter=charter_of(program),
        channel=await channel_state(uow, program),
        signup_closes_on=program.signup_closes_on,
        starts_on=program.starts_on,
        contact=state_of(NamedRole.CONCERN_CONTACT),
        deputy=state_of(NamedRole.DEPUTY),
    )


async def setup_desk(uow: UnitOfWork, program: Program, now: datetime) -> SetupDesk:
    """What a coordinator sees of the set-up: what is missing, and who has not answered yet."""
    facts = await readiness(uow, program)
    workspace = await uow.workspaces.get(program.workspace_id)
    invitations = []
    for holder in await standing_roles(uow, program):
        person = await uow.people.get(holder.person_id)
        invitations.append(
            Invitation(
                holder_id=holder.id,
                role=holder.role,
                state=holder.state,
                name=person.name,
                slack_user_id=person.slack_user_id,
            )
        )
    return SetupDesk(
        program_id=program.id,
        state=program.state,
        charter=facts.charter,
        missing=missing(facts, today=today_in(program, now)),
        channel=facts.channel,
        named=tuple(invitations),
        signed_up=await uow.participants.count_active(program.id),
        home_link=f"slack://app?team={workspace.slack_team_id}&id={workspace.app_id}&tab=home",
    )


async def open_sign_up(uow: UnitOfWork, program: Program, actor: Person, now: datetime) -> tuple[Need, ...]:
    """Open sign-up, unless something is missing; then nothing changes. Source: P3.

    Returns:
        What is missing; empty when sign-up is open.
    """
    if program.state is ProgramState.OPEN:
        return ()
    left = missing(await readiness(uow, program), today=today_in(program, now))
    if left:
        return left
    program.state = ProgramState.OPEN
    note_act(uow, program, actor, "program.opened", f"program:{program.id}", now)
    await _changed(uow, program, now)
    return ()


async def change_settings(
    uow: UnitOfWork, program: Program, actor: Person, values: Mapping[str, Any], now: datetime
) -> Sequence[Fault]:
    """Replace some settings; with faults nothing changes."""
    before = settings_of(program)
    try:
        after = before.changed(values)
    except SettingsError as error:
        return error.faults
    names = [name for name in values if getattr(before, name) != getattr(after, name)]
    if names:
        program.settings = after.to_json()
        note_act(uow, program, actor, "settings.changed", " ".join(names)[:200], now)
        await _changed(uow, program, now)
    return ()


async def plan_programs(storage: Storage, now: datetime) -> datetime | None:
    """Close sign-up after its last day, and show coordinators whether their channel was reached."""
    async with storage.write() as uow:
        for program in await uow.programs.list_due(now, 200):
            await _plan_program(uow, program, now)
        await uow.flush()
        upcoming = await uow.programs.next_due_at()
    # A channel that is being checked is looked at again soon, not at once.
    return None if upcoming is None else max(upcoming, now + LOOK_AGAIN)


async def _plan_program(uow: UnitOfWork, program: Program, now: datetime) -> None:
    closes = program_due_at(
        program.state,
        signup_closes_on=program.signup_closes_on,
        timezone=program.timezone,
        checking_since=None,
    )
    if closes is not None and closes <= now:
        program.state = ProgramState.RUNNING
        await mark_coordinators(uow, program)
    if program.channel_checked_at is None and await channel_state(uow, program) is not ChannelState.CHECKING:
        program.channel_checked_at = now
        await mark_coordinators(uow, program)
    await reckon_program(uow, program, now)
