"""Who is at the door: the workspace, person and program behind a press, and presses that came twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mentoring.participants import Eligibility, NamedRole
from storage.tables import Handled
from usecases.unit import Person, Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from usecases.unit import Delivery, Program, Storage, UnitOfWork

HANDLED_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Profile:
    """What Slack says of a person."""

    slack_user_id: str
    name: str
    timezone: str
    locale: str
    email: str | None = None
    is_deactivated: bool = False
    is_bot: bool = False
    is_guest: bool = False
    is_external: bool = False


async def ensure_workspace(
    storage: Storage, *, slack_team_id: str, name: str, bot_user_id: str, now: datetime
) -> str:
    """Our id of the workspace this process serves; made on the first start."""
    async with storage.write() as uow:
        found = await uow.workspaces.find_by_slack_id(slack_team_id)
        if found is None:
            found = uow.workspaces.add(
                Workspace(
                    id=uow.ids.new(),
                    slack_team_id=slack_team_id,
                    name=name,
                    bot_user_id=bot_user_id,
                    created_at=now,
                )
            )
        found.name, found.bot_user_id = name, bot_user_id
        return found.id


async def knows_person(storage: Storage, workspace_id: str, slack_user_id: str) -> bool:
    """Whether this person's zone and name are known already."""
    async with storage.read() as uow:
        person = await uow.people.find_by_slack_id(workspace_id, slack_user_id)
        return person is not None and person.synced_at is not None


async def get_or_add_person(uow: UnitOfWork, workspace_id: str, slack_user_id: str, now: datetime) -> Person:
    """The person who pressed something; a row is made on their first press."""
    person = await uow.people.find_by_slack_id(workspace_id, slack_user_id)
    if person is None:
        person = uow.people.add(
            Person(id=uow.ids.new(), workspace_id=workspace_id, slack_user_id=slack_user_id, created_at=now)
        )
        await uow.flush()
    return person


def apply_profile(person: Person, profile: Profile, now: datetime, *, country: str | None) -> bool:
    """Take over what Slack says; what the person said themselves (hours, country) stays. Whether anything changed."""
    before = _seen(person)
    person.name = profile.name
    person.timezone = profile.timezone
    person.locale = profile.locale
    person.email = profile.email
    person.is_deactivated = profile.is_deactivated
    person.is_bot = profile.is_bot
    person.is_guest = profile.is_guest
    person.is_external = profile.is_external
    if person.country is None:
        person.country = country
    person.synced_at = now
    return before != _seen(person)


def _seen(person: Person) -> tuple[object, ...]:
    return (
        person.name,
        person.timezone,
        person.locale,
        person.email,
        person.is_deactivated,
        person.is_bot,
        person.is_guest,
        person.is_external,
    )


def eligibility(person: Person) -> Eligibility:
    return Eligibility(
        is_deactivated=person.is_deactivated,
        is_bot=person.is_bot,
        is_guest=person.is_guest,
        is_external=person.is_external,
    )


async def program_at_hand(uow: UnitOfWork, workspace_id: str, delivery: Delivery | None) -> Program | None:
    """The program a press is about: that of the message it was on, else the one that is going on."""
    if delivery is not None and delivery.program_id is not None:
        return await uow.programs.get(delivery.program_id)
    return await uow.programs.find_current(workspace_id)


async def is_coordinator(uow: UnitOfWork, program: Program | None, person: Person) -> bool:
    """Read in the same transaction as the effect, so that a removed coordinator's open screen does nothing."""
    return program is not None and await uow.role_holders.holds(program.id, person.id, NamedRole.COORDINATOR)


async def find_handled(uow: UnitOfWork, key: str) -> Mapping[str, Any] | None:
    """The answer this very press got already, or None."""
    row = await uow.handled.find(key)
    return row.answer if row is not None else None


def remember_handled(uow: UnitOfWork, key: str, answer: str, now: datetime) -> None:
    """Keep that this press was dealt with, in the transaction of its effect; only the answer's kind, never its text."""
    uow.handled.add(Handled(key=key, answer={"kind": answer}, handled_at=now))


async def purge_handled(storage: Storage, now: datetime) -> None:
    async with storage.write() as uow:
        await uow.handled.purge(now - HANDLED_FOR)
