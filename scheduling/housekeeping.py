"""The housekeeping tick: files with personal data leave Slack after a day, erased text leaves the database's log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from messages.errors import MessengerError, RefusedError
from usecases import privacy, visits

if TYPE_CHECKING:
    from messages.message import Messenger
    from scheduling.dispatch import Clock
    from usecases.unit import Storage

log = structlog.get_logger("turnabout.housekeeping")

PURGE_EVERY = timedelta(hours=1)
_GONE = frozenset({"file_not_found", "file_deleted"})


@dataclass
class Housekeeping:
    """Tidies up behind the other ticks. What it does may be repeated freely, by any number of processes."""

    storage: Storage
    clock: Clock
    messenger: Messenger
    _log_emptied_for: datetime | None = None
    _purged_at: datetime | None = None

    async def turn(self) -> datetime | None:
        """Tidy up; when the next file is to go."""
        now = self.clock.now()
        await self._empty_log()
        if self._purged_at is None or now >= self._purged_at + PURGE_EVERY:
            await visits.purge_handled(self.storage, now)
            self._purged_at = now
        return await self._remove_files(now)

    async def _empty_log(self) -> None:
        """After an erasure, and once after a start in case the last process died in between."""
        erased_at = await privacy.last_erased_at(self.storage)
        if erased_at is None or erased_at == self._log_emptied_for:
            return
        if await privacy.empty_database_log(self.storage):
            self._log_emptied_for = erased_at
            log.info("database_log_emptied")

    async def _remove_files(self, now: datetime) -> datetime | None:
        due, next_at = await privacy.list_files_to_remove(self.storage, now)
        for file in due:
            try:
                await self.messenger.delete_file(file.file_id)
            except RefusedError as error:
                if error.code not in _GONE:
                    log.warning("file_not_removed", delivery=file.delivery_id, code=error.code)
                    continue
            except MessengerError as error:
                log.info("file_removal_postponed", delivery=file.delivery_id, reason=error.reason)
                continue
            await privacy.note_file_removed(self.storage, file.delivery_id)
            log.info("file_removed", delivery=file.delivery_id)
        return next_at
