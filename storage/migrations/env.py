"""Alembic's entry: it is handed an open connection and never opens one itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from alembic import context
from sqlalchemy import JSON

from storage.tables import Base

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext


def _render_item(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    # Our own type says both engines' spelling in one word.
    return "storage.types.JsonValue" if kind == "type" and isinstance(item, JSON) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
    compare_type=True,
    render_item=_render_item,
)
with context.begin_transaction():
    context.run_migrations()
