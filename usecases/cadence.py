"""Taking the steps of the cadence that are due for a pair; which they are is derived from its facts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from mentoring.cadence import due_steps, next_due_at
from mentoring.calendar import add_working_days
from mentoring.concerns import TaskState
from mentoring.sessions import SessionState
from mentoring.trials import EndCause
from usecases.check_ins import ask_check_in
from usecases.pair_life import (
    changed,
    load_life,
    load_members,
    local_today,
    owe_member,
    owe_pair,
    program_works,
)
from usecases.pairs import close_pair, conclude_ending, end_pair
from usecases.sessions import session_series
from usecases.trials import trial_series
from usecases.unit import Task

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from mentoring.cadence import DueStep, PairLife
    from mentoring.participants import Role
    from usecases.pair_life import Member, Members
    from usecases.unit import Pair, Program, Storage, UnitOfWork

log = structlog.get_logger("turnabout.cadence")

CHUNK = 200
AGAIN_AFTER_FAILURE = timedelta(hours=1)
TASK_WORKING_DAYS = 3
TRIAL_TASK = "trial_without_chat"

_CHANGES_STATE = frozenset({"session.past", "session.lapsed", "pair.ended", "pair.closed", "pair.concluded"})


async def plan_pairs(storage: Storage, now: datetime) -> datetime | None:
    """Take what is due of up to 200 pairs, each in its own unit; when a pair is due next.

    A pair whose steps cannot be taken is logged and tried again in an hour, so that it holds up no other.
    """
    async with storage.read() as uow:
        due = [pair.id for pair in await uow.pairs.list_due(now, CHUNK)]
    for pair_id in due:
        try:
            async with storage.write() as uow:
                pair = await uow.pairs.get(pair_id, lock=True)
                if pair.due_at is not None and pair.due_at <= now:
                    await take_due_steps(uow, pair, now)
        except Exception:
            log.exception("pair_not_planned", pair=pair_id)
            async with storage.write() as uow:
                (await uow.pairs.get(pair_id)).due_at = now + AGAIN_AFTER_FAILURE
    async with storage.read() as uow:
        return await uow.pairs.next_due_at()


async def take_due_steps(uow: UnitOfWork, pair: Pair, now: datetime) -> None:
    """Take each step of this pair that is due, once, and note when the next one is."""
    program = await uow.programs.get(pair.program_id)
    members = await load_members(uow, pair)
    life = await load_life(uow, pair)
    taken: set[tuple[str, str, Role | None]] = set()
    while True:
        due = next((one for one in due_steps(life, now) if _key(one) not in taken), None)
        if due is None:
            break
        taken.add(_key(due))
        await _take(uow, program, pair, members, due, now)
        if due.step.name in _CHANGES_STATE:
            await uow.flush()
            life = await load_life(uow, pair)
    life = await load_life(uow, pair)
    pair.due_at = next_due_at(life, now)


def _key(due: DueStep) -> tuple[str, str, Role | None]:
    return (due.step.name, due.session.id if due.session is not None else "", due.role)


async def _take(
    uow: UnitOfWork, program: Program, pair: Pair, members: Members, due: DueStep, now: datetime
) -> None:
    match due.step.name:
        case "session.past" | "session.lapsed":
            await _pass(uow, members, due)
        case "pair.ended":
            await conclude_ending(uow, pair, now)
        case "pair.closed":
            await close_pair(uow, pair, now)
        case "pair.concluded":
            await _conclude(uow, pair, members, now)
        case "trial.task":
            await _open_task(uow, program, pair, now)
        case _ if due.role is not None:
            await _OWES_EACH[due.step.kind or ""](uow, program, pair, members[due.role], due, now)
        case _:
            await _ask_for_time(uow, program, pair, due, now)


async def _conclude(uow: UnitOfWork, pair: Pair, members: Members, now: datetime) -> None:
    await end_pair(uow, pair, EndCause.SILENCE, asked_by=None, now=now)
    for member in members.values():
        await uow.outbox.mark_redraw(series=f"pair.quiet:{pair.id}:{member.participant.id}")


async def _pass(uow: UnitOfWork, members: Members, due: DueStep) -> None:
    assert due.session is not None  # noqa: S101 - a step of a session has one
    session = await uow.sessions.get(due.session.id)
    session.state = SessionState.PAST
    session.suggested_at = session.suggested_by = None
    await uow.outbox.mark_redraw(series=session_series(session.id))
    for name in ("agenda", "reminder"):
        await uow.outbox.mark_redraw(series=f"{name}:{session.id}")
    await changed(uow, members)


async def _open_task(uow: UnitOfWork, program: Program, pair: Pair, now: datetime) -> None:
    """Coordinators look after a pair that has had no first chat; one task per pair."""
    if await uow.tasks.find_one(program.id, TRIAL_TASK, pair.id) is not None:
        return
    works = program_works(program)
    uow.tasks.add(
        Task(
            id=uow.ids.new(),
            program_id=program.id,
            kind=TRIAL_TASK,
            subject=pair.id,
            state=TaskState.OPEN,
            due_on=add_working_days(works, local_today(program, now), TASK_WORKING_DAYS),
            created_at=now,
        )
    )


async def _ask_trial(
    uow: UnitOfWork, program: Program, pair: Pair, member: Member, due: DueStep, now: datetime
) -> None:
    pair.trial_asked_at = pair.trial_asked_at or now
    await owe_member(
        uow,
        program,
        pair,
        member,
        "trial.question",
        series=trial_series(pair.id, member.participant.id),
        occurrence=due.occurrence,
        expires_at=due.expires_at,
        now=now,
    )
    await uow.homes.mark(member.person.id)


async def _ask_check_in(
    uow: UnitOfWork, program: Program, pair: Pair, member: Member, due: DueStep, now: datetime
) -> None:
    assert due.session is not None  # noqa: S101 - a step of a session has one
    await ask_check_in(
        uow,
        program,
        pair,
        await uow.sessions.get(due.session.id),
        member,
        occurrence=due.occurrence,
        expires_at=due.expires_at,
        now=now,
    )


async def _ask_quiet(
    uow: UnitOfWork, program: Program, pair: Pair, member: Member, due: DueStep, now: datetime
) -> None:
    await owe_member(
        uow,
        program,
        pair,
        member,
        "pair.quiet",
        series=f"pair.quiet:{pair.id}:{member.participant.id}",
        occurrence=pair.active_at.isoformat(),
        refs={"since": pair.active_at.isoformat()},
        expires_at=due.expires_at,
        now=now,
    )


async def _prepare(
    uow: UnitOfWork, program: Program, pair: Pair, member: Member, due: DueStep, now: datetime
) -> None:
    assert due.session is not None  # noqa: S101 - a step of a session has one
    await owe_member(
        uow,
        program,
        pair,
        member,
        due.step.name,
        series=f"{due.step.name.removeprefix('session.')}:{due.session.id}",
        occurrence=due.occurrence,
        refs={"session": due.session.id, "at": due.occurrence},
        expires_at=due.expires_at,
        now=now,
    )


_OWES_EACH: dict[str, Callable[[UnitOfWork, Program, Pair, Member, DueStep, datetime], Awaitable[None]]] = {
    "trial.question": _ask_trial,
    "session.agenda": _prepare,
    "session.reminder": _prepare,
    "check_in.question": _ask_check_in,
    "pair.quiet": _ask_quiet,
}


async def _ask_for_time(uow: UnitOfWork, program: Program, pair: Pair, due: DueStep, now: datetime) -> None:
    """The group DM is asked for a date: of the first chat, or of a session whose window is open."""
    session_id = due.session.id if due.session is not None else _first_chat_id(await load_life(uow, pair))
    await owe_pair(
        uow,
        program,
        pair,
        due.step.kind or "session.time",
        series=session_series(session_id),
        occurrence=due.step.name,
        refs={"session": session_id},
        expires_at=due.expires_at,
        now=now,
    )


def _first_chat_id(life: PairLife) -> str:
    return life.first_chat.id if life.first_chat is not None else ""
