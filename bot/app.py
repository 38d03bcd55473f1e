"""The one place where the program's objects are built and handed to each other. Opens nothing on import."""

from __future__ import annotations

import asyncio
import os
import random
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from bot.errors import BotError, DatabaseUnusableError, SlackAwayError, SlackRefusedError
from bot.keys import load_keys, load_vault
from bot.manifest import missing_scopes
from bot.setup_code import is_setup_code, setup_code
from bot.slack import SlackMessenger, make_client
from handlers import register_all
from handlers.guard import Door
from messages.errors import MessengerError, RefusedError
from messages.home import render_home
from messages.renderers import render
from messages.voices import Voices
from scheduling.dispatch import Sender
from scheduling.housekeeping import Housekeeping
from scheduling.matching import Matching
from scheduling.matching_worker import solve_in_worker
from scheduling.members import Members
from scheduling.planner import Planner
from scheduling.rescue import Rescue
from scheduling.ticks import Tick, Ticker
from storage.database import Storage, open_engine
from storage.errors import DatabaseAwayError, SchemaTooNewError, SchemaTooOldError
from storage.ids import Ids, RandomIds
from usecases.planning import PLANS
from usecases.upcoming import Upcoming, list_upcoming
from usecases.visits import ensure_workspace

if TYPE_CHECKING:
    from bot.settings import Settings

log = structlog.get_logger("turnabout")

CONNECT_SECONDS = 20


