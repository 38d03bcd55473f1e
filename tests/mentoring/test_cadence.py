from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring.cadence import STEPS, PairLife, SessionLife, Who, due_steps, next_due_at
from mentoring.calendar import WorkingTime, is_working
from mentoring.deliveries import KINDS
from mentoring.participants import Role
from mentoring.program import SETTINGS, ProgramSettings
from mentoring.sessions import SessionState
from mentoring.trials import PairState, TrialAnswer

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
BERLIN, KOLKATA = WorkingTime("Europe/Berlin"), WorkingTime("Asia/Kolkata")
DAY = timedelta(days=1)


def chat(**about):
    given = {
        "id": "chat",
        "number": 0,
        "state": SessionState.WINDOW,
        "minutes": 25,
        "window_from": NOW,
        "window_until": NOW + 14 * DAY,
    }
    return SessionLife(**(given | about))


def session(**about):
    given = {
        "id": "first",
        "number": 1,
        "state": SessionState.WINDOW,
        "minutes": 50,
        "window_from": NOW,
        "window_until": NOW + 28 * DAY,
    }
    return SessionLife(**(given | about))


def life(*sessions, **about):
    given = {
        "id": "pair",
        "state": PairState.TRIAL,
        "settings": ProgramSettings(),
        "works": {Role.MENTOR: BERLIN, Role.MENTEE: KOLKATA},
        "program_works": BERLIN,
        "introduced_at": NOW,
        "active_at": NOW,
        "sessions": sessions or (chat(),),
        "answers": {},
        "paused_until": {},
    }
    return PairLife(**(given | about))


def agreed(*sessions, **about):
    past = chat(state=SessionState.PAST)
    given = {"state": PairState.AGREED, "agreed_at": NOW, "ends_on": date(2027, 3, 8)}
    return life(past, *sessions, **(given | about))


def at(pair, moment):
    return [(due.step.name, due.role) for due in due_steps(pair, moment)]


def day_of(pair, name):
    moment = NOW
    while moment is not None:
        found = [due for due in due_steps(pair, moment) if due.step.name == name]
        if found:
            return found[0].at
        moment = next_due_at(pair, moment)
    return None


def test_each_step_names_a_kind_and_a_setting_that_exist():
    assert len({step.name for step in STEPS}) == len(STEPS)
    for step in STEPS:
        assert step.kind is None or step.kind in KINDS
        assert isinstance(step.offset, int) or step.offset in SETTINGS
        assert (step.kind is None) == (step.who in {Who.PROGRAM, Who.COORDINATORS})
        assert step.stops


@pytest.mark.practice("P24")
def test_a_trial_without_a_first_chat_is_nudged_asked_and_brought_to_coordinators():
    pair = life()
    assert at(pair, NOW + 6 * DAY) == []
    assert at(pair, NOW + 7 * DAY) == [("trial.nudge", None)]
    assert at(pair, NOW + 14 * DAY) == [("trial.over", Role.MENTOR), ("trial.over", Role.MENTEE)]
    assert ("trial.task", None) in at(pair, NOW + 21 * DAY)


def test_a_first_chat_with_a_time_stops_nudge_and_task_and_moves_the_question_behind_it():
    start = NOW + 2 * DAY + timedelta(hours=1)  # Wednesday 11:00 in Berlin
    pair = life(chat(state=SessionState.PAST, starts_at=start))
    assert day_of(pair, "trial.nudge") is None
    assert day_of(pair, "trial.over") is None
    held = [due for due in due_steps(pair, NOW + 4 * DAY) if due.step.name == "trial.held"]
    assert {due.role: due.at for due in held} == {
        Role.MENTOR: datetime(2026, 9, 10, 7, 0, tzinfo=UTC),  # 9:00 in Berlin
        Role.MENTEE: datetime(2026, 9, 10, 3, 30, tzinfo=UTC),  # 9:00 in Kolkata
    }


def test_who_is_not_sure_is_asked_once_more_after_a_week_and_who_is_sure_is_not():
    answers = {Role.MENTOR: TrialAnswer.NOT_SURE, Role.MENTEE: TrialAnswer.CONTINUE}
    pair = life(trial_asked_at=NOW + 14 * DAY, answers=answers)
    assert at(pair, NOW + 21 * DAY) == [("trial.again", Role.MENTOR), ("trial.task", None)]
    assert {due.occurrence for due in due_steps(pair, NOW + 21 * DAY) if due.role} == {"again"}


@pytest.mark.practice("P27")
def test_agenda_reminder_and_check_in_come_in_each_ones_own_working_days():
    start = datetime(2026, 9, 15, 9, 0, tzinfo=UTC)  # a Tuesday
    pair = agreed(session(state=SessionState.AGREED, starts_at=start, confirmed_at=NOW))
    assert day_of(pair, "session.agenda") == datetime(2026, 9, 11, 3, 30, tzinfo=UTC)
    assert day_of(pair, "session.reminder") == datetime(2026, 9, 14, 3, 30, tzinfo=UTC)
    held = agreed(session(state=SessionState.PAST, starts_at=start))
    assert day_of(held, "check_in.planned") == datetime(2026, 9, 17, 3, 30, tzinfo=UTC)


