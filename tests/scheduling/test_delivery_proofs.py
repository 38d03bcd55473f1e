"""What the delivery design promises, tried at every point where a process can die and with every way Slack can fail.

Once-kinds never twice, sure-kinds at most twice, nothing lost or left open, `sent` never without a copy.
"""

from __future__ import annotations

import random
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mentoring import deliveries
from mentoring.deliveries import TERMINAL, Cause, DeliveryKind, DeliveryState, Lane, Policy
from messages.errors import NotReachedError, OutcomeUnknownError, RateLimitedError, RefusedError
from messages.message import Message, Posted
from scheduling.dispatch import Sender
from scheduling.rescue import Rescue
from storage.database import Storage, open_engine
from storage.ids import SeededIds
from storage.tables import Person, Workspace
from storage.vault import Vault
from tests.conftest import KEY
from usecases import facts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from storage.unit_of_work import UnitOfWork

START = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
POLICIES = tuple(Policy)


class Crash(BaseException):
    """The process ends here; nothing in it may catch this."""


@dataclass
class Fate:
    """Counts the points a process passes and ends it at one of them."""

    at: int | None = None
    passed: list[str] = field(default_factory=list)

    def point(self, name: str) -> None:
        self.passed.append(name)
        if self.at is not None and len(self.passed) == self.at:
            raise Crash(name)


@dataclass
class PlayedClock:
    moment: datetime = START

    def now(self) -> datetime:
        return self.moment


class DoomedStorage(Storage):
    """Storage whose process may die right before or right after any commit."""

    fate = Fate()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[UnitOfWork]:
        async with super().write() as uow:
            yield uow
            self.fate.point("before a commit")
        self.fate.point("after a commit")


@dataclass
class ScriptedSlack:
    """Accepts messages, or fails in a scripted way before or after the effect."""

    fate: Fate
    script: list[str] = field(default_factory=list)
    copies: dict[str, int] = field(default_factory=dict)
    calls: int = 0

    async def probe(self) -> None:
        return None

    async def open_conversation(self, slack_user_ids) -> str:
        self.fate.point("opening")
        return "D" + slack_user_ids[0]

    async def post(self, channel: str, message: Message, *, metadata=None) -> Posted:
        self.calls += 1
        self.fate.point("before the effect")
        fault = self.script.pop(0) if self.script else "yes"
        refusals = {
            "limited": RateLimitedError("chat.postMessage", 20),
            "refused": NotReachedError("chat.postMessage", "ClientConnectorError"),
            "lost before": OutcomeUnknownError("chat.postMessage", Cause.DROPPED, "dropped"),
            "server before": OutcomeUnknownError("chat.postMessage", Cause.SERVER, "500"),
            "no": RefusedError("chat.postMessage", "msg_too_long"),
        }
        if fault in refusals:
            raise refusals[fault]
        self.copies[message.text] = self.copies.get(message.text, 0) + 1
        self.fate.point("after the effect")
        if fault == "lost after":
            raise OutcomeUnknownError("chat.postMessage", Cause.TIMEOUT, "timeout")
        if fault == "cut after":
            raise OutcomeUnknownError("chat.postMessage", Cause.CUT, "cut")
        return Posted(channel, f"{self.calls}.000100")


FAULTS = ("yes", "limited", "refused", "lost before", "server before", "lost after", "cut after")


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """One bare kind per policy, delivered at any hour."""
    for policy in POLICIES:
        name = f"proof.{policy}"
        kind = DeliveryKind(
            name, policy, "proof", stale_after=None, in_hours=False, lane=Lane.ANSWER, facts="bare"
        )
        monkeypatch.setitem(deliveries.KINDS, name, kind)

    async def bare(_uow, _delivery, base):
        return base

    monkeypatch.setitem(facts.LOADERS, "bare", bare)


@dataclass
class Play:
    """A database with one delivery of each policy owed, and processes that come and go on it."""

    url: str
    clock: PlayedClock
    slack: ScriptedSlack
    fate: Fate
    generation: int = 0
    process: tuple[DoomedStorage, Sender, Rescue] | None = None

    def open(self) -> DoomedStorage:
        opened = DoomedStorage(
            open_engine(self.url, durable=False), Vault([KEY]), SeededIds(self.generation), self.clock.now
        )
        opened.fate = self.fate  # type: ignore[misc] # the one thing a test adds to it
        return opened

    async def owe(self, policies=POLICIES) -> None:
        storage = self.open_plain()
        async with storage.write() as uow:
            uow.workspaces.add(Workspace(id="w", slack_team_id="T1", created_at=START))
            await uow.flush()
            uow.people.add(Person(id="p", workspace_id="w", slack_user_id="U1", created_at=START))
            await uow.flush()
            for policy in policies:
                await uow.outbox.owe(
                    f"proof.{policy}",
                    new_id=f"d-{policy}",
                    workspace_id="w",
                    recipient="person:p",
                    person_id="p",
                    series=f"series-{policy}",
                    now=self.clock.now(),
                )
        await storage.close()

    def open_plain(self) -> Storage:
        return Storage(open_engine(self.url, durable=False), Vault([KEY]), SeededIds(99), self.clock.now)

    async def live(self) -> None:
        """The process turns once; one that died is replaced by the next."""
        if self.process is None:
            self.generation += 1
            storage = self.open()
            sender = Sender(
                storage=storage,
                clock=self.clock,
                messenger=self.slack,  # type: ignore[arg-type] # the sender uses no more of it
                render=lambda one: Message(text=one.delivery_id),
                render_home=lambda _: {},
                owner=f"process-{self.generation}",
                draws=random.Random(self.generation),
                paced=False,
            )
            self.process = (storage, sender, Rescue(storage, self.clock))
        storage, sender, rescue = self.process
        try:
            await sender.turn()
            await rescue.turn()
        except Crash:
            await storage.close()
            self.process = None

    async def drain(self) -> None:
        """No more faults: days pass until everything owed has come to its end."""
        self.slack.script.clear()
        self.fate.at = None
        for hours in (0.02, 0.1, 0.3, 1, 2, 25, 0.1, 2, 25, 0.1, 2):
            self.clock.moment += timedelta(hours=hours)
            await self.live()
        await self.end()

    async def end(self) -> None:
        if self.process is not None:
            await self.process[0].close()
            self.process = None

    async def rows(self) -> dict[str, tuple[DeliveryState, int]]:
        await self.end()
        storage = self.open_plain()
        async with storage.read() as uow:
            found = {
                row.id: (row.state, self.slack.copies.get(row.id, 0))
                for row in await uow.outbox.list_in_states(list(DeliveryState))
            }
        await storage.close()
        return found