class Clock(Protocol):
    """Tells the present moment."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class Options:
    """How a process differs from the ordinary one.

    Attributes:
        clock: where the present moment comes from; a played one also replaces the database's clock for leases.
        ids: where ids come from.
        seed: for what is drawn by chance (the spread of retries).
        sends: False for a process that handles interactions and never sends.
        paced: False where Slack's ceiling is not to be kept, in measurements only.
        durable: False where the data may die with the machine.
        listens: False where envelopes are handed over in-process instead of by a socket.
        ticking: False where turns are called by hand instead of by the scheduler.
    """

    clock: Clock | None = None
    ids: Ids | None = None
    seed: int | None = None
    sends: bool = True
    paced: bool = True
    durable: bool = True
    listens: bool = True
    ticking: bool = True


class Turnabout:
    """The running program: what was built, started and stopped together."""

    def __init__(self, settings: Settings, options: Options | None = None) -> None:
        self.settings = settings
        self.options = options or Options()
        self.clock: Clock = self.options.clock or SystemClock()
        self.is_started = False
        played = self.options.clock is not None
        try:
            engine = open_engine(settings.database_url, durable=self.options.durable)
        except DatabaseAwayError as error:
            raise DatabaseUnusableError(str(error)) from error
        self.storage = Storage(
            engine=engine,
            vault=load_vault(settings),
            ids=self.options.ids or RandomIds(),
            lease_clock=self.clock.now if played else None,
        )
        self.voices = Voices(settings.command)
        self.owner = f"{socket.gethostname()}:{os.getpid()}" if not played else "played"
        self._session: aiohttp.ClientSession | None = None
        self._handler: AsyncSocketModeHandler | None = None

    async def start(self) -> None:
        """Check the database, ask Slack who we are, connect, and begin to tick.

        Raises:
            BotError: with one clear line for the operator.
        """
        await self._check_database()
        proxy = self.settings.proxy or None
        self._session = aiohttp.ClientSession()
        self.client = make_client(
            self.settings.bot_token, api_url=self.settings.api_url, session=self._session, proxy=proxy
        )
        self.messenger = SlackMessenger(self.client)
        self.workspace_id = await self._meet_slack()
        self.members = Members(self.storage, self.clock, self.messenger, self.workspace_id, self.team_id)
        self.sender = Sender(
            storage=self.storage,
            clock=self.clock,
            messenger=self.messenger,
            render=lambda facts: render(facts, self.voices),
            render_home=lambda facts: render_home(facts, self.voices),
            owner=self.owner,
            draws=random.Random(self.options.seed),  # noqa: S311 - spreads retries; nothing secret
            paced=self.options.paced,
            sends=self.options.sends,
        )
        self.planner = Planner(self.storage, self.clock, PLANS)
        self.rescue = Rescue(self.storage, self.clock)
        self.housekeeping = Housekeeping(self.storage, self.clock, self.messenger)
        self.matching = Matching(self.storage, self.clock, solve_in_worker, self.owner)
        self.ticker = Ticker(
            [
                Tick("planner", 5, 60, self.planner.turn),
                Tick("matching", 2, 960, self.matching.turn),
                Tick("sender", 1, 300, self.sender.turn),
                Tick("rescue", 15, 60, self.rescue.turn),
                Tick("members", 3600, 600, self.members.turn),
                Tick("housekeeping", 30, 120, self.housekeeping.turn),
            ]
        )
        keys = load_keys(self.settings)
        self.door = Door(
            storage=self.storage,
            clock=self.clock,
            messenger=self.messenger,
            voices=self.voices,
            meet=self.members.meet,
            wake=self.wake,
            workspace_id=self.workspace_id,
            setup_codes=lambda typed, now: is_setup_code(typed, keys[0], self.team_id, now),
        )
        register_all(self.door)
        self.bolt = AsyncApp(
            client=self.client,
            signing_secret=self.settings.signing_secret or None,
            process_before_response=True,
            ignoring_self_events_enabled=True,
        )
        self.door.attach(self.bolt, self.settings.command)
        if self.options.listens:
            await self._listen()
        if self.options.ticking:
            self.ticker.start()
        self.is_started = True
        log.info("started", workspace=self.workspace_id, owner=self.owner)

    async def _listen(self) -> None:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                # Slack's library would try a refused token again for ever; asked by us, the refusal has a name.
                await self.client.apps_connections_open(app_token=self.settings.app_token)
                self._handler = AsyncSocketModeHandler(
                    self.bolt,
                    self.settings.app_token,
                    proxy=self.settings.proxy or None,
                    web_client=self.client,
                )
                await self._handler.connect_async()
        except SlackApiError as error:
            code = error.response.get("error") or "no answer that could be read"
            raise SlackRefusedError(
                f"Slack does not accept SLACK_APP_TOKEN ({code}); copy an app-level token with connections:write "
                "from Basic Information, and check that Socket Mode is on"
            ) from error
        except (aiohttp.ClientError, OSError) as error:  # a timeout is an OSError too
            raise SlackAwayError(
                f"no socket to Slack can be opened ({type(error).__name__}); check network and proxy"
            ) from error

    async def is_listening(self) -> bool:
        """Whether the socket to Slack stands, as far as can be told from this side."""
        return self._handler is not None and await self._handler.client.is_connected()

    async def listen_again(self) -> None:
        """Give up the socket and open another; that it does not come about is seen at the next look."""
        if self._handler is not None:
            await self._handler.close_async()
        try:
            await self._listen()
        except BotError as error:
            log.warning("socket_not_renewed", reason=str(error))

    async def stop(self) -> None:
        """End the ticks, give back the sender's role, close what was opened."""
        if hasattr(self, "ticker"):
            await self.ticker.stop()
            await self.door.settled()
            await self.sender.stop()
        if self._handler is not None:
            await self._handler.close_async()
        if self._session is not None:
            await self._session.close()
        await self.storage.close()

    def wake(self) -> None:
        """Something was owed: plan and send soon instead of at the next interval."""
        self.ticker.wake("sender")

    async def turn(self) -> datetime | None:
        """Every tick once, at the clock's now; when to wake next."""
        return await self.ticker.run_all()

    async def settle(self) -> datetime | None:
        """Turn until nothing more is due at the clock's now; when something is due next."""
        while True:
            await self.door.settled()
            due = await self.turn()
            now = self.clock.now()
            if due is None or due > now:
                return due

    def setup_code(self) -> str:
        """Today's code by which the first coordinator is made; useless once there is one."""
        return setup_code(load_keys(self.settings)[0], self.team_id, self.clock.now().date())

    async def upcoming(self) -> list[Upcoming]:
        """What will happen next, soonest first; for whoever watches a rehearsal."""
        return await list_upcoming(self.storage)

    async def _check_database(self) -> None:
        from bot.backup import bring_up  # noqa: PLC0415 - Alembic is heavy, and needed for a moment only
        from storage import migrate  # noqa: PLC0415 - as above

        try:
            if self.settings.database_url.startswith("sqlite"):
                await bring_up(self.storage, self.settings)
            await migrate.check(self.storage.engine)
            await migrate.check_writable(self.storage.engine)
        except (SchemaTooNewError, SchemaTooOldError) as error:
            raise DatabaseUnusableError(str(error)) from error
        except DatabaseAwayError as error:
            raise DatabaseUnusableError(
                f"the database at TURNABOUT_DATABASE_URL cannot be used: {error}"
            ) from error

    async def _meet_slack(self) -> str:
        try:
            who = await self.messenger.identify()
        except RefusedError as error:
            raise SlackRefusedError(
                f"Slack does not accept SLACK_BOT_TOKEN ({error.code}); reinstall the app and copy its bot token"
            ) from error
        except MessengerError as error:
            raise SlackAwayError(
                f"Slack cannot be reached at {self.settings.api_url} ({error.reason}); check network and proxy"
            ) from error
        missing = missing_scopes(who.scopes)
        if missing:
            raise SlackRefusedError(
                f"the Slack app lacks the scopes {', '.join(missing)}; paste the output of `turnabout manifest` into "
                "the app's manifest, then reinstall it"
            )
        self.team_id = who.team_id
        return await ensure_workspace(
            self.storage,
            slack_team_id=who.team_id,
            name=who.team,
            bot_user_id=who.user_id,
            now=self.clock.now(),
        )
