"""Queries over rounds, their draft lines, and the proposals they publish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, or_, select

from mentoring.proposals import ProposalState
from mentoring.rounds import RoundState
from storage.rows import Rows
from storage.tables import Candidate, Proposal, Round

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


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
        return await self._list(
            select(Round).where(Round.due_at <= now).order_by(Round.due_at, Round.id).limit(limit)
        )

    async def list_open(self, program_id: str) -> Sequence[Round]:
        return await self._list(
            select(Round)
            .where(
                Round.program_id == program_id,
                Round.state.in_(
                    [RoundState.SOLVING, RoundState.DRAFT, RoundState.HELD, RoundState.PUBLISHING]
                ),
            )
            .order_by(Round.number)
        )


class Candidates(Rows[Candidate]):
    table = Candidate

    async def list_for_round(self, round_id: str) -> Sequence[Candidate]:
        return await self._list(
            select(Candidate).where(Candidate.round_id == round_id).order_by(Candidate.position, Candidate.id)
        )

    async def list_pairs_after(self, round_id: str, position: int, limit: int) -> Sequence[Candidate]:
        return await self._list(
            select(Candidate)
            .where(Candidate.round_id == round_id, Candidate.is_pair.is_(True), Candidate.position > position)
            .order_by(Candidate.position, Candidate.id)
            .limit(limit)
        )

    async def remove_for_round(self, round_id: str) -> None:
        await self._session.execute(delete(Candidate).where(Candidate.round_id == round_id))


class Proposals(Rows[Proposal]):
    table = Proposal

    async def list_due(self, now: datetime, limit: int) -> Sequence[Proposal]:
        return await self._list(
            select(Proposal).where(Proposal.due_at <= now).order_by(Proposal.due_at, Proposal.id).limit(limit)
        )

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
