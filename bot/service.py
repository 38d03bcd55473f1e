"""`turnabout run`: the bot until it is told to stop."""

from __future__ import annotations

import asyncio
import signal

from bot.app import Options, Turnabout
from bot.logs import set_up_logs
from bot.settings import load_settings


async def run_service(*, mode: str, sends: bool) -> None:
    """Start, serve until SIGTERM or SIGINT, stop in order.

    Raises:
        BotError: when it cannot start; one clear line each.
    """
    settings = load_settings({"mode": mode})
    set_up_logs(settings.log)
    turnabout = Turnabout(settings, Options(sends=sends))
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    try:
        await turnabout.start()
        await stopping.wait()
    finally:
        await turnabout.stop()
