"""`turnabout sandbox`: the stand-in, its page and the real bot in one process, on this machine only."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import tempfile
import webbrowser
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from bot.app import Options, Turnabout
from bot.errors import BotError, PortTakenError
from bot.logs import set_up_logs
from bot.settings import load_settings
from sandbox.clock import MovableClock, RealClock
from sandbox.journal import Journal
from sandbox.page.routes import Page
from sandbox.page.screen import Due
from sandbox.rates import Rates
from sandbox.sample import CHANNEL, fill, fill_from_file
from sandbox.server import StandIn

if TYPE_CHECKING:
    from collections.abc import Sequence

console = Console()

# A working day's morning in every zone of the sample people, so that a first message need not wait for hours.
_FIRST_HOUR = 9


def next_working_morning(now: datetime) -> datetime:
    """Where a fresh sandbox's clock starts: the same day's or the next working day's morning, 09:00 UTC."""
    day = now.replace(hour=_FIRST_HOUR, minute=0, second=0, microsecond=0)
    while day < now or day.weekday() >= 5:
        day += timedelta(days=1)
    return day


class Rehearsal:
    """The bot beside its stand-in, and time that goes from one due moment to the next."""

    def __init__(self, clock: MovableClock) -> None:
        self.bot: Turnabout | None = None  # the page stands before the bot, which needs the page's address
        self._clock = clock

    async def advance(self, target: datetime) -> None:
        """Let time pass until `target`; what falls due on the way happens at its moment."""
        if self.bot is None:
            return
        while True:
            due = await self.bot.settle()
            if due is None or due >= target:
                break
            if due > self._clock.now():
                self._clock.jump_to(due)
        if target > self._clock.now():
            self._clock.jump_to(target)
        await self.bot.settle()

    async def due(self) -> Sequence[Due]:
        """What the bot will do next, earliest first."""
        if self.bot is None:
            return []
        return [Due(one.at, one.what, one.whom) for one in await self.bot.upcoming()]


async def run_sandbox(
    *,
    people: Path | None,
    port: int,
    database: str,
    fresh: bool,
    opens_browser: bool,
    journal: Path | None,
) -> None:
    """Open a workspace in the browser and keep it until it is interrupted.

    Raises:
        BotError: when the port is taken, the people file is faulty, or the database is in use for something else.
    """
    if people is not None:
        raise BotError(
            "--people is not available in this release; start without it to play with sample people"
        )
    if fresh and database:
        raise BotError("--fresh does not empty a database of yours; name an empty one with --database")
    set_up_logs("warning console")
    clock = MovableClock(next_working_morning(RealClock().now()), running=True)
    with tempfile.TemporaryDirectory(prefix="turnabout-sandbox-") as folder:
        stand_in = StandIn(
            clock=clock,
            limits_clock=RealClock(),
            port=port,
            rates=Rates(clock),
            journal=Journal(clock, path=journal, keep=False),
        )
        if people is None:
            fill(stand_in.workspace)
        else:
            fill_from_file(stand_in.workspace, people)
        database_url = database or f"sqlite:///{Path(folder) / 'data' / 'turnabout.db'}"
        rehearsal = Rehearsal(clock)
        Page(stand_in, advance=rehearsal.advance, due=rehearsal.due).add_to(stand_in.app)
        try:
            await stand_in.start()
        except OSError as error:
            raise PortTakenError(
                f"port {port} on this machine is taken by another program; choose one with --port"
            ) from error
        try:
            settings = load_settings({**stand_in.environment, "TURNABOUT_DATABASE_URL": database_url})
            bot = rehearsal.bot = Turnabout(settings, Options(clock=clock, durable=False))
            await bot.start()
            await stand_in.sockets.connected()
            _greet(stand_in.url, bot.setup_code())
            if opens_browser:
                webbrowser.open(stand_in.url)
            await _until_interrupted()
        finally:
            if rehearsal.bot is not None:
                await rehearsal.bot.stop()
            await stand_in.stop()


def _greet(url: str, code: str) -> None:
    console.print(f"\n[bold]Turnabout's sandbox is open:[/bold] {url}\n")
    console.print(
        "Nothing leaves this machine. To begin, as Priya or whoever coordinates, type into the command box:"
    )
    console.print(f"    /mentoring setup {code}")
    console.print(f"The program's channel is #{CHANNEL}. Stop with Ctrl+C.\n")


async def _until_interrupted() -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # not every platform has them
            loop.add_signal_handler(number, stopping.set)
    await stopping.wait()
