"""`turnabout db …`: migrations with a copy first, copies, and putting one back without sending anything."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.errors import DatabaseUnusableError
from bot.keys import load_vault
from storage import migrate
from storage.copies import database_file, make_copy, put_back
from storage.database import Storage, open_engine
from storage.errors import CopyRefusedError, DatabaseAwayError, SchemaTooNewError, SchemaTooOldError
from storage.ids import RandomIds
from usecases.operating import confirm_sending, hold_sending, look

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.settings import Settings

_PG = (
    "on PostgreSQL copies are made and put back with pg_dump and pg_restore; run `turnabout db hold` after it"
)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Storage]:
    """The database of these settings, at this release's schema.

    Raises:
        DatabaseUnusableError: when it cannot be opened or is of another release.
    """
    storage = open_storage(settings)
    try:
        await migrate.check(storage.engine)
        yield storage
    except (SchemaTooOldError, SchemaTooNewError, DatabaseAwayError) as error:
        raise DatabaseUnusableError(str(error)) from error
    finally:
        await storage.close()


def open_storage(settings: Settings) -> Storage:
    """The database of these settings, whatever its schema.

    Raises:
        DatabaseUnusableError: when its folder cannot be made.
    """
    try:
        engine = open_engine(settings.database_url)
    except DatabaseAwayError as error:
        raise DatabaseUnusableError(str(error)) from error
    return Storage(engine, load_vault(settings), RandomIds())


async def bring_up(storage: Storage, settings: Settings) -> Path | None:
    """Bring the database to this release; a SQLite file that holds data is copied first. The copy, if one was made.

    Raises:
        DatabaseUnusableError: when it cannot be done; nothing is changed then.
    """
    copy = None
    try:
        found = await migrate.current_revision(storage.engine)
        if found is not None and await migrate.needs_upgrade(storage.engine):
            file = database_file(settings.database_url)
            if file is not None:
                stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
                copy = file.parent / "backups" / f"{file.stem}-{found}-{stamp}.db"
                make_copy(file, copy)
        await migrate.upgrade(storage.engine)
        await migrate.check_writable(storage.engine)
    except (SchemaTooNewError, DatabaseAwayError, CopyRefusedError) as error:
        raise DatabaseUnusableError(str(error)) from error
    return copy


async def upgrade_database(settings: Settings) -> str:
    """Bring the database to this release and say what was done."""
    storage = open_storage(settings)
    try:
        before = await _revision(storage)
        copy = await bring_up(storage, settings)
        after = await _revision(storage)
    finally:
        await storage.close()
    if before == after:
        return f"Nothing to do: the database stands at {after}."
    told = f"The database stands at {after} now."
    return f"{told} A copy from before lies at {copy}." if copy is not None else told


async def _revision(storage: Storage) -> str | None:
    try:
        return await migrate.current_revision(storage.engine)
    except DatabaseAwayError as error:
        raise DatabaseUnusableError(str(error)) from error


def back_up(settings: Settings, target: Path) -> str:
    """Write a copy of the database to a file, also while the bot runs."""
    file = _file(settings)
    try:
        make_copy(file, target)
    except CopyRefusedError as error:
        raise DatabaseUnusableError(str(error)) from error
    return f"The copy lies at {target}. Private text in it is sealed; keep the data keys elsewhere."


async def restore(settings: Settings, copy: Path) -> str:
    """Put a copy in the database's place; what it owes is held until `turnabout db confirm`.

    Raises:
        DatabaseUnusableError: when a bot runs on the database, or the copy is not sound.
    """
    file = _file(settings)
    if file.is_file():
        await _refuse_while_running(settings)
    try:
        put_back(copy, file)
    except CopyRefusedError as error:
        raise DatabaseUnusableError(str(error)) from error
    storage = open_storage(settings)
    try:
        await bring_up(storage, settings)
        await hold_sending(storage)
    finally:
        await storage.close()
    return (
        "The copy is in place and sends nothing yet. It may owe what was sent after it was made: look at "
        "`turnabout outbox`. What people had deleted since is back and has to be deleted again. Then run "
        "`turnabout db confirm`."
    )


async def _refuse_while_running(settings: Settings) -> None:
    try:
        async with opened(settings) as storage:
            standing = await look(storage, datetime.now(UTC))
    except DatabaseUnusableError:
        return  # a database that cannot be used is what a restore is for
    if standing.processes or standing.sender:
        who = ", ".join(standing.processes) or standing.sender
        raise DatabaseUnusableError(
            f"a bot runs on this database ({who}); stop it first. One that died is forgotten after 90 seconds"
        )


async def hold(settings: Settings) -> str:
    """Send nothing until confirmed."""
    async with opened(settings) as storage:
        await hold_sending(storage)
    return "Nothing is sent until `turnabout db confirm`."


async def confirm(settings: Settings) -> str:
    """Let a held database send again."""
    async with opened(settings) as storage:
        was_held = await confirm_sending(storage)
    return "What is owed is sent from now on." if was_held else "Nothing was held; nothing changed."


def _file(settings: Settings) -> Path:
    file = database_file(settings.database_url)
    if file is None:
        raise DatabaseUnusableError(_PG)
    return file
