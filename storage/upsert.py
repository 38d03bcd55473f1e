"""Insert-unless-there, the one statement that the two engines spell differently."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from storage.tables import Base


async def insert_or_ignore(session: AsyncSession, table: type[Base], values: dict[str, Any]) -> bool:
    """Insert the row unless a unique key already holds it; whether it was inserted."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(table).values(**values).on_conflict_do_nothing()
    result = await session.execute(statement)
    return bool(result.rowcount)  # type: ignore[attr-defined] # a DML result is a CursorResult


async def insert_all_or_ignore(
    session: AsyncSession, table: type[Base], rows: Sequence[dict[str, Any]]
) -> None:
    """Insert many rows in one go, passing over those whose unique key is held already."""
    if not rows:
        return
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    connection = await session.connection()
    await connection.execute(insert(table).on_conflict_do_nothing(), list(rows))
