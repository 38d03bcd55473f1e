"""What the manifest of an app grants and switches on once it is installed; the stand-in refuses the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

EVENT_SCOPES: dict[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "app_uninstalled": (),
    "tokens_revoked": (),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "team_join": ("users:read",),
    "user_change": ("users:read",),
}
"""The events the stand-in can send, and the scopes of which one must be granted."""


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command as the manifest declares it."""

    word: str
    description: str
    usage_hint: str
    escapes: bool


@dataclass(frozen=True, slots=True)
class Installation:
    """The app as a workspace sees it."""

    name: str
    scopes: tuple[str, ...]
    events: frozenset[str]
    commands: tuple[Command, ...]
    has_home: bool
    has_messages: bool
    messages_read_only: bool
    is_interactive: bool
    has_socket: bool

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> Installation:
        """Read a manifest: required and optional scopes are both granted, as an installer does who agrees."""
        features = manifest.get("features", {})
        settings = manifest.get("settings", {})
        scopes = manifest.get("oauth_config", {}).get("scopes", {})
        home = features.get("app_home", {})
        return cls(
            name=features.get("bot_user", {}).get(
                "display_name", manifest["display_information"]["name"].lower()
            ),
            scopes=tuple(dict.fromkeys((*scopes.get("bot", ()), *scopes.get("bot_optional", ())))),
            events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", ())),
            commands=tuple(_command(row) for row in features.get("slash_commands", ())),
            has_home=home.get("home_tab_enabled", False),
            has_messages=home.get("messages_tab_enabled", True),
            messages_read_only=home.get("messages_tab_read_only_enabled", False),
            is_interactive=settings.get("interactivity", {}).get("is_enabled", False),
            has_socket=settings.get("socket_mode_enabled", False),
        )

    @classmethod
    def read(cls, path: Path) -> Installation:
        """Read a manifest from a YAML file."""
        return cls.of(yaml.safe_load(path.read_text(encoding="utf-8")))

    def grants(self, *scopes: str) -> bool:
        """Whether one of `scopes` was granted, or none is asked for."""
        return not scopes or any(scope in self.scopes for scope in scopes)

    def hears(self, event: str) -> bool:
        """Whether Slack would send this event: subscribed to, and its scope granted."""
        return event in self.events and self.grants(*EVENT_SCOPES[event])

    def command(self, word: str) -> Command | None:
        """Return the slash command of that word, such as `/mentoring`."""
        return next((command for command in self.commands if command.word == word), None)


def _command(row: Mapping[str, Any]) -> Command:
    return Command(
        word=row["command"],
        description=row.get("description", ""),
        usage_hint=row.get("usage_hint", ""),
        escapes=row.get("should_escape", False),
    )
