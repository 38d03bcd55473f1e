"""Queries over announcements, coordinators' tasks, concerns and the audit trail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from mentoring.concerns import ConcernState, TaskState
from storage.rows import Rows
from storage.tables import Announcement, Audit, Concern, Task

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class Announcements(Rows[Announcement]):
    table = Announcement

    async def next_due_at(self) -> datetime | None:
        """When the first announcement is due, past moments included; None when none is."""
        found: datetime | None = (
            await self._session.execute(select(func.min(Announcement.due_at)))
        ).scalar_one()
        return found

    async def list_due(self, now: datetime, limit: int) -> Sequence[Announcement]:
        return await self._list(
            select(Announcement)
            .where(Announcement.due_at <= now)
            .order_by(Announcement.due_at, Announcement.id)
            .limit(limit)
        )

    async def list_for_program(self, program_id: str) -> Sequence[Announcement]:
        return await self._list(
            select(Announcement)
            .where(Announcement.program_id == program_id)
            .order_by(Announcement.created_at, Announcement.id)
        )


class Tasks(Rows[Task]):
    table = Task

    async def list_open(self, program_id: str) -> Sequence[Task]:
        return await self._list(
            select(Task)
            .where(Task.program_id == program_id, Task.state == TaskState.OPEN)
            .order_by(Task.due_on, Task.created_at, Task.id)
        )

    async def find_one(self, program_id: str, kind: str, subject: str) -> Task | None:
        return await self._one(
            select(Task).where(Task.program_id == program_id, Task.kind == kind, Task.subject == subject)
        )


class Concerns(Rows[Concern]):
    table = Concern

    async def next_due_at(self) -> datetime | None:
        """When the first concern is due, past moments included; None when none is."""
        found: datetime | None = (await self._session.execute(select(func.min(Concern.due_at)))).scalar_one()
        return found

    async def list_due(self, now: datetime, limit: int) -> Sequence[Concern]:
        return await self._list(
            select(Concern).where(Concern.due_at <= now).order_by(Concern.due_at, Concern.id).limit(limit)
        )

    async def list_for_reader(self, person_id: str) -> Sequence[Concern]:
        return await self._list(
            select(Concern)
            .where(Concern.reader_id == person_id, Concern.state != ConcernState.CLOSED)
            .order_by(Concern.written_at, Concern.id)
        )

    async def list_for_writer(self, person_id: str) -> Sequence[Concern]:
        return await self._list(
            select(Concern).where(Concern.writer_id == person_id).order_by(Concern.written_at, Concern.id)
        )


class AuditTrail(Rows[Audit]):
    table = Audit

    async def list_for_program(self, program_id: str) -> Sequence[Audit]:
        return await self._list(
            select(Audit).where(Audit.program_id == program_id).order_by(Audit.at, Audit.id)
        )

    async def list_acts(
        self, workspace_id: str, actor_id: str, act: str, *, since: datetime
    ) -> Sequence[Audit]:
        """What one person did of one kind since a moment."""
        return await self._list(
            select(Audit)
            .where(
                Audit.workspace_id == workspace_id,
                Audit.actor_id == actor_id,
                Audit.act == act,
                Audit.at > since,
            )
            .order_by(Audit.at, Audit.id)
        )
