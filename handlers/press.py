"""A press: what somebody did in Slack, read from the payload into plain values. Nothing in it grants a right."""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class PressKind(enum.StrEnum):
    """The shapes of what Slack delivers."""

    COMMAND = "command"
    ACTION = "action"
    SUBMISSION = "submission"
    CLOSING = "closing"
    OPTIONS = "options"
    EVENT = "event"


class Surface(enum.StrEnum):
    """Where it happened."""

    COMMAND = "command"
    MESSAGE = "message"
    MODAL = "modal"
    HOME = "home"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Press:
    """One command, click, submission or event.

    Attributes:
        key: the same for the same press delivered twice.
        team_id, user_id: Slack's ids, signed by Slack; the only identity there is.
        app_id: Slack's id of this app, for links to its Home.
        text: what stood after the subcommand, or was typed into a select.
        value: the value of a button or of the chosen option.
        values: the values of all chosen options.
        state: what a view's inputs hold, as Slack sends it.
        reference: our own row id that a view carries (its private metadata); checked against the person.
    """

    kind: PressKind
    surface: Surface
    key: str
    team_id: str
    user_id: str
    app_id: str = ""
    name: str = ""
    text: str = ""
    value: str = ""
    values: tuple[str, ...] = ()
    trigger_id: str = ""
    channel_id: str = ""
    message_ts: str = ""
    view_id: str = ""
    view_hash: str = ""
    callback_id: str = ""
    reference: str = ""
    state: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    blocks: tuple[Mapping[str, Any], ...] = ()
    event: Mapping[str, Any] = field(default_factory=dict)

    def input(self, block_id: str) -> Mapping[str, Any]:
        """What the input block holds: its single element's state; empty when the block is not there."""
        for element in self.state.get(block_id, {}).values():
            return element
        return {}

    def typed(self, block_id: str) -> str:
        """The text typed into an input block, without surrounding blanks."""
        return str(self.input(block_id).get("value") or "").strip()

    def chosen(self, block_id: str) -> str:
        """The value chosen in an input block (select, radio buttons, picker, person or channel)."""
        return chosen_value(self.input(block_id))

    def chosen_all(self, block_id: str) -> tuple[str, ...]:
        """The values chosen in a multi-select or in checkboxes."""
        return chosen_values(self.input(block_id))


def chosen_value(element: Mapping[str, Any]) -> str:
    """The one value an element holds, whatever its kind."""
    option = element.get("selected_option")
    if isinstance(option, dict):
        return str(option.get("value", ""))
    for name in (
        "selected_user",
        "selected_channel",
        "selected_conversation",
        "selected_date",
        "selected_time",
        "selected_date_time",
        "value",
    ):
        if element.get(name) is not None:
            return str(element[name])
    return ""


def chosen_values(element: Mapping[str, Any]) -> tuple[str, ...]:
    """All values an element holds."""
    options = element.get("selected_options")
    if isinstance(options, list):
        return tuple(str(option.get("value", "")) for option in options)
    for name in ("selected_users", "selected_channels", "selected_conversations"):
        if isinstance(element.get(name), list):
            return tuple(str(item) for item in element[name])
    one = chosen_value(element)
    return (one,) if one else ()


def from_command(body: Mapping[str, Any]) -> Press:
    """A slash command; its first word is the subcommand, the rest its text."""
    words = str(body.get("text") or "").strip().split(maxsplit=1)
    return Press(
        kind=PressKind.COMMAND,
        surface=Surface.COMMAND,
        key=f"command:{body.get('trigger_id', '')}",
        team_id=str(body.get("team_id", "")),
        user_id=str(body.get("user_id", "")),
        app_id=str(body.get("api_app_id") or ""),
        name=words[0].lower() if words else "",
        text=words[1] if len(words) > 1 else "",
        trigger_id=str(body.get("trigger_id", "")),
        channel_id=str(body.get("channel_id", "")),
    )


