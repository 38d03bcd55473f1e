"""Hard rules: each bars what it says, nobody lifts more than allowed, and one pair and a block of pairs agree."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring.matching.columns import Columns
from mentoring.matching.model import Inactivity, MatchingSettings, reporting_chain
from mentoring.matching.rules import RULES, Liftable, ReasonCode, broken_rules, has_secret_cause
from mentoring.matching.scores import PARTS, parts_of, score_of
from mentoring.program import Direction
from tests.mentoring.matching.crowd import NINE_TO_FIVE, crowd, person, rule_book

MENTOR, MENTEE = person("m", 1), person("x", 5)
RULE_BOOK = MatchingSettings()


def codes(mentor, mentee, rules=RULE_BOOK, **given):
    return [rule.code for rule in broken_rules(mentor, mentee, rules, **given)]


def check_block_agrees(seed):
    people, rules = crowd(seed, 8), rule_book(seed)
    confirmed = [(people[0].id, people[1].id), (people[3].id, people[2].id)]
    block = Columns(people, people, rules, confirmed).whole()
    by_name = {pair for first, second in confirmed for pair in ((first, second), (second, first))}
    cells = list(product(range(len(people)), repeat=2))
    for rule in RULES:
        if rule.breaks_in is None:
            continue
        grid = rule.breaks_in(block)
        for row, column in cells:
            pair = (people[row].id, people[column].id)
            lifted = rule.liftable is Liftable.BY_NAME and pair in by_name
            one = rule.breaks(people[row], people[column], rules) and not lifted
            assert bool(grid[row, column]) == one, (rule.code, pair)
    scores = block.scores()
    for part in PARTS:
        grid = part.of_block(block)
        for row, column in cells:
            assert grid[row, column] == part.of(people[row], people[column], rules), part.name
    for row, column in cells:
        assert scores[row, column] == score_of(parts_of(people[row], people[column], rules), rules)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32))
def test_one_pair_and_a_block_of_pairs_agree(seed):
    check_block_agrees(seed)


@pytest.mark.prove
@settings(max_examples=1500, deadline=None)
@given(st.integers(0, 2**32))
def test_one_pair_and_a_block_of_pairs_agree_many_times(seed):
    check_block_agrees(seed)


def test_blocks_of_some_rows_are_the_rows_of_the_whole(monkeypatch):
    monkeypatch.setattr("mentoring.matching.columns.CELLS_IN_A_BLOCK", 1)
    people, rules = crowd(3, 40), rule_book(3)
    columns = Columns(people, people, rules)
    whole = columns.whole()

    parts = [(block.barred(), block.scores()) for block in columns.blocks()]

    assert len(parts) == 2
    assert np.array_equal(np.concatenate([barred for barred, _ in parts]), whole.barred())
    assert np.array_equal(np.concatenate([scores for _, scores in parts]), whole.scores())


def test_two_who_fit_break_no_rule():
    assert codes(MENTOR, MENTEE) == []


@pytest.mark.parametrize(
    ("mentor", "mentee", "code"),
    [
        ({"can_share": {"b": 5}}, {}, "no_topic"),
        ({"off_limits": frozenset({"a"})}, {}, "no_topic"),
        ({}, {"off_limits": frozenset({"a"})}, "no_topic"),
        ({"level": 4}, {}, "level_gap"),
        ({"chain": ("y", "x")}, {}, "reporting_line"),
        ({}, {"chain": ("y", "z", "m")}, "reporting_line"),
        ({"chain": ("y",)}, {"chain": ("y", "z")}, "reporting_line"),
        ({"chain_known": False}, {}, "chain_unknown"),
        ({"do_not_pair": frozenset({"x"})}, {}, "not_available"),
        ({}, {"do_not_pair": frozenset({"m"})}, "not_available"),
        ({}, {"recent_partners": frozenset({"m"})}, "recent_partner"),
        ({"languages": frozenset({"de"})}, {}, "no_language"),
        ({"languages": frozenset()}, {"languages": frozenset()}, "no_language"),
        ({"hours": NINE_TO_FIVE << 16}, {}, "no_shared_hours"),
        ({"inactive_because": Inactivity.GUEST}, {}, "not_active"),
        ({}, {"mentee_capacity": 0}, "no_capacity"),
        ({"id": "x"}, {}, "same_person"),
    ],
)
def test_each_rule_bars_what_it_says(mentor, mentee, code):
    assert codes(replace(MENTOR, **mentor), replace(MENTEE, **mentee)) == [code]


@pytest.mark.practice(16)
def test_a_low_rating_on_a_shared_topic_bars_nobody():
    modest = replace(MENTOR, can_share={"a": 1})

    assert codes(modest, replace(MENTEE, wants_to_learn={"a": 5})) == []


@pytest.mark.practice(26)
def test_the_reporting_line_is_lifted_by_nobody():
    below = replace(MENTOR, chain=("y", "x"), chain_known=False)

    assert codes(below, MENTEE, lifted=list(ReasonCode), is_confirmed=True) == ["reporting_line"]


@pytest.mark.practice(26)
def test_the_line_bars_up_to_its_depth_and_not_beyond():
    below = replace(MENTOR, chain=("a", "b", "c", "x"))

    assert codes(below, MENTEE) == []
    assert codes(below, MENTEE, replace(RULE_BOOK, chain_depth=4)) == ["reporting_line"]


def test_the_same_manager_bars_only_where_the_program_says_so():
    mentor, mentee = replace(MENTOR, chain=("y",)), replace(MENTEE, chain=("y",))

    assert codes(mentor, mentee, replace(RULE_BOOK, same_manager_barred=False)) == []


def test_only_liftable_rules_are_lifted_and_chains_only_by_name():
    off = replace(
        MENTOR,
        level=4,
        hours=0,
        languages=frozenset({"de"}),
        chain_known=False,
        recent_partners=frozenset({"x"}),
        do_not_pair=frozenset({"x"}),
        can_share={},
    )
    every = ["chain_unknown", "not_available", "no_topic", "level_gap", "no_language", "no_shared_hours"]

    assert codes(off, MENTEE) == [*every, "recent_partner"]
    assert codes(off, MENTEE, lifted=list(ReasonCode)) == [
        "chain_unknown",
        "not_available",
        "no_topic",
        "no_language",
    ]
    assert codes(off, MENTEE, lifted=list(ReasonCode), is_confirmed=True) == [
        "not_available",
        "no_topic",
        "no_language",
    ]


@pytest.mark.practice(21)
@pytest.mark.parametrize(
    ("direction", "gap", "levels", "fits"),
    [
        (Direction.REVERSE, 2, (1, 3), True),
        (Direction.REVERSE, 2, (2, 3), False),
        (Direction.REVERSE, 2, (5, 1), False),
        (Direction.TRADITIONAL, 2, (5, 3), True),
        (Direction.TRADITIONAL, 2, (4, 3), False),
        (Direction.PEER, 1, (4, 3), True),
        (Direction.PEER, 1, (2, 4), False),
    ],
)
def test_levels_lie_apart_as_the_direction_asks(direction, gap, levels, fits):
    rules = MatchingSettings(direction=direction, level_gap=gap)
    mentor = replace(MENTOR, level=levels[0])
    mentee = replace(MENTEE, level=levels[1])

    assert (codes(mentor, mentee, rules) == []) is fits


def test_only_private_lists_are_secret_causes():
    def is_secret(mentor=None, mentee=None):
        return has_secret_cause(replace(MENTOR, **mentor or {}), replace(MENTEE, **mentee or {}), RULE_BOOK)

    assert is_secret({"do_not_pair": frozenset({"x"})})
    assert is_secret({}, {"off_limits": frozenset({"a"})})
    assert not is_secret()
    assert not is_secret({"can_share": {"b": 3}})
    assert not is_secret({"off_limits": frozenset({"z"})})


def test_every_rule_has_a_code_of_its_own_and_a_wording_without_names():
    assert sorted(rule.code for rule in RULES) == sorted(ReasonCode)
    assert all(rule.wording.endswith(".") for rule in RULES)
    assert [rule.code for rule in RULES if rule.is_secret] == ["not_available"]


def test_a_chain_goes_up_to_its_depth_and_says_where_it_is_unknown():
    managers = {"a": "b", "b": "c", "c": None, "lost": "nowhere", "x": "y", "y": "x"}

    assert reporting_chain("a", managers, 3) == (("b", "c"), True)
    assert reporting_chain("a", managers, 1) == (("b",), True)
    assert reporting_chain("c", managers, 3) == ((), True)
    assert reporting_chain("lost", managers, 1) == (("nowhere",), True)
    assert reporting_chain("lost", managers, 2) == (("nowhere",), False)
    assert reporting_chain("new", managers, 3) == ((), False)
    assert reporting_chain("x", managers, 9) == (("y",), True)
