"""The bench's companies: the best choice is the known one, in any order, and other ways of choosing fall behind."""

from __future__ import annotations

import random

import pytest

from bench.matching import TARGETS, measure, rows
from bench.peers import PEERS, Company, covered
from bench.populations import make_population, settings_of
from mentoring.matching.model import MatchingTask
from mentoring.matching.solve import solve


@pytest.fixture(scope="module")
def company():
    return make_population(1_000)


def test_a_thousand_people_are_matched_to_the_known_best_in_any_order(company):
    result = solve(MatchingTask(tuple(company), settings_of()))
    shuffled = random.Random(1).sample(company, len(company))

    again = solve(MatchingTask(tuple(shuffled), settings_of()))

    assert again == result
    assert result.proved_optimal
    assert (result.covered, result.coverable, result.reachable) == (1_071, 1_071, 1_091)
    assert (result.total_score, len(result.unmatched)) == (3_502_944, 22)


def test_every_other_way_of_choosing_leaves_more_people_over(company):
    others = {name: covered(peer(Company(company, settings_of()))) for name, peer in PEERS.items()}

    assert others == {"best_pair_first": 957, "first_come": 961, "deferred_acceptance": 953}


def test_a_tight_scene_is_matched_to_the_known_best():
    people = make_population(1_000, scene="tight")

    result = solve(MatchingTask(tuple(people), settings_of("tight")))

    assert (result.covered, result.total_score, result.proved_optimal) == (1_010, 2_732_020, True)


def test_rows_hold_the_figures_of_a_process_of_its_own():
    found = {row.name: row for row in rows([100])}

    assert found["match.100.covered"].as_json() == {
        "name": "match.100.covered",
        "value": 95,
        "unit": "people",
        "target": 95,
        "ok": True,
    }
    assert found["match.100.score"].value == TARGETS[100][3]
    assert found["match.100.value"].ok
    assert found["match.100.broken_rules"].ok


@pytest.mark.prove
def test_ten_thousand_people_are_matched_to_the_known_best():
    got = measure(10_000)

    assert (got["covered"], got["score"]) == TARGETS[10_000][2:]
    assert got["value"] == got["bound"]
    assert got["broken"] == 0
