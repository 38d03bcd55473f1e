"""Queries over pairs, their sessions, and what each side answered about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from mentoring.trials import PairState
from storage.rows import Rows
from storage.tables import CheckIn, Feedback, Pair, Rating, Session

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_GOING = [PairState.TRIAL, PairState.AGREED, PairState.ENDING]


class Pairs(Rows[Pair]):
    table = Pair

    async def list_waiting(self, limit: int) -> Sequence[Pair]:
        """Those the planner will look at next, soonest first."""
        return await self._list(
            select(Pair).where(Pair.due_at.is_not(None)).order_by(Pair.due_at, Pair.id).limit(limit)
        )

    async def list_due(self, now: datetime, limit: int) -> Sequence[Pair]:
        return await self._list(
            select(Pair).where(Pair.due_at <= now).order_by(Pair.due_at, Pair.id).limit(limit)
        )

    async def next_due_at(self) -> datetime | None:
        """When the first pair is due, past moments included; None when none is."""
        found: datetime | None = (await self._session.execute(select(func.min(Pair.due_at)))).scalar_one()
        return found

    async def list_for_participant(self, participant_id: str, *, going_only: bool = False) -> Sequence[Pair]:
        query = select(Pair).where(or_(Pair.mentor_id == participant_id, Pair.mentee_id == participant_id))
        if going_only:
            query = query.where(Pair.state.in_(_GOING))
        return await self._list(query.order_by(Pair.introduced_at, Pair.id))

    async def list_for_participants(
        self, participant_ids: Sequence[str], *, going_only: bool = False
    ) -> Sequence[Pair]:
        """Every pair that one of them is or (unless `going_only`) was in."""
        query = select(Pair).where(
            or_(Pair.mentor_id.in_(participant_ids), Pair.mentee_id.in_(participant_ids))
        )
        if going_only:
            query = query.where(Pair.state.in_(_GOING))
        return await self._list(query.order_by(Pair.introduced_at, Pair.id))

    async def list_for_program(self, program_id: str, *, going_only: bool = False) -> Sequence[Pair]:
        query = select(Pair).where(Pair.program_id == program_id)
        if going_only:
            query = query.where(Pair.state.in_(_GOING))
        return await self._list(query.order_by(Pair.introduced_at, Pair.id))

    async def find_for_proposal(self, proposal_id: str) -> Pair | None:
        return await self._one(select(Pair).where(Pair.proposal_id == proposal_id))


class Sessions(Rows[Session]):
    table = Session

    async def list_due(self, now: datetime, limit: int) -> Sequence[Session]:
        return await self._list(
            select(Session).where(Session.due_at <= now).order_by(Session.due_at, Session.id).limit(limit)
        )

    async def list_for_pair(self, pair_id: str) -> Sequence[Session]:
        return await self._list(select(Session).where(Session.pair_id == pair_id).order_by(Session.number))

    async def list_for_pairs(self, pair_ids: Sequence[str]) -> Sequence[Session]:
        return await self._list(
            select(Session).where(Session.pair_id.in_(pair_ids)).order_by(Session.pair_id, Session.number)
        )

    async def find_numbered(self, pair_id: str, number: int) -> Session | None:
        return await self._one(select(Session).where(Session.pair_id == pair_id, Session.number == number))


class CheckIns(Rows[CheckIn]):
    table = CheckIn

    async def find_one(self, session_id: str, participant_id: str) -> CheckIn | None:
        return await self._one(
            select(CheckIn).where(CheckIn.session_id == session_id, CheckIn.participant_id == participant_id)
        )

    async def list_for_sessions(self, session_ids: Sequence[str]) -> Sequence[CheckIn]:
        return await self._list(
            select(CheckIn).where(CheckIn.session_id.in_(session_ids)).order_by(CheckIn.asked_at, CheckIn.id)
        )

    async def list_for_participant(self, participant_id: str) -> Sequence[CheckIn]:
        return await self._list(
            select(CheckIn)
            .where(CheckIn.participant_id == participant_id)
            .order_by(CheckIn.asked_at, CheckIn.id)
        )


class Feedbacks(Rows[Feedback]):
    table = Feedback

    async def find_one(self, session_id: str, participant_id: str) -> Feedback | None:
        return await self._one(
            select(Feedback).where(
                Feedback.session_id == session_id, Feedback.participant_id == participant_id
            )
        )

    async def list_for_participant(self, participant_id: str) -> Sequence[Feedback]:
        return await self._list(
            select(Feedback)
            .where(Feedback.participant_id == participant_id)
            .order_by(Feedback.written_at, Feedback.id)
        )


class Ratings(Rows[Rating]):
    table = Rating

    async def list_for_pair(self, pair_id: str) -> Sequence[Rating]:
        return await self._list(
            select(Rating)
            .where(Rating.pair_id == pair_id)
            .order_by(Rating.participant_id, Rating.moment, Rating.topic_id)
        )

    async def list_for_participant(self, participant_id: str) -> Sequence[Rating]:
        return await self._list(
            select(Rating).where(Rating.participant_id == participant_id).order_by(Rating.rated_at, Rating.id)
        )
