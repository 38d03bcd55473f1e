"""What may become of a proposal: turns, windows, undo, and a no that nobody can tell from a silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring.calendar import WorkingTime
from mentoring.participants import Role
from mentoring.program import ProposalMode
from mentoring.proposals import (
    OVER,
    UNDO_WINDOW,
    AnswerWindow,
    ProposalAnswer,
    ProposalState,
    ProposalView,
    Standing,
    Step,
    answer_window,
    answered,
    asked_first,
    asked_mentee,
    can_answer,
    can_undo,
    closed,
    closes_at,
    first_asked,
    next_step,
    next_step_at,
    prolonged,
    told_at_close,
    undone,
    view_of,
    withdrawn,
)

MONDAY = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
BERLIN = WorkingTime("Europe/Berlin")
MINUTE = timedelta(minutes=1)
YES, NO = ProposalAnswer.YES, ProposalAnswer.NO
MENTOR, MENTEE = Role.MENTOR, Role.MENTEE


def window(now: datetime = MONDAY, days: int = 3) -> AnswerWindow:
    return answer_window(BERLIN, now, days=days, reminder_days=2)


def fresh() -> Standing:
    return Standing(ProposalState.WAITING, MONDAY)


def asking_mentor() -> Standing:
    return asked_first(fresh(), {MENTOR: window()}, MONDAY)


def asking_mentee() -> Standing:
    at = MONDAY + timedelta(hours=1)
    return asked_mentee(answered(asking_mentor(), MENTOR, YES, MONDAY), window(at), at)


def asking_both() -> Standing:
    return asked_first(fresh(), {MENTOR: window(), MENTEE: window(days=4)}, MONDAY)


def local(moment: datetime) -> str:
    return moment.astimezone(BERLIN.zone).strftime("%a %H:%M")


@pytest.mark.parametrize(
    ("works", "now", "answer_by", "remind_at"),
    [
        (BERLIN, MONDAY, "Thu 17:00", "Wed 09:00"),
        (
            BERLIN,
            MONDAY + timedelta(hours=12),
            "Fri 17:00",
            "Thu 09:00",
        ),  # asked at night: counts from the morning
        (BERLIN, MONDAY + timedelta(days=5), "Thu 17:00", "Wed 09:00"),  # a Saturday counts from Monday
        (replace(BERLIN, absences=((date(2026, 9, 8), date(2026, 9, 9)),)), MONDAY, "Mon 17:00", "Fri 09:00"),
        (replace(BERLIN, blackout=frozenset({date(2026, 9, 10)})), MONDAY, "Fri 17:00", "Wed 09:00"),
        (replace(BERLIN, days=frozenset({0, 1})), MONDAY, "Tue 17:00", "Mon 09:00"),
        (replace(BERLIN, end=time(13)), MONDAY, "Thu 13:00", "Wed 09:00"),
    ],
)
def test_a_window_is_three_working_days_of_the_person_asked(works, now, answer_by, remind_at):
    found = answer_window(works, now, days=3, reminder_days=2)
    assert (local(found.answer_by), local(found.remind_at)) == (answer_by, remind_at)


def test_a_window_has_no_reminder_where_none_is_wanted_or_none_fits():
    assert answer_window(BERLIN, MONDAY, days=3, reminder_days=0).remind_at is None
    assert answer_window(BERLIN, MONDAY, days=2, reminder_days=2).remind_at is None


@given(minutes=st.integers(0, 60 * 24 * 400), days=st.integers(1, 15))
@settings(max_examples=60)
def test_a_window_never_gives_less_than_a_day(minutes, days):
    now = MONDAY + timedelta(minutes=minutes)
    found = answer_window(BERLIN, now, days=days, reminder_days=0)
    assert found.answer_by - found.opens_at >= timedelta(hours=24)


def test_in_turn_the_mentee_is_asked_only_after_a_yes_that_stood():
    assert first_asked(ProposalMode.IN_TURN) == (MENTOR,)
    standing = answered(asking_mentor(), MENTOR, YES, MONDAY)
    assert next_step(standing, MONDAY + UNDO_WINDOW - MINUTE) is None
    assert next_step(standing, MONDAY + UNDO_WINDOW) is Step.ASK_MENTEE
    refused = answered(asking_mentor(), MENTOR, NO, MONDAY)
    assert next_step(refused, closes_at(refused)) is Step.CLOSE
    assert view_of(refused, MENTEE, MONDAY) is ProposalView.HIDDEN


def test_together_both_are_asked_at_once_and_two_yeses_introduce():
    assert first_asked(ProposalMode.TOGETHER) == (MENTOR, MENTEE)
    standing = answered(asking_both(), MENTEE, YES, MONDAY)
    standing = answered(standing, MENTOR, YES, MONDAY + MINUTE)
    assert next_step_at(standing) == MONDAY + MINUTE + UNDO_WINDOW
    assert next_step(standing, MONDAY + MINUTE + UNDO_WINDOW) is Step.INTRODUCE


def test_a_second_yes_introduces_only_after_its_undo_window():
    at = MONDAY + timedelta(hours=2)
    standing = answered(asking_mentee(), MENTEE, YES, at)
    assert can_undo(standing, MENTEE, at + UNDO_WINDOW - MINUTE)
    assert not can_undo(standing, MENTEE, at + UNDO_WINDOW)
    assert next_step(standing, at + UNDO_WINDOW) is Step.INTRODUCE
    assert next_step(undone(standing, MENTEE, at + MINUTE), at + UNDO_WINDOW) is None


def test_a_yes_cannot_be_taken_back_once_the_mentee_is_asked():
    standing = asking_mentee()
    assert not can_undo(standing, MENTOR, MONDAY + timedelta(hours=1))
    assert undone(standing, MENTOR, MONDAY + timedelta(hours=1)) == standing


def test_a_no_can_be_taken_back_until_the_window_ends():
    standing = answered(asking_mentor(), MENTOR, NO, MONDAY)
    end = closes_at(standing)
    assert can_undo(standing, MENTOR, end - MINUTE)
    assert not can_undo(standing, MENTOR, end)
    assert can_answer(undone(standing, MENTOR, end - MINUTE), MENTOR, end - MINUTE)


def test_an_answer_after_the_window_changes_nothing():
    standing = asking_mentor()
    assert answered(standing, MENTOR, YES, closes_at(standing)) == standing


def test_nobody_answers_before_their_turn():
    standing = asking_mentor()
    assert answered(standing, MENTEE, YES, MONDAY) == standing


@pytest.mark.practice("P20")
def test_only_two_yeses_lead_to_an_introduction():
    for mentor in (None, YES, NO):
        for mentee in (None, YES, NO):
            standing = asking_both()
            for role, answer in ((MENTOR, mentor), (MENTEE, mentee)):
                if answer is not None:
                    standing = answered(standing, role, answer, MONDAY)
            due = next_step(standing, next_step_at(standing))
            assert (due is Step.INTRODUCE) == (mentor is YES and mentee is YES)


def test_after_an_outage_a_prolonged_window_gives_the_whole_time_again():
    standing = asking_mentor()
    late = closes_at(standing) + timedelta(days=9)
    after = prolonged(standing, MENTOR, window(late))
    assert next_step(standing, late) is Step.CLOSE
    assert next_step(after, late) is None
    assert can_answer(after, MENTOR, late)


def test_somebody_who_is_out_of_it_leaves_the_window_of_the_other_as_it_was():
    standing = asking_mentee()
    after = withdrawn(standing, MENTOR, MONDAY + timedelta(hours=3))
    assert closes_at(after) == closes_at(standing)
    assert view_of(after, MENTEE, MONDAY + timedelta(hours=4)) is ProposalView.ASKED
    assert withdrawn(fresh(), MENTEE, MONDAY).state is ProposalState.CLOSED


def test_a_barred_pair_is_not_introduced_and_both_hear_at_the_end():
    at = MONDAY + timedelta(hours=2)
    standing = replace(answered(asking_mentee(), MENTEE, YES, at), is_barred=True)
    assert next_step_at(standing) == closes_at(standing)
    assert next_step(standing, closes_at(standing)) is Step.CLOSE
    assert told_at_close(standing) == (MENTOR, MENTEE)


# A history is a list of acts at minutes after Monday; the other side's acts are the secret.
_ACTS = st.lists(
    st.tuples(st.integers(0, 60 * 24 * 5), st.sampled_from(["yes", "no", "undo", "withdraw"])), max_size=5
)


def play(
    start: Standing, acts: list[tuple[int, str]], role: Role, until: datetime
) -> tuple[Standing, list[tuple[datetime, tuple[ProposalView, bool]]]]:
    """Apply one side's acts and every step that falls due before `until`; also what the other side could see when."""
    standing, seen = start, []
    moments = sorted((MONDAY + timedelta(minutes=minute), act) for minute, act in acts)
    while True:
        step_at = next_step_at(standing)
        act_at = moments[0][0] if moments else None
        now = min((moment for moment in (step_at, act_at) if moment is not None), default=until)
        if now >= until or (step_at is None and act_at is None):
            break
        if act_at is not None and act_at == now and (step_at is None or act_at < step_at):
            _, act = moments.pop(0)
            match act:
                case "yes" | "no":
                    standing = answered(standing, role, ProposalAnswer(act), now)
                case "undo":
                    standing = undone(standing, role, now)
                case "withdraw":
                    standing = withdrawn(standing, role, now)
        else:
            match next_step(standing, now):
                case Step.CLOSE:
                    standing = closed(standing)
                case Step.INTRODUCE:
                    standing = replace(standing, state=ProposalState.INTRODUCED)
                case Step.ASK_MENTEE:
                    standing = asked_mentee(standing, window(now), now)
        seen.append((now, (view_of(standing, role.other, now), can_undo(standing, role.other, now))))
    return standing, seen


@given(acts=_ACTS, together=st.booleans())
@settings(max_examples=200)
def test_whatever_a_mentee_does_short_of_a_yes_looks_like_silence_to_the_mentor(acts, together):
    until = MONDAY + timedelta(days=30)
    start = answered(asking_both(), MENTOR, YES, MONDAY) if together else asking_mentee()
    silent, silence = play(start, [], MENTEE, until)
    ended, seen = play(start, acts, MENTEE, until)
    assert ended.state in OVER
    if ended.state is ProposalState.INTRODUCED:
        return

    before = (view_of(start, MENTOR, MONDAY), can_undo(start, MENTOR, MONDAY))

    def changes(views):
        """When what the mentor sees, or may still do, became another thing."""
        return [view for at, view in enumerate(views) if view[1] != (views[at - 1][1] if at else before)]

    assert changes(seen) == changes(silence)
    assert (MENTOR in told_at_close(ended)) == (MENTOR in told_at_close(silent))
