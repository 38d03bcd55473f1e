"""`turnabout simulate`: a whole program played at full speed, from one due moment to the next, in one process."""

from __future__ import annotations

import json
import logging
import random
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from bot.errors import BotError
from bot.played import played_bot, record_of
from mentoring.calendar import WorkingTime, guess_country, local_date, next_working_moment
from sandbox import elements
from sandbox.clock import MovableClock
from sandbox.errors import SandboxError
from sandbox.faults import Faults
from sandbox.invariants import Reader, WatchedJournal, count
from sandbox.populations import Invented, population
from sandbox.server import StandIn
from sandbox.temperaments import Temperament, drawn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.app import Turnabout
    from sandbox.people import Someone
    from sandbox.workspace import Message

BEGIN = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
"""A Monday morning, the same in every run."""
STAFF = (("priya", "Priya Nair"), ("grace", "Grace Adeyemi"), ("hanna", "Hanna Koch"))
BYSTANDERS = (("bo", "Bo Nobody"), ("cy", "Cy Nobody"))
GOAL = "Leaders and newcomers decide together about the tools of the next five years."
ROUNDS_EVERY = timedelta(weeks=5)
QUIET = timedelta(weeks=1)
FEWEST_WEEKS = 3
_LOOKS_BACK = timedelta(weeks=6)
_PAUSE = timedelta(weeks=2)
# What a person would press, most urgent first.
_ASKED = (
    "Works for me",
    "Meet ",
    "Yes, we met",
    "4",
    "Go on together",
    "We go on",
    "Option 1",
    "Find a time",
)


class Unhandled(logging.Handler):
    """Counts what the bot logs as an error instead of printing it."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.events: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Count a line of a library's log."""
        self.events[record.name] += 1

    def note(self, _logger: Any, method: str, event: structlog.typing.EventDict) -> Any:
        """Count a line of our own log and let none through."""
        if method in {"error", "exception", "critical"} and event.get("event") != "sending_paused":
            self.events[str(event.get("event"))] += 1
        raise structlog.DropEvent


@contextmanager
def _listening() -> Iterator[Unhandled]:
    unhandled = Unhandled()
    processors = structlog.get_config()["processors"]
    before = list(processors)
    processors[:] = [unhandled.note]  # in place: loggers that were used already hold this very list
    structlog.configure(processors=processors)
    root = logging.getLogger()
    root.addHandler(unhandled)
    try:
        yield unhandled
    finally:
        root.removeHandler(unhandled)
        processors[:] = before
        structlog.configure(processors=processors)


@dataclass(slots=True)
class Actor:
    """One invented person with a generator of their own, and when they look at their screen next."""

    who: Someone
    about: Invented
    temperament: Temperament
    draws: random.Random
    reader: Reader
    due_at: datetime | None = None
    pause_at: datetime | None = None
    leave_at: datetime | None = None
    settled: set[tuple[str, str, str]] = field(default_factory=set)

    def delay(self) -> timedelta:
        """Return how long they take to look."""
        return timedelta(hours=round(self.draws.uniform(*self.temperament.hours), 3))

    def next_at(self) -> datetime | None:
        """Return when they act next."""
        moments = (self.due_at, self.pause_at, self.leave_at)
        return min((moment for moment in moments if moment is not None), default=None)

    def wake(self, now: datetime) -> None:
        """Something new is on their screen; they look at it some time later, in their own hours."""
        if self.due_at is None and self.reader.joined_at is not None and self.reader.left_at is None:
            self.due_at = next_working_moment(self.reader.works, now + self.delay())


