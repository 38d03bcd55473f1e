"""Queries over programs, participants and their skills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from mentoring.participants import ParticipantState
from mentoring.program import ProgramState
from storage.rows import Rows
from storage.tables import Participant, Person, Program, Skill

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class Programs(Rows[Program]):
    table = Program

    async def list_for_workspace(self, workspace_id: str) -> Sequence[Program]:
        return await self._list(
            select(Program)
            .where(Program.workspace_id == workspace_id)
            .order_by(Program.created_at, Program.id)
        )

    async def find_current(self, workspace_id: str) -> Program | None:
        """The newest program that is not closed."""
        query = (
            select(Program)
            .where(Program.workspace_id == workspace_id, Program.state != ProgramState.CLOSED)
            .order_by(Program.created_at.desc(), Program.id)
            .limit(1)
        )
        return await self._one(query)

    async def list_due(self, now: datetime, limit: int) -> Sequence[Program]:
        return await self._list(
            select(Program).where(Program.due_at <= now).order_by(Program.due_at, Program.id).limit(limit)
        )

    async def next_due_at(self) -> datetime | None:
        """When the next program has to be looked at, past moments included; None when none has to."""
        found: datetime | None = (await self._session.execute(select(func.min(Program.due_at)))).scalar_one()
        return found


class Participants(Rows[Participant]):
    table = Participant

    async def find_one(self, program_id: str, person_id: str) -> Participant | None:
        return await self._one(
            select(Participant).where(
                Participant.program_id == program_id, Participant.person_id == person_id
            )
        )

    async def list_for_person(self, person_id: str) -> Sequence[Participant]:
        return await self._list(
            select(Participant)
            .where(Participant.person_id == person_id)
            .order_by(Participant.joined_at, Participant.id)
        )

    async def list_for_program(self, program_id: str) -> Sequence[Participant]:
        """Everybody who takes part, paused people included; those who left are not."""
        return await self._list(
            select(Participant)
            .where(Participant.program_id == program_id, Participant.state != ParticipantState.LEFT)
            .order_by(Participant.joined_at, Participant.id)
        )

    async def list_with_people(self, program_id: str) -> Sequence[tuple[Participant, Person]]:
        """Everybody who takes part, with who they are."""
        query = (
            select(Participant, Person)
            .join(Person, Person.id == Participant.person_id)
            .where(Participant.program_id == program_id, Participant.state != ParticipantState.LEFT)
            .order_by(Participant.joined_at, Participant.id)
        )
        return [(participant, person) for participant, person in (await self._session.execute(query)).all()]

    async def page_with_people(
        self, program_id: str, *, after: str, limit: int
    ) -> Sequence[tuple[Participant, Person]]:
        """Everybody who takes part, a page at a time, those whose ids come after `after`."""
        query = (
            select(Participant, Person)
            .join(Person, Person.id == Participant.person_id)
            .where(
                Participant.program_id == program_id,
                Participant.state != ParticipantState.LEFT,
                Participant.id > after,
            )
            .order_by(Participant.id)
            .limit(limit)
        )
        return [(participant, person) for participant, person in (await self._session.execute(query)).all()]

    async def list_by_ids(self, ids: Sequence[str]) -> Sequence[tuple[Participant, Person]]:
        """These participants, whatever their state, with who they are."""
        query = (
            select(Participant, Person)
            .join(Person, Person.id == Participant.person_id)
            .where(Participant.id.in_(ids))
            .order_by(Participant.id)
        )
        return [(participant, person) for participant, person in (await self._session.execute(query)).all()]

    async def list_of_people(self, program_id: str, person_ids: Sequence[str]) -> Sequence[Participant]:
        """The parts that these people have or had in a program."""
        return await self._list(
            select(Participant)
            .where(Participant.program_id == program_id, Participant.person_id.in_(person_ids))
            .order_by(Participant.id)
        )

    async def count_joined(self, program_id: str) -> int:
        """Everybody who ever joined, those who left included."""
        query = select(func.count()).where(Participant.program_id == program_id)
        return int((await self._session.execute(query)).scalar_one())

    async def count_active(self, program_id: str) -> int:
        query = select(func.count()).where(
            Participant.program_id == program_id, Participant.state == ParticipantState.ACTIVE
        )
        return int((await self._session.execute(query)).scalar_one())

    async def list_due(self, now: datetime, limit: int) -> Sequence[Participant]:
        return await self._list(
            select(Participant)
            .where(Participant.due_at <= now)
            .order_by(Participant.due_at, Participant.id)
            .limit(limit)
        )

    async def next_due_at(self) -> datetime | None:
        """When the first participant is due, past moments included; None when none is."""
        query = select(func.min(Participant.due_at))
        found: datetime | None = (await self._session.execute(query)).scalar_one()
        return found


class Skills(Rows[Skill]):
    table = Skill

    async def list_for(self, participant_ids: Sequence[str]) -> Sequence[Skill]:
        """The skills of these participants, in the order they were chosen."""
        return await self._list(
            select(Skill)
            .where(Skill.participant_id.in_(participant_ids))
            .order_by(Skill.participant_id, Skill.side, Skill.position, Skill.id)
        )

    async def list_for_program(self, program_id: str) -> Sequence[Skill]:
        return await self._list(
            select(Skill)
            .join(Participant, Participant.id == Skill.participant_id)
            .where(Participant.program_id == program_id)
            .order_by(Skill.participant_id, Skill.side, Skill.position, Skill.id)
        )
