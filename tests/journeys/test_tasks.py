"""Coordinators close a task with its outcome and look at who takes part, on both engines."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from mentoring.concerns import TaskState
from mentoring.participants import NamedRole, NamedRoleState, ParticipantState
from storage.tables import RoleHolder, Task
from tests.kit import World, played
from tests.pairing import BUDGETS, VIDEO, Joining, accepted, enrol, open_program
from usecases.pairs import introduce_pair
from usecases.visits import Profile, apply_profile, get_or_add_person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.people import Someone

MONDAY = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)


@dataclass
class Story:
    """Cora coordinates; Mara and Tom are a pair; Ines waits; Karl pauses; Mara asked for help."""

    world: World
    cora: Someone
    mara: Someone

    async def tasks(self):
        async with self.world.bot.storage.read() as uow:
            program = await uow.programs.find_current(self.world.bot.workspace_id)
            return await uow.tasks.list_open(program.id), await uow.tasks.find_one(program.id, "help", "one")


@asynccontextmanager
async def story_of(database_url: str) -> AsyncIterator[Story]:
    async with played(database_url, now=MONDAY) as world:
        about = {"tz": "Europe/Berlin", "locale": "en-GB"}
        cora = world.slack.people.add("cora", "Cora Diaz", **about)
        async with world.bot.storage.write() as uow:
            program = await open_program(uow, world.bot.workspace_id, world.now)
            person = await get_or_add_person(uow, program.workspace_id, cora.id, world.now)
            profile = Profile(cora.id, "Cora Diaz", "Europe/Berlin", "en-GB")
            apply_profile(person, profile, world.now, country=None)
            uow.role_holders.add(
                RoleHolder(
                    id=uow.ids.new(),
                    program_id=program.id,
                    person_id=person.id,
                    role=NamedRole.COORDINATOR,
                    state=NamedRoleState.ACCEPTED,
                    changed_at=world.now,
                )
            )
            parts = {}
            for name in ("Mara Lind", "Tom Berg", "Ines Ruiz", "Karl Ohm"):
                who = world.slack.people.add(name.split(" ")[0].lower(), name, **about)
                level = 4 if name == "Tom Berg" else 1
                part = await enrol(
                    uow,
                    program,
                    Joining(who.id, name, "Europe/Berlin", level, (VIDEO,), (BUDGETS,)),
                    world.now,
                )
                part.mentor_capacity, part.mentee_capacity = (0, 1) if level == 4 else (1, 0)
                parts[name] = part
            parts["Karl Ohm"].state = ParticipantState.PAUSED
            parts["Karl Ohm"].paused_until = date(2026, 9, 30)
            mara, tom = parts["Mara Lind"], parts["Tom Berg"]
            pair = await introduce_pair(
                uow, program, await accepted(uow, program, mara, tom, world.now), world.now
            )
            for kind, subject, participant_id, day in (
                ("trial_without_chat", pair.id, None, 14),
                ("help", "one", mara.id, 9),
            ):
                uow.tasks.add(
                    Task(
                        id=uow.ids.new(),
                        program_id=program.id,
                        kind=kind,
                        subject=subject,
                        participant_id=participant_id,
                        state=TaskState.OPEN,
                        due_on=date(2026, 9, day),
                        created_at=world.now,
                    )
                )
        await world.settle()
        yield Story(world, cora, world.person("mara"))


@pytest.mark.practice("P43")
async def test_coordinator_closes_a_request_for_help_with_its_outcome(database_url):
    async with story_of(database_url) as story:
        story.cora.counts_anew()
        await story.cora.types("/mentoring tasks")
        story.cora.sees("Mara Lind would like help", within="modal")
        story.cora.sees("Due on Wednesday 9 September.", within="modal")
        story.cora.sees("have had no first chat yet", within="modal")
        await story.cora.presses("Mark as done", within="would like help")
        await story.cora.picks("How did it end", "We spoke, and they go on")
        await story.cora.presses("Mark as done")
        story.cora.sees_not("would like help")
        assert story.cora.taps <= 4
        still_open, closed = await story.tasks()
        assert [task.kind for task in still_open] == ["trial_without_chat"]
        assert (closed.state, closed.outcome) == (TaskState.DONE, "talked")


async def test_overdue_task_says_so(database_url):
    async with story_of(database_url) as story:
        await story.world.advance(days=3)
        await story.cora.types("/mentoring tasks")
        story.cora.sees("It was due on Wednesday 9 September.", within="modal")


async def test_people_list_shows_names_roles_and_state_and_nothing_private(database_url):
    async with story_of(database_url) as story:
        await story.cora.types("/mentoring people")
        words = story.cora.screen("modal")
        assert "4 people take part." in words
        story.cora.sees("Ines Ruiz: mentor, waits for a learning partner", within="modal")
        story.cora.sees("Karl Ohm: mentor, pauses until Wednesday 30 September", within="modal")
        story.cora.sees("Tom Berg: mentee, in a pair", within="modal")
        story.cora.sees_not("help", within="modal")


@pytest.mark.parametrize("word", ["tasks", "people"])
async def test_tasks_and_people_are_for_coordinators_only(database_url, word):
    async with story_of(database_url) as story:
        await story.mara.types(f"/mentoring {word}")
        story.mara.sees("There is nothing to do here for you right now")
        story.mara.sees_not("would like help")
