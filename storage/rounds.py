"""Queries over rounds, their draft lines, and the proposals they publish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, or_, select

from mentoring.proposals import ProposalState
from mentoring.rounds import OPEN_STATES, RoundState
from storage.rows import Rows
from storage.tables import Candidate, Proposal, Round

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


# A proposal without a round was made by hand and stands by itself.
_IS_OUT = or_(Proposal.round_id.is_(None), Round.state == RoundState.PUBLISHED)


class Rounds(Rows[Round]):
    table = Round

    async def find_latest(self, program_id: str) -> Round | None:
        return await self._one(
            select(Round).where(Round.program_id == program_id).order_by(Round.number.desc()).limit(1)
        )

    async def next_number(self, program_id: str) -> int:
        query = select(func.coalesce(func.max(Round.number), 0)).where(Round.program_id == program_id)
        return int((await self._session.execute(query)).scalar_one()) + 1

    async def list_due(self, now: datetime, limit: int) -> Sequence[Round]:
        """Rounds the planner must look at, each held against other planners until the unit ends."""
        return await self._list(
            select(Round)
            .where(Round.due_at <= now)
            .order_by(Round.due_at, Round.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )

    async def next_due_at(self) -> datetime | None:
        found: datetime | None = (await self._session.execute(select(func.min(Round.due_at)))).scalar_one()
        return found

    async def find_solving(self) -> Round | None:
        """The dry run that has waited longest to be computed."""
        query = select(Round).where(Round.state == RoundState.SOLVING).order_by(Round.created_at, Round.id)
        return await self._one(query.limit(1))

    async def find_open(self, program_id: str) -> Round | None:
        """The newest round that is neither out nor set aside."""
        query = select(Round).where(Round.program_id == program_id, Round.state.in_(OPEN_STATES))
        return await self._one(query.order_by(Round.number.desc()).limit(1))


class Candidates(Rows[Candidate]):
    table = Candidate

    async def list_for_round(self, round_id: str) -> Sequence[Candidate]:
        return await self._list(
            select(Candidate).where(Candidate.round_id == round_id).order_by(Candidate.position, Candidate.id)
        )

    async def list_after(self, round_id: str, position: int, limit: int) -> Sequence[Candidate]:
        """The lines after a position, pairs and people left over alike."""
        return await self._list(
            select(Candidate)
            .where(Candidate.round_id == round_id, Candidate.position > position)
            .order_by(Candidate.position, Candidate.id)
            .limit(limit)
        )

    async def list_page(self, round_id: str, *, pairs: bool, offset: int, limit: int) -> Sequence[Candidate]:
        return await self._list(
            select(Candidate)
            .where(Candidate.round_id == round_id, Candidate.is_pair.is_(pairs))
            .order_by(Candidate.position, Candidate.id)
            .offset(offset)
            .limit(limit)
        )

    async def count(self, round_id: str, *, pairs: bool) -> int:
        query = select(func.count()).where(Candidate.round_id == round_id, Candidate.is_pair.is_(pairs))
        return int((await self._session.execute(query)).scalar_one())

    async def remove_for_round(self, round_id: str) -> None:
        await self._session.execute(delete(Candidate).where(Candidate.round_id == round_id))


class Proposals(Rows[Proposal]):
    table = Proposal

    async def list_waiting(self, limit: int) -> Sequence[Proposal]:
        """Those the planner will look at next, soonest first."""
        return await self._list(
            select(Proposal)
            .where(Proposal.due_at.is_not(None))
            .order_by(Proposal.due_at, Proposal.id)
            .limit(limit)
        )

    async def list_due(self, now: datetime, limit: int) -> Sequence[tuple[str, ProposalState]]:
        """Id and state of the proposals that need a step; none of a round that is still being published."""
        query = (
            select(Proposal.id, Proposal.state)
            .outerjoin(Round, Round.id == Proposal.round_id)
            .where(Proposal.due_at <= now, _IS_OUT)
            .order_by(Proposal.due_at, Proposal.id)
            .limit(limit)
        )
        return [(found, state) for found, state in (await self._session.execute(query)).all()]

    async def next_due_at(self) -> datetime | None:
        query = (
            select(func.min(Proposal.due_at))
            .outerjoin(Round, Round.id == Proposal.round_id)
            .where(Proposal.due_at.is_not(None), _IS_OUT)
        )
        found: datetime | None = (await self._session.execute(query)).scalar_one()
        return found

    async def hold(self, ids: Sequence[str]) -> Sequence[Proposal]:
        """These proposals, held until the unit ends; those that another process holds are left to it."""
        return await self._list(
            select(Proposal)
            .where(Proposal.id.in_(ids))
            .order_by(Proposal.due_at, Proposal.id)
            .with_for_update(skip_locked=True)
        )

    async def list_for_participants(self, participant_ids: Sequence[str]) -> Sequence[Proposal]:
        return await self._list(
            select(Proposal)
            .where(or_(Proposal.mentor_id.in_(participant_ids), Proposal.mentee_id.in_(participant_ids)))
            .order_by(Proposal.created_at, Proposal.id)
        )

    async def count_introduced(self, round_id: str) -> int:
        query = select(func.count()).where(
            Proposal.round_id == round_id, Proposal.state == ProposalState.INTRODUCED
        )
        return int((await self._session.execute(query)).scalar_one())

    async def list_for_participant(self, participant_id: str) -> Sequence[Proposal]:
        return await self._list(
            select(Proposal)
            .where(or_(Proposal.mentor_id == participant_id, Proposal.mentee_id == participant_id))
            .order_by(Proposal.created_at, Proposal.id)
        )

    async def list_for_round(self, round_id: str) -> Sequence[Proposal]:
        return await self._list(
            select(Proposal).where(Proposal.round_id == round_id).order_by(Proposal.created_at, Proposal.id)
        )

    async def list_open(self, program_id: str) -> Sequence[Proposal]:
        return await self._list(
            select(Proposal)
            .where(
                Proposal.program_id == program_id,
                Proposal.state.not_in([ProposalState.INTRODUCED, ProposalState.CLOSED]),
            )
            .order_by(Proposal.created_at, Proposal.id)
        )

    async def list_for_program(self, program_id: str) -> Sequence[Proposal]:
        return await self._list(
            select(Proposal)
            .where(Proposal.program_id == program_id)
            .order_by(Proposal.created_at, Proposal.id)
        )
