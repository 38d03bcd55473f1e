"""Insert-unless-there, the one statement that the two engines spell differently."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.tables import Base


async def insert_or_ignore(session: AsyncSession, table: type[Base], values: dict[str, Any]) -> bool:
    """Insert the row unless a unique key already holds it; whether it was inserted."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(table).values(**values).on_conflict_do_nothing()
    result = await session.execute(statement)
    return bool(result.rowcount)  # type: ignore[attr-defined] # a DML result is a CursorResult
