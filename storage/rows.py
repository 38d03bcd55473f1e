"""The few verbs every aggregate's queries share: get, find, add."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from storage.errors import NotFoundError
from storage.tables import Base

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncSession

Row = TypeVar("Row", bound=Base)


class Rows(Generic[Row]):
    """Queries over one table. `get` raises, `find` may be None, every list is ordered."""

    table: ClassVar[type[Any]]

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, row_id: str, *, lock: bool = False) -> Row:
        """The row with this id; with `lock`, held against other writers until the unit ends.

        Raises:
            NotFoundError: when there is none.
        """
        row = await self.find(row_id, lock=lock)
        if row is None:
            raise NotFoundError(self.table.__tablename__, row_id)
        return row

    async def find(self, row_id: str, *, lock: bool = False) -> Row | None:
        found: Row | None = await self._session.get(self.table, row_id, with_for_update=lock or None)
        return found

    def add(self, row: Row) -> Row:
        self._session.add(row)
        return row

    async def remove(self, row: Row) -> None:
        await self._session.delete(row)

    async def _one(self, query: Select[Row]) -> Row | None:
        return (await self._session.execute(query)).scalars().one_or_none()

    async def _list(self, query: Select[Row]) -> Sequence[Row]:
        return (await self._session.execute(query)).scalars().all()