class Simulation:
    """One played program: a workspace, the bot, its people, and time.

    Args:
        people: how many join
        weeks: how long it is played, set-up included
        seed: of everything that is drawn
        faults: chance that a call or a delivery goes wrong, until the last week
    """

    def __init__(
        self, slack: StandIn, bot: Turnabout, clock: MovableClock, *, people: int, weeks: int, seed: int
    ) -> None:
        self.slack, self.bot, self.clock = slack, bot, clock
        self.ends_at = BEGIN + timedelta(weeks=weeks)
        self.readers: dict[str, Reader] = {}
        self.actors = [self._actor(about, seed) for about in population(people, seed)]
        self.by_id = {actor.who.id: actor for actor in self.actors}
        self.acts: Counter[str] = Counter()
        for handle, name in (*STAFF, *BYSTANDERS):
            added = slack.people.add(handle, name)
            self.readers[added.id] = Reader(_works("Europe/Berlin"), has_role=(handle, name) in STAFF)
        workspace = slack.workspace
        workspace.add_channel("mentoring", [person.id for person in workspace.humans()])

    def _actor(self, about: Invented, seed: int) -> Actor:
        who = self.slack.people.add(about.handle, about.name, title=about.title, tz=about.zone)
        draws = random.Random(f"{seed} {about.handle}")
        reader = self.readers[who.id] = Reader(_works(about.zone))
        actor = Actor(who, about, drawn(draws), draws, reader)
        weeks = timedelta(hours=draws.randint(6 * 168, 14 * 168))
        if actor.temperament.pauses:
            actor.pause_at = next_working_moment(reader.works, BEGIN + weeks)
        if actor.temperament.leaves:
            actor.leave_at = next_working_moment(reader.works, BEGIN + weeks)
        return actor

    # Time.

    async def until(self, moment: datetime) -> None:
        """Let time pass; what is due for the bot, for Slack or for a person happens at its moment."""
        while True:
            due = await self.bot.settle()
            repeat = await self.slack.turn()
            acting = min(
                ((at, number) for number, one in enumerate(self.actors) if (at := one.next_at()) is not None),
                default=None,
            )
            soonest = min(
                (one for one in (due, repeat, acting[0] if acting else None) if one is not None),
                default=None,
            )
            if soonest is None or soonest >= moment:
                break
            if soonest > self.clock.now():
                self.clock.jump_to(soonest)
            if acting is not None and acting[0] <= self.clock.now():
                await self._act(self.actors[acting[1]])
        if moment > self.clock.now():
            self.clock.jump_to(moment)
        await self.bot.settle()

    def noticed(self, conversation_id: str) -> None:
        """Something was posted or redrawn: its readers look at it some time later."""
        conversation = self.slack.workspace.conversations.get(conversation_id)
        if conversation is None or not conversation.is_direct:
            return
        for person_id in conversation.members:
            actor = self.by_id.get(person_id)
            if actor is not None:
                actor.wake(self.clock.now())

    # The program.

    async def sets_up(self) -> None:
        """The coordinator sets the program up and opens sign-up; contact and deputy accept."""
        priya = self.slack.person("priya")
        await priya.types(f"/mentoring setup {self.bot.setup_code()}")
        await priya.writes("Name of the program", "Upward")
        await priya.writes("The one goal", GOAL)
        await priya.picks("Channel of the program", "mentoring")
        await priya.picks("Last day of sign-up", (BEGIN + timedelta(days=10)).date())
        await priya.picks("Start", (BEGIN + timedelta(days=14)).date())
        await self._submits(priya)
        await self._submits(priya)
        await priya.picks("Concern contact", "grace")
        await priya.picks("Deputy of the concern contact", "hanna")
        await self._submits(priya)
        await priya.closes(whole=True)
        for name in ("grace", "hanna"):
            holder = self.slack.person(name)
            await holder.opens_home()
            await self.bot.settle()
            await holder.presses("Accept", within="home")
            await self.bot.settle()
        await self.until(self.clock.now() + timedelta(minutes=2))
        await priya.opens_home()
        await self.bot.settle()
        await priya.presses("Open sign-up", within="home")
        await self._clears(priya)
        await self.bot.settle()

    async def everybody_joins(self) -> None:
        """All join by the form, one after the other."""
        for actor in self.actors:
            who, about = actor.who, actor.about
            actor.reader.acted_at = self.clock.now()
            await who.types("/mentoring join")
            await self.bot.door.settled()
            side = "Topics you can share" if about.is_mentor else "Topics you want to learn"
            await who.picks(side, list(about.topics))
            await who.picks("How far do the decisions in your present work reach?", about.level)
            await who.picks("Or", ["I report to nobody here"])
            await who.picks("Your agreement", ["I want to take part and agree to this"])
            await self._submits(who)
            await self._submits(who)
            await self._clears(who)
            actor.reader.joined_at = self.clock.now()
            await self.until(self.clock.now() + timedelta(minutes=10))

    async def publishes_a_round(self) -> None:
        """The coordinator asks for a dry run and publishes it, if there is anything to publish."""
        priya = self.slack.person("priya")
        await priya.types("/mentoring round")
        await self._clears(priya)
        await self.until(self.clock.now() + timedelta(minutes=5))
        wanted = next((one for one in priya.buttons() if one.startswith("Publish round")), None)
        if wanted is not None:
            await self._tries(priya, wanted)
        await self.until(self.clock.now() + timedelta(minutes=30))

    # What people do.

    async def _act(self, actor: Actor) -> None:
        now = self.clock.now()
        await self._clears(actor.who)
        if actor.leave_at is not None and actor.leave_at <= now:
            actor.leave_at = actor.due_at = None
            await self._leaves(actor)
        elif actor.pause_at is not None and actor.pause_at <= now:
            actor.pause_at = None
            await self._pauses(actor)
        else:
            actor.due_at = None
            await self._looks(actor)

    async def _leaves(self, actor: Actor) -> None:
        await actor.who.types("/mentoring leave")
        await self.bot.door.settled()
        if actor.who.modal is not None and (await actor.who.submits()).is_fine:
            await self.bot.door.settled()
            actor.reader.left_at = self.clock.now()
            self.acts["left"] += 1
        await self._clears(actor.who)

    async def _pauses(self, actor: Actor) -> None:
        await actor.who.types("/mentoring pause 2w")
        await self.bot.door.settled()
        if actor.who.modal is not None and "You are paused until" in actor.who.screen(within="modal"):
            now = self.clock.now()
            until = local_date(now + _PAUSE, actor.reader.works.zone)
            actor.reader.pauses.append((now, until))
            self.acts["paused"] += 1
        await self._clears(actor.who)

    async def _looks(self, actor: Actor) -> None:
        """Do the most urgent of what the screen asks for; look again later if there was something."""
        found = min(self._asked_of(actor), key=lambda one: one[0], default=None)
        if found is None:
            return
        _, message, label = found
        key = (message.conversation_id, message.ts, label)
        actor.settled.add(key)
        if actor.draws.random() < actor.temperament.answers:
            await self._answers(actor, message, label)
        actor.wake(self.clock.now())

    def _asked_of(self, actor: Actor) -> Iterator[tuple[tuple[int, int], Message, str]]:
        since = f"{(self.clock.now() - _LOOKS_BACK).timestamp():.6f}"
        newest = 0
        for where in self.slack.workspace.conversations_of(actor.who.id):
            if not where.is_direct:
                continue
            for message in reversed(where.messages.values()):
                if message.ts < since:
                    break
                newest += 1
                for label in _buttons(message):
                    rank = next((n for n, one in enumerate(_ASKED) if _is_asked(label, one)), None)
                    if rank is None or (message.conversation_id, message.ts, label) in actor.settled:
                        continue
                    if label == "Works for me" and f"{actor.about.name}, does it work" not in message.text:
                        continue
                    yield (rank, newest), message, label

    async def _answers(self, actor: Actor, message: Message, label: str) -> None:
        draws, manner = actor.draws, actor.temperament
        if label.startswith("Meet ") and draws.random() < manner.declines:
            label = "Not this one"
        elif label == "Go on together" and draws.random() < manner.swaps:
            label = "Ask for a new partner"
        elif label == "Yes, we met" and draws.random() < manner.missed:
            label = "It did not happen"
        elif label == "Option 1":
            label = draws.choice([one for one in _buttons(message) if one.startswith("Option ")])
        elif label == "4":
            label = draws.choice(["3", "4", "5 very useful"])
        elif (label == "Works for me" and draws.random() < manner.moves) or label == "Find a time":
            await self._suggests(actor, "Another time" if label == "Works for me" else label, message)
            return
        await self._tries(actor.who, label, within=_handle_of(message))
        if label == "Works for me" and draws.random() < manner.cancels:
            await self.until(self.clock.now() + timedelta(minutes=3))
            await self._tries(actor.who, "Cancel it")
            await self._tries(actor.who, "Cancel the session")

    async def _suggests(self, actor: Actor, label: str, message: Message) -> None:
        """Open the form and suggest the middle of a working day of the coming weeks."""
        await self._tries(actor.who, label, within=_handle_of(message))
        if actor.who.modal is None:
            return
        days = timedelta(days=actor.draws.randint(2, 9))
        moment = next_working_moment(actor.reader.works, self.clock.now() + days).replace(
            hour=10, minute=0, second=0, microsecond=0
        )
        try:
            await actor.who.picks("Date and time", moment)
        except SandboxError:
            self.acts["form without a date"] += 1
        else:
            await self._submits(actor.who)
        await self._clears(actor.who)

    async def _tries(self, who: Someone, label: str, *, within: str = "") -> None:
        """Press something that may have gone from the screen by now; both are counted."""
        try:
            await who.presses(label, within=within)
        except SandboxError:
            self.acts[f"gone: {label}"] += 1
        else:
            self.acts["Meet" if label.startswith("Meet ") else label] += 1
        await self.bot.door.settled()

    async def _submits(self, who: Someone) -> None:
        await who.submits()
        await self.bot.door.settled()

    async def _clears(self, who: Someone) -> None:
        if who.modal is not None:
            await who.closes(whole=True)
        await self.bot.door.settled()


