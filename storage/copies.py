"""Copies of a SQLite database: made while the bot runs, checked before they are trusted, put back in one step."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from storage.database import normalised_url
from storage.errors import CopyRefusedError


def database_file(url: str) -> Path | None:
    """The file behind a SQLite address; None on PostgreSQL, whose own tools copy it."""
    parsed = normalised_url(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    return Path(parsed.database or "").resolve()


def make_copy(source: Path, target: Path) -> None:
    """Copy a database, also while it is written to; the copy is one moment of it.

    Raises:
        CopyRefusedError: when there is nothing to copy, or something stands at the target already.
    """
    if not source.is_file():
        raise CopyRefusedError(f"there is no database at {source} yet")
    if target.exists():
        raise CopyRefusedError(f"{target} exists already; nothing is overwritten")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _copy(source, target)
    except (OSError, sqlite3.Error) as error:
        target.unlink(missing_ok=True)
        raise CopyRefusedError(f"{target} cannot be written: {error}") from error
    check_copy(target)


def check_copy(path: Path) -> None:
    """Make sure that a file is a sound database of this program.

    Raises:
        CopyRefusedError: saying what is wrong with it.
    """
    if not path.is_file():
        raise CopyRefusedError(f"there is no file at {path}")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            faults = database.execute("PRAGMA integrity_check").fetchall()
            database.execute("SELECT version_num FROM alembic_version").fetchall()
    except sqlite3.Error as error:
        raise CopyRefusedError(f"{path} is not a copy of a Turnabout database: {error}") from error
    if faults != [("ok",)]:
        raise CopyRefusedError(f"{path} is damaged: {faults[0][0]}")


def put_back(copy: Path, target: Path) -> None:
    """Put a copy in the database's place; whoever opens it sees the old or the new one, never half.

    Raises:
        CopyRefusedError: when the copy is not sound or the place cannot be written.
    """
    check_copy(copy)
    fresh = target.with_name(target.name + ".restoring")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)
        _copy(copy, fresh)
        # The write-ahead log belongs to the old file; left behind, it would be played into the new one.
        for suffix in ("-wal", "-shm"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        fresh.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise CopyRefusedError(f"{target} cannot be written: {error}") from error


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source, timeout=5)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        # One plain file, without a log beside it that somebody could forget to take along.
        new.execute("PRAGMA journal_mode=DELETE")
