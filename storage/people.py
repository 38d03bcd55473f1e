"""Queries over workspaces, people, the roles they accepted and the drafts they left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from mentoring.participants import NamedRole, NamedRoleState
from storage.rows import Rows
from storage.tables import Draft, HomeView, Person, RoleHolder, Workspace
from storage.upsert import insert_all_or_ignore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class Workspaces(Rows[Workspace]):
    table = Workspace

    async def find_by_slack_id(self, slack_team_id: str) -> Workspace | None:
        return await self._one(select(Workspace).where(Workspace.slack_team_id == slack_team_id))

    async def list_all(self) -> Sequence[Workspace]:
        return await self._list(select(Workspace).order_by(Workspace.id))

    async def find_first(self) -> Workspace | None:
        """The workspace that this database serves; None before the bot met Slack."""
        return await self._one(select(Workspace).order_by(Workspace.created_at, Workspace.id).limit(1))


class People(Rows[Person]):
    table = Person

    async def find_by_slack_id(self, workspace_id: str, slack_user_id: str) -> Person | None:
        return await self._one(
            select(Person).where(Person.workspace_id == workspace_id, Person.slack_user_id == slack_user_id)
        )

    async def list_by_ids(self, ids: Sequence[str]) -> Sequence[Person]:
        return await self._list(select(Person).where(Person.id.in_(ids)).order_by(Person.id))

    async def last_erased_at(self) -> datetime | None:
        """When somebody was erased last; None when nobody ever was."""
        query = select(func.max(Person.erased_at))
        found: datetime | None = (await self._session.execute(query)).scalar_one()
        return found

    async def list_known(self, workspace_id: str) -> Sequence[Person]:
        return await self._list(select(Person).where(Person.workspace_id == workspace_id).order_by(Person.id))


class RoleHolders(Rows[RoleHolder]):
    table = RoleHolder

    async def list_for_program(self, program_id: str, role: NamedRole | None = None) -> Sequence[RoleHolder]:
        query = select(RoleHolder).where(RoleHolder.program_id == program_id)
        if role is not None:
            query = query.where(RoleHolder.role == role)
        return await self._list(query.order_by(RoleHolder.changed_at, RoleHolder.id))

    async def list_for_person(self, person_id: str) -> Sequence[RoleHolder]:
        return await self._list(
            select(RoleHolder)
            .where(RoleHolder.person_id == person_id)
            .order_by(RoleHolder.changed_at, RoleHolder.id)
        )

    async def find_one(self, program_id: str, person_id: str, role: NamedRole) -> RoleHolder | None:
        return await self._one(
            select(RoleHolder).where(
                RoleHolder.program_id == program_id,
                RoleHolder.person_id == person_id,
                RoleHolder.role == role,
            )
        )

    async def holds(self, program_id: str, person_id: str, role: NamedRole) -> bool:
        """Whether the person accepted the role and still has it."""
        found = await self.find_one(program_id, person_id, role)
        return found is not None and found.state is NamedRoleState.ACCEPTED


class Drafts(Rows[Draft]):
    table = Draft

    async def find_one(self, person_id: str, form: str) -> Draft | None:
        return await self._one(select(Draft).where(Draft.person_id == person_id, Draft.form == form))


class HomeViews(Rows[HomeView]):
    table = HomeView

    async def list_dirty(self, limit: int) -> Sequence[HomeView]:
        return await self._list(
            select(HomeView).where(HomeView.dirty.is_(True)).order_by(HomeView.person_id).limit(limit)
        )

    async def mark_all(self, person_ids: Sequence[str]) -> None:
        """As `mark`, for many at once."""
        await self._session.execute(
            update(HomeView)
            .where(HomeView.person_id.in_(person_ids))
            .values(dirty=True)
            .execution_options(synchronize_session=False)
        )
        rows = [{"person_id": one, "dirty": True} for one in dict.fromkeys(person_ids)]
        await insert_all_or_ignore(self._session, HomeView, rows)

    async def mark(self, person_id: str) -> None:
        """The person's Home no longer shows the present state; it is published again soon."""
        view = await self.find(person_id)
        if view is None:
            self.add(HomeView(person_id=person_id, dirty=True))
        else:
            view.dirty = True
