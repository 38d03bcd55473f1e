"""Private text at rest: sealed with the newest data key, opened with any, so a new key can be put first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from storage.errors import UnreadablePrivateTextError

if TYPE_CHECKING:
    from collections.abc import Sequence


class Vault:
    """Seals and opens private text.

    Args:
        keys: url-safe base64 keys of 32 bytes, newest first.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernets = MultiFernet([Fernet(key) for key in keys])

    def seal(self, text: str) -> str:
        return self._fernets.encrypt(text.encode()).decode("ascii")

    def open(self, sealed: str) -> str:
        """The text that was sealed.

        Raises:
            UnreadablePrivateTextError: when none of the keys fits.
        """
        try:
            return self._fernets.decrypt(sealed.encode("ascii")).decode()
        except InvalidToken as error:
            raise UnreadablePrivateTextError(
                "private text was sealed with a key that is not configured"
            ) from error


def new_key() -> str:
    """A fresh data key."""
    return Fernet.generate_key().decode("ascii")
