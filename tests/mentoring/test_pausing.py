"""Pauses: how their end is read, when they are over, and that nothing gets past one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring.budget import PAUSED, Drop, Go, Recipient, Snooze, may_go
from mentoring.calendar import WorkingTime, local_date
from mentoring.deliveries import KINDS
from mentoring.participants import ParticipantState
from mentoring.pausing import Misread, due_at, over_at, read_end

TODAY = date(2026, 9, 7)  # a Monday
ZONES = ("UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Apia", "America/Sao_Paulo")


@pytest.mark.parametrize(
    ("typed", "until"),
    [
        ("2w", date(2026, 9, 21)),
        ("2 weeks", date(2026, 9, 21)),
        ("two weeks please", date(2026, 9, 21)),
        ("for a week", date(2026, 9, 14)),
        ("1m", date(2026, 10, 7)),
        ("1 month", date(2026, 10, 7)),
        ("A MONTH", date(2026, 10, 7)),
        ("10 days", date(2026, 9, 17)),
        ("tomorrow", date(2026, 9, 8)),
        ("until Friday", date(2026, 9, 11)),
        ("monday", date(2026, 9, 14)),
        ("until 2026-10-01", date(2026, 10, 1)),
        ("2026-1-5", Misread.NOT_AHEAD),
        ("1 October", date(2026, 10, 1)),
        ("1st of October", date(2026, 10, 1)),
        ("October 1, 2026", date(2026, 10, 1)),
        ("3 Sept", date(2027, 9, 3)),
        ("0 weeks", Misread.NOT_AHEAD),
        ("2026-09-07", Misread.NOT_AHEAD),
        ("2020-01-01", Misread.NOT_AHEAD),
        ("13 months", Misread.TOO_LONG),
        ("9999 months", Misread.TOO_LONG),
        ("2030-01-01", Misread.TOO_LONG),
        ("30 February", Misread.UNCLEAR),
        ("2026-13-40", Misread.UNCLEAR),
        ("10000 months", Misread.UNCLEAR),
        ("01/02/2027", Misread.UNCLEAR),
        ("some time", Misread.UNCLEAR),
        ("2", Misread.UNCLEAR),
        ("-3 weeks", Misread.UNCLEAR),
        ("forever", Misread.UNCLEAR),
    ],
)
def test_the_end_of_a_pause_as_people_type_it(typed, until):
    assert read_end(typed, today=TODAY) == until


@given(st.text(max_size=60))
@settings(max_examples=300)
def test_whatever_is_typed_is_a_day_within_a_year_or_refused(typed):
    read = read_end(typed, today=TODAY)
    assert isinstance(read, Misread) or TODAY < read <= TODAY + timedelta(days=366)


@given(st.dates(date(2025, 1, 1), date(2035, 1, 1)), st.sampled_from(ZONES))
def test_a_pause_is_over_at_the_first_moment_of_the_next_day_where_the_person_is(until, zone):
    over = over_at(until, ZoneInfo(zone))
    assert local_date(over, ZoneInfo(zone)) > until
    assert local_date(over - timedelta(microseconds=1), ZoneInfo(zone)) <= until
    assert due_at(ParticipantState.PAUSED, until, ZoneInfo(zone)) == over


def test_only_a_pause_makes_a_participant_due():
    zone = ZoneInfo("UTC")
    for state in (ParticipantState.ACTIVE, ParticipantState.LEFT):
        assert due_at(state, TODAY, zone) is None
    assert due_at(ParticipantState.PAUSED, None, zone) is None


@given(
    kind=st.sampled_from([kind for kind in KINDS.values() if not kind.while_paused]),
    now=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - Hypothesis takes naive bounds
    left=st.integers(0, 400),
    zone=st.sampled_from(ZONES),
    partner_first=st.booleans(),
    hours_left=st.none() | st.integers(1, 2_000),
)
@settings(max_examples=300)
def test_nothing_goes_out_while_somebody_it_would_reach_is_paused(
    kind, now, left, zone, partner_first, hours_left
):
    works = WorkingTime(timezone=zone)
    until = local_date(now, works.zone) + timedelta(days=left)
    paused = Recipient(works=works, agreed=True, reachable=True, paused_until=until)
    partner = Recipient(works=WorkingTime(), agreed=True, reachable=True)
    verdict = may_go(
        kind,
        [partner, paused] if partner_first else [paused, partner],
        expires_at=None if hours_left is None else now + timedelta(hours=hours_left),
        budgeted=kind.budgeted,
        weekly_budget=1,
        now=now,
    )
    assert isinstance(verdict, Snooze)
    assert verdict.reason == PAUSED
    assert local_date(verdict.until, works.zone) > until


def test_the_day_after_the_last_day_messages_go_out_again():
    works = WorkingTime(timezone="Europe/Berlin")
    person = Recipient(works=works, agreed=True, reachable=True, paused_until=date(2026, 9, 21))
    monday, tuesday = datetime(2026, 9, 21, 10, tzinfo=UTC), datetime(2026, 9, 22, 10, tzinfo=UTC)

    def verdict(now):
        return may_go(
            KINDS["pair.ended"], [person], expires_at=None, budgeted=False, weekly_budget=1, now=now
        )

    assert isinstance(verdict(monday), Snooze)
    assert verdict(tuesday) == Go()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_only_what_tells_of_an_end_goes_to_a_group_that_somebody_left(kind):
    now = datetime(2026, 9, 8, 10, tzinfo=UTC)
    here = Recipient(works=WorkingTime(), agreed=True, reachable=True)
    gone = Recipient(works=WorkingTime(timezone="Asia/Kolkata"), agreed=False, reachable=True)
    verdict = may_go(KINDS[kind], [gone, here], expires_at=None, budgeted=False, weekly_budget=1, now=now)
    assert verdict == (Go() if KINDS[kind].ends else Drop("without consent"))
    alone = may_go(KINDS[kind], [gone], expires_at=None, budgeted=False, weekly_budget=1, now=now)
    assert alone == Drop("without consent")
