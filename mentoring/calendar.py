"""When: local dates and clocks against instants, working hours, public holidays, days of rest, shared time.

Everything takes the moment as an argument and works on aware UTC instants; what people see is a local date in a
named zone. Nothing here decides what is sent.
"""

from __future__ import annotations

import math
import re
import warnings
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mentoring.errors import CalendarError, NaiveMomentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

HALF_HOUR = timedelta(minutes=30)
HALF_HOURS_IN_A_WEEK = 7 * 48
MONDAY_TO_FRIDAY = frozenset(range(5))

_DAY = timedelta(days=1)
_QUARTER = timedelta(minutes=15)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Absences are stepped over; beside them even a part-timer in a country with many holidays works within this time.
_SEARCH_DAYS = 400
# A group DM waits this long for hours that all share, then goes by the first one's clock.
_WAIT_FOR_OVERLAP = timedelta(days=3)
# Each try steps over an absence or about a week; people whose weekdays never meet would be tried for ever.
_TRIES_FOR_A_DAY = 12


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """When one person works.

    Attributes:
        timezone: IANA name of their zone.
        start: Local time at which work starts.
        end: Local time at which it ends. Before `start` it means the next morning; the hours after midnight belong
            to the day on which they began. 00:00 is midnight at the day's end.
        days: Weekdays they work on, Monday is 0.
        country: Two letters, for public holidays; None if not known, then no day is a holiday.
        subdivision: State or region within the country, where holidays differ.
        absences: First and last day away, both included.
        blackout: Days on which the whole company rests.

    Raises:
        CalendarError: for an unknown zone, no working day, or an end that equals the start.
    """

    timezone: str = "UTC"
    start: time = time(9)
    end: time = time(17)
    days: frozenset[int] = MONDAY_TO_FRIDAY
    country: str | None = None
    subdivision: str | None = None
    absences: tuple[tuple[date, date], ...] = ()
    blackout: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if self.start.tzinfo is not None or self.end.tzinfo is not None:
            raise CalendarError("working hours are local times, got a time with a zone")
        if self.start == self.end:
            raise CalendarError(
                f"working hours must not be empty, got {self.start:%H:%M} to {self.end:%H:%M}"
            )
        if not self.days or not self.days <= frozenset(range(7)):
            raise CalendarError(f"working days must be one or more of 0 to 6, got {sorted(self.days)}")
        for first, last in self.absences:
            if last < first:
                raise CalendarError(f"an absence must not end before it starts, got {first} to {last}")
        named_zone(self.timezone)

    @property
    def zone(self) -> ZoneInfo:
        """The person's zone."""
        return named_zone(self.timezone)


class Window(NamedTuple):
    """A stretch of time, its end excluded; both aware UTC."""

    start: datetime
    end: datetime


# -- zones, dates and clocks


@lru_cache(maxsize=1024)
def named_zone(name: str) -> ZoneInfo:
    """The zone of an IANA name.

    Raises:
        CalendarError: if there is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise CalendarError(f"unknown time zone {name!r}; use a name such as Europe/Berlin") from error


def is_zone(name: str) -> bool:
    """Whether a name is a zone that dates can be reckoned in."""
    try:
        named_zone(name)
    except CalendarError:
        return False
    return True


def check_utc(instant: datetime) -> datetime:
    """The instant itself, in UTC.

    Raises:
        NaiveMomentError: if it has no zone or an offset, so that a local time never passes for an instant.
    """
    if instant.utcoffset() != timedelta(0):
        raise NaiveMomentError(f"an instant must be aware and in UTC, got {instant.isoformat()}")
    return instant if instant.tzinfo is UTC else instant.astimezone(UTC)


def at_local(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The instant of a local date and time: one for every pair, and never earlier for a later pair.

    A time that a clock change leaves out becomes the moment of the change; of a time that comes twice it is the
    first. (Moving a missing time on by the length of the gap would overtake the times after it.)
    """
    wall = datetime.combine(day, clock.replace(tzinfo=None, fold=0))
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    return _change_before(instant, zone)


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """The date on the wall at an instant."""
    return check_utc(instant).astimezone(zone).date()


