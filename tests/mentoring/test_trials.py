from __future__ import annotations

from datetime import date

import pytest

from mentoring.trials import PairState, TrialAnswer, TrialOutcome, may_answer, months_after, outcome

GO, UNSURE, SWAP = TrialAnswer.CONTINUE, TrialAnswer.NOT_SURE, TrialAnswer.SWAP


@pytest.mark.parametrize(
    ("mentor", "mentee", "expected"),
    [
        (None, None, TrialOutcome.OPEN),
        (GO, None, TrialOutcome.OPEN),
        (GO, UNSURE, TrialOutcome.OPEN),
        (GO, GO, TrialOutcome.AGREED),
        (SWAP, None, TrialOutcome.ENDS),
        (GO, SWAP, TrialOutcome.ENDS),
        (SWAP, SWAP, TrialOutcome.ENDS),
    ],
)
def test_only_two_continues_agree_and_one_swap_ends(mentor, mentee, expected):
    assert outcome(mentor, mentee) is expected
    assert outcome(mentee, mentor) is expected


def test_a_pair_that_is_about_to_end_takes_answers_as_before():
    for given in (None, GO, UNSURE):
        assert may_answer(PairState.TRIAL, given, agreed=False)
        assert may_answer(PairState.ENDING, given, agreed=False)


def test_nothing_is_answered_after_a_swap_an_agreement_or_the_end():
    assert not may_answer(PairState.ENDING, SWAP, agreed=False)
    assert not may_answer(PairState.AGREED, GO, agreed=True)
    assert not may_answer(PairState.ENDED, GO, agreed=False)


def test_months_end_on_the_last_day_where_a_month_is_shorter():
    assert months_after(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert months_after(date(2026, 12, 15), 1) == date(2027, 1, 15)
