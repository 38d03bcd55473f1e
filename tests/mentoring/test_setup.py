"""The rules of setting a program up: charter, checklist, dates, lists, figures, codes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentoring.participants import NamedRoleState
from mentoring.program import Direction, ProgramState
from mentoring.setup import (
    MAX_DEPARTMENTS,
    ChannelState,
    Charter,
    DateFault,
    Figure,
    ListFault,
    Measure,
    Need,
    Readiness,
    Size,
    date_faults,
    figures_possible,
    first_dates,
    may_guess,
    missing,
    program_due_at,
    read_departments,
    sign_up_ends_at,
)

TODAY = date(2026, 9, 7)
NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
READY = Readiness(
    goal="Learn from each other",
    charter=Charter(skills="a", culture="b", metric="c", measures=(Measure.SESSIONS_HELD,), screen=3),
    channel=ChannelState.REACHED,
    signup_closes_on=TODAY + timedelta(days=14),
    starts_on=TODAY + timedelta(days=21),
    contact=NamedRoleState.ACCEPTED,
    deputy=NamedRoleState.ACCEPTED,
)


def test_nothing_is_missing_when_every_line_stands():
    assert missing(READY, today=TODAY) == ()


@pytest.mark.practice("P1", "P2", "P3")
@pytest.mark.parametrize(
    ("change", "need"),
    [
        ({"goal": " "}, Need.GOAL),
        ({"starts_on": None}, Need.DATES),
        ({"signup_closes_on": TODAY - timedelta(days=1)}, Need.DATES),
        ({"channel": ChannelState.CHECKING}, Need.CHANNEL),
        ({"channel": ChannelState.IN_DOUBT}, Need.CHANNEL),
        ({"charter": replace(READY.charter, skills="")}, Need.SKILLS),
        ({"charter": replace(READY.charter, culture="  ")}, Need.CULTURE),
        ({"charter": replace(READY.charter, metric="")}, Need.METRIC),
        ({"charter": replace(READY.charter, measures=())}, Need.MEASURES),
        ({"contact": NamedRoleState.NAMED}, Need.CONTACT),
        ({"contact": None}, Need.CONTACT),
        ({"deputy": NamedRoleState.NAMED}, Need.DEPUTY),
    ],
)
def test_each_line_bars_launch_by_itself(change, need):
    assert missing(replace(READY, **change), today=TODAY) == (need,)


@pytest.mark.practice("P3")
def test_a_charter_to_be_finished_later_bars_launch_with_all_its_lines():
    later = replace(READY, charter=replace(READY.charter, later=True))
    assert missing(later, today=TODAY) == (Need.SKILLS, Need.CULTURE, Need.METRIC, Need.MEASURES)


charters = st.builds(
    Charter,
    direction=st.sampled_from(Direction),
    secondary=st.lists(st.text(max_size=10), max_size=3).map(tuple),
    skills=st.text(max_size=10),
    culture=st.text(max_size=10),
    metric=st.text(max_size=10),
    measures=st.lists(st.sampled_from(Measure), unique=True).map(tuple),
    size=st.sampled_from(Size),
    later=st.booleans(),
    screen=st.integers(0, 3),
)


@given(charters)
def test_a_charter_comes_back_from_its_row_as_it_was(charter):
    assert Charter.from_json(charter.to_json()) == charter


def test_a_charter_of_another_release_loads():
    stored = {**Charter().to_json(), "measures": ["sessions_held", "from_the_future"], "new": 1}
    del stored["size"]
    assert Charter.from_json(stored) == Charter(measures=(Measure.SESSIONS_HELD,))
    assert Charter.from_json({}) == Charter()


@pytest.mark.parametrize(
    ("closes", "starts", "faults"),
    [
        (TODAY, TODAY, {}),
        (None, None, {"signup_closes_on": DateFault.MISSING, "starts_on": DateFault.MISSING}),
        (TODAY - timedelta(days=1), TODAY, {"signup_closes_on": DateFault.PAST}),
        (TODAY + timedelta(days=2), TODAY + timedelta(days=1), {"starts_on": DateFault.BEFORE_SIGN_UP}),
        (TODAY, TODAY + timedelta(days=367), {"starts_on": DateFault.FAR}),
    ],
)
def test_dates_lie_ahead_and_in_order(closes, starts, faults):
    assert date_faults(closes, starts, today=TODAY) == faults


@given(st.dates(date(2025, 1, 1), date(2040, 1, 1)))
def test_the_first_dates_stand_on_any_day_and_start_on_a_monday(today):
    closes, starts = first_dates(today)
    assert date_faults(closes, starts, today=today) == {}
    assert starts.weekday() == 0


@given(st.integers(0, 500), st.integers(3, 20))
def test_no_figure_is_promised_for_parts_below_the_minimum(people, minimum):
    parts = {Figure.WHOLE: 1, Figure.ROLE: 2, Figure.TOPIC_GROUP: 6, Figure.DEPARTMENT: 8}
    for figure in figures_possible(people, minimum):
        assert people / parts[figure] >= minimum


def test_a_small_program_shows_one_figure_for_everybody():
    assert figures_possible(Size.SMALL.at_least, 5) == (Figure.WHOLE,)
    assert figures_possible(4, 5) == ()


def test_sign_up_stays_open_through_its_last_day_in_the_zone_of_the_program():
    assert sign_up_ends_at(date(2026, 9, 21), "Europe/Berlin") == datetime(2026, 9, 21, 22, 0, tzinfo=UTC)
    assert sign_up_ends_at(date(2026, 9, 21), "Asia/Kolkata") == datetime(2026, 9, 21, 18, 30, tzinfo=UTC)


def test_a_program_is_due_while_its_channel_is_checked_and_when_sign_up_closes():
    closes = TODAY + timedelta(days=14)

    def due(state, checking=None):
        return program_due_at(
            state, signup_closes_on=closes, timezone="Europe/Berlin", checking_since=checking
        )

    assert due(ProgramState.DRAFT, NOW) == NOW
    assert due(ProgramState.OPEN) == datetime(2026, 9, 21, 22, 0, tzinfo=UTC)
    for state in (ProgramState.DRAFT, ProgramState.RUNNING, ProgramState.CLOSED):
        assert due(state) is None


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", ()),
        ("Product\nSales", ("Product", "Sales")),
        ("Product, Sales; Product\n\n  People   and culture ", ("Product", "Sales", "People and culture")),
        ("x" * 76, ListFault.TOO_LONG),
        ("\n".join(str(number) for number in range(MAX_DEPARTMENTS + 1)), ListFault.TOO_MANY),
    ],
)
def test_departments_are_read_from_written_text(text, read):
    assert read_departments(text) == read


def test_five_codes_an_hour_may_be_tried():
    tries = [NOW - timedelta(minutes=minute) for minute in (1, 2, 3, 4)]
    assert may_guess(tries, now=NOW)
    assert not may_guess([*tries, NOW - timedelta(minutes=59)], now=NOW)
    assert may_guess([*tries, NOW - timedelta(minutes=60)], now=NOW)