def next_occurrence(
    after: datetime,
    clock: time,
    zone: ZoneInfo,
    *,
    days: frozenset[int] | None = None,
    every_weeks: int = 1,
    anchor: date | None = None,
) -> datetime:
    """The first instant after `after` at which it is `clock` in `zone`, on the given weekdays.

    Each local date has exactly one such instant, so a series neither loses nor repeats a run at a clock change.

    Args:
        after: Excluded.
        clock: Local time.
        zone: Of the series.
        days: Weekdays, Monday is 0; every day if left out.
        every_weeks: Only every so many weeks, counted from the week of `anchor`.
        anchor: Any day of the first week; needed if `every_weeks` is more than 1.
    """
    if every_weeks > 1 and anchor is None:
        raise CalendarError("every_weeks above 1 needs an anchor to count from")
    first_week = _monday(anchor) if anchor is not None else date.min
    # One day early: a date's instant can lie on the next date, where a change leaves out its midnight.
    day = local_date(after, zone) - _DAY
    for _ in range(7 * every_weeks + 2):
        fits = days is None or day.weekday() in days
        if fits and (_monday(day) - first_week).days // 7 % every_weeks == 0:
            instant = at_local(day, clock, zone)
            if instant > after:
                return instant
        day += _DAY
    raise CalendarError(f"no weekday of {sorted(days or ())} is one of 0 to 6")


