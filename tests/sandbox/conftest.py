"""A workspace with a few people, and a small Bolt app that talks to it through Slack's own libraries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler

from sandbox.clock import MovableClock
from sandbox.server import StandIn
from tests.sandbox.kit import START, app_of, client_of, manifest, populate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_bolt.app.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(START)


@pytest.fixture
async def slack(clock: MovableClock) -> AsyncIterator[StandIn]:
    async with StandIn(clock=clock, manifest=manifest(), seed=7, ack_seconds=0.3) as stand_in:
        populate(stand_in)
        yield stand_in


@pytest.fixture
def client(slack: StandIn) -> AsyncWebClient:
    return client_of(slack)


@pytest.fixture
async def app(slack: StandIn) -> AsyncIterator[AsyncApp]:
    """A Bolt app over a real socket; tests add their listeners to it."""
    bolt = app_of(slack)
    handler = AsyncSocketModeHandler(bolt, slack.app_token)
    await handler.connect_async()
    await slack.sockets.connected()
    yield bolt
    await handler.close_async()
