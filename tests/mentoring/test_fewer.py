from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentoring.budget import FEWER_WINDOW, Go, Recipient, Snooze, may_go
from mentoring.calendar import WorkingTime
from mentoring.deliveries import KINDS

NOW = datetime(2026, 9, 9, 10, 0, tzinfo=UTC)
WORKS = WorkingTime(timezone="UTC")


def verdict(kind, *, fewer, unsolicited_at, budgeted=True, weekly=3):
    person = Recipient(works=WORKS, agreed=True, reachable=True, unsolicited_at=unsolicited_at, fewer=fewer)
    return may_go(KINDS[kind], [person], expires_at=None, budgeted=budgeted, weekly_budget=weekly, now=NOW)


@pytest.mark.parametrize("days_ago", [1, 8, 13])
def test_fewer_holds_a_counted_message_for_a_fortnight_after_the_last(days_ago):
    last = NOW - timedelta(days=days_ago)
    assert verdict("announcement.message", fewer=True, unsolicited_at=[last]) == Snooze(
        last + timedelta(days=14), "budget"
    )


def test_fewer_lets_steps_that_go_on_through():
    recent = [NOW - timedelta(hours=1)]
    assert verdict("check_in.question", fewer=True, unsolicited_at=recent, budgeted=False) == Go()


def test_without_fewer_a_message_of_last_week_holds_nothing():
    assert verdict("announcement.message", fewer=False, unsolicited_at=[NOW - timedelta(days=8)]) == Go()


@given(
    hours=st.lists(st.integers(1, 400), max_size=6),
    weekly=st.integers(1, 3),
)
def test_fewer_never_lets_two_counted_messages_through_in_a_fortnight(hours, weekly):
    moments = [NOW - timedelta(hours=ago) for ago in hours]
    goes = verdict("announcement.message", fewer=True, unsolicited_at=moments, weekly=weekly) == Go()
    assert goes == all(moment <= NOW - FEWER_WINDOW for moment in moments)
