"""The one-time code: the same for the operator and the bot, for two days, in one workspace, from one key."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.setup_code import is_setup_code, setup_code

KEY = "0Hn1Vb0q1kVQ0y2kq3m1b0l3v3nq8Vd0l9u3wK3yZ7E="
DAY = date(2026, 9, 7)
NOON = datetime(2026, 9, 7, 12, 0, tzinfo=UTC)


@given(st.text(min_size=1), st.text(min_size=1), st.dates())
def test_a_code_is_two_groups_of_four_that_nobody_misreads(key, team, day):
    assert re.fullmatch(r"[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}", setup_code(key, team, day))


def test_a_code_differs_by_key_workspace_and_day():
    codes = {
        setup_code(KEY, "T1", DAY),
        setup_code(KEY, "T2", DAY),
        setup_code(KEY + "x", "T1", DAY),
        setup_code(KEY, "T1", DAY + timedelta(days=1)),
    }
    assert len(codes) == 4


def test_a_code_works_on_its_day_and_the_next_and_no_longer():
    code = setup_code(KEY, "T1", DAY)
    assert is_setup_code(code, KEY, "T1", NOON)
    assert is_setup_code(code, KEY, "T1", NOON + timedelta(days=1))
    assert not is_setup_code(code, KEY, "T1", NOON + timedelta(days=2))
    assert not is_setup_code(code, KEY, "T1", NOON - timedelta(days=1))
    assert not is_setup_code(code, KEY, "T2", NOON)


def test_dashes_blanks_and_case_do_not_matter():
    code = setup_code(KEY, "T1", DAY)
    for typed in (code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} ", f"`{code}`"):
        assert is_setup_code(typed, KEY, "T1", NOON)
    for typed in ("", "-", code[:-1], code + "A", "\u00e4" * 8):
        assert not is_setup_code(typed, KEY, "T1", NOON)
