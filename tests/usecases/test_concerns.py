from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from mentoring.concerns import ConcernState
from mentoring.participants import NamedRole, NamedRoleState
from storage.tables import RoleHolder, Workspace
from tests.pairing import BUDGETS, VIDEO, Joining, accepted, enrol, open_program
from usecases.concerns import (
    close_concern,
    find_own_concern,
    may_write,
    open_concern,
    plan_concerns,
    write_concern,
)
from usecases.pairs import introduce_pair

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass
class Stage:
    """Mara writes; Tom is her partner; Cleo is the contact, Dan the deputy."""

    uow: object
    program: object
    parts: dict

    async def person(self, name):
        return await self.uow.people.get(self.parts[name].person_id)

    async def write(self, *about, now=NOW):
        return await write_concern(self.uow, self.program, await self.person("Mara"), "words", about, now)

    async def concern(self):
        (found,) = await self.uow.concerns.list_for_writer(self.parts["Mara"].person_id)
        return found


async def stage_in(uow):
    workspace = uow.workspaces.add(Workspace(id=uow.ids.new(), slack_team_id="T1", created_at=NOW))
    await uow.flush()
    program = await open_program(uow, workspace.id, NOW)
    parts = {
        name: await enrol(uow, program, Joining(f"U{name}", name, "UTC", 1, (VIDEO,), (BUDGETS,)), NOW)
        for name in ("Mara", "Tom", "Cleo", "Dan", "Boss")
    }
    for name, role in (("Cleo", NamedRole.CONCERN_CONTACT), ("Dan", NamedRole.DEPUTY)):
        uow.role_holders.add(
            RoleHolder(
                id=uow.ids.new(),
                program_id=program.id,
                person_id=parts[name].person_id,
                role=role,
                state=NamedRoleState.ACCEPTED,
                changed_at=NOW,
            )
        )
    await uow.flush()
    return Stage(uow, program, parts)


@pytest.mark.practice("P37")
@pytest.mark.parametrize("below", ["Mara", "Tom"])
async def test_contact_in_the_reporting_line_of_either_partner_gets_nothing(storage, below):
    async with storage.write() as uow:
        stage = await stage_in(uow)
        parts = stage.parts
        await introduce_pair(
            uow, stage.program, await accepted(uow, stage.program, parts["Mara"], parts["Tom"], NOW), NOW
        )
        parts[below].manager_person_id = parts["Boss"].person_id
        parts["Boss"].manager_person_id = parts["Cleo"].person_id
        assert await stage.write() == "Dan"


@pytest.mark.practice("P37")
async def test_nothing_is_kept_when_nobody_stands_outside(storage):
    async with storage.write() as uow:
        stage = await stage_in(uow)
        assert await stage.write("UCleo", "UDan") is None
        assert await uow.concerns.list_for_writer(stage.parts["Mara"].person_id) == []


@pytest.mark.practice("P37")
async def test_only_the_one_reader_finds_a_concern(storage):
    async with storage.write() as uow:
        stage = await stage_in(uow)
        assert await stage.write() == "Cleo"
        concern = await stage.concern()
        found = {
            name: await find_own_concern(uow, await stage.person(name), concern.id) is not None
            for name in stage.parts
        }
        assert found == {"Mara": False, "Tom": False, "Cleo": True, "Dan": False, "Boss": False}


async def test_concern_passes_to_the_deputy_though_the_contact_gave_the_role_up(storage):
    async with storage.write() as uow:
        stage = await stage_in(uow)
        await stage.write()
        for holder in await uow.role_holders.list_for_program(stage.program.id, NamedRole.CONCERN_CONTACT):
            holder.state = NamedRoleState.ENDED
        concern_id, deputy = (await stage.concern()).id, stage.parts["Dan"].person_id
    for days in (1, 2):
        await plan_concerns(storage, NOW + days * DAY + timedelta(hours=2))
    async with storage.read() as uow:
        assert (await uow.concerns.get(concern_id)).reader_id == deputy


async def test_unopened_concern_stays_with_a_deputy_and_is_owed_each_working_day(storage):
    async with storage.write() as uow:
        stage = await stage_in(uow)
        await stage.write("UCleo")
        concern_id = (await stage.concern()).id
    moment = NOW
    while moment < NOW + 14 * DAY:
        moment = max(await plan_concerns(storage, moment), moment + timedelta(minutes=1))
    async with storage.read() as uow:
        rows = await uow.outbox.list_series(f"concern:{concern_id}")
    days = [row.occurrence for row in rows]
    assert len(days) == len(set(days)) == 10
    assert {row.recipient for row in rows} == {f"person:{stage.parts['Dan'].person_id}"}
    assert all(datetime.fromisoformat(day).weekday() < 5 for day in days)


async def test_opened_concern_is_owed_no_more_and_closed_only_after_opening(storage):
    async with storage.write() as uow:
        stage = await stage_in(uow)
        await stage.write()
        concern = await stage.concern()
        await close_concern(uow, concern)
        assert concern.state is ConcernState.SENT
        read = await open_concern(uow, concern, NOW)
        assert (read.writer, read.text, read.about) == ("Mara", "words", ())
        await close_concern(uow, concern)
        assert concern.state is ConcernState.CLOSED
    assert await plan_concerns(storage, NOW + DAY) is None
    async with storage.read() as uow:
        assert await uow.outbox.list_waiting() == []


async def test_sixth_concern_of_a_day_is_not_taken(storage):
    async with storage.write() as uow:
        stage = await stage_in(uow)
        mara = await stage.person("Mara")
        for _ in range(5):
            assert await may_write(uow, mara, NOW)
            await stage.write()
        assert not await may_write(uow, mara, NOW)
        assert await may_write(uow, mara, NOW + DAY)
