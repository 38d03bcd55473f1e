"""The keys for private text: given by the operator, or made once beside the data folder on SQLite."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import DataKeyError
from storage.vault import Vault, new_key

if TYPE_CHECKING:
    from bot.settings import Settings


def key_file(database_url: str) -> Path:
    """Where the key made on first start lies: beside the data folder, so that a copy of the data lacks it."""
    database = Path(database_url.removeprefix("sqlite:///"))
    return database.resolve().parent.parent / "turnabout-keys" / "data.key"


def load_keys(settings: Settings) -> list[str]:
    """The configured keys, newest first; on SQLite a key is made on the first start.

    Raises:
        DataKeyError: when the file cannot be read or written.
    """
    keys = [key.strip() for key in settings.data_keys.split(",") if key.strip()]
    return keys or [_made_key(key_file(settings.database_url))]


def load_vault(settings: Settings) -> Vault:
    """The vault under the configured keys.

    Raises:
        DataKeyError: when a key is malformed, or the file cannot be read or written.
    """
    try:
        return Vault(load_keys(settings))
    except ValueError as error:
        raise DataKeyError(
            "TURNABOUT_DATA_KEYS: each key is 32 random bytes in url-safe base64; `turnabout keys new` prints one"
        ) from error


def _made_key(path: Path) -> str:
    try:
        if path.exists():
            return path.read_text(encoding="ascii").strip()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        key = new_key()
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(key + "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DataKeyError(
            f"the key for private text cannot be read or written at {path}: {error}; "
            "make the folder writable or set TURNABOUT_DATA_KEYS"
        ) from error
    return key
