"""Column types both engines agree on, and the privacy class that every column declares."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, TypeDecorator
from sqlalchemy import DateTime as SqlDateTime
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import MappedColumn, mapped_column

from mentoring.privacy import Privacy
from storage.errors import NaiveInstantError

if TYPE_CHECKING:
    from sqlalchemy import Dialect
    from sqlalchemy.types import TypeEngine


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware UTC on the way in and out, microseconds kept, naive values refused.

    SQLite would keep the wall time and drop the offset, PostgreSQL would read a naive value as UTC; both silently.
    """

    impl = SqlDateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(SqlDateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveInstantError(f"an instant needs a zone, got {value.isoformat()}")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


JsonValue = JSON().with_variant(JSONB(), "postgresql")


def column(privacy: Privacy, *args: Any, **options: Any) -> MappedColumn[Any]:
    """A mapped column that says who may ever read it."""
    info = {**options.pop("info", {}), "privacy": privacy}
    return mapped_column(*args, info=info, **options)


def technical(*args: Any, **options: Any) -> MappedColumn[Any]:
    return column(Privacy.TECHNICAL, *args, **options)


def partner(*args: Any, **options: Any) -> MappedColumn[Any]:
    return column(Privacy.PARTNER, *args, **options)


def coordinator(*args: Any, **options: Any) -> MappedColumn[Any]:
    return column(Privacy.COORDINATOR, *args, **options)


def private(*args: Any, **options: Any) -> MappedColumn[Any]:
    return column(Privacy.PRIVATE, *args, **options)


def secret(*args: Any, **options: Any) -> MappedColumn[Any]:
    return column(Privacy.SECRET, *args, **options)
