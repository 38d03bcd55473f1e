from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring.calendar import WorkingTime, suggest_slots
from mentoring.participants import Role
from mentoring.sessions import (
    Held,
    Met,
    SessionState,
    Timing,
    Unfit,
    cancel,
    confirm,
    held,
    suggest,
    unfit,
)

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
TIME = datetime(2026, 9, 9, 8, 0, tzinfo=UTC)
BERLIN, KOLKATA = WorkingTime("Europe/Berlin"), WorkingTime("Asia/Kolkata")
EMPTY = Timing(SessionState.WINDOW)
AGREED = Timing(SessionState.AGREED, starts_at=TIME, confirmed_at=NOW)


def test_one_side_suggests_and_the_other_confirms():
    suggested = suggest(EMPTY, Role.MENTEE, TIME)
    assert suggested == Timing(SessionState.SUGGESTED, suggested_at=TIME, suggested_by=Role.MENTEE)
    assert confirm(suggested, Role.MENTOR, TIME, now=NOW) == AGREED


def test_nobody_confirms_their_own_suggestion():
    assert confirm(suggest(EMPTY, Role.MENTEE, TIME), Role.MENTEE, TIME, now=NOW) is None


def test_a_suggestion_that_was_replaced_cannot_be_confirmed():
    replaced = suggest(suggest(EMPTY, Role.MENTEE, TIME), Role.MENTEE, TIME + timedelta(days=1))
    assert confirm(replaced, Role.MENTOR, TIME, now=NOW) is None


def test_a_time_that_has_passed_cannot_be_confirmed():
    assert confirm(suggest(EMPTY, Role.MENTEE, TIME), Role.MENTOR, TIME, now=TIME) is None


def test_moving_gives_up_the_agreed_time_and_counts_a_new_version_for_calendars():
    moved = suggest(AGREED, Role.MENTOR, TIME + timedelta(days=1))
    assert (moved.state, moved.starts_at, moved.moves, moved.sequence) == (SessionState.SUGGESTED, None, 1, 1)


def test_either_side_and_the_program_can_cancel_what_stands():
    for by in (Role.MENTOR, Role.MENTEE, None):
        off = cancel(AGREED, by, now=NOW)
        assert off == Timing(SessionState.CANCELLED, sequence=1, cancelled_by=by)


def test_a_session_that_has_begun_or_has_no_time_cannot_be_cancelled():
    assert cancel(AGREED, Role.MENTOR, now=TIME) is None
    assert cancel(EMPTY, Role.MENTOR, now=NOW) is None


@pytest.mark.practice("P41")
@pytest.mark.parametrize(
    ("mentor", "mentee", "expected"),
    [
        (None, None, Held.UNKNOWN),
        (Met.YES, None, Held.YES),
        (None, Met.NO, Held.NO),
        (Met.YES, Met.YES, Held.YES),
        (Met.MOVED, Met.MOVED, Held.MOVED),
        (Met.YES, Met.NO, Held.UNKNOWN),
        (Met.MOVED, Met.NO, Held.UNKNOWN),
    ],
)
def test_two_answers_that_differ_count_as_unknown(mentor, mentee, expected):
    assert held(mentor, mentee) is expected


def test_a_time_has_to_lie_ahead_and_inside_the_hours_of_both():
    assert unfit(TIME, 25, BERLIN, KOLKATA, now=NOW) is None
    assert unfit(NOW, 25, BERLIN, KOLKATA, now=NOW) is Unfit.PASSED
    assert unfit(datetime(2026, 9, 9, 14, 0, tzinfo=UTC), 25, BERLIN, KOLKATA, now=NOW) is Unfit.OUTSIDE_HOURS
    assert unfit(TIME, 25, BERLIN, KOLKATA, now=NOW, not_before=TIME + timedelta(days=1)) is Unfit.TOO_EARLY


def test_a_session_has_to_end_inside_the_hours_too():
    last = datetime(2026, 9, 9, 11, 15, tzinfo=UTC)  # 16:45 in Kolkata
    assert unfit(last, 15, BERLIN, KOLKATA, now=NOW) is None
    assert unfit(last, 25, BERLIN, KOLKATA, now=NOW) is Unfit.OUTSIDE_HOURS


@pytest.mark.practice("P29")
@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(
        ["Europe/Berlin", "Asia/Kolkata", "America/New_York", "Africa/Lagos", "Australia/Lord_Howe"]
    ),
    st.sampled_from(["Europe/Berlin", "Europe/London", "America/New_York", "Asia/Kathmandu"]),
    st.integers(0, 400 * 24),
    st.sampled_from([25, 50]),
)
def test_every_slot_that_is_offered_may_be_suggested(mentor, mentee, hours, minutes):
    now = NOW + timedelta(hours=hours)
    a, b = WorkingTime(mentor), WorkingTime(mentee)
    for slot in suggest_slots(a, b, now, minutes):
        assert unfit(slot, minutes, a, b, now=now) is None
