"""The stand-in as one server on loopback: everything in this package, put together and started."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import aiohttp
from aiohttp import web

from sandbox.clock import MovableClock
from sandbox.faults import Faults
from sandbox.installation import Installation
from sandbox.interactions import Interactions
from sandbox.journal import Journal
from sandbox.people import People, Someone
from sandbox.rates import Rates
from sandbox.sockets import ACK_SECONDS, Deliveries, HttpLine, InProcessLine, SocketLine, bolt_handler
from sandbox.web_api import WebApi
from sandbox.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from slack_bolt.app.async_app import AsyncApp

    from sandbox.clock import Clock
    from sandbox.elements import Json

MANIFEST = Path(__file__).resolve().parent.parent / "manifest.yml"
LARGEST_REQUEST = 64 * 1024 * 1024
TURN_SECONDS = 0.2


class StandIn:
    """A Slack workspace at an address on this machine; use as `async with StandIn(...) as slack`.

    Args:
        clock: the time of the workspace; one that stands still now unless given
        limits_clock: the time of trigger ids, response URLs and rates: the real one while people watch
        manifest: the app as installed: a dict, a YAML file, or the product's own
        seed: of ids and chances; the same seed and the same acts give the same journal
        port: 0 takes any that is free
        rates: what is limited; Slack's planning figures unless given
        ack_seconds: how long an answer is waited for over a socket or HTTP
        turns_by_itself: whether repeats and refreshes happen without `turn()`; so while the clock runs
    """

    def __init__(
        self,
        *,
        clock: MovableClock | None = None,
        limits_clock: Clock | None = None,
        manifest: Mapping[str, Any] | Path = MANIFEST,
        seed: int = 0,
        port: int = 0,
        rates: Rates | None = None,
        faults: Faults | None = None,
        journal: Journal | None = None,
        ack_seconds: float = ACK_SECONDS,
        turns_by_itself: bool | None = None,
    ) -> None:
        self.clock = clock or MovableClock()
        installation = (
            Installation.read(manifest) if isinstance(manifest, Path) else Installation.of(manifest)
        )
        self.workspace = Workspace(self.clock, installation, limits_clock=limits_clock, seed=seed)
        ids = self.workspace.ids
        self.bot_token = f"xoxb-{ids.number()}-{ids.number()}-{ids.token(24)}"
        self.app_token = f"xapp-1-{self.workspace.app_id}-{ids.number()}-{ids.token(64)}"
        self.signing_secret = ids.token(32)
        self.journal = journal or Journal(self.clock)
        self.rates = rates or Rates(self.workspace.limits_clock)
        self.faults = faults or Faults(seed)
        self.deliveries = Deliveries(self.workspace, self.journal, self.faults)
        self.sockets = SocketLine(self.workspace, self.journal, ack_seconds=ack_seconds)
        self.deliveries.line = self.sockets
        self.interactions = Interactions(self.workspace, self.deliveries, self.journal)
        self.people = People(self.workspace, self.interactions)
        self.app = web.Application(client_max_size=LARGEST_REQUEST)
        """Routes of the page may be added to it before the start."""
        self._port = port
        self._ack_seconds = ack_seconds
        self._turns_by_itself = self.clock.is_running if turns_by_itself is None else turns_by_itself
        self._runner: web.AppRunner | None = None
        self._listening: web.TCPSite | None = None
        self._session: aiohttp.ClientSession | None = None
        self._turning: asyncio.Task[None] | None = None
        WebApi(
            self.workspace,
            self.journal,
            self.rates,
            self.faults,
            self.sockets.new_address,
            bot_token=self.bot_token,
            app_token=self.app_token,
        ).add_routes(self.app)
        self.sockets.add_routes(self.app)
        self.clock.listen(self._on_jump)

    # Addresses.

    @property
    def url(self) -> str:
        """Return the address of the stand-in, without a slash at the end."""
        return self.workspace.base_url

    @property
    def api_url(self) -> str:
        """Return what the bot takes as SLACK_API_URL."""
        return f"{self.url}/api/"

    @property
    def environment(self) -> dict[str, str]:
        """Return the settings a bot needs to talk to this stand-in instead of Slack."""
        return {
            "SLACK_API_URL": self.api_url,
            "SLACK_BOT_TOKEN": self.bot_token,
            "SLACK_APP_TOKEN": self.app_token,
            "SLACK_SIGNING_SECRET": self.signing_secret,
        }

    def person(self, name: str) -> Someone:
        """Return somebody to act for, by handle or id."""
        return self.people[name]

    # Start and stop.

    async def __aenter__(self) -> Self:
        """Start to listen."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    async def start(self) -> None:
        """Listen on loopback."""
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await self._listen()
        if self._turns_by_itself:
            self._turning = asyncio.create_task(self._keep_turning())

    async def stop(self) -> None:
        """Close sockets, connections, port and file."""
        if self._turning is not None:
            self._turning.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._turning
            self._turning = None
        await self.sockets.close()
        if self._session is not None:
            await self._session.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self.journal.close()

    async def _listen(self) -> None:
        if self._runner is None:
            raise RuntimeError("start the stand-in first")
        self._listening = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await self._listening.start()
        self._port = self._runner.addresses[0][1]
        self.workspace.base_url = f"http://127.0.0.1:{self._port}"
        self.journal.listens_on(f"127.0.0.1:{self._port}")

    async def refuse_connections(self) -> None:
        """Stop to listen, as when the network to Slack is gone: calls are refused, sockets break."""
        if self._listening is not None:
            await self._listening.stop()
            self._listening = None
        if self._runner is not None and self._runner.server is not None:
            for connection in self._runner.server.connections:
                if connection.transport is not None:
                    connection.transport.abort()

    async def accept_connections(self) -> None:
        """Listen again at the same address."""
        if self._listening is None:
            await self._listen()

    # How the bot is reached.

    def hand_over(self, handler: Callable[[Json], Awaitable[Json | None]]) -> None:
        """Give envelopes to a callable in this process instead of a socket."""
        self.deliveries.line = InProcessLine(handler)

    def hand_over_to(self, app: AsyncApp) -> None:
        """Give envelopes to a Bolt app in this process, as its Socket Mode handler would."""
        self.hand_over(bolt_handler(app))

    def post_to(self, url: str) -> None:
        """Deliver by signed HTTP to a request URL instead of a socket.

        Signatures carry the time of the limits; a bot that checks their age on the machine's clock needs
        a stand-in whose `limits_clock` is the real one.
        """
        if self._session is None:
            self._session = aiohttp.ClientSession()
        self.deliveries.line = HttpLine(
            self.workspace, self._session, url, self.signing_secret, ack_seconds=self._ack_seconds
        )

    # Time.

    async def turn(self) -> datetime | None:
        """Do what is due at the clock's now; returns when something is due next, or None."""
        await self.sockets.turn()
        await self.deliveries.turn()
        return self.deliveries.next_due_at()

    async def _keep_turning(self) -> None:
        while True:
            await self.turn()
            await asyncio.sleep(TURN_SECONDS)

    def _on_jump(self, before: datetime, after: datetime) -> None:
        self.journal.write("clock", "jump", {"from": before.isoformat(), "to": after.isoformat()})
