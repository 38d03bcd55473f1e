"""What a pair is worth: each part by itself, the sum, and settings that make no sense."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mentoring.errors import SettingsError
from mentoring.matching.model import PART_NAMES, MatchingSettings, Rerun, SitePreference
from mentoring.matching.scores import parts_of, score_of
from mentoring.program import Direction, ProgramSettings, WorkStyle
from tests.mentoring.matching.crowd import NINE_TO_FIVE, person

MENTOR, MENTEE = person("m", 1), person("x", 5)
RULES = MatchingSettings()


def part(name, mentor=None, mentee=None, rules=RULES):
    return parts_of(replace(MENTOR, **mentor or {}), replace(MENTEE, **mentee or {}), rules)[name]


@pytest.mark.practice(13, 14)
@pytest.mark.parametrize(
    ("offered", "wanted", "points"),
    [
        ({"a": 4}, {"a": 1}, 100),
        ({"a": 3}, {"a": 1}, 100),
        ({"a": 2}, {"a": 1}, 50),
        ({"a": 1}, {"a": 1}, 0),
        ({"a": None}, {"a": None}, 100),
        ({"a": 5}, {"a": 5}, 100),
        ({"a": 4}, {"a": 5}, 0),
        ({"a": 5}, {"a": 1, "b": 1, "c": 1}, 34),
        ({"c": 5}, {"a": 1, "b": 1, "c": 1}, 33),
        ({"a": 5, "b": 5, "c": 5}, {"a": 1, "b": 1, "c": 1}, 100),
        ({"z": 5}, {"a": 1}, 0),
    ],
)
def test_topics_count_the_part_of_each_wish_that_a_rating_fulfils(offered, wanted, points):
    assert part("topics", {"can_share": offered}, {"wants_to_learn": wanted}) == points


def test_wishes_may_have_shares_and_targets_of_their_own():
    wishes = {
        "wants_to_learn": {"a": 2, "b": 1},
        "wish_shares": {"a": 70, "b": 30},
        "wish_targets": {"a": 5},
    }

    assert part("topics", {"can_share": {"a": 4}}, wishes) == 46
    assert part("topics", {"can_share": {"b": 4}}, wishes) == 30


def test_the_gift_is_what_the_mentee_brings_for_the_mentor():
    assert part("gift", {"wants_to_learn": {"b": 1, "c": 1}}, {"can_share": {"c": 4}}) == 50
    apart = {"wants_in_return": {"d": 2}, "wants_to_learn": {"c": 1}}
    assert part("gift", apart, {"can_share": {"c": 4}, "offers_in_return": {"d": 3}}) == 50


def test_off_limits_topics_earn_nothing_either_way():
    quiet = {"off_limits": frozenset({"a"})}

    assert part("topics", quiet) == part("topics", {}, quiet) == 0
    assert part("gift", quiet) == part("gift", {}, quiet) == 0


@pytest.mark.practice(17, 19)
def test_goals_and_interests_in_common_count_up_to_enough():
    names = [frozenset("pqrstu"[:count]) for count in range(7)]

    assert [part("goals", {"goals": names[6]}, {"goals": names[n]}) for n in range(4)] == [0, 50, 100, 100]
    common = [part("interests", {"interests": names[6]}, {"interests": names[n]}) for n in range(6)]
    assert common == [0, 25, 50, 75, 100, 100]


@pytest.mark.practice(18)
def test_work_style_counts_likeness_or_difference_and_half_where_unknown():
    different = replace(RULES, work_style=WorkStyle.DIFFERENT)
    one, four = {"work_style": (1,)}, {"work_style": (4,)}

    assert (part("work_style", one, one), part("work_style", one, four)) == (100, 28)
    assert (part("work_style", one, one, different), part("work_style", one, four, different)) == (4, 76)
    assert part("work_style", one) == 50
    two = replace(RULES, style_questions=2)
    assert part("work_style", {"work_style": (1, 5)}, {"work_style": (1,)}, two) == 75


@pytest.mark.practice(20)
def test_shared_hours_count_up_to_ample_on_both_sides():
    assert part("hours_mentee") == part("hours_mentor") == 100
    half = {"hours": NINE_TO_FIVE << 12}
    assert part("hours_mentee", half) == 50
    assert part("hours_mentee", half, {}, replace(RULES, ample_shared_half_hours=20)) == 100


@pytest.mark.practice(22)
def test_other_departments_and_the_preferred_sites_earn_points():
    assert part("department", {"department": "x"}, {"department": "y"}) == 100
    assert part("department", {"department": "x"}, {"department": "x"}) == 0
    assert part("department", {"department": "x"}) == 0
    here, near, far = {"site": "s", "region": "r"}, {"site": "t", "region": "r"}, {"site": "u"}
    same = replace(RULES, site_preference=SitePreference.SAME)
    either = replace(RULES, site_preference=SitePreference.EITHER)
    assert [part("site", here, there) for there in (here, near, far, {})] == [0, 100, 100, 0]
    assert [part("site", here, there, same) for there in (here, near, far, {})] == [100, 60, 0, 0]
    assert [part("site", here, there, either) for there in (here, {})] == [100, 100]


def test_a_score_is_the_weighted_sum_within_its_range():
    assert score_of(dict.fromkeys(PART_NAMES, 100), RULES) == 10_000
    assert score_of(dict.fromkeys(PART_NAMES, 0), RULES) == 1
    assert score_of({**dict.fromkeys(PART_NAMES, 0), "topics": 50, "site": 100}, RULES) == 2200


def test_settings_come_from_the_program():
    program = ProgramSettings(level_gap=1, chain_depth=2, weight_topics=40, weight_site=0)

    rules = MatchingSettings.of_program(program, Direction.TRADITIONAL, rerun=Rerun.NOBODY_MOVES)

    assert (rules.level_gap, rules.chain_depth, rules.weights["topics"]) == (1, 2, 40)
    assert (rules.direction, rules.rerun) == (Direction.TRADITIONAL, Rerun.NOBODY_MOVES)


def test_settings_that_make_no_sense_are_refused_all_at_once():
    with pytest.raises(SettingsError) as caught:
        MatchingSettings(
            level_gap=-1, goals_for_all=3, assumed_share_rating=6, weights=dict.fromkeys(PART_NAMES, 1)
        )

    assert [fault.text for fault in caught.value.faults] == [
        "level_gap must be at least 0, got -1",
        "assumed_share_rating must be 1 to 5, got 6",
        "goals_for_all must divide 100, got 3",
        "weights must sum to 100, got 9",
    ]
    with pytest.raises(SettingsError, match="weights must give 0 to 100 points to each of topics, goals"):
        MatchingSettings(weights={"topics": 100})
