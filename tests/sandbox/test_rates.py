"""Rates: a sliding minute per method and per conversation."""

from __future__ import annotations

from datetime import timedelta

from sandbox.clock import MovableClock
from sandbox.methods import METHODS
from sandbox.rates import PER_MINUTE, Rates
from tests.sandbox.kit import START


def test_every_method_has_a_limit():
    assert set(PER_MINUTE) == set(METHODS)


def test_minute_slides():
    clock = MovableClock(START)
    rates = Rates(clock, {"a": 2})
    assert rates.admit("a") is None
    clock.advance(timedelta(seconds=30))
    assert rates.admit("a") is None
    assert rates.admit("a") == 30
    clock.advance(timedelta(seconds=29.5))
    assert rates.admit("a") == 1
    clock.advance(timedelta(seconds=0.5))
    assert rates.admit("a") is None
    assert rates.admit("a") == 30
    assert rates.calls_while_blocked == {"a": 1}


def test_clock_that_goes_back_blocks_nobody_for_ever():
    clock = MovableClock(START)
    rates = Rates(clock, {"a": 1}, posts_per_channel=1)
    assert rates.admit_post("C1") is None
    clock.jump_to(START - timedelta(days=1), backwards=True)
    assert rates.admit_post("C1") is None


def test_methods_do_not_share_their_limit():
    rates = Rates(MovableClock(START), {"a": 1, "b": 1})
    assert (rates.admit("a"), rates.admit("b"), rates.admit("c")) == (None, None, None)
    assert rates.admit("a") == 60
