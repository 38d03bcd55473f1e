"""`turnabout run`: the bot until it is told to stop, with its health server and the watch over its socket."""

from __future__ import annotations

import asyncio
import signal
import time
from dataclasses import dataclass

import structlog

from bot.app import Options, Turnabout
from bot.errors import SlackAwayError
from bot.health import HealthServer
from bot.logs import set_up_logs
from bot.settings import load_settings
from usecases.operating import end_life, show_life

log = structlog.get_logger("turnabout.service")


@dataclass(frozen=True, slots=True)
class Watch:
    """How long a dead socket is borne, in seconds.

    Attributes:
        every_seconds: how often it is looked at.
        renew_after_seconds: until a new connection is made; Slack's library tries by itself before that.
        give_up_after_seconds: until the process ends, so that whoever runs it starts a fresh one.
        life_seconds: how often this process writes down that it runs.
    """

    every_seconds: float = 5
    renew_after_seconds: float = 60
    give_up_after_seconds: float = 300
    life_seconds: float = 30


async def run_service(*, mode: str, sends: bool, watch: Watch | None = None) -> None:
    """Start, serve until SIGTERM or SIGINT, stop in order.

    Raises:
        BotError: when it cannot start or go on; one clear line each.
    """
    settings = load_settings(mode=mode)
    set_up_logs(settings.log)
    turnabout = Turnabout(settings, Options(sends=sends, listens=mode == "socket"))
    health = HealthServer(turnabout, takes_events=mode == "http")
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    try:
        await health.start()
        await turnabout.start()
        await _serve(turnabout, stopping, watch or Watch(), has_socket=mode == "socket")
    finally:
        await health.stop()
        await turnabout.stop()


async def _serve(turnabout: Turnabout, stopping: asyncio.Event, watch: Watch, *, has_socket: bool) -> None:
    """Wait for the word to stop; meanwhile look after the socket and show signs of life.

    Raises:
        SlackAwayError: when the socket stays dead.
    """
    heard_at = renewed_at = time.monotonic()
    shown_at = float("-inf")
    while not stopping.is_set():
        now = time.monotonic()
        if now - shown_at >= watch.life_seconds and await _show_life(turnabout):
            shown_at = now
        if not has_socket or await turnabout.is_listening():
            heard_at = renewed_at = now
        elif now - heard_at >= watch.give_up_after_seconds:
            raise SlackAwayError(
                f"the socket to Slack is dead for {round(now - heard_at)} seconds and cannot be renewed; "
                "check network and proxy, then start again"
            )
        elif now - renewed_at >= watch.renew_after_seconds:
            renewed_at = now
            log.warning("socket_renewed", dead_for_seconds=round(now - heard_at))
            await turnabout.listen_again()
        try:
            async with asyncio.timeout(watch.every_seconds):
                await stopping.wait()
        except TimeoutError:
            continue
    await end_life(turnabout.storage, turnabout.owner)


async def _show_life(turnabout: Turnabout) -> bool:
    try:
        await show_life(turnabout.storage, turnabout.owner, turnabout.clock.now())
    except Exception:
        # A database that is away for a while is the ticks' business and readiness shows it.
        log.exception("sign_of_life_failed")
        return False
    return True
