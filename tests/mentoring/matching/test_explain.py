"""Reasons for pairs and for people left over, and that none of them leads back to a private list."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring.matching.explain import left_over_lines, pair_lines, pair_reasons
from mentoring.matching.model import MatchingSettings, MatchingTask, NearestMiss, OneChange
from mentoring.matching.rules import RULES, broken_rules, has_secret_cause, shared_topics
from mentoring.matching.solve import solve
from mentoring.participants import Role
from tests.mentoring.matching.crowd import NINE_TO_FIVE, crowd, person, rule_book

DAY_LATER = NINE_TO_FIVE << 17


def left_over(*people, **given):
    return {(one.id, one.role): one for one in solve(MatchingTask(people, **given)).unmatched}


def test_a_pair_is_explained_by_what_both_may_see():
    mentor = person(
        "m",
        can_share={"a": 4},
        wants_to_learn={"b": 1},
        goals=frozenset({"g", "h"}),
        interests=frozenset({"chess"}),
        department="Sales",
        site="Oslo",
        work_style=(1,),
    )
    mentee = replace(
        mentor, id="x", level=5, mentor_capacity=0, mentee_capacity=1, department="Legal", site="Rome"
    )
    mentee = replace(mentee, can_share={"b": 5}, wants_to_learn={"a": 1})
    (pair,) = solve(MatchingTask((mentor, mentee))).pairs

    assert pair_lines(pair_reasons(pair, mentor, mentee)) == [
        "the mentor shares a",
        "the mentee gives back b",
        "both aim at g, h",
        "both care about chess",
        "40 shared working hours a week",
        "both speak en",
        "two departments, Sales and Legal",
        "two sites, Oslo and Rome",
    ]


def test_each_rule_counts_the_partners_it_removed():
    found = left_over(
        person("m1", can_share={"b": 1}),
        person("m2", 4, mentee_capacity=0, mentor_capacity=1),
        person("m3", hours=DAY_LATER),
        person("x1", 5, languages=frozenset({"de"})),
    )

    assert dict(found["x1", Role.MENTEE].reasons) == {
        "no_topic": 1,
        "level_gap": 1,
        "no_shared_hours": 1,
        "no_language": 3,
    }
    assert found["x1", Role.MENTEE].nearest_miss is not None
    assert set(found["x1", Role.MENTEE].nearest_miss.codes) > {"no_language"}


def test_partners_that_fit_but_are_taken_were_not_free():
    found = left_over(person("m1"), person("m2", goals=frozenset({"g"})), person("x1", 5))

    (one,) = found.values()
    assert one.reasons == {"no_capacity": 1}
    assert one.nearest_miss.partner_id == "x1"
    assert one.nearest_miss.codes == ("no_capacity",)
    assert one.one_change is None


def test_one_more_topic_is_named_by_how_many_free_partners_it_opens():
    found = left_over(
        person("m1", can_share={"b": 3, "c": 3}),
        person("m2", can_share={"c": 3}),
        person("m3", can_share={"b": 3}, level=4, mentor_capacity=1, mentee_capacity=0),
        person("x1", 5, wants_to_learn={"a": 1}),
    )

    assert found["x1", Role.MENTEE].one_change == OneChange("no_topic", "c", 2, 2)
    assert found["m2", Role.MENTOR].one_change == OneChange("no_topic", "a", 1, 1)
    assert found["m1", Role.MENTOR].nearest_miss == NearestMiss("x1", ("no_topic",), 3600)


def test_an_hour_earlier_or_later_is_offered_where_it_helps():
    rules = MatchingSettings(min_shared_half_hours=10)
    late = person("m1", hours=NINE_TO_FIVE << 16)
    early = person("x1", 5)

    found = left_over(late, early, settings=rules)

    assert found["m1", Role.MENTOR].one_change == OneChange("no_shared_hours", "earlier", 1, 1)
    assert found["x1", Role.MENTEE].one_change == OneChange("no_shared_hours", "later", 1, 1)


def test_a_language_a_name_or_an_override_may_be_the_one_change():
    def change(mentor, mentee):
        (found, _) = left_over(mentor, mentee).values()
        return (found.one_change.code, found.one_change.what)

    mentee = person("x", 5)
    assert change(person("m", languages=frozenset({"de"})), mentee) == ("no_language", "en")
    assert change(person("m", chain_known=False), mentee) == ("chain_unknown", "confirm")
    assert change(person("m", 4, mentor_capacity=1, mentee_capacity=0), mentee) == ("level_gap", "override")
    assert change(person("m", recent_partners=frozenset({"x"})), mentee) == ("recent_partner", "override")


def test_the_reporting_line_is_counted_but_no_change_is_offered():
    (found, _) = left_over(person("m", chain=("x",)), person("x", 5)).values()

    assert found.reasons == {"reporting_line": 1}
    assert found.one_change is None


def test_a_private_list_looks_like_a_partner_who_was_not_free():
    plain = person("m")
    for mentor, mentee in (
        (replace(plain, do_not_pair=frozenset({"x"})), person("x", 5)),
        (plain, person("x", 5, do_not_pair=frozenset({"m"}))),
        (replace(plain, off_limits=frozenset({"a"})), person("x", 5)),
        (plain, person("x", 5, off_limits=frozenset({"a"}))),
    ):
        for found in left_over(mentor, mentee).values():
            assert found.reasons == {"no_capacity": 1}
            assert found.nearest_miss is None
            assert found.one_change is None


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32))
def test_counts_and_near_misses_agree_with_the_rules_and_hide_private_lists(seed):
    people, rules = crowd(seed, 7), rule_book(seed)
    by_id = {one.id: one for one in people}
    secret_codes = {rule.code for rule in RULES if rule.is_secret}

    for one in solve(MatchingTask(tuple(people), rules)).unmatched:
        counts = {}
        hidden = set()
        for partner in people:
            offered = partner.mentee_capacity if one.role is Role.MENTOR else partner.mentor_capacity
            if partner.id == one.id or not partner.is_active or not offered:
                continue
            pair = (by_id[one.id], partner) if one.role is Role.MENTOR else (partner, by_id[one.id])
            codes = {str(rule.code) for rule in broken_rules(*pair, rules)} - secret_codes
            if has_secret_cause(*pair, rules):
                hidden.add(partner.id)
                if shared_topics(*(replace(each, off_limits=frozenset()) for each in pair), rules):
                    codes.discard("no_topic")
            for code in codes or {"no_capacity"}:
                counts[code] = counts.get(code, 0) + 1
        assert one.reasons == counts
        assert one.nearest_miss is None or one.nearest_miss.partner_id not in hidden


def test_lines_for_people_left_over_name_the_counts_the_nearest_and_the_change():
    found = left_over(person("m1", can_share={"b": 3}), person("x1", 5))
    names = {"m1": "Mara", "x1": "Xavier"}

    assert left_over_lines(found["m1", Role.MENTOR], names.__getitem__) == [
        "1 without a topic in common",
        "nearest: Xavier. No topic that one shares is one that the other wants to learn.",
        "sharing a as well would open 1 partner, free now",
    ]
    assert left_over_lines(left_over(person("m1"))["m1", Role.MENTOR]) == [
        "nobody in the other role takes part"
    ]


def test_every_rule_that_can_be_counted_has_a_line():
    codes = [
        rule.code for rule in RULES if not rule.is_secret and rule.code not in {"same_person", "not_active"}
    ]
    rng = random.Random(1)
    (one, *_) = left_over(person("m1", can_share={"b": 3}), person("x1", 5)).values()

    for code in codes:
        counted = replace(one, reasons={code: rng.randint(1, 9)}, nearest_miss=None, one_change=None)
        assert left_over_lines(counted)
