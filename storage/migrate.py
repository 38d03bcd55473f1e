"""Bringing a database up to this release, and refusing one that is from a later release."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from storage.errors import DatabaseAwayError, SchemaTooNewError, SchemaTooOldError

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncEngine


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def newest_revision() -> str:
    """The revision this code expects."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise SchemaTooOldError("this installation holds no migrations at all")
    return head


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


async def current_revision(engine: AsyncEngine) -> str | None:
    """The revision the database stands at; None for one that was never set up.

    Raises:
        DatabaseAwayError: when it cannot be opened.
    """
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_current)
    except (DBAPIError, OSError) as error:
        raise DatabaseAwayError(str(getattr(error, "orig", error)).strip()) from error


async def upgrade(engine: AsyncEngine) -> bool:
    """Bring the database to this release; whether anything was done.

    Raises:
        SchemaTooNewError: when a later release made it; nothing is touched.
        DatabaseAwayError: when it cannot be written.
    """
    before = await current_revision(engine)
    if before is not None and before not in _known_revisions():
        raise SchemaTooNewError(_too_new(before))
    if before == newest_revision():
        return False
    try:
        async with engine.execution_options(turnabout_write=True).begin() as connection:
            await connection.run_sync(lambda sync: command.upgrade(_config(sync), "head"))
    except DBAPIError as error:
        raise DatabaseAwayError(str(error.orig).strip()) from error
    return True


async def check(engine: AsyncEngine) -> None:
    """Make sure that the database fits this code.

    Raises:
        SchemaTooOldError: when it has to be upgraded first.
        SchemaTooNewError: when it was made by a later release.
    """
    found = await current_revision(engine)
    if found is None:
        raise SchemaTooOldError("the database is empty; run `turnabout db upgrade` first")
    if found not in _known_revisions():
        raise SchemaTooNewError(_too_new(found))
    if found != newest_revision():
        raise SchemaTooOldError(
            f"the database stands at {found}, this release needs {newest_revision()}; run `turnabout db upgrade`"
        )


async def needs_upgrade(engine: AsyncEngine) -> bool:
    """Whether an earlier release made the database."""
    found = await current_revision(engine)
    return found in _known_revisions() and found != newest_revision()


async def check_writable(engine: AsyncEngine) -> None:
    """Make sure that a write unit can begin; nothing is written.

    Raises:
        DatabaseAwayError: when the database is locked by another program or may only be read.
    """
    try:
        async with engine.execution_options(turnabout_write=True).connect() as connection:
            await connection.begin()
            await connection.rollback()
    except (DBAPIError, OSError) as error:
        raise DatabaseAwayError(str(getattr(error, "orig", error)).strip()) from error


def _known_revisions() -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _too_new(found: str) -> str:
    return (
        f"the database was made by a later release (it stands at {found}); nothing was changed. "
        "Start that release again, or restore a copy made before the upgrade"
    )
