"""R7: every zone, every clock change from 2025 to 2040: no local time lost, doubled or out of order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from mentoring.calendar import at_local, local_date, next_occurrence
from mentoring.program import EARLIEST_HOUR, LATEST_HOUR

Record = Callable[[str, object], None]

pytestmark = pytest.mark.prove

FIRST = datetime(2025, 1, 1, tzinfo=UTC)
LAST = datetime(2041, 1, 1, tzinfo=UTC)
ZONES = sorted(available_timezones() - {"localtime"})
QUARTERS = [time(hour, minute) for hour in range(24) for minute in (0, 15, 30, 45)]
DAY = timedelta(days=1)


def changes(zone: ZoneInfo) -> list[datetime]:
    """The first second of each new offset, found by halving between probes twelve hours apart."""
    found = []
    step = timedelta(hours=12)
    moment, offset = FIRST, FIRST.astimezone(zone).utcoffset()
    while moment < LAST:
        following = moment + step
        new = following.astimezone(zone).utcoffset()
        if new != offset:
            early, late = moment, following
            while late - early > timedelta(seconds=1):
                middle = early + (late - early) // timedelta(seconds=2) * timedelta(seconds=1)
                early, late = (
                    (middle, late) if middle.astimezone(zone).utcoffset() == offset else (early, middle)
                )
            found.append(late)
        moment, offset = following, new
    return found


@pytest.fixture(scope="module")
def all_changes() -> dict[str, list[datetime]]:
    return {name: changes(ZoneInfo(name)) for name in ZONES}


def test_zone_data_holds_the_zones_and_changes_this_proof_is_about(
    all_changes: dict[str, list[datetime]], record_property: Record
) -> None:
    total = sum(map(len, all_changes.values()))
    record_property("changes", total)

    assert len(all_changes) > 550
    assert total > 5000


def test_every_local_time_around_every_change_is_one_instant_and_in_order(
    all_changes: dict[str, list[datetime]], record_property: Record
) -> None:
    conversions = 0
    for name, found in all_changes.items():
        zone = ZoneInfo(name)
        for change in found:
            days = [local_date(change, zone) + offset * DAY for offset in (-1, 0, 1)]
            instants = [at_local(day, clock, zone) for day in days for clock in QUARTERS]
            conversions += len(instants)
            for earlier, later in pairwise(instants):
                assert earlier <= later, (name, change, earlier)
            # Nothing is skipped: apart from the change itself, wall clocks are read back as they were asked for.
            before = change - timedelta(seconds=1)
            gap = (change.astimezone(zone).utcoffset(), before.astimezone(zone).utcoffset())
            lost = max(gap[0] - gap[1], timedelta(0))
            moved = [
                instant
                for instant, (day, clock) in zip(
                    instants, ((d, c) for d in days for c in QUARTERS), strict=True
                )
                if instant.astimezone(zone).replace(tzinfo=None) != datetime.combine(day, clock)
            ]
            assert all(instant == change for instant in moved), (name, change)
            assert len(moved) <= -(-lost // timedelta(minutes=15)), (name, change)
    record_property("conversions", conversions)
    assert conversions > 1_500_000


def test_weekly_series_runs_exactly_once_a_week_over_every_change(
    all_changes: dict[str, list[datetime]], record_property: Record
) -> None:
    runs = 0
    for name, found in all_changes.items():
        zone = ZoneInfo(name)
        for change in found:
            day = local_date(change, zone)
            monday = day - timedelta(days=day.weekday() + 7)
            for clock in (EARLIEST_HOUR, time(9), LATEST_HOUR):
                weekday = day.weekday()
                after = at_local(monday, time(0), zone) - timedelta(seconds=1)
                dates = []
                for _ in range(3):
                    after = next_occurrence(after, clock, zone, days=frozenset({weekday}))
                    assert after == at_local(local_date(after, zone), clock, zone), (name, change)
                    dates.append(local_date(after, zone))
                runs += len(dates)
                assert dates == [monday + timedelta(days=weekday + 7 * week) for week in range(3)], (
                    name,
                    change,
                )
    record_property("runs", runs)


def test_weekly_monday_midnight_series_has_as_many_runs_as_there_are_mondays(
    all_changes: dict[str, list[datetime]],
) -> None:
    start, end = date(2025, 1, 6), date(2040, 12, 31)
    weeks = (end - start).days // 7 + 1
    for name in sorted({name for name, found in all_changes.items() if found}):
        zone = ZoneInfo(name)
        instants = [at_local(start + timedelta(weeks=week), time(0), zone) for week in range(weeks)]
        assert len(set(instants)) == weeks, name
        assert all(
            timedelta(days=6) < later - earlier < timedelta(days=8) for earlier, later in pairwise(instants)
        )
