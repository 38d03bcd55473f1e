"""What the tests of the sandbox share: a manifest, some people, clients, and short forms of blocks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from sandbox.server import StandIn

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def manifest(
    *more_scopes: str, without: str = "", events: tuple[str, ...] = (), **changed: Any
) -> dict[str, Any]:
    scopes = ["commands", "chat:write", "im:write", "mpim:write", "users:read", *more_scopes]
    made: dict[str, Any] = {
        "display_information": {"name": "Turnabout"},
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": "turnabout"},
            "slash_commands": [
                {"command": "/mentoring", "description": "Mentoring"},
                {"command": "/pair", "description": "Names people", "should_escape": True},
            ],
        },
        "oauth_config": {
            "scopes": {"bot": [one for one in scopes if one != without], "bot_optional": ["files:write"]}
        },
        "settings": {
            "event_subscriptions": {"bot_events": ["app_home_opened", "team_join", "user_change", *events]},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
        },
    }
    made["features"]["app_home"] |= changed.pop("app_home", {})
    made["settings"] |= changed
    return made


def populate(slack: StandIn) -> None:
    slack.people.add("ada", "Ada Berg", title="Engineer", tz="Europe/Berlin", locale="de-DE")
    slack.people.add("mara", "Mara Lind", title="Product Operations", tz="Europe/Stockholm")
    slack.people.add("tom", "Tom Okoro", title="Director", tz="Europe/London")
    slack.workspace.add_channel("general", [one.id for one in slack.people])


def client_of(slack: StandIn, token: str | None = None) -> AsyncWebClient:
    return AsyncWebClient(
        token=slack.bot_token if token is None else token, base_url=slack.api_url, retry_handlers=[]
    )


def app_of(slack: StandIn, **settings: Any) -> AsyncApp:
    return AsyncApp(client=client_of(slack), process_before_response=True, **settings)


def text(words: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": words}


def section(words: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": words}, **more}


def button(label: str, action_id: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": text(label), "action_id": action_id, **more}


def actions(*elements: dict[str, Any], block_id: str = "row") -> dict[str, Any]:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def option(words: str, value: str) -> dict[str, Any]:
    return {"text": text(words), "value": value}


def field(label: str, element: dict[str, Any], block_id: str, **more: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": block_id, "label": text(label), "element": element, **more}


def modal(*blocks: dict[str, Any], title: str = "Join", **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "join",
        "title": text(title),
        "submit": text("Save"),
        "blocks": list(blocks),
        **more,
    }


def goal_modal(**more: Any) -> dict[str, Any]:
    return modal(field("Goal", {"type": "plain_text_input", "action_id": "goal"}, "goal"), **more)


def home(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "home", "blocks": list(blocks), **more}


async def refused(call: Awaitable[Any]) -> Any:
    """Return Slack's reply to a call that it refuses."""
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response


async def code_of(call: Awaitable[Any]) -> str:
    """Return the error code with which a call is refused."""
    return (await refused(call))["error"]


def events(slack: StandIn, kind: str) -> list[dict[str, Any]]:
    """Return the inner events of one type that were sent."""
    return [entry.args["payload"]["event"] for entry in slack.journal.entries("envelope", kind)]


class Recorder:
    """Takes envelopes in process; answers each with what was prepared for its type, else with a bare yes."""

    def __init__(self, slack: StandIn) -> None:
        self.frames: list[dict[str, Any]] = []
        self.answers: dict[str, Any] = {}
        slack.hand_over(self.take)

    async def take(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        self.frames.append(frame)
        payload = frame["payload"]
        answer = self.answers.get(payload.get("type", "command"), {})
        if answer is None:
            return None
        if callable(answer):
            answer = await answer(payload)
        return {"envelope_id": frame["envelope_id"], **({"payload": answer} if answer else {})}

    @property
    def last(self) -> dict[str, Any]:
        return self.frames[-1]["payload"]
