"""Finding a time for a session: suggesting, confirming, moving and cancelling it, by either side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mentoring.sessions import FIRST_CHAT, SessionState, Timing, Unfit, cancel, confirm, suggest, unfit
from mentoring.trials import PairState
from usecases.cards import working_time
from usecases.pair_life import changed, earliest_start, load_members, owe_pair, replan

if TYPE_CHECKING:
    from mentoring.participants import Role
    from usecases.pair_life import Own
    from usecases.unit import Pair, Program, Session, UnitOfWork


@dataclass(frozen=True, slots=True)
class Refused:
    """A time was not taken, and why."""

    reason: Unfit | None


def session_series(session_id: str) -> str:
    """The series of everything the group DM hears of a session; all of it is redrawn together."""
    return f"session:{session_id}"


async def find_session(uow: UnitOfWork, own: Own, session_id: str) -> Session | None:
    """A session of the person's own pair; None also for one of another pair."""
    session = await uow.sessions.find(session_id, lock=True) if session_id else None
    return session if session is not None and session.pair_id == own.pair.id else None


def timing_of(session: Session) -> Timing:
    """The session's times as the rules see them."""
    return Timing(
        state=session.state,
        suggested_at=session.suggested_at,
        suggested_by=session.suggested_by,
        starts_at=session.starts_at,
        confirmed_at=session.confirmed_at,
        moves=session.moves,
        sequence=session.calendar_sequence,
        cancelled_by=session.cancelled_by,
    )


def _keep(session: Session, timing: Timing) -> None:
    session.state = timing.state
    session.suggested_at, session.suggested_by = timing.suggested_at, timing.suggested_by
    session.starts_at, session.confirmed_at = timing.starts_at, timing.confirmed_at
    session.moves, session.calendar_sequence = timing.moves, timing.sequence
    session.cancelled_by = timing.cancelled_by


def may_plan(own: Own, session: Session) -> bool:
    """Whether a time for this session may still be found: the pair goes on, and it did not take place already."""
    if own.pair.state not in {PairState.TRIAL, PairState.AGREED, PairState.ENDING}:
        return False
    return session.number != FIRST_CHAT or own.pair.agreed_at is None


async def suggest_time(
    uow: UnitOfWork, own: Own, session: Session, start: datetime, now: datetime
) -> Refused | None:
    """One side proposes a time, or another one in place of an agreed one; the other side is asked to confirm it.

    Returns:
        Why it was not taken; None when it stands.
    """
    if not may_plan(own, session):
        return Refused(None)
    reason = unfit(
        start,
        session.minutes,
        working_time(own.me.person, own.program),
        working_time(own.partner.person, own.program),
        now=now,
        not_before=earliest_start(own.pair, own.program),
    )
    if reason is not None:
        await uow.outbox.mark_redraw(series=session_series(session.id))
        return Refused(reason)
    before = timing_of(session)
    if before.suggested_at == start and before.suggested_by is own.me.role.other:
        return None if await confirm_time(uow, own, session, start, now) else Refused(None)
    if start in {before.suggested_at, before.starts_at}:
        return None
    await _forget_answers(uow, session)
    _keep(session, suggest(before, own.me.role, start))
    await _told(uow, own, session, before, now)
    await owe_pair(
        uow,
        own.program,
        own.pair,
        "session.confirm",
        series=session_series(session.id),
        occurrence=f"confirm:{now.isoformat()}",
        refs={"session": session.id, "at": start.isoformat(), "before": _iso(before.starts_at)},
        now=now,
        expires_at=start,
    )
    return None


async def confirm_time(uow: UnitOfWork, own: Own, session: Session, start: datetime, now: datetime) -> bool:
    """The other side agrees to the suggested time: both know it now, and get a calendar file. Whether it holds."""
    if not may_plan(own, session):
        return False
    before = timing_of(session)
    agreed = confirm(before, own.me.role, start, now=now)
    if agreed is None:
        return before.state is SessionState.AGREED and before.starts_at == start
    _keep(session, agreed)
    await _told(uow, own, session, before, now)
    await owe_pair(
        uow,
        own.program,
        own.pair,
        "session.calendar_file",
        series=f"calendar:{session.id}",
        occurrence=f"{session.calendar_sequence}:{start.isoformat()}",
        refs={"session": session.id, "at": start.isoformat()},
        now=now,
    )
    return True


async def cancel_session(uow: UnitOfWork, own: Own, session: Session, now: datetime) -> bool:
    """Either side calls off what stands; the other hears in the group DM. Whether something stood."""
    if own.pair.state not in {PairState.TRIAL, PairState.AGREED, PairState.ENDING}:
        return False
    return await call_off(uow, own.program, own.pair, session, by=own.me.role, now=now)


async def call_off(
    uow: UnitOfWork, program: Program, pair: Pair, session: Session, *, by: Role | None, now: datetime
) -> bool:
    """Call off what stands of a session, by one side or (`by` None) by the program in neutral words."""
    before = timing_of(session)
    after = cancel(before, by, now=now)
    if after is None:
        return False
    _keep(session, after)
    await _withdraw(uow, session, before)
    await uow.outbox.mark_redraw(series=session_series(session.id))
    at = before.starts_at or before.suggested_at
    await owe_pair(
        uow,
        program,
        pair,
        "session.cancelled",
        series=session_series(session.id),
        occurrence=f"cancelled:{now.isoformat()}",
        refs={"session": session.id, "before": _iso(at), "by": by.value if by is not None else "program"},
        now=now,
        expires_at=at,
    )
    await changed(uow, await load_members(uow, pair))
    await replan(uow, pair, now)
    return True


async def _told(uow: UnitOfWork, own: Own, session: Session, before: Timing, now: datetime) -> None:
    """What follows any change of a session's time: old messages withdrawn or redrawn, both Homes, the plan."""
    own.pair.active_at = now
    await _withdraw(uow, session, before)
    await uow.outbox.mark_redraw(series=session_series(session.id))
    await changed(uow, await load_members(uow, own.pair))
    await replan(uow, own.pair, now)


async def _withdraw(uow: UnitOfWork, session: Session, before: Timing) -> None:
    if before.starts_at is None:
        return
    for series in (f"agenda:{session.id}", f"reminder:{session.id}", f"calendar:{session.id}"):
        await uow.outbox.cancel_series(series, reason="the time no longer stands")
    for series in (f"agenda:{session.id}", f"reminder:{session.id}"):
        await uow.outbox.mark_redraw(series=series)


async def _forget_answers(uow: UnitOfWork, session: Session) -> None:
    """A session that gets a new time after it was asked about is asked about again."""
    for check_in in await uow.check_ins.list_for_sessions([session.id]):
        check_in.met = check_in.usefulness = check_in.answered_at = None


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def moment_from(stamp: str) -> datetime | None:
    """The moment that a button or a picker named in seconds; None when it names none."""
    try:
        return datetime.fromtimestamp(int(stamp), UTC)
    except (ValueError, OverflowError, OSError):
        return None
