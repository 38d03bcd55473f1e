"""What can go wrong between the program and its database, each with its meaning."""

from __future__ import annotations


class StorageError(Exception):
    """Base of everything this package raises."""


class NotFoundError(StorageError):
    """A row that the caller was sure of does not exist (any more)."""

    def __init__(self, what: str, row_id: str) -> None:
        super().__init__(f"no {what} with id {row_id}")
        self.what = what
        self.row_id = row_id


class NaiveInstantError(StorageError, ValueError):
    """An instant without a zone was about to be written; only aware instants mean the same moment to everyone."""


class SchemaTooOldError(StorageError):
    """The database was made by an earlier release and has not been upgraded yet: run `turnabout db upgrade`."""


class SchemaTooNewError(StorageError):
    """The database was made by a later release than this code; nothing was touched. Run the later release."""


class UnreadablePrivateTextError(StorageError):
    """Private text cannot be opened with any of the data keys: TURNABOUT_DATA_KEYS lacks the key it was sealed with."""


class DatabaseAwayError(StorageError):
    """The database cannot be opened, is locked, or does not answer; the text says what it said."""


class CopyRefusedError(StorageError):
    """A copy of the database cannot be made or put back; nothing was changed and the text says why."""
