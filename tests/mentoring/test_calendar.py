"""Local time against instants, working time, and time for two."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring.calendar import (
    Window,
    WorkingTime,
    add_working_days,
    at_local,
    check_utc,
    common_date,
    guess_country,
    is_country,
    is_working,
    is_working_day,
    is_zone,
    local_date,
    may_go_out_at,
    next_occurrence,
    next_working_moment,
    overlap_half_hours,
    public_holidays,
    shared_windows,
    subdivisions,
    suggest_slots,
    week_mask,
    working_day_end,
    working_day_start,
    working_windows,
)
from mentoring.errors import CalendarError, NaiveMomentError

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = sorted(available_timezones() - {"localtime"})
GERMAN = WorkingTime("Europe/Berlin", country="DE")
NEW_YORKER = WorkingTime("America/New_York", country="US")
AUSTRALIAN = WorkingTime("Australia/Sydney")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


few = settings(max_examples=25)  # the proof over all zones is in tests/prove
zones = st.sampled_from(ZONES)
days_ahead = st.dates(date(2025, 1, 1), date(2040, 12, 31))
instants = st.datetimes(datetime(2025, 1, 1), datetime(2040, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- bounds
clocks = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))


@st.composite
def working_times(draw: st.DrawFn, *, by_day: bool = False) -> WorkingTime:
    start = draw(st.integers(0, 14) if by_day else st.integers(0, 23))
    end = start + draw(st.integers(3, 9)) if by_day else draw(st.integers(0, 23).filter(lambda h: h != start))
    return WorkingTime(
        draw(zones),
        time(start, draw(st.sampled_from([0, 15, 30, 45])) if by_day else 0),
        time(end),
        frozenset(draw(st.sets(st.integers(0, 6), min_size=1))),
        draw(st.sampled_from([None, "DE", "US", "IN", "JP"])),
    )


# -- local time


def test_time_in_a_gap_becomes_the_moment_of_the_change() -> None:
    assert at_local(date(2026, 3, 29), time(2, 15), BERLIN) == utc("2026-03-29T01:00")
    assert at_local(date(2026, 3, 29), time(3, 0), BERLIN) == utc("2026-03-29T01:00")


def test_time_that_comes_twice_is_the_first() -> None:
    assert at_local(date(2026, 10, 25), time(2, 30), BERLIN) == utc("2026-10-25T00:30")
    assert at_local(date(2026, 10, 25), time(2, 30, fold=1), BERLIN) == utc("2026-10-25T00:30")


def test_midnight_that_a_change_leaves_out_becomes_the_first_moment_of_its_date() -> None:
    santiago = ZoneInfo("America/Santiago")

    midnight = at_local(date(2026, 9, 6), time(0), santiago)

    assert midnight.astimezone(santiago).replace(tzinfo=None) == datetime(2026, 9, 6, 1)  # noqa: DTZ001 -- a wall clock
    assert local_date(midnight - timedelta(seconds=1), santiago) == date(2026, 9, 5)


def test_whole_date_that_a_change_leaves_out_becomes_the_moment_of_the_change() -> None:
    apia = ZoneInfo("Pacific/Apia")

    assert at_local(date(2011, 12, 30), time(9), apia) == at_local(date(2011, 12, 31), time(0), apia)


@given(zones, days_ahead, clocks)
def test_local_time_reads_back_unless_a_change_leaves_it_out(name: str, day: date, clock: time) -> None:
    zone = ZoneInfo(name)

    instant = at_local(day, clock, zone)

    read = instant.astimezone(zone)
    wall = datetime.combine(day, clock)
    before = (instant - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
    assert read.replace(tzinfo=None) == wall or before < wall < read.replace(tzinfo=None)


@given(zones, days_ahead, clocks, st.integers(1, 3 * 24 * 4))
def test_later_local_time_is_never_an_earlier_instant(
    name: str, day: date, clock: time, quarters: int
) -> None:
    zone = ZoneInfo(name)
    later = datetime.combine(day, clock) + timedelta(minutes=15 * quarters)

    assert at_local(day, clock, zone) <= at_local(later.date(), later.time(), zone)


def test_weekly_monday_midnight_does_not_lose_the_week_of_a_change() -> None:
    after, runs = utc("2026-03-01T00:00"), []
    for _ in range(6):
        after = next_occurrence(after, time(0), BERLIN, days=frozenset({0}))
        runs.append(local_date(after, BERLIN))

    assert runs == [date(2026, 3, 2) + timedelta(weeks=week) for week in range(6)]


def test_next_occurrence_is_later_than_a_moment_that_fits_itself() -> None:
    nine = utc("2026-12-07T08:00")

    assert next_occurrence(nine - timedelta(seconds=1), time(9), BERLIN) == nine
    assert next_occurrence(nine, time(9), BERLIN) == nine + timedelta(days=1)


def test_every_second_week_counts_from_its_anchor() -> None:
    monday = frozenset({0})

    found = next_occurrence(
        utc("2026-12-08T00:00"), time(9), BERLIN, days=monday, every_weeks=2, anchor=date(2026, 11, 26)
    )

    assert found == utc("2026-12-21T08:00")


def test_series_of_some_weeks_needs_an_anchor_and_real_weekdays() -> None:
    with pytest.raises(CalendarError, match="every_weeks above 1 needs an anchor"):
        next_occurrence(utc("2026-12-08T00:00"), time(9), BERLIN, every_weeks=2)
    with pytest.raises(CalendarError, match="no weekday"):
        next_occurrence(utc("2026-12-08T00:00"), time(9), BERLIN, days=frozenset({7}))


@few
@given(zones, instants, clocks, st.sets(st.integers(0, 6), min_size=1), st.integers(1, 4))
def test_series_keeps_its_weekdays_and_weeks(
    name: str, after: datetime, clock: time, days: set[int], weeks: int
) -> None:
    zone, anchor = ZoneInfo(name), date(2026, 1, 5)

    found = next_occurrence(after, clock, zone, days=frozenset(days), every_weeks=weeks, anchor=anchor)

    assert found > after
    assert found - after <= timedelta(days=7 * weeks + 1, hours=3)
    if time(5) <= clock < time(21):  # the hours a cadence may use: there the local date is never moved
        day = local_date(found, zone)
        assert day.weekday() in days
        assert (day - timedelta(days=day.weekday()) - anchor).days // 7 % weeks == 0


def test_naive_and_local_moments_are_refused() -> None:
    for moment in (
        datetime(2026, 12, 8, 9),  # noqa: DTZ001 -- naive, on purpose
        datetime(2026, 12, 8, 9, tzinfo=BERLIN),
        datetime(2026, 12, 8, 9, tzinfo=timezone(timedelta(hours=1))),
    ):
        with pytest.raises(NaiveMomentError, match="must be aware and in UTC"):
            check_utc(moment)
        with pytest.raises(NaiveMomentError):
            is_working(GERMAN, moment)
        with pytest.raises(NaiveMomentError):
            may_go_out_at(moment, [])
        with pytest.raises(NaiveMomentError):
            suggest_slots(GERMAN, GERMAN, moment, 25)


def test_common_dates_are_mondays_counted_from_the_anchor() -> None:
    anchor = date(2026, 11, 26)  # a Thursday: its week began on Monday 23 November

    assert common_date(date(2026, 12, 1), 2, anchor) == date(2026, 12, 7)
    assert common_date(date(2026, 12, 6), 2, anchor) == date(2026, 12, 7)
    assert common_date(date(2026, 12, 7), 2, anchor) == date(2026, 12, 21)
    assert common_date(date(2026, 11, 1), 2, anchor) == date(2026, 11, 9)
    assert common_date(date(2026, 12, 7), 1, anchor) == date(2026, 12, 14)


# -- countries


@pytest.mark.parametrize(
    ("timezone_name", "country"),
    [
        ("Europe/Berlin", "DE"),
        ("America/New_York", "US"),
        ("Asia/Calcutta", "IN"),
        ("Asia/Kolkata", "IN"),
        ("US/Pacific", "US"),
        ("Europe/Kiev", "UA"),
        ("Europe/Oslo", "NO"),
        ("UTC", None),
        ("Etc/GMT+5", None),
        ("Nowhere/At_All", None),
    ],
)
def test_country_is_guessed_from_the_zone(timezone_name: str, country: str | None) -> None:
    assert guess_country(timezone_name) == country


def test_holidays_are_those_of_country_and_region() -> None:
    assert date(2026, 12, 25) in public_holidays("DE", None, 2026)
    assert date(2026, 6, 4) not in public_holidays("DE", "BE", 2026)
    assert date(2026, 6, 4) in public_holidays("DE", "BY", 2026)
    assert public_holidays("DE", "Atlantis", 2026) == public_holidays("DE", None, 2026)
    assert public_holidays("ZZ", None, 2026) == frozenset()


def test_unknown_codes_are_no_country() -> None:
    assert is_country("DE")
    assert not any(is_country(code) for code in ("ZZ", "de", "", "__doc__", "DEU"))
    assert "BY" in subdivisions("DE")
    assert subdivisions("ZZ") == ()


# -- working time


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"timezone": "Mars/Base"}, "unknown time zone 'Mars/Base'"),
        ({"timezone": ""}, "unknown time zone ''"),
        ({"timezone": "../etc/passwd"}, "unknown time zone"),
        ({"start": time(9), "end": time(9)}, "must not be empty, got 09:00 to 09:00"),
        ({"start": time(9, tzinfo=UTC)}, "local times"),
        ({"days": frozenset()}, r"one or more of 0 to 6, got \[\]"),
        ({"days": frozenset({1, 7})}, r"got \[1, 7\]"),
        ({"absences": ((date(2026, 2, 2), date(2026, 2, 1)),)}, "must not end before it starts"),
    ],
)
def test_impossible_working_time_is_refused(wrong: dict, message: str) -> None:
    with pytest.raises(CalendarError, match=message):
        WorkingTime(**wrong)


def test_zone_names_are_told_apart() -> None:
    assert is_zone("Europe/Berlin")
    assert not is_zone("Europe/Bonn")


def test_working_hours_include_their_start_and_exclude_their_end() -> None:
    assert is_working(GERMAN, utc("2026-12-07T08:00"))
    assert is_working(GERMAN, utc("2026-12-07T15:59:59"))
    assert not is_working(GERMAN, utc("2026-12-07T16:00"))
    assert not is_working(GERMAN, utc("2026-12-07T07:59:59"))


def test_weekends_holidays_absences_and_days_of_rest_are_no_working_days() -> None:
    works = WorkingTime(
        "Europe/Berlin",
        country="DE",
        absences=((date(2026, 12, 8), date(2026, 12, 9)),),
        blackout=frozenset({date(2026, 12, 11)}),
    )

    working = [day for day in range(1, 32) if is_working_day(works, date(2026, 12, day))]

    assert working == [1, 2, 3, 4, 7, 10, 14, 15, 16, 17, 18, 21, 22, 23, 24, 28, 29, 30, 31]


def test_night_shift_belongs_to_the_day_it_began_on() -> None:
    nights = WorkingTime("UTC", time(22), time(6), frozenset({4}))

    assert is_working(nights, utc("2026-12-04T23:00"))
    assert is_working(nights, utc("2026-12-05T05:59"))
    assert not is_working(nights, utc("2026-12-04T05:00"))
    assert not is_working(nights, utc("2026-12-05T22:30"))
    assert working_day_end(nights, date(2026, 12, 4)) == utc("2026-12-05T06:00")
    assert next_working_moment(nights, utc("2026-12-05T06:00")) == utc("2026-12-11T22:00")


def test_midnight_as_end_is_the_end_of_the_day() -> None:
    late = WorkingTime("Europe/Berlin", time(14), time(0))

    assert working_day_end(late, date(2026, 12, 7)) == utc("2026-12-07T23:00")


def test_working_days_are_counted_over_weekends_and_holidays() -> None:
    assert add_working_days(GERMAN, date(2026, 12, 4), 1) == date(2026, 12, 7)
    assert add_working_days(GERMAN, date(2026, 12, 23), 3) == date(2026, 12, 29)
    assert add_working_days(GERMAN, date(2026, 12, 28), -2) == date(2026, 12, 23)
    assert add_working_days(GERMAN, date(2026, 12, 26), 0) == date(2026, 12, 26)


def test_long_absence_is_stepped_over() -> None:
    works = WorkingTime(absences=((date(2026, 1, 1), date(2031, 12, 31)),))

    assert next_working_moment(works, utc("2026-06-01T10:00")) == utc("2032-01-01T09:00")
    assert add_working_days(works, date(2032, 1, 1), -1) == date(2025, 12, 31)


def test_absence_for_ever_is_an_error_and_no_endless_search() -> None:
    works = WorkingTime(absences=((date(2026, 1, 1), date.max),))

    with pytest.raises(CalendarError, match="away for ever"):
        next_working_moment(works, utc("2026-06-01T10:00"))


def test_nobody_with_every_working_day_a_day_of_rest_is_searched_for_ever() -> None:
    fridays = frozenset(date(2026, 1, 2) + timedelta(weeks=week) for week in range(80))

    with pytest.raises(CalendarError, match="no working day within 400 days of 2026-01-01"):
        next_working_moment(WorkingTime(days=frozenset({4}), blackout=fridays), utc("2026-01-02T00:00"))


def test_working_moment_waits_for_what_must_come_first() -> None:
    assert next_working_moment(GERMAN, utc("2026-12-07T08:00"), not_before=utc("2026-12-07T20:00")) == utc(
        "2026-12-08T08:00"
    )


@few
@given(working_times(), instants)
def test_next_working_moment_is_the_first_working_one(works: WorkingTime, instant: datetime) -> None:
    found = next_working_moment(works, instant)

    assert found >= instant
    assert is_working(works, found)
    if found > instant:
        assert not is_working(works, instant)
        assert not working_windows(works, instant, found)


@few
@given(working_times(), instants, st.integers(1, 200))
def test_windows_hold_exactly_the_working_time(works: WorkingTime, since: datetime, hours: int) -> None:
    until = since + timedelta(hours=hours)

    windows = working_windows(works, since, until)

    assert all(since <= window.start < window.end <= until for window in windows)
    assert all(first.end <= second.start for first, second in pairwise(windows))
    for step in range(0, hours * 60, 47):
        probe = since + timedelta(minutes=step)
        assert is_working(works, probe) == any(window.start <= probe < window.end for window in windows)


@few
@given(working_times(), days_ahead, st.integers(1, 30))
def test_working_days_count_back_to_where_they_came_from(works: WorkingTime, day: date, count: int) -> None:
    start = add_working_days(works, day, 1)

    assert add_working_days(works, add_working_days(works, start, count), -count) == start
    assert working_day_start(works, start) <= working_day_end(works, start)


# -- two and more


def test_shared_time_is_where_both_work() -> None:
    windows = shared_windows(GERMAN, NEW_YORKER, utc("2026-12-07T00:00"), utc("2026-12-09T00:00"))

    assert windows == (
        Window(utc("2026-12-07T14:00"), utc("2026-12-07T16:00")),
        Window(utc("2026-12-08T14:00"), utc("2026-12-08T16:00")),
    )


def test_message_to_nobody_in_particular_goes_at_once() -> None:
    assert may_go_out_at(utc("2026-12-05T03:00"), []) == utc("2026-12-05T03:00")


def test_message_to_one_waits_for_their_hours() -> None:
    assert may_go_out_at(utc("2026-12-04T18:00"), [GERMAN]) == utc("2026-12-07T08:00")
    assert may_go_out_at(utc("2026-12-07T09:17"), [GERMAN]) == utc("2026-12-07T09:17")


def test_message_to_two_waits_for_hours_that_both_share() -> None:
    assert may_go_out_at(utc("2026-12-07T09:00"), [GERMAN, NEW_YORKER]) == utc("2026-12-07T14:00")


def test_message_to_two_without_shared_hours_goes_by_the_first_ones_clock() -> None:
    assert may_go_out_at(utc("2026-12-04T18:00"), [GERMAN, AUSTRALIAN]) == utc("2026-12-07T08:00")
    assert may_go_out_at(utc("2026-12-04T18:00"), [AUSTRALIAN, GERMAN]) == utc("2026-12-07T22:00")


def test_message_to_two_waits_until_the_second_is_back() -> None:
    away = WorkingTime("America/New_York", absences=((date(2026, 12, 1), date(2026, 12, 15)),))
    far_away = WorkingTime("Australia/Sydney", absences=((date(2026, 12, 1), date(2026, 12, 15)),))

    assert may_go_out_at(utc("2026-12-04T18:00"), [GERMAN, away]) == utc("2026-12-16T14:00")
    assert may_go_out_at(utc("2026-12-04T18:00"), [GERMAN, far_away]) == utc("2026-12-16T08:00")


def test_message_to_two_whose_days_never_meet_goes_by_the_first_ones_week() -> None:
    early = WorkingTime(days=frozenset({0, 1}))
    late = WorkingTime(days=frozenset({3}))

    assert may_go_out_at(utc("2026-12-04T18:00"), [early, late]) == utc("2026-12-07T09:00")


@few
@given(working_times(), working_times(), instants)
def test_message_to_two_never_leaves_outside_the_first_ones_hours(
    a: WorkingTime, b: WorkingTime, instant: datetime
) -> None:
    found = may_go_out_at(instant, [a, b])

    assert found >= instant
    assert is_working(a, found)
    assert may_go_out_at(found, [a, b]) == found


def test_slots_lie_on_different_days_and_at_different_hours() -> None:
    slots = suggest_slots(GERMAN, GERMAN, utc("2026-12-04T18:00"), 50)

    assert slots == (utc("2026-12-07T09:30"), utc("2026-12-08T13:00"), utc("2026-12-09T11:30"))


def test_slots_share_a_day_where_there_is_only_one() -> None:
    mondays = WorkingTime("Europe/Berlin", days=frozenset({0}))

    slots = suggest_slots(mondays, GERMAN, utc("2026-12-04T18:00"), 25, within_days=5)

    assert {local_date(slot, BERLIN) for slot in slots} == {date(2026, 12, 7)}
    assert len(slots) == 3


def test_two_who_share_too_little_get_no_slot() -> None:
    assert suggest_slots(GERMAN, AUSTRALIAN, utc("2026-12-04T18:00"), 25) == ()
    early = WorkingTime("Europe/Berlin", end=time(9, 40))
    assert suggest_slots(GERMAN, early, utc("2026-12-04T18:00"), 50) == ()


def test_slots_keep_clear_of_what_is_taken() -> None:
    week = Window(utc("2026-12-07T00:00"), utc("2026-12-12T00:00"))

    slots = suggest_slots(GERMAN, GERMAN, utc("2026-12-04T18:00"), 50, busy=[week])

    assert [local_date(slot, BERLIN) for slot in slots] == [date(2026, 12, day) for day in (14, 15, 16)]


@few
@given(
    working_times(by_day=True),
    working_times(by_day=True),
    instants,
    st.sampled_from([10, 25, 45, 50, 90]),
    st.integers(1, 5),
    st.integers(0, 72),
)
def test_slots_lie_inside_both_peoples_hours(
    a: WorkingTime, b: WorkingTime, now: datetime, minutes: int, count: int, notice: int
) -> None:
    slots = suggest_slots(a, b, now, minutes, count, notice_hours=notice)

    assert len(slots) <= count
    assert list(slots) == sorted(set(slots))
    shared = shared_windows(a, b, now, now + timedelta(days=30))
    length = timedelta(minutes=minutes)
    for slot in slots:
        assert slot >= now + timedelta(hours=notice)
        assert any(window.start <= slot and slot + length <= window.end for window in shared)
        for works in (a, b):
            local = slot.astimezone(works.zone)
            assert (local.minute % 15, local.second, local.microsecond) == (0, 0, 0)
    assert all(second - first >= length for first, second in pairwise(slots))
    assert slots == suggest_slots(a, b, now, minutes, count, notice_hours=notice)


# -- the week as bits


def test_week_mask_starts_with_monday_in_utc() -> None:
    works = WorkingTime("UTC", time(0), time(1), frozenset({0}))

    assert week_mask(works, date(2026, 12, 7)) == 0b11


def test_week_mask_counts_whole_half_hours_only() -> None:
    works = WorkingTime("UTC", time(9, 15), time(10, 45), frozenset({0}))

    assert week_mask(works, date(2026, 12, 7)) == 0b11 << 19


def test_week_mask_wants_a_monday() -> None:
    with pytest.raises(CalendarError, match="must be a Monday, got 2026-12-08"):
        week_mask(GERMAN, date(2026, 12, 8))


def test_overlap_follows_the_offsets_of_the_week() -> None:
    assert overlap_half_hours(GERMAN, NEW_YORKER, date(2026, 12, 10)) == 20
    # America has changed its clocks, Europe not yet.
    assert overlap_half_hours(GERMAN, NEW_YORKER, date(2026, 3, 11)) == 30
    assert overlap_half_hours(GERMAN, AUSTRALIAN, date(2026, 12, 10)) == 0


@few
@given(working_times(), days_ahead)
def test_week_mask_holds_the_working_hours_of_an_ordinary_week(works: WorkingTime, day: date) -> None:
    monday = day - timedelta(days=day.weekday())
    ordinary = WorkingTime(works.timezone, works.start, works.end, works.days)
    begin = datetime.combine(monday, time(0), tzinfo=UTC)

    mask = week_mask(works, monday)

    for bit in range(0, 336, 7):
        first = begin + timedelta(minutes=30 * bit)
        minutes = (first + timedelta(minutes=minute) for minute in range(0, 30, 5))
        assert bool(mask >> bit & 1) == all(is_working(ordinary, minute) for minute in minutes)
