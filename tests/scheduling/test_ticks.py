"""The ticks: one that fails or hangs stops neither the others nor itself, and the real scheduler calls them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from scheduling.pace import Pace
from scheduling.ticks import Tick, Ticker

NOON = datetime(2026, 9, 7, 12, 0, tzinfo=UTC)


async def test_failing_tick_stops_neither_the_others_nor_itself():
    turns = []

    async def fails():
        turns.append("fails")
        raise RuntimeError("the database went away")

    async def works():
        turns.append("works")
        return NOON

    ticker = Ticker([Tick("fails", 1, 5, fails), Tick("works", 1, 5, works)])
    assert await ticker.run_all() == NOON
    assert await ticker.run_all() == NOON
    assert turns == ["fails", "works", "fails", "works"]
    assert [tick.failures for tick in ticker.ticks] == [2, 0]


async def test_hanging_tick_is_ended_and_may_run_again():
    calls = []

    async def hangs():
        calls.append("in")
        await asyncio.Event().wait()

    tick = Tick("hangs", 1, 0.05, hangs)
    await tick.run()
    await tick.run()
    assert calls == ["in", "in"]
    assert tick.failures == 2


async def test_tick_without_a_good_turn_for_long_is_late():
    async def works():
        return None

    tick = Tick("works", 1, 5, works)
    await tick.run()
    assert not tick.is_late(tick.beat_at + timedelta(seconds=80))
    assert tick.is_late(tick.beat_at + timedelta(seconds=100))


async def test_real_scheduler_calls_a_tick_at_its_interval_and_when_woken():
    turned = asyncio.Event()

    async def turn():
        turned.set()

    ticker = Ticker([Tick("sender", 3600, 5, turn)])
    ticker.start()
    try:
        await asyncio.wait_for(turned.wait(), 5)
        turned.clear()
        ticker.wake("sender")
        await asyncio.wait_for(turned.wait(), 5)
    finally:
        await ticker.stop()


def test_pace_grows_each_clean_minute_and_halves_on_a_complaint():
    pace, now = Pace(), NOON
    for _ in range(3000):
        now = pace.free_at(now)
        pace.made(now)
    assert 3.5 <= pace.per_second <= 4.0
    over = pace.limited(now, 20)
    assert over == now + timedelta(seconds=21)
    assert pace.per_second <= 2.0
    assert pace.free_at(now) == over


def test_one_channel_gets_at_most_one_message_a_second():
    pace = Pace(per_second=4.0)
    pace.made(NOON, "D1")
    assert pace.free_at(NOON, "D1") == NOON + timedelta(seconds=1)
    assert pace.free_at(NOON, "D2") == NOON + timedelta(seconds=0.25)