def test_a_time_agreed_after_the_reminders_moment_is_not_reminded_of():
    start = datetime(2026, 9, 15, 9, 0, tzinfo=UTC)
    late = session(state=SessionState.AGREED, starts_at=start, confirmed_at=start - timedelta(hours=2))
    assert day_of(agreed(late), "session.reminder") is None
    assert day_of(agreed(late), "session.agenda") is not None


def test_a_window_without_a_time_is_nudged_on_its_tenth_day_and_asked_about_at_its_end():
    pair = agreed(session())
    assert day_of(pair, "session.nudge") == NOW + 10 * DAY
    assert day_of(pair, "session.lapsed") == NOW + 28 * DAY
    assert day_of(pair, "check_in.lapsed") == NOW + 28 * DAY


def test_later_windows_ask_for_a_date_when_they_open():
    second = session(id="second", number=2, window_from=NOW + 28 * DAY, window_until=NOW + 56 * DAY)
    assert day_of(agreed(second), "session.open") == NOW + 28 * DAY
    assert day_of(agreed(session()), "session.open") is None


def test_a_called_off_session_is_asked_about_by_nobody():
    pair = agreed(session(state=SessionState.CANCELLED))
    for name in ("session.agenda", "session.reminder", "check_in.planned", "check_in.lapsed"):
        assert day_of(pair, name) is None


def test_an_ending_pair_ends_on_its_date_and_is_nudged_no_more():
    pair = agreed(session(), state=PairState.ENDING, ends_on=date(2026, 9, 21))
    assert day_of(pair, "pair.ended") == datetime(2026, 9, 21, 7, 0, tzinfo=UTC)
    assert day_of(pair, "session.nudge") is None
    assert day_of(pair, "pair.closed") is None


def test_nothing_is_owed_once_it_is_over():
    for state in (PairState.ENDED, PairState.CLOSED):
        pair = agreed(session(state=SessionState.CANCELLED), state=state)
        assert due_steps(pair, NOW + 400 * DAY) == ()
        assert next_due_at(pair, NOW) is None


def test_a_quiet_pair_is_asked_and_then_concluded():
    pair = agreed(session(window_until=NOW + 90 * DAY))
    assert day_of(pair, "pair.quiet") == NOW + 45 * DAY
    assert day_of(pair, "pair.concluded") == NOW + 60 * DAY
    soon = session(state=SessionState.AGREED, starts_at=NOW + 70 * DAY, window_until=NOW + 90 * DAY)
    assert day_of(agreed(soon), "pair.quiet") is None


def test_a_pause_of_either_puts_steps_off_until_the_day_after_it():
    pair = life(paused_until={Role.MENTOR: date(2026, 9, 20)})
    nudge = day_of(pair, "trial.nudge")
    assert nudge == datetime(2026, 9, 21, 7, 0, tzinfo=UTC)
    assert day_of(life(paused_until={Role.MENTOR: None}), "trial.nudge") is None


def test_stale_steps_are_not_taken_after_an_outage_and_those_of_use_are_once():
    pair = life()
    assert at(pair, NOW + 16 * DAY) == [("trial.over", Role.MENTOR), ("trial.over", Role.MENTEE)]


def test_a_step_comes_at_the_start_of_a_working_day_of_whom_it_reaches():
    start = datetime(2026, 12, 28, 9, 0, tzinfo=UTC)
    german = replace(BERLIN, country="DE")
    pair = agreed(
        session(state=SessionState.AGREED, starts_at=start, confirmed_at=NOW, window_until=start + DAY),
        works={Role.MENTOR: german, Role.MENTEE: german},
    )
    reminder = day_of(pair, "session.reminder")
    assert reminder == datetime(
        2026, 12, 24, 8, 0, tzinfo=UTC
    )  # 25 and 26 December are holidays, then a weekend
    assert is_working(german, reminder)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_waking_only_at_the_moments_named_takes_the_same_steps_as_looking_every_hour(data):
    states = st.sampled_from(list(SessionState))
    start = NOW + timedelta(hours=data.draw(st.integers(0, 24 * 27)))
    first = session(
        state=data.draw(states), starts_at=data.draw(st.sampled_from([None, start])), confirmed_at=NOW
    )
    pair = agreed(first) if data.draw(st.booleans()) else life(chat(starts_at=first.starts_at))
    until = NOW + 30 * DAY
    seen, moment = set(), NOW
    while moment is not None and moment <= until:
        seen |= {(due.step.name, due.role, due.at) for due in due_steps(pair, moment)}
        following = next_due_at(pair, moment)
        assert following is None or following > moment
        moment = following
    hourly = {
        (due.step.name, due.role, due.at)
        for hour in range(0, 30 * 24, 6)
        for due in due_steps(pair, NOW + timedelta(hours=hour))
    }
    assert hourly <= seen
