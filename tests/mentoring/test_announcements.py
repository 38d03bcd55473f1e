from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mentoring.announcements import Audience, gets_it, look_again_at, report_of
from mentoring.deliveries import OPEN, DeliveryState

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(DeliveryState)),
            st.sampled_from(["", "paused", "budget", "stale", "user_disabled", "rate limited"]),
            st.integers(1, 50),
        ),
        max_size=12,
    )
)
def test_report_counts_every_message_once_and_is_complete_when_none_is_open(counts):
    report = report_of(counts)
    in_all = report.sent + report.waiting + sum(n for _, n in report.held) + sum(n for _, n in report.failed)
    assert in_all == sum(count for *_, count in counts)
    assert report.is_complete == (not any(state in OPEN for state, *_ in counts))


@given(st.booleans(), st.integers(0, 3), st.integers(0, 3))
def test_channel_post_is_for_nobody_by_name(has_pair, mentor, mentee):
    assert not gets_it(Audience.CHANNEL, mentor_capacity=mentor, mentee_capacity=mentee, has_pair=has_pair)


def test_report_is_drawn_again_after_what_waits_and_no_more_when_complete():
    held_until = NOW + timedelta(days=3)
    assert look_again_at(held_until, is_complete=False, now=NOW) == held_until + timedelta(minutes=1)
    assert look_again_at(None, is_complete=False, now=NOW) == NOW + timedelta(minutes=1)
    assert look_again_at(None, is_complete=True, now=NOW) is None
