from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from mentoring.calendar import WorkingTime
from mentoring.check_ins import (
    Answers,
    CheckInStage,
    Readers,
    editable_until,
    help_due_on,
    rate,
    readers_missing,
    say_met,
    stage,
)
from mentoring.sessions import Met

NOW = datetime(2026, 9, 4, 8, 0, tzinfo=UTC)  # a Friday


@pytest.mark.practice("P41")
def test_two_answers_are_complete_and_one_is_when_it_did_not_happen():
    met = say_met(Answers(), Met.YES)
    assert [stage(Answers()), stage(met)] == [CheckInStage.MET, CheckInStage.USEFULNESS]
    assert stage(rate(met, 4) or Answers()) is CheckInStage.SAVED
    assert stage(say_met(Answers(), Met.NO)) is CheckInStage.SAVED
    assert stage(say_met(Answers(), Met.MOVED)) is CheckInStage.SAVED


def test_a_session_that_did_not_happen_has_no_usefulness():
    assert say_met(Answers(Met.YES, 5), Met.NO) == Answers(Met.NO, None)
    assert rate(Answers(Met.NO), 3) is None


def test_a_rating_off_the_scale_is_not_taken():
    assert rate(Answers(Met.YES), 0) is None
    assert rate(Answers(Met.YES), 6) is None


def test_a_check_in_may_be_changed_until_the_next_session():
    window, soon = NOW + timedelta(days=40), NOW + timedelta(days=20)
    assert editable_until([], window, NOW) == window
    assert editable_until([NOW - timedelta(days=1), soon], window, NOW) == soon


@pytest.mark.practice("P56")
def test_whoever_types_something_says_who_may_read_it():
    assert readers_missing(["", "a thing"], None)
    assert not readers_missing(["", "  "], None)
    assert not readers_missing(["a thing"], Readers.NOBODY)


@pytest.mark.practice("P43")
def test_help_is_due_in_working_days():
    assert help_due_on(WorkingTime("Europe/Berlin"), NOW) == date(2026, 9, 8)
