"""The small server for whoever watches the process: alive, ready, figures. In HTTP mode Slack's requests come here too.

It shows counts, ages and reasons; never a name, an id of a person or a text.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request

from bot.errors import PortTakenError
from usecases.operating import look

if TYPE_CHECKING:
    from bot.app import Turnabout
    from usecases.operating import Standing

EVENTS_PATH = "/slack/events"
DEAD_AFTER = timedelta(seconds=90)
_LAG_SAMPLE_SECONDS = 1.0
_ASK_DATABASE_SECONDS = 5


class HealthServer:
    """Answers at TURNABOUT_HTTP.

    Args:
        turnabout: the bot, started or about to be.
        takes_events: whether Slack's requests are taken here (HTTP mode), else they come by socket.
    """

    def __init__(self, turnabout: Turnabout, *, takes_events: bool) -> None:
        self._bot = turnabout
        self._takes_events = takes_events
        self._began_at = datetime.now(UTC)
        self._lag = 0.0
        self._runner: web.AppRunner | None = None
        self._sampling: asyncio.Task[None] | None = None
        self.app = web.Application()
        self.app.router.add_get("/live", self._on_live)
        self.app.router.add_get("/ready", self._on_ready)
        self.app.router.add_get("/metrics", self._on_metrics)
        if takes_events:
            self.app.router.add_post(EVENTS_PATH, self._on_slack)

    async def start(self) -> None:
        """Listen.

        Raises:
            PortTakenError: when somebody else does already, or the address is not ours.
        """
        settings = self._bot.settings
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=5.0)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, settings.health_host, settings.health_port).start()
        except OSError as error:
            raise PortTakenError(
                f"TURNABOUT_HTTP: cannot listen on {settings.http} ({error.strerror or error}); "
                "stop the other program or choose another port"
            ) from error
        self._sampling = asyncio.create_task(self._sample_lag())

    async def stop(self) -> None:
        """Stop listening."""
        if self._sampling is not None:
            self._sampling.cancel()
            await asyncio.gather(self._sampling, return_exceptions=True)
        if self._runner is not None:
            await self._runner.cleanup()

    async def reasons_not_ready(self) -> list[str]:
        """Why this process should get no work; empty when it may."""
        if not self._bot.is_started:
            return ["starting"]
        reasons = [f"tick {tick.name} is late" for tick in self._bot.ticker.ticks if tick.is_late(_now())]
        if not self._takes_events and not await self._bot.is_listening():
            reasons.append("the socket to Slack is not connected")
        if self._bot.sender.stopped_cause is not None:
            reasons.append(f"Slack refuses our token ({self._bot.sender.stopped_cause})")
        if await self._standing() is None:
            reasons.append("the database does not answer")
        return reasons

    def is_alive(self) -> bool:
        """Whether any tick came to its end in the last 90 seconds; without one, only a restart helps."""
        beats = (
            [tick.beat_at for tick in self._bot.ticker.ticks if tick.beat_at] if self._bot.is_started else []
        )
        return _now() - max([*beats, self._began_at]) < DEAD_AFTER

    async def _on_live(self, _request: web.Request) -> web.Response:
        alive = self.is_alive()
        return web.json_response({"alive": alive}, status=200 if alive else 503)

    async def _on_ready(self, _request: web.Request) -> web.Response:
        reasons = await self.reasons_not_ready()
        return web.json_response({"ready": not reasons, "reasons": reasons}, status=503 if reasons else 200)

    async def _on_metrics(self, _request: web.Request) -> web.Response:
        registry = CollectorRegistry()
        ready = Gauge("turnabout_ready", "1 when /ready is green.", registry=registry)
        ready.set(not await self.reasons_not_ready())
        lag = Gauge("turnabout_loop_lag_seconds", "How late the event loop was, lately.", registry=registry)
        lag.set(self._lag)
        if self._bot.is_started:
            self._measure_ticks(registry)
            standing = await self._standing()
            if standing is not None:
                _measure_deliveries(registry, standing)
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    def _measure_ticks(self, registry: CollectorRegistry) -> None:
        age = Gauge("turnabout_tick_age_seconds", "Since a tick last succeeded.", ["tick"], registry=registry)
        failures = Gauge("turnabout_tick_failures", "Failures in a row.", ["tick"], registry=registry)
        for tick in self._bot.ticker.ticks:
            age.labels(tick.name).set((_now() - (tick.beat_at or self._began_at)).total_seconds())
            failures.labels(tick.name).set(tick.failures)

    async def _standing(self) -> Standing | None:
        try:
            async with asyncio.timeout(_ASK_DATABASE_SECONDS):
                return await look(self._bot.storage, _now())
        except Exception:  # noqa: BLE001 - whatever the driver raises, the answer is: it does not answer
            return None

    async def _on_slack(self, request: web.Request) -> web.Response:
        if not self._bot.is_started:
            return web.Response(status=503)
        # Bolt compares the signature and the age of each request before any listener sees it.
        return await to_aiohttp_response(await self._bot.bolt.async_dispatch(await to_bolt_request(request)))

    async def _sample_lag(self) -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(_LAG_SAMPLE_SECONDS)
            # The worst of late is kept for a while, so that a scrape every half minute still sees it.
            self._lag = max(time.monotonic() - before - _LAG_SAMPLE_SECONDS, self._lag * 0.95, 0.0)


def _measure_deliveries(registry: CollectorRegistry, standing: Standing) -> None:
    count = Gauge("turnabout_deliveries", "Deliveries on record.", ["state"], registry=registry)
    for state, number in standing.counts.items():
        count.labels(state).set(number)
    oldest = Gauge("turnabout_oldest_due_seconds", "How long the oldest waits.", registry=registry)
    if standing.next_due_at is not None:
        oldest.set(max((_now() - standing.next_due_at).total_seconds(), 0.0))


def _now() -> datetime:
    return datetime.now(UTC)
