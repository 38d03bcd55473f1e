"""Listens to coordinators who look at their tasks and at who takes part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.answers import Answer, Errors, Open, Reply, Show
from handlers.rules import coordinator
from mentoring.tasks import TaskOutcome
from messages import notices
from messages import tasks as words
from usecases.tasks import close_task, find_task, list_people, open_tasks

if TYPE_CHECKING:
    from handlers.guard import Door
    from handlers.visit import Visit


def register(door: Door) -> None:
    door.command("tasks", who=coordinator, opens="Tasks", help="what needs you, with due dates")(on_tasks)
    door.action("task.list.v1", who=coordinator, opens="Tasks")(on_tasks)
    door.action("people.list.v1", who=coordinator, opens="People")(on_people)
    door.action("task.done.v1", who=coordinator)(on_done)
    door.submission("task.save.v1", who=coordinator)(on_saved)
    door.command("people", who=coordinator, opens="People", help="who takes part, and where they stand")(
        on_people
    )
    door.action("people.earlier.v1", who=coordinator)(on_page)
    door.action("people.later.v1", who=coordinator)(on_page)


async def on_tasks(visit: Visit) -> Answer:
    if visit.program is None:
        return Reply(notices.not_here(visit.voice))
    return Open(words.task_list(visit.voice, await open_tasks(visit.uow, visit.program, visit.now)))


async def on_done(visit: Visit) -> Answer:
    """How it ended, in the same window; if somebody else closed it meanwhile, the list as it stands."""
    if visit.program is None:
        return Reply(notices.not_here(visit.voice))
    tasks = await open_tasks(visit.uow, visit.program, visit.now)
    chosen = [task for task in tasks if task.id == visit.ref("task")]
    if not chosen:
        return Show(words.task_list(visit.voice, tasks))
    return Show(words.outcome_form(visit.voice, chosen[0]))


async def on_saved(visit: Visit) -> Answer:
    """The task with its outcome, then the list without it."""
    task = await find_task(visit.uow, visit.program, visit.ref("task")) if visit.program is not None else None
    if visit.program is None or task is None:
        return Reply(notices.not_here(visit.voice))
    chosen = visit.press.chosen("outcome")
    if chosen not in set(TaskOutcome):
        return Errors({"outcome": words.outcome_needed(visit.voice)})
    close_task(task, TaskOutcome(chosen), visit.now)
    await visit.uow.flush()
    return Show(words.task_list(visit.voice, await open_tasks(visit.uow, visit.program, visit.now)))


async def on_people(visit: Visit) -> Answer:
    if visit.program is None:
        return Reply(notices.not_here(visit.voice))
    return Open(words.people_list(visit.voice, await list_people(visit.uow, visit.program, 1)))


async def on_page(visit: Visit) -> Answer:
    if visit.program is None:
        return Reply(notices.not_here(visit.voice))
    pick = visit.ref("pick")
    page = int(pick) if pick.isdigit() else 1
    return Show(words.people_list(visit.voice, await list_people(visit.uow, visit.program, page)))
