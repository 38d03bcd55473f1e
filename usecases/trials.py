"""The trial: each side's private answer, and the agreement or the end that follows from both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentoring.closing import session_windows
from mentoring.participants import Role
from mentoring.sessions import FIRST_CHAT, SessionState
from mentoring.trials import EndCause, PairState, TrialAnswer, TrialOutcome, may_answer, outcome
from usecases.cards import settings_of
from usecases.pair_life import (
    BEFORE,
    changed,
    end_of_agreement,
    given_topics,
    load_members,
    owe_pair,
    replan,
    unrated_topics,
)
from usecases.pairs import end_pair
from usecases.sessions import session_series
from usecases.unit import Rating, Session

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from usecases.pair_life import Own
    from usecases.unit import Pair, Program, UnitOfWork


def trial_series(pair_id: str, participant_id: str) -> str:
    """The series of the trial question to one side."""
    return f"trial:{pair_id}:{participant_id}"


async def answer_trial(uow: UnitOfWork, own: Own, answer: TrialAnswer, now: datetime) -> bool:
    """Keep one side's answer; nobody else learns it. Both `continue` is the agreement, one `swap` ends the pair.

    Returns:
        Whether the answer was still open.
    """
    pair, role = own.pair, own.me.role
    given = pair.mentor_trial if role is Role.MENTOR else pair.mentee_trial
    if not may_answer(pair.state, given, agreed=pair.agreed_at is not None):
        return False
    if role is Role.MENTOR:
        pair.mentor_trial = answer
    else:
        pair.mentee_trial = answer
    pair.active_at = now
    await uow.outbox.mark_redraw(series=trial_series(pair.id, own.me.participant.id))
    await uow.homes.mark(own.me.person.id)
    match outcome(pair.mentor_trial, pair.mentee_trial):
        case TrialOutcome.AGREED if pair.state is PairState.TRIAL:
            await agree(uow, own.program, pair, now)
        case TrialOutcome.ENDS:
            await end_pair(uow, pair, EndCause.SWAP, asked_by=own.me.participant.id, now=now)
        case _:
            await replan(uow, pair, now)
    return True


async def agree(uow: UnitOfWork, program: Program, pair: Pair, now: datetime) -> None:
    """Both said continue: duties, number of sessions and end date stand, and the sessions are planned.

    Source: P4.
    """
    settings = settings_of(program)
    pair.state, pair.agreed_at = PairState.AGREED, now
    pair.ends_on = end_of_agreement(program, now)
    chat = await uow.sessions.find_numbered(pair.id, FIRST_CHAT)
    if chat is not None and chat.state in {
        SessionState.WINDOW,
        SessionState.SUGGESTED,
        SessionState.CANCELLED,
    }:
        chat.state, chat.suggested_at, chat.suggested_by = SessionState.PAST, None, None
        await uow.outbox.mark_redraw(series=session_series(chat.id))
    first = ""
    for number, window in enumerate(session_windows(now, settings), start=1):
        session = uow.sessions.add(
            Session(
                id=uow.ids.new(),
                pair_id=pair.id,
                number=number,
                state=SessionState.WINDOW,
                minutes=settings.session_minutes,
                window_from=window.start,
                window_until=window.end,
                created_at=now,
            )
        )
        first = first or session.id
    await uow.flush()
    await _first_ratings(uow, pair, now)
    await owe_pair(
        uow,
        program,
        pair,
        "trial.agreed",
        series=session_series(first),
        occurrence="agreed",
        refs={"session": first},
        now=now,
    )
    members = await load_members(uow, pair)
    for member in members.values():
        await uow.outbox.mark_redraw(series=trial_series(pair.id, member.participant.id))
    await changed(uow, members)
    await replan(uow, pair, now)


async def _first_ratings(uow: UnitOfWork, pair: Pair, now: datetime) -> None:
    """Take over what each rated when joining as the measure before the sessions. Source: P51."""
    members = await load_members(uow, pair)
    skills = await uow.skills.list_for([member.participant.id for member in members.values()])
    gives = given_topics(pair, skills)
    for member in members.values():
        for topic_id in await unrated_topics(uow, pair, member, gives):
            own = [
                one.rating
                for one in skills
                if one.participant_id == member.participant.id and one.topic_id == topic_id and one.rating
            ]
            if own:
                _add_rating(uow, pair, member.participant.id, topic_id, own[0], now)
    await uow.flush()


async def missing_ratings(uow: UnitOfWork, own: Own) -> tuple[str, ...]:
    """Topics this side learns here that it has not rated yet."""
    skills = await uow.skills.list_for([own.pair.mentor_id, own.pair.mentee_id])
    return await unrated_topics(uow, own.pair, own.me, given_topics(own.pair, skills))


async def rate_topics(uow: UnitOfWork, own: Own, values: Mapping[str, int], now: datetime) -> None:
    """Keep first ratings of topics this side learns here; a rating that stands already is not replaced."""
    missing = await missing_ratings(uow, own)
    for topic_id, value in values.items():
        if topic_id in missing and value in range(1, 6):
            _add_rating(uow, own.pair, own.me.participant.id, topic_id, value, now)
    await uow.flush()
    await uow.outbox.mark_redraw(series=trial_series(own.pair.id, own.me.participant.id))
    await uow.homes.mark(own.me.person.id)


def _add_rating(
    uow: UnitOfWork, pair: Pair, participant_id: str, topic_id: str, value: int, now: datetime
) -> None:
    uow.ratings.add(
        Rating(
            id=uow.ids.new(),
            participant_id=participant_id,
            pair_id=pair.id,
            topic_id=topic_id,
            moment=BEFORE,
            value=value,
            rated_at=now,
        )
    )
