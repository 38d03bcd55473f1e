"""When a round may be published, stopped or run again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mentoring.rounds import (
    PublishRefusal,
    RoundState,
    can_publish,
    can_run_again,
    can_stop,
    publish_at,
    round_due_at,
)

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
HOLD_ENDS = publish_at(NOW, hold_minutes=10)


@pytest.mark.parametrize("state", RoundState)
def test_only_a_draft_is_published(state):
    found = can_publish(state, version=1, reviewed_version=1, pairs=3, is_live=True)
    assert found is (None if state is RoundState.DRAFT else PublishRefusal.NOT_A_DRAFT)


@pytest.mark.parametrize(
    ("reviewed", "pairs", "live", "refusal"),
    [
        (1, 3, True, PublishRefusal.CHANGED),
        (2, 0, True, PublishRefusal.NO_PAIRS),
        (2, 3, False, PublishRefusal.NOT_LIVE),
        (2, 3, True, None),
    ],
)
def test_publishing_is_bound_to_the_version_that_was_reviewed(reviewed, pairs, live, refusal):
    found = can_publish(RoundState.DRAFT, version=2, reviewed_version=reviewed, pairs=pairs, is_live=live)
    assert found is refusal


@pytest.mark.parametrize("state", RoundState)
def test_stop_works_through_the_hold_and_not_after(state):
    assert can_stop(state, publish_at=HOLD_ENDS, now=HOLD_ENDS - timedelta(seconds=1)) == (
        state is RoundState.HELD
    )
    assert not can_stop(state, publish_at=HOLD_ENDS, now=HOLD_ENDS)


@pytest.mark.parametrize("state", RoundState)
def test_a_dry_run_is_repeated_only_while_nothing_was_published(state):
    assert can_run_again(state) == (state in {RoundState.DRAFT, RoundState.FAILED})


@pytest.mark.parametrize("state", RoundState)
def test_the_planner_looks_at_held_rounds_and_at_those_being_published(state):
    due = round_due_at(state, HOLD_ENDS, NOW)
    assert due == (HOLD_ENDS if state in {RoundState.HELD, RoundState.PUBLISHING} else None)
