"""Check-ins: asking each side alone after a session, keeping what they say, and fetching help."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mentoring.check_ins import Answers, editable_until, help_due_on, rate, say_met
from mentoring.concerns import TaskState
from mentoring.sessions import Met
from usecases.pair_life import HELP_TASK, owe_member, program_works, replan
from usecases.unit import CheckIn, Task

if TYPE_CHECKING:
    from datetime import datetime

    from usecases.pair_life import Member, Own
    from usecases.unit import Pair, Program, Session, UnitOfWork

LAST_STAYS_OPEN = timedelta(weeks=4)
"""How long the check-in after the last session may be answered and changed."""


def check_in_series(session_id: str, participant_id: str) -> str:
    """The series of one side's check-in about one session."""
    return f"check_in:{session_id}:{participant_id}"


async def ask_check_in(
    uow: UnitOfWork,
    program: Program,
    pair: Pair,
    session: Session,
    member: Member,
    *,
    occurrence: str,
    expires_at: datetime | None,
    now: datetime,
) -> None:
    """Open one side's check-in about a session and owe them the question; a second call changes nothing."""
    check_in = await uow.check_ins.find_one(session.id, member.participant.id)
    later = [one for one in await uow.sessions.list_for_pair(pair.id) if one.number > session.number]
    starts = [one.starts_at for one in later if one.starts_at is not None]
    closes = later[0].window_until if later else now + LAST_STAYS_OPEN
    until = editable_until(starts, closes, now)
    if check_in is None:
        check_in = uow.check_ins.add(
            CheckIn(
                id=uow.ids.new(),
                session_id=session.id,
                participant_id=member.participant.id,
                asked_at=now,
                editable_until=until,
            )
        )
        await uow.flush()
        await uow.homes.mark(member.person.id)
    if check_in.met is None:
        check_in.editable_until = until
    await owe_member(
        uow,
        program,
        pair,
        member,
        "check_in.question",
        series=check_in_series(session.id, member.participant.id),
        occurrence=occurrence,
        refs={"session": session.id, "check_in": check_in.id},
        expires_at=expires_at,
        now=now,
    )


async def find_check_in(uow: UnitOfWork, own: Own, check_in_id: str) -> CheckIn | None:
    """The person's own check-in; None also for that of somebody else."""
    check_in = await uow.check_ins.find(check_in_id, lock=True) if check_in_id else None
    if check_in is None or check_in.participant_id != own.me.participant.id:
        return None
    session = await uow.sessions.get(check_in.session_id)
    return check_in if session.pair_id == own.pair.id else None


async def answer_met(uow: UnitOfWork, own: Own, check_in: CheckIn, met: Met, now: datetime) -> bool:
    """Keep whether they met; whether it could still be changed."""
    if now >= check_in.editable_until:
        return False
    await _keep(uow, own, check_in, say_met(Answers(check_in.met, check_in.usefulness), met), now)
    return True


async def answer_usefulness(
    uow: UnitOfWork, own: Own, check_in: CheckIn, usefulness: int, now: datetime
) -> bool:
    """Keep how useful it was; whether that was asked and could still be changed."""
    after = rate(Answers(check_in.met, check_in.usefulness), usefulness)
    if after is None or now >= check_in.editable_until:
        return False
    await _keep(uow, own, check_in, after, now)
    return True


async def change_answers(uow: UnitOfWork, own: Own, check_in: CheckIn, now: datetime) -> bool:
    """Ask both questions anew; whether that is still possible."""
    if now >= check_in.editable_until:
        return False
    await _keep(uow, own, check_in, Answers(), now)
    return True


async def ask_for_help(uow: UnitOfWork, own: Own, check_in: CheckIn, now: datetime) -> None:
    """Open a task for the coordinators, with the day by which they get back. Asking twice opens one. Source: P43."""
    check_in.wants_help = True
    if await uow.tasks.find_one(own.program.id, HELP_TASK, check_in.id) is None:
        uow.tasks.add(
            Task(
                id=uow.ids.new(),
                program_id=own.program.id,
                kind=HELP_TASK,
                subject=check_in.id,
                participant_id=own.me.participant.id,
                state=TaskState.OPEN,
                due_on=help_due_on(program_works(own.program), now),
                created_at=now,
            )
        )
    await _shown_anew(uow, own, check_in)


async def _keep(uow: UnitOfWork, own: Own, check_in: CheckIn, answers: Answers, now: datetime) -> None:
    check_in.met, check_in.usefulness = answers.met, answers.usefulness
    check_in.answered_at = now if answers.met is not None else None
    if answers.met is Met.YES:
        own.pair.active_at = now
    await _shown_anew(uow, own, check_in)
    await replan(uow, own.pair, now)


async def _shown_anew(uow: UnitOfWork, own: Own, check_in: CheckIn) -> None:
    await uow.outbox.mark_redraw(series=check_in_series(check_in.session_id, own.me.participant.id))
    await uow.homes.mark(own.me.person.id)
