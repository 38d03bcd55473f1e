from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mentoring.announcements import AnnouncementState, Audience, CannotSend, Report
from mentoring.deliveries import DeliveryState
from mentoring.participants import ParticipantState
from storage.tables import Participant, Person, Workspace
from tests.pairing import BUDGETS, VIDEO, Joining, accepted, enrol, open_program
from usecases import announcements
from usecases.announcements import (
    Wording,
    announcement_series,
    change_announcement,
    plan_announcements,
    send_announcement,
    stop_announcement,
    write_announcement,
)
from usecases.pairs import introduce_pair
from usecases.visits import get_or_add_person

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


async def program_in(uow):
    workspace = uow.workspaces.add(Workspace(id=uow.ids.new(), slack_team_id="T1", created_at=NOW))
    await uow.flush()
    return await open_program(uow, workspace.id, NOW)


async def draft(uow, program, audience=Audience.PARTICIPANTS, send_at=None):
    author = await get_or_add_person(uow, program.workspace_id, "UCORA", NOW)
    return await write_announcement(
        uow, program, author, Wording("Title", "Text", "", audience, send_at), NOW
    )


async def owed_to(storage, announcement_id):
    async with storage.read() as uow:
        return [row.recipient for row in await uow.outbox.list_series(announcement_series(announcement_id))]


async def crowd(uow, program, count):
    people = [
        uow.people.add(
            Person(
                id=uow.ids.new(),
                workspace_id=program.workspace_id,
                slack_user_id=f"U{number:04}",
                name=f"P{number}",
                timezone="UTC",
                created_at=NOW,
            )
        )
        for number in range(count)
    ]
    await uow.flush()
    for person in people:
        uow.participants.add(
            Participant(
                id=uow.ids.new(),
                program_id=program.id,
                person_id=person.id,
                level=1,
                state=ParticipantState.ACTIVE,
                consented_at=NOW,
                joined_at=NOW,
            )
        )


async def test_announcement_is_owed_once_to_everybody_however_often_the_planner_dies(storage, monkeypatch):
    async with storage.write() as uow:
        program = await program_in(uow)
        await crowd(uow, program, 450)
        announcement = await draft(uow, program)
        assert await send_announcement(uow, announcement, previewed_version=1, now=NOW) is None
        announcement_id = announcement.id

    whole = announcements._owe_page
    pages = 0

    async def dies_after_two(*of):
        nonlocal pages
        pages += 1
        if pages == 3:
            raise ConnectionError
        return await whole(*of)

    monkeypatch.setattr(announcements, "_owe_page", dies_after_two)
    with pytest.raises(ConnectionError):
        await plan_announcements(storage, NOW)
    assert len(await owed_to(storage, announcement_id)) == 400

    await plan_announcements(storage, NOW)
    await plan_announcements(storage, NOW)
    owed = await owed_to(storage, announcement_id)
    assert len(owed) == len(set(owed)) == 450


async def test_waiting_audience_leaves_out_whoever_has_a_pair(storage):
    async with storage.write() as uow:
        program = await program_in(uow)
        mara, tom, ines = [
            await enrol(uow, program, Joining(f"U{name}", name, "UTC", 1, (VIDEO,), (BUDGETS,)), NOW)
            for name in ("Mara", "Tom", "Ines")
        ]
        await introduce_pair(uow, program, await accepted(uow, program, mara, tom, NOW), NOW)
        announcement = await draft(uow, program, Audience.WAITING)
        await send_announcement(uow, announcement, previewed_version=1, now=NOW)
        announcement_id, ines_person = announcement.id, ines.person_id
    await plan_announcements(storage, NOW)
    assert await owed_to(storage, announcement_id) == [f"person:{ines_person}"]


async def test_only_the_version_that_was_seen_is_sent_and_only_once(storage):
    async with storage.write() as uow:
        program = await program_in(uow)
        announcement = await draft(uow, program)
        assert await change_announcement(
            uow, announcement, Wording("T", "New", "", Audience.PARTICIPANTS, None)
        )
        assert await send_announcement(uow, announcement, previewed_version=1, now=NOW) is CannotSend.NOT_SEEN
        assert await send_announcement(uow, announcement, previewed_version=2, now=NOW) is None
        assert await send_announcement(uow, announcement, previewed_version=2, now=NOW) is CannotSend.OVER


async def test_change_while_scheduled_takes_it_off_the_schedule(storage):
    async with storage.write() as uow:
        program = await program_in(uow)
        await crowd(uow, program, 2)
        later = NOW + timedelta(days=1)
        announcement = await draft(uow, program, send_at=later)
        await send_announcement(uow, announcement, previewed_version=1, now=NOW)
        assert announcement.due_at == later
        await change_announcement(uow, announcement, Wording("T", "N", "", Audience.PARTICIPANTS, later))
        announcement_id = announcement.id
    await plan_announcements(storage, NOW + timedelta(days=2))
    assert await owed_to(storage, announcement_id) == []


async def test_stop_on_the_way_withdraws_what_has_not_gone_out(storage):
    async with storage.write() as uow:
        program = await program_in(uow)
        await crowd(uow, program, 3)
        announcement = await draft(uow, program)
        await send_announcement(uow, announcement, previewed_version=1, now=NOW)
        announcement_id = announcement.id
    await plan_announcements(storage, NOW)
    async with storage.write() as uow:
        rows = await uow.outbox.list_series(announcement_series(announcement_id))
        rows[0].state, rows[0].sent_at = DeliveryState.SENT, NOW
    async with storage.write() as uow:
        announcement = await uow.announcements.get(announcement_id)
        assert await stop_announcement(uow, announcement)
        assert not await stop_announcement(uow, announcement)
    async with storage.read() as uow:
        counts = await uow.outbox.count_series(announcement_series(announcement_id))
        announcement = await uow.announcements.get(announcement_id)
    assert announcements.report_of(counts) == Report(sent=1, failed=(("stopped", 2),))
    assert announcement.state is AnnouncementState.STOPPED
    assert await plan_announcements(storage, NOW + MINUTE) is None