def common_date(after: date, every_weeks: int, anchor: date) -> date:
    """The first common date after a day: the Mondays that lie a multiple of `every_weeks` from the anchor's week.

    On a common date itself it is the next one, so that what is asked on that day tells nobody when it was asked.
    """
    first = _monday(anchor)
    step = 7 * every_weeks
    return first + timedelta(days=((after - first).days // step + 1) * step)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _change_before(instant: datetime, zone: ZoneInfo) -> datetime:
    """The clock change that `instant` lies behind, by at most a day (Samoa once left out a whole date)."""
    after = instant.astimezone(zone).utcoffset()
    early, late = instant - _DAY - timedelta(hours=1), instant
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=1) // 2)
        if middle.astimezone(zone).utcoffset() == after:
            late = middle
        else:
            early = middle
    return late


# -- countries and holidays


def guess_country(timezone: str) -> str | None:
    """The country of a zone, two letters: a guess shown to the person for correction. None where there is none."""
    return _countries().get(_links().get(timezone, timezone)) or _countries().get(timezone)


def is_country(code: str) -> bool:
    """Whether the public holidays of a country are known."""
    import holidays  # noqa: PLC0415 -- 0.2 s, and only needed once somebody has a country

    return bool(re.fullmatch(r"[A-Z]{2}", code)) and hasattr(holidays, code)


def subdivisions(country: str) -> tuple[str, ...]:
    """The states or regions of a country whose holidays differ; empty if none are known."""
    import holidays  # noqa: PLC0415 -- as above

    return tuple(getattr(holidays, country).subdivisions) if is_country(country) else ()


@lru_cache(maxsize=2048)
def public_holidays(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    """The public holidays of one year; none for a country that is not known, the country's own for such a region."""
    import holidays  # noqa: PLC0415 -- as above

    if not is_country(country):
        return frozenset()
    region = subdivision if subdivision in subdivisions(country) else None
    with warnings.catch_warnings():
        # Outside the years it knows all of, the library warns and gives the days it can tell: good enough here.
        warnings.simplefilter("ignore")
        return frozenset(holidays.country_holidays(country, subdiv=region, years=year))


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {row[2]: row[0] for row in rows}


@lru_cache(maxsize=1)
def _links() -> dict[str, str]:
    """Older and other names of zones: `Asia/Calcutta` for `Asia/Kolkata`."""
    table = (files("tzdata") / "zoneinfo" / "tzdata.zi").read_text(encoding="utf-8")
    rows = (line.split() for line in table.splitlines() if line.startswith("L "))
    known = _countries()
    return {alias: target for _, target, alias in rows if alias not in known}


# -- working days


def is_working_day(works: WorkingTime, day: date) -> bool:
    """Whether they work on a local date: their weekday, no public holiday, no day of rest, not away."""
    if day.weekday() not in works.days or day in works.blackout or is_away(works, day):
        return False
    return works.country is None or day not in public_holidays(works.country, works.subdivision, day.year)


def is_away(works: WorkingTime, day: date) -> bool:
    """Whether a local date lies in an absence."""
    return any(first <= day <= last for first, last in works.absences)


def add_working_days(works: WorkingTime, day: date, count: int) -> date:
    """The date `count` of their working days after a day, or before it if negative; the day itself for 0.

    Raises:
        CalendarError: if no working day is left in that direction.
    """
    step = 1 if count > 0 else -1
    for _ in range(abs(count)):
        day = _working_day_from(works, day + timedelta(days=step), step)
    return day


def working_day_start(works: WorkingTime, day: date) -> datetime:
    """When work starts on a local date, whether or not they work on it."""
    return at_local(day, works.start, works.zone)


def working_day_end(works: WorkingTime, day: date) -> datetime:
    """When the work begun on a local date ends, whether or not they work on it: a deadline's last moment."""
    return at_local(day + _DAY if works.end < works.start else day, works.end, works.zone)


def _working_day_from(works: WorkingTime, day: date, step: int) -> date:
    """The nearest working day from a day on, itself included, in the direction of `step` (1 or -1)."""
    start = day
    try:
        for _ in range(_SEARCH_DAYS):
            if is_working_day(works, day):
                return day
            day = _past_absence(works, day, step)
    except OverflowError as error:
        raise CalendarError("no working day: away for ever") from error
    raise CalendarError(f"no working day within {_SEARCH_DAYS} days of {start}")


def _past_absence(works: WorkingTime, day: date, step: int) -> date:
    ends = [last if step > 0 else first for first, last in works.absences if first <= day <= last]
    if not ends:
        return day + timedelta(days=step)
    return (max(ends) if step > 0 else min(ends)) + timedelta(days=step)


# -- working hours


def is_working(works: WorkingTime, instant: datetime) -> bool:
    """Whether they work at an instant: within their hours, on a working day."""
    today = local_date(instant, works.zone)
    for day in (today - _DAY, today):
        if working_day_start(works, day) <= instant < working_day_end(works, day) and is_working_day(
            works, day
        ):
            return True
    return False


def next_working_moment(
    works: WorkingTime, instant: datetime, not_before: datetime | None = None
) -> datetime:
    """The first instant from `instant` (and `not_before`) on at which they work; that instant if they do.

    Raises:
        CalendarError: if they have no working day any more.
    """
    start = check_utc(instant) if not_before is None else max(check_utc(instant), check_utc(not_before))
    day = local_date(start, works.zone) - _DAY
    while True:
        day = _working_day_from(works, day, 1)
        opens, closes = working_day_start(works, day), working_day_end(works, day)
        if start < closes and opens < closes:
            return max(start, opens)
        day += _DAY


def working_windows(works: WorkingTime, since: datetime, until: datetime) -> tuple[Window, ...]:
    """Their working time within a stretch of time, in order."""
    check_utc(until)
    day, last = local_date(since, works.zone) - _DAY, local_date(until, works.zone)
    windows = []
    while day <= last:
        opens, closes = working_day_start(works, day), working_day_end(works, day)
        if opens < until and closes > since and is_working_day(works, day):
            windows.append(Window(max(opens, since), min(closes, until)))
        day += _DAY
    return tuple(window for window in windows if window.start < window.end)


def shared_windows(a: WorkingTime, b: WorkingTime, since: datetime, until: datetime) -> tuple[Window, ...]:
    """The time within a stretch in which both work, in order."""
    return _shared(working_windows(a, since, until), working_windows(b, since, until))


def _shared(ours: Iterable[Window], theirs: Sequence[Window]) -> tuple[Window, ...]:
    both = (
        Window(max(mine.start, other.start), min(mine.end, other.end)) for mine in ours for other in theirs
    )
    return tuple(window for window in both if window.start < window.end)


def may_go_out_at(instant: datetime, people: Sequence[WorkingTime]) -> datetime:
    """The first instant from `instant` on at which a message to all these people may go out.

    For one person: their next working moment. For several: the next moment in which all work; where their hours do
    not meet within three days, the first one's hours, on a date that is a working day for all (unless they never
    have one in common). For nobody (a channel): at once.

    Raises:
        CalendarError: if one of them has no working day any more.
    """
    moment = check_utc(instant)
    if not people:
        return moment
    first, *others = people
    for _ in range(_TRIES_FOR_A_DAY):
        candidate = next_working_moment(first, moment)
        until = candidate + _WAIT_FOR_OVERLAP
        shared = working_windows(first, candidate, until)
        for other in others:
            shared = _shared(shared, working_windows(other, candidate, until))
        if shared:
            return shared[0].start
        moment = max([candidate, *(_ready(other, candidate) for other in others)])
        if moment == candidate:
            return candidate
    return next_working_moment(first, instant)


def _ready(works: WorkingTime, instant: datetime) -> datetime:
    """The instant itself on a working day of theirs, else the start of the next one."""
    today = local_date(instant, works.zone)
    day = _working_day_from(works, today, 1)
    return instant if day == today else working_day_start(works, day)


# -- finding a time for two


def suggest_slots(
    a: WorkingTime,
    b: WorkingTime,
    now: datetime,
    minutes: int,
    count: int = 3,
    *,
    notice_hours: int = 24,
    within_days: int = 14,
    busy: Sequence[Window] = (),
) -> tuple[datetime, ...]:
    """Times for two to meet: inside both people's working hours, on different days where there are enough.

    Slots start on the quarter hour, on the full or half hour where the shared time allows it, and lie early, late
    and in the middle of it by turns, so that they differ in more than the date. None starts within the notice.

    Args:
        a: One of the two; days are counted in their zone.
        b: The other.
        now: The moment of asking.
        minutes: Length of the meeting.
        count: Slots wanted; fewer come back where there are fewer.
        notice_hours: Hours from now that stay free.
        within_days: Days from then on that are searched.
        busy: Time that is taken, such as the two's other sessions.

    Returns:
        Starts, in order.
    """
    earliest = check_utc(now) + timedelta(hours=notice_hours)
    until = earliest + timedelta(days=within_days)
    length = timedelta(minutes=minutes)
    by_day: dict[date, list[datetime]] = {}
    for window in shared_windows(a, b, earliest, until):
        for start in _starts(window, length):
            if not any(start < taken.end and taken.start < start + length for taken in busy):
                by_day.setdefault(local_date(start, a.zone), []).append(start)
    chosen: list[datetime] = []
    for _ in range(count):  # one per day, then a second one per day, and so on
        for day in sorted(by_day):
            free = [start for start in by_day[day] if all(abs(start - other) >= length for other in chosen)]
            if len(chosen) < count and free:
                chosen.append(_pick(free, len(chosen), (a.zone, b.zone)))
    return tuple(sorted(chosen))


def _starts(window: Window, length: timedelta) -> Iterator[datetime]:
    # Every offset in use is a multiple of a quarter hour, so a quarter in UTC is one everywhere.
    start = _EPOCH + math.ceil((window.start - _EPOCH) / _QUARTER) * _QUARTER
    while start + length <= window.end:
        yield start
        start += _QUARTER


def _pick(free: Sequence[datetime], turn: int, zones: tuple[ZoneInfo, ZoneInfo]) -> datetime:
    """A start at a quarter, three quarters or the middle of what is free, by turns, on a round time if possible."""
    best = min(_roundness(start, zones) for start in free)
    round_ones = [start for start in free if _roundness(start, zones) == best]
    return round_ones[(len(round_ones) - 1) * (1, 3, 2)[turn % 3] // 4]


def _roundness(start: datetime, zones: tuple[ZoneInfo, ZoneInfo]) -> int:
    """How many of the two read a time that is neither full nor half."""
    return sum(start.astimezone(zone).minute % 30 != 0 for zone in zones)


def week_mask(works: WorkingTime, reference_monday: date) -> int:
    """The half hours of an ordinary week in which they work, as 336 bits; bit 0 is Monday 00:00 UTC.

    A half hour counts if all of it is working time. Holidays and absences do not: matching looks further than one
    week. Two masks of the same week, put together with `&`, give the shared half hours.

    Args:
        works: Whose week.
        reference_monday: Its offset from UTC is what counts.

    Raises:
        CalendarError: if the day is not a Monday.
    """
    if reference_monday.weekday() != 0:
        raise CalendarError(f"reference_monday must be a Monday, got {reference_monday}")
    return _week_mask(works.timezone, works.start, works.end, works.days, reference_monday)


@lru_cache(maxsize=4096)
def _week_mask(timezone: str, start: time, end: time, days: frozenset[int], monday: date) -> int:
    begin = datetime.combine(monday, time(0), tzinfo=UTC)
    works = WorkingTime(timezone, start, end, days)
    # One day on either side: local Sunday and local Monday reach into the week in UTC.
    windows = working_windows(works, begin - _DAY, begin + 8 * _DAY)
    mask = 0
    for window in windows:
        first = math.ceil((window.start - begin) / HALF_HOUR)
        last = (window.end - begin) // HALF_HOUR
        for half_hour in range(max(first, 0), min(last, HALF_HOURS_IN_A_WEEK)):
            mask |= 1 << half_hour
    return mask


def overlap_half_hours(a: WorkingTime, b: WorkingTime, on: date) -> int:
    """Half hours that two share in an ordinary week, reckoned with the offsets of the week that holds `on`."""
    monday = _monday(on)
    return (week_mask(a, monday) & week_mask(b, monday)).bit_count()
