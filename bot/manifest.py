"""`turnabout manifest`: the app manifest to paste at Slack, with another command word where one was chosen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import SettingsFaultyError

if TYPE_CHECKING:
    from collections.abc import Iterable

MANIFEST = Path(__file__).resolve().parent.parent / "manifest.yml"
_DEFAULT_WORD = "/mentoring"


def manifest_text(command: str = _DEFAULT_WORD) -> str:
    """The manifest, word for word, with `command` as the slash command.

    Raises:
        SettingsFaultyError: when Slack would not take the word.
    """
    if (
        not command.startswith("/")
        or not 2 <= len(command) <= 32
        or command != command.lower()
        or " " in command
    ):
        raise SettingsFaultyError(
            [f"--command must be one word of 2 to 32 small letters that begins with /, got {command}"]
        )
    return MANIFEST.read_text(encoding="utf-8").replace(
        f"- command: {_DEFAULT_WORD}\n", f"- command: {command}\n"
    )


def required_scopes() -> tuple[list[str], list[str]]:
    """The bot scopes that the manifest requires, and those that it asks for as optional."""
    import yaml  # noqa: PLC0415 - only doctor and the start need it, for a moment

    scopes = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))["oauth_config"]["scopes"]
    return list(scopes["bot"]), list(scopes["bot_optional"])


def missing_scopes(granted: Iterable[str]) -> list[str]:
    """The required scopes that were not granted; optional ones may be left out at will."""
    had = set(granted)
    return [scope for scope in required_scopes()[0] if scope not in had]
