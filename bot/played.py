"""The bot as a rehearsal plays it: seeded, on a clock that is moved, listening to nothing but its caller."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from bot.app import Clock, Options, Turnabout
from bot.settings import load_settings
from storage.ids import SeededIds
from usecases.operating_rows import Record, read_record

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Record", "played_bot", "record_of"]


async def played_bot(environment: Mapping[str, str], database_url: str, clock: Clock, seed: int) -> Turnabout:
    """Make the bot for a fresh database; the same seed and the same acts give the same messages."""
    # A key of the seed: the set-up code hangs on it, and what is sealed here is invented.
    key = base64.urlsafe_b64encode(hashlib.sha256(f"played {seed}".encode()).digest()).decode()
    settings = load_settings(
        {**environment, "TURNABOUT_DATABASE_URL": database_url, "TURNABOUT_DATA_KEYS": key}
    )
    if not database_url.startswith("sqlite"):
        from bot.backup import upgrade_database  # noqa: PLC0415 - Alembic is heavy, and needed for a moment only

        await upgrade_database(settings)
    return Turnabout(
        settings,
        Options(clock=clock, ids=SeededIds(seed), seed=seed, durable=False, listens=False, ticking=False),
    )


async def record_of(bot: Turnabout) -> Record:
    """What the program left behind, as plain values."""
    return await read_record(bot.storage, bot.workspace_id)