def check(rows: dict[str, tuple[DeliveryState, int]]) -> None:
    """The invariants, for every row."""
    most = {Policy.ONCE: 1, Policy.SURE: 2, Policy.ASK: 1}
    for row_id, (state, copies) in rows.items():
        policy = Policy(row_id.removeprefix("d-"))
        assert state in TERMINAL, f"{row_id} was left {state}"
        assert not (state is DeliveryState.SENT and copies == 0), f"{row_id} counts as sent without a copy"
        if policy in most:
            assert copies <= most[policy], f"{row_id} arrived {copies} times"
        if policy in {Policy.SURE, Policy.UNTIL_OPENED}:
            assert copies >= 1 or state is DeliveryState.PARKED, f"{row_id} is lost"


def _play(url: str, at: int | None = None, script: list[str] | None = None) -> Play:
    fate = Fate(at)
    return Play(url, PlayedClock(), ScriptedSlack(fate, list(script or [])), fate)


async def test_healthy_run_delivers_each_exactly_once(database_url):
    play = _play(database_url)
    await play.owe()
    await play.live()
    assert await play.rows() == {f"d-{policy}": (DeliveryState.SENT, 1) for policy in POLICIES}


@pytest.mark.prove
async def test_crash_at_every_point_keeps_every_promise(fresh_urls: Callable[[], str]):
    first = _play(await fresh_urls())
    await first.owe()
    await first.live()
    await first.end()
    points = len(first.fate.passed)
    assert points > 20
    for at in range(1, points + 1):
        play = _play(await fresh_urls(), at)
        await play.owe()
        await play.live()
        died_at = play.fate.passed[at - 1]
        await play.drain()
        rows = await play.rows()
        check(rows)
        if died_at == "opening":
            assert all(copies == 1 for _, copies in rows.values()), "a crash outside the call costs nothing"


@pytest.mark.parametrize("fault", FAULTS)
async def test_each_failure_of_slack_keeps_every_promise(database_url, fault):
    play = _play(database_url, script=[fault] * len(POLICIES))
    await play.owe()
    await play.live()
    await play.drain()
    rows = await play.rows()
    check(rows)
    if fault in {"yes", "limited", "refused"}:
        assert all(state is DeliveryState.SENT and copies == 1 for state, copies in rows.values())


async def test_refused_message_is_dead_at_once_and_holds_up_no_other(database_url):
    play = _play(database_url, script=["no"])
    await play.owe()
    await play.live()
    states = sorted(state for state, _ in (await play.rows()).values())
    assert states == [DeliveryState.DEAD, DeliveryState.SENT, DeliveryState.SENT, DeliveryState.SENT]


async def test_rate_limit_counts_no_attempt_and_is_honoured(database_url):
    play = _play(database_url, script=["limited"])
    await play.owe([Policy.SURE])
    await play.live()
    assert play.slack.calls == 1
    play.clock.moment += timedelta(seconds=20)
    await play.live()
    assert play.slack.calls == 1, "inside Retry-After nothing is called"
    play.clock.moment += timedelta(seconds=2)
    await play.live()
    assert (await play.rows())["d-sure"] == (DeliveryState.SENT, 1)


def _many(count: int):
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


scripts = st.lists(st.sampled_from(FAULTS), max_size=12)
moments = st.none() | st.integers(1, 60)


async def _survives(url: str, script: list[str], at: int | None) -> None:
    play = _play(url, at, script)
    await play.owe()
    for _ in range(6):
        await play.live()
        play.clock.moment += timedelta(minutes=7)
    await play.drain()
    check(await play.rows())


@_many(6)
@given(script=scripts, at=moments)
async def test_any_run_of_faults_and_a_crash_keeps_every_promise(fresh_urls, script, at):
    await _survives(await fresh_urls(), script, at)


@pytest.mark.prove
@_many(60)
@given(script=scripts, at=moments)
async def test_many_runs_of_faults_and_a_crash_keep_every_promise(fresh_urls, script, at):
    await _survives(await fresh_urls(), script, at)
