from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mentoring.calendar import WorkingTime
from mentoring.concerns import (
    MOST_A_DAY,
    Candidate,
    asked_again_at,
    choose_next_reader,
    choose_reader,
    may_write_another,
    overdue_at,
)

NOW = datetime(2026, 9, 9, 10, 0, tzinfo=UTC)  # a Wednesday
WORKS = WorkingTime(timezone="UTC")


def candidate(name, *, deputy=False, outside=True, away=False):
    return Candidate(name, is_deputy=deputy, is_outside=outside, is_away=away)


candidates = st.lists(
    st.builds(
        Candidate,
        person_id=st.sampled_from("abcdef"),
        is_deputy=st.booleans(),
        is_outside=st.booleans(),
        is_away=st.booleans(),
    ),
    max_size=6,
)


@given(candidates)
def test_reader_is_never_somebody_concerned_or_in_a_reporting_line(people):
    chosen = choose_reader(people)
    assert (chosen is None) == (not any(one.is_outside for one in people))
    assert chosen is None or chosen.is_outside


@given(candidates, st.sampled_from("abcdef"), st.booleans())
def test_next_reader_is_a_deputy_outside_and_somebody_else(people, reader, overdue):
    following = choose_next_reader(people, reader_id=reader, is_overdue=overdue)
    if following is not None:
        assert overdue
        assert following.is_deputy
        assert following.is_outside
        assert following.person_id != reader


def test_contact_comes_first_and_the_deputy_when_the_contact_is_away_or_inside():
    deputy = candidate("dan", deputy=True)
    assert choose_reader([deputy, candidate("cleo")]).person_id == "cleo"
    assert choose_reader([deputy, candidate("cleo", away=True)]).person_id == "dan"
    assert choose_reader([deputy, candidate("cleo", outside=False)]).person_id == "dan"
    assert (
        choose_reader([candidate("dan", deputy=True, outside=False), candidate("cleo", away=True)]).person_id
        == "cleo"
    )


def test_unopened_concern_is_asked_again_each_working_day_and_overdue_after_two():
    moments = [NOW]
    for _ in range(4):
        moments.append(asked_again_at(WORKS, moments[-1]))
    assert [moment.date() for moment in moments[1:]] == [
        date(2026, 9, 10),
        date(2026, 9, 11),
        date(2026, 9, 14),
        date(2026, 9, 15),
    ]
    assert all(before < after for before, after in pairwise(moments))
    assert overdue_at(WORKS, NOW).date() == date(2026, 9, 11)


def test_absence_of_the_reader_does_not_delay_the_deputy():
    away = WorkingTime(timezone="UTC", absences=((date(2026, 9, 10), date(2026, 10, 10)),))
    assert overdue_at(away, NOW).date() == date(2026, 9, 11)


def test_nobody_floods_a_contact():
    today = [NOW - timedelta(hours=one) for one in range(MOST_A_DAY)]
    assert not may_write_another(today, now=NOW)
    assert may_write_another(today[1:], now=NOW)
    assert may_write_another(today, now=NOW + timedelta(days=1))
