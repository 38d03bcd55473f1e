"""What can keep the program from starting or going on, each with the sentence an operator reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class BotError(Exception):
    """Base; its text is one clear line with the fix, shown without a traceback."""


class SettingsFaultyError(BotError):
    """One or more settings cannot be used; all of them are named."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


class SlackRefusedError(BotError):
    """Slack does not accept a token, or the app lacks a scope."""


class SlackAwayError(BotError):
    """Slack cannot be reached from this machine."""


class DataKeyError(BotError):
    """The key for private text is missing or unusable."""


class PortTakenError(BotError):
    """Another program listens on the address already."""


class DatabaseUnusableError(BotError):
    """The database cannot be opened, is locked, or was made by another release."""