def _works(zone: str) -> WorkingTime:
    return WorkingTime(timezone=zone, country=guess_country(zone))


def _buttons(message: Message) -> list[str]:
    return [
        str(one.element["text"]["text"]) for one in elements.placed(message.blocks) if one.kind == "button"
    ]


def _is_asked(label: str, wanted: str) -> bool:
    return label.startswith(wanted) if wanted.endswith(" ") else label == wanted


def _handle_of(message: Message) -> str:
    """What `within` takes to mean this one message."""
    return message.ts


async def run_simulation(
    *,
    people: int,
    weeks: int,
    seed: int,
    database: str,
    faults: float,
    journal: Path | None,
    as_json: bool,
) -> str:
    """Play a program and return what to print; with `as_json` its last line is the JSON.

    Raises:
        BotError: for figures that make no program, or a database that cannot be used.
    """
    if people < 2 or weeks < FEWEST_WEEKS:
        raise BotError(f"--people must be 2 or more and --weeks {FEWEST_WEEKS} or more")
    if not 0 <= faults <= 1:
        raise BotError(f"--faults is a chance from 0 to 1, got {faults}")
    figures, acts, errors = await simulate(
        people=people, weeks=weeks, seed=seed, database=database, faults=faults, journal=journal
    )
    return json.dumps(figures) if as_json else told(figures, acts, errors)