def from_action(body: Mapping[str, Any]) -> Press:
    """A click or choice in a message, a modal or on Home."""
    action = (body.get("actions") or [{}])[0]
    container = body.get("container") or {}
    view = body.get("view") or {}
    message_ts = str(container.get("message_ts") or "")
    view_id = str(container.get("view_id") or view.get("id") or "")
    surface = Surface.MESSAGE
    if view_id:
        surface = Surface.HOME if view.get("type") == "home" else Surface.MODAL
    state = (view.get("state") or body.get("state") or {}).get("values") or {}
    key = ":".join(
        str(part)
        for part in (
            "action",
            _user(body),
            container.get("channel_id") or "",
            message_ts or view_id,
            action.get("block_id"),
            action.get("action_id"),
            action.get("action_ts"),
        )
    )
    return Press(
        kind=PressKind.ACTION,
        surface=surface,
        key=_digest(key),
        team_id=_team(body),
        user_id=_user(body),
        app_id=str(body.get("api_app_id") or ""),
        name=str(action.get("action_id", "")),
        value=chosen_value(action),
        values=chosen_values(action),
        trigger_id=str(body.get("trigger_id", "")),
        channel_id=str(container.get("channel_id") or ""),
        message_ts=message_ts,
        view_id=view_id,
        view_hash=str(view.get("hash") or ""),
        callback_id=str(view.get("callback_id") or ""),
        reference=str(view.get("private_metadata") or ""),
        state=state,
        blocks=tuple(view.get("blocks") or ()),
    )


def from_view(body: Mapping[str, Any], kind: PressKind) -> Press:
    """A modal submitted or closed."""
    view = body.get("view") or {}
    key = (
        f"submission:{view.get('id')}:{view.get('hash')}:{_user(body)}"
        if kind is PressKind.SUBMISSION
        else f"closing:{view.get('id')}:{body.get('is_cleared')}"
    )
    return Press(
        kind=kind,
        surface=Surface.MODAL,
        key=_digest(key),
        team_id=_team(body),
        user_id=_user(body),
        app_id=str(body.get("api_app_id") or ""),
        name=str(view.get("callback_id") or ""),
        trigger_id=str(body.get("trigger_id", "")),
        view_id=str(view.get("id") or ""),
        view_hash=str(view.get("hash") or ""),
        callback_id=str(view.get("callback_id") or ""),
        reference=str(view.get("private_metadata") or ""),
        state=(view.get("state") or {}).get("values") or {},
        blocks=tuple(view.get("blocks") or ()),
    )


def from_options(body: Mapping[str, Any]) -> Press:
    """A select that asks for its options while somebody types."""
    view = body.get("view") or {}
    return Press(
        kind=PressKind.OPTIONS,
        surface=Surface.MODAL if view else Surface.MESSAGE,
        key="",
        team_id=_team(body),
        user_id=_user(body),
        app_id=str(body.get("api_app_id") or ""),
        name=str(body.get("action_id") or ""),
        text=str(body.get("value") or ""),
        view_id=str(view.get("id") or ""),
        reference=str(view.get("private_metadata") or ""),
    )


def from_event(body: Mapping[str, Any]) -> Press:
    """An event; whoever it is about is in `user_id`."""
    event = body.get("event") or {}
    user = event.get("user")
    user_id = user.get("id", "") if isinstance(user, dict) else user
    return Press(
        kind=PressKind.EVENT,
        surface=Surface.NONE,
        key=f"event:{body.get('event_id', '')}",
        team_id=str(body.get("team_id", "")),
        user_id=str(user_id or ""),
        name=str(event.get("type") or ""),
        event=event,
    )


def _team(body: Mapping[str, Any]) -> str:
    team = body.get("team") or {}
    return str(team.get("id") or (body.get("user") or {}).get("team_id") or "")


def _user(body: Mapping[str, Any]) -> str:
    return str((body.get("user") or {}).get("id") or "")


def _digest(key: str) -> str:
    # Ids in views are ours or Slack's but of any length; the key column stays short.
    kind, _, rest = key.partition(":")
    return f"{kind}:{hashlib.sha256(rest.encode()).hexdigest()[:40]}"
