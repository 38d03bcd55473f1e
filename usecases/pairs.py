"""A pair from its introduction to its end: how it begins, is agreed, is closed, or ends on a common date."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mentoring.calendar import common_date
from mentoring.participants import ParticipantState, Role
from mentoring.sessions import FIRST_CHAT, SessionState
from mentoring.trials import EndCause, PairState
from usecases.cards import settings_of
from usecases.pair_life import (
    changed,
    earliest_start,
    end_of_agreement,
    load_members,
    local_today,
    owe_member,
    owe_pair,
    replan,
    replan_pairs_of,
)
from usecases.sessions import call_off, session_series
from usecases.unit import Pair, Session

if TYPE_CHECKING:
    from datetime import datetime

    from usecases.unit import Program, Proposal, UnitOfWork

__all__ = ["close_pair", "conclude_ending", "end_pair", "introduce_pair", "keep_pair", "replan_pairs_of"]


async def introduce_pair(uow: UnitOfWork, program: Program, proposal: Proposal, now: datetime) -> Pair:
    """Make a pair of an accepted proposal and owe both their introduction; a second call gives the same pair.

    Only the first chat is asked for; its window is the trial.
    """
    found = await uow.pairs.find_for_proposal(proposal.id)
    if found is not None:
        return found
    settings = settings_of(program)
    pair = uow.pairs.add(
        Pair(
            id=uow.ids.new(),
            program_id=program.id,
            proposal_id=proposal.id,
            mentor_id=proposal.mentor_id,
            mentee_id=proposal.mentee_id,
            facts=dict(proposal.facts),
            state=PairState.TRIAL,
            introduced_at=now,
            active_at=now,
        )
    )
    await uow.flush()
    chat = uow.sessions.add(
        Session(
            id=uow.ids.new(),
            pair_id=pair.id,
            number=FIRST_CHAT,
            state=SessionState.WINDOW,
            minutes=settings.first_chat_minutes,
            window_from=now,
            window_until=now + timedelta(days=settings.trial_days),
            created_at=now,
        )
    )
    await uow.flush()
    await owe_pair(
        uow,
        program,
        pair,
        "introduction",
        series=session_series(chat.id),
        occurrence="introduction",
        refs={"session": chat.id},
        now=now,
    )
    members = await load_members(uow, pair)
    for member in members.values():
        member.participant.waiting_rounds = 0
    await changed(uow, members)
    await replan(uow, pair, now)
    return pair


async def end_pair(
    uow: UnitOfWork, pair: Pair, cause: EndCause, *, asked_by: str | None, now: datetime
) -> None:
    """Let a pair end on the cohort's next common date; why, and who asked, is known to nobody but the row.

    Until that date nothing tells the other side: only a session planned before it is called off by the program, in
    words that serve any cause. Ending a pair that is ending or over changes nothing.

    Args:
        uow: the transaction.
        pair: the pair.
        cause: kept secret.
        asked_by: the participant who asked, kept secret; None when nobody did.
        now: the present moment.
    """
    if pair.state not in {PairState.TRIAL, PairState.AGREED}:
        return
    program = await uow.programs.get(pair.program_id)
    today = local_today(program, now)
    settings = settings_of(program)
    anchor = program.starts_on or program.created_at.date()
    pair.state, pair.end_cause, pair.end_asked_by = PairState.ENDING, cause, asked_by
    pair.ends_on = common_date(today, settings.common_date_every_weeks, anchor)
    members = await load_members(uow, pair)
    for member in members.values():
        if member.participant.state is not ParticipantState.LEFT:
            member.participant.waiting_rounds += 1
    until = earliest_start(pair, program)
    for session in await uow.sessions.list_for_pair(pair.id):
        start = session.starts_at or session.suggested_at
        if start is not None and until is not None and start < until:
            await call_off(uow, program, pair, session, by=None, now=now)
    await changed(uow, members)
    await replan(uow, pair, now)


async def conclude_ending(uow: UnitOfWork, pair: Pair, now: datetime) -> None:
    """The common date is there: both get the same neutral words at the same time."""
    if pair.state is not PairState.ENDING:
        return
    await _over(uow, pair, PairState.ENDED, "pair.ended", now)


async def close_pair(uow: UnitOfWork, pair: Pair, now: datetime) -> None:
    """The end date of the agreement is there: the pair is complete, and both are thanked."""
    if pair.state is not PairState.AGREED:
        return
    await _over(uow, pair, PairState.CLOSED, "pair.closed", now)


async def _over(uow: UnitOfWork, pair: Pair, state: PairState, kind: str, now: datetime) -> None:
    program = await uow.programs.get(pair.program_id)
    pair.state, pair.ended_at = state, now
    members = await load_members(uow, pair)
    for session in await uow.sessions.list_for_pair(pair.id):
        if session.state not in {SessionState.PAST, SessionState.CANCELLED}:
            session.state, session.starts_at, session.suggested_at = SessionState.CANCELLED, None, None
            session.suggested_by = None
        await uow.outbox.mark_redraw(series=session_series(session.id))
    for member in members.values():
        await owe_member(
            uow, program, pair, member, kind, series=f"{kind}:{pair.id}:{member.participant.id}", now=now
        )
    await changed(uow, members)
    await replan(uow, pair, now)


async def keep_pair(uow: UnitOfWork, pair: Pair, now: datetime) -> bool:
    """One of the two says that the pair still stands; undoes a kind conclusion that has not happened yet.

    If the other has asked for the end meanwhile, that is kept from this one: the pair ends as any other would.

    Returns:
        Whether the pair goes on.
    """
    asked_by = None
    if pair.state is PairState.ENDING:
        if pair.end_cause is not EndCause.SILENCE:
            return False
        pair.state = PairState.AGREED if pair.agreed_at is not None else PairState.TRIAL
        pair.end_cause = None
        asked_by, pair.end_asked_by = pair.end_asked_by, None
        program = await uow.programs.get(pair.program_id)
        pair.ends_on = end_of_agreement(program, pair.agreed_at) if pair.agreed_at is not None else None
        for member in (await load_members(uow, pair)).values():
            member.participant.waiting_rounds = max(member.participant.waiting_rounds - 1, 0)
    if pair.state not in {PairState.TRIAL, PairState.AGREED}:
        return False
    pair.active_at = now
    await changed(uow, await load_members(uow, pair))
    for role in Role:
        participant_id = pair.mentor_id if role is Role.MENTOR else pair.mentee_id
        await uow.outbox.mark_redraw(series=f"pair.quiet:{pair.id}:{participant_id}")
    await replan(uow, pair, now)
    if asked_by is not None:
        await end_pair(uow, pair, EndCause.SWAP, asked_by=asked_by, now=now)
    return True