async def simulate(
    *,
    people: int,
    weeks: int,
    seed: int,
    database: str = "",
    faults: float = 0.0,
    journal: Path | None = None,
) -> tuple[dict[str, Any], Counter[str], Counter[str]]:
    """Play a whole program.

    Args:
        people: how many join
        weeks: how long
        seed: of everything
        database: an empty one; a temporary SQLite file unless given
        faults: chance of trouble for each call and delivery, until the last week
        journal: a file for everything that passes

    Returns:
        The figures, what people did, and the errors that nobody handled by name.
    """
    began = time.perf_counter()
    clock = MovableClock(BEGIN)
    watched = WatchedJournal(clock, path=journal)
    slack_faults = Faults(seed)
    with tempfile.TemporaryDirectory(prefix="turnabout-simulation-") as folder, _listening() as unhandled:
        url = database or f"sqlite:///{Path(folder) / 'data' / 'turnabout.db'}"
        async with StandIn(clock=clock, seed=seed, journal=watched, faults=slack_faults) as slack:
            bot = await played_bot(slack.environment, url, clock, seed)
            await bot.start()
            slack.hand_over_to(bot.bolt)
            try:
                played = Simulation(slack, bot, clock, people=people, weeks=weeks, seed=seed)
                watched.on_change = played.noticed
                await played.sets_up()
                await played.everybody_joins()
                if faults:
                    slack_faults.by_chance(faults)
                quiet_at = played.ends_at - QUIET
                await played.until(
                    next_working_moment(_works("Europe/Berlin"), clock.now() + timedelta(days=1))
                )
                while clock.now() < quiet_at:
                    await played.publishes_a_round()
                    await played.until(
                        next_working_moment(
                            _works("Europe/Berlin"), min(quiet_at, clock.now() + ROUNDS_EVERY)
                        )
                    )
                slack_faults.clear()
                await played.until(played.ends_at)
                record = await record_of(bot)
                alone = {
                    one.id: next(member for member in one.members if member != slack.workspace.bot.id)
                    for one in slack.workspace.conversations.values()
                    if one.kind == "im"
                }
                invariants = count(
                    record, watched, played.readers, alone, sum(unhandled.events.values()), clock.now()
                )
            finally:
                await bot.stop()
    figures = {
        "people": people,
        "weeks": weeks,
        "seed": seed,
        "joined": record.joined,
        "pairs": record.pairs,
        "sessions_planned": record.sessions_planned,
        "sessions_held": record.sessions_held,
        "check_ins_asked": record.check_ins_asked,
        "check_ins_answered": record.check_ins_answered,
        "deliveries": record.counts,
        "invariants": invariants,
        "log_sha256": watched.log_sha256(),
        "wall_s": round(time.perf_counter() - began, 2),
    }
    return figures, played.acts, unhandled.events


def told(figures: dict[str, Any], acts: Counter[str], errors: Counter[str]) -> str:
    """Return what was played, for people."""
    broken = {name: number for name, number in figures["invariants"].items() if number}
    counts = ", ".join(f"{number} {state}" for state, number in figures["deliveries"].items())
    lines = [
        f"{figures['people']} people, {figures['weeks']} weeks, seed {figures['seed']}: {figures['wall_s']} s.",
        f"Joined {figures['joined']}, pairs {figures['pairs']}.",
        f"Sessions planned {figures['sessions_planned']}, held {figures['sessions_held']}.",
        f"Check-ins asked {figures['check_ins_asked']}, answered {figures['check_ins_answered']}.",
        f"Deliveries: {counts}.",
        "What people did: " + ", ".join(f"{number} {name}" for name, number in sorted(acts.items())) + ".",
        "Every invariant held." if not broken else f"Broken: {json.dumps(broken)}.",
    ]
    if errors:
        lines.append(f"Errors that nobody handled: {json.dumps(dict(sorted(errors.items())))}.")
    return "\n".join([*lines, f"Log: {figures['log_sha256']}"])
