"""Coordinators' tasks and the list of people: read, and closed with an outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentoring.calendar import local_date, named_zone
from mentoring.concerns import TaskState
from mentoring.tasks import PeoplePage, PersonLine, TaskCard, people_page, standing

if TYPE_CHECKING:
    from datetime import datetime

    from mentoring.tasks import TaskOutcome
    from usecases.unit import Program, Task, UnitOfWork


async def open_tasks(uow: UnitOfWork, program: Program, now: datetime) -> list[TaskCard]:
    """What is open, soonest due first. Source: P43."""
    today = local_date(now, named_zone(program.timezone))
    return [
        TaskCard(task.id, task.kind, await _names(uow, task), task.due_on, task.due_on < today)
        for task in await uow.tasks.list_open(program.id)
    ]


async def _names(uow: UnitOfWork, task: Task) -> tuple[str, ...]:
    """Whom a task is about: one participant, else both of the pair that is its subject."""
    ids = [task.participant_id] if task.participant_id is not None else []
    if not ids:
        pair = await uow.pairs.find(task.subject)
        ids = [pair.mentor_id, pair.mentee_id] if pair is not None else []
    return tuple(person.name for _, person in await uow.participants.list_by_ids(ids))


async def find_task(uow: UnitOfWork, program: Program, task_id: str) -> Task | None:
    """A task of this program; None also for that of another."""
    task = await uow.tasks.find(task_id, lock=True) if task_id else None
    return task if task is not None and task.program_id == program.id else None


def close_task(task: Task, outcome: TaskOutcome, now: datetime) -> bool:
    """Keep how a task ended; the first outcome stands. Whether it was open."""
    if task.state is TaskState.DONE:
        return False
    task.state, task.outcome, task.closed_at = TaskState.DONE, outcome.value, now
    return True


async def list_people(uow: UnitOfWork, program: Program, page: int) -> PeoplePage:
    """Everybody who takes part: name, roles and where they stand; no answer, rating or reason is read."""
    pairs = await uow.pairs.list_for_program(program.id, going_only=True)
    paired = {one for pair in pairs for one in (pair.mentor_id, pair.mentee_id)}
    return people_page(
        [
            PersonLine(
                name=person.name,
                mentors=participant.mentor_capacity > 0,
                is_mentored=participant.mentee_capacity > 0,
                standing=standing(participant.state, has_pair=participant.id in paired),
                paused_until=participant.paused_until,
            )
            for participant, person in await uow.participants.list_with_people(program.id)
        ],
        page,
    )
