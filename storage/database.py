"""Opening a database: one engine for SQLite or PostgreSQL, set up so that both behave alike."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from storage.errors import DatabaseAwayError
from storage.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime

    from storage.ids import Ids
    from storage.vault import Vault

_WRITE = "turnabout_write"


def normalised_url(url: str) -> URL:
    """The URL with the driver this program brings: `sqlite:///file` and `postgresql://…` are enough."""
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return parsed.set(drivername="sqlite+aiosqlite")
    if backend in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    raise ValueError(f"TURNABOUT_DATABASE_URL must begin with sqlite:/// or postgresql://, got {backend}://")


@dataclass(frozen=True)
class Storage:
    """The database, opened; hands out units of work.

    Attributes:
        engine: the one connection pool.
        vault: seals and opens private text.
        ids: where new ids come from.
        lease_clock: replaces the database's own clock for leases where time is played; None in service.
    """

    engine: AsyncEngine
    vault: Vault
    ids: Ids
    lease_clock: Callable[[], datetime] | None = None

    def __post_init__(self) -> None:
        writing = self.engine.execution_options(**{_WRITE: True})
        object.__setattr__(self, "_reads", async_sessionmaker(self.engine, expire_on_commit=False))
        object.__setattr__(self, "_writes", async_sessionmaker(writing, expire_on_commit=False))
        # SQLite lets writers try again by chance, so that steps of a bulk that follow closely shut everybody else out
        # for seconds; in line, a press waits for one step. PostgreSQL locks rows, and its writers need no line.
        in_line = asyncio.Lock() if self.engine.dialect.name == "sqlite" else nullcontext()
        object.__setattr__(self, "_line", in_line)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[UnitOfWork]:
        """One write unit: everything in it is committed together at its end, or nothing is.

        On SQLite it begins with the write lock, so that two processes that read and then write never lose one; in one
        process writers are served in the order in which they came.
        """
        line: AbstractAsyncContextManager[Any] = object.__getattribute__(self, "_line")
        async with line, self._session("_writes") as session:
            yield UnitOfWork(session, vault=self.vault, ids=self.ids, lease_clock=self.lease_clock)
            await session.commit()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[UnitOfWork]:
        """A unit that only reads; changes made in it are dropped."""
        async with self._session("_reads") as session:
            yield UnitOfWork(session, vault=self.vault, ids=self.ids, lease_clock=self.lease_clock)

    def _session(self, kind: str) -> AsyncSession:
        maker: async_sessionmaker[AsyncSession] = object.__getattribute__(self, kind)
        return maker()

    async def close(self) -> None:
        await self.engine.dispose()


def open_engine(url: str, *, durable: bool = True) -> AsyncEngine:
    """An engine on the database at `url`.

    Args:
        url: as in TURNABOUT_DATABASE_URL.
        durable: False where the data may die with the machine (sandbox, tests): SQLite then skips its waits for the
            disk. What a committed transaction means to other processes is the same.

    Raises:
        DatabaseAwayError: when the folder of a SQLite file cannot be made.
    """
    parsed = normalised_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            _make_folder(Path(parsed.database).parent)
        engine = create_async_engine(parsed, hide_parameters=True, pool_size=8)
        _prepare_sqlite(engine, durable=durable)
        return engine
    return create_async_engine(parsed, hide_parameters=True, pool_pre_ping=True, pool_size=8, max_overflow=8)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseAwayError(
            f"the folder of the database cannot be made: {error}; "
            "mount a writable volume there or change TURNABOUT_DATABASE_URL"
        ) from error


def _prepare_sqlite(engine: AsyncEngine, *, durable: bool) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
        # The driver's own transaction handling begins too late; with None the `begin` event below decides.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={'FULL' if durable else 'OFF'}",
            "busy_timeout=5000",
            "foreign_keys=ON",
            "secure_delete=ON",  # erased text must not stay in free pages
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Connection) -> None:
        # Without the lock at the start, two processes that read and then write lose updates with no error at all.
        writing = connection.get_execution_options().get(_WRITE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
