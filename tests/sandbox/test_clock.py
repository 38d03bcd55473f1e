"""The movable clock: stands, runs, jumps, and goes back only when asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from sandbox.clock import MovableClock, RealClock
from sandbox.errors import ClockError

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LEEWAY = timedelta(seconds=5)


def test_standing_clock_moves_only_by_jumps():
    clock = MovableClock(START)
    assert clock.now() == clock.now() == START
    assert clock.advance(timedelta(hours=1)) == START + timedelta(hours=1)
    assert clock.jump_to(START + timedelta(days=7)) == clock.now() == START + timedelta(days=7)


def test_running_clock_goes_on_from_where_it_was_set():
    clock = MovableClock(START, running=True)
    assert clock.is_running
    assert START <= clock.now() < START + LEEWAY
    clock.advance(timedelta(days=1))
    assert START + timedelta(days=1) <= clock.now() < START + timedelta(days=1) + LEEWAY


def test_clock_can_be_stopped_and_started_again():
    clock = MovableClock(START, running=True)
    clock.stop()
    stopped = clock.now()
    assert clock.now() == stopped
    clock.run()
    assert stopped <= clock.now() < stopped + LEEWAY


def test_clock_goes_back_only_when_asked():
    clock = MovableClock(START)
    with pytest.raises(ClockError, match="backwards=True"):
        clock.jump_to(START - timedelta(seconds=1))
    with pytest.raises(ClockError):
        clock.advance(timedelta(seconds=-1))
    assert clock.jump_to(START - timedelta(days=1), backwards=True) == START - timedelta(days=1)


def test_clock_refuses_moments_without_a_zone_and_speaks_utc():
    clock = MovableClock(datetime(2026, 11, 24, 10, 0, tzinfo=timezone(timedelta(hours=1))))
    assert (clock.now(), clock.now().tzinfo) == (START, UTC)
    with pytest.raises(ClockError, match="needs a zone"):
        clock.jump_to(datetime(2026, 11, 25))  # noqa: DTZ001 - the thing refused


def test_listeners_hear_of_jumps():
    clock, heard = MovableClock(START), []
    clock.listen(lambda before, after: heard.append((before, after)))
    clock.advance(timedelta(hours=1))
    assert heard == [(START, START + timedelta(hours=1))]


def test_clock_begins_now_unless_told():
    real = RealClock().now()
    assert real <= MovableClock().now() < real + LEEWAY
