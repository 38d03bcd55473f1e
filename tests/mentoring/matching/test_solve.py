"""The solver against every possible choice, on companies small enough to try them all."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentoring.matching.errors import CandidateError
from mentoring.matching.model import Inactivity, Lock, MatchingSettings, MatchingTask, Rerun
from mentoring.matching.rules import broken_rules
from mentoring.matching.solve import solve
from mentoring.participants import Role
from mentoring.program import Direction
from tests.mentoring.matching.crowd import allowed_pairs, choices, crowd, person, rule_book

SEEDS = st.integers(0, 2**32)


def ids(result):
    return [(pair.mentor_id, pair.mentee_id) for pair in result.pairs]


def nodes(chosen):
    return {("mentor", mentor) for mentor, _ in chosen} | {("mentee", mentee) for _, mentee in chosen}


def goals(task, chosen, scores):
    """What a choice is judged by, in order: people covered, rounds they waited, points."""
    waited = {person.id: min(person.waiting_rounds, 8) for person in task.candidates}
    covered = nodes(chosen)
    return len(covered), sum(waited[name] for _, name in covered), sum(scores[pair] for pair in chosen)


def a_task(seed, size=7):
    task = MatchingTask(tuple(crowd(seed, size, strict=seed % 3 > 0)), rule_book(seed), seed=seed)
    if task.settings.direction is Direction.PEER:
        return replace(task, settings=replace(task.settings, direction=Direction.REVERSE))
    return task


def check_against_every_choice(seed):
    task = a_task(seed)
    scores = allowed_pairs(task)
    if len(scores) > 12:
        return
    best = max(goals(task, chosen, scores) for chosen in choices(task))

    result = solve(task)

    assert goals(task, ids(result), scores) == best
    assert result.proved_optimal
    assert (result.covered, result.coverable, result.total_score) == (best[0], best[0], best[2])
    assert {(pair.mentor_id, pair.mentee_id): pair.score for pair in result.pairs}.items() <= scores.items()


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_solve_finds_the_best_of_every_choice(seed):
    check_against_every_choice(seed)


@pytest.mark.prove
@settings(max_examples=3000, deadline=None)
@given(SEEDS)
def test_solve_finds_the_best_of_every_choice_many_times(seed):
    check_against_every_choice(seed)


def check_order(seed):
    task = a_task(seed, size=9)
    shuffled = list(task.candidates)
    random.Random(seed).shuffle(shuffled)

    assert solve(replace(task, candidates=tuple(shuffled))) == solve(task)


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_solve_gives_the_same_answer_in_any_order(seed):
    check_order(seed)


def test_equal_choices_are_settled_by_the_ids_and_the_seed():
    people = tuple(
        person(f"{role}{number}", level) for role, level in (("m", 1), ("x", 5)) for number in range(6)
    )
    answers = {tuple(ids(solve(MatchingTask(people, seed=seed)))) for seed in range(4)}
    renamed = tuple(replace(one, name="Somebody Else", department="") for one in people)

    assert len(answers) == 4
    assert ids(solve(MatchingTask(renamed, seed=3))) in map(list, answers)


def test_who_waited_longest_comes_first_among_equals():
    people = [person("m1"), person("x1", 5, goals=frozenset({"g"})), person("x2", 5, waiting_rounds=1)]
    people[0] = replace(people[0], goals=frozenset({"g"}))

    assert ids(solve(MatchingTask(tuple(people)))) == [("m1", "x2")]


def test_waiting_never_costs_coverage():
    # m1 fits both, m2 only x1: whoever waited, both are covered by m1-x2 and m2-x1.
    people = (
        person("m1", can_share={"a": 4, "b": 4}),
        person("m2"),
        person("x1", 5, waiting_rounds=8),
        person("x2", 5, wants_to_learn={"b": 1}),
    )

    assert ids(solve(MatchingTask(people))) == [("m1", "x2"), ("m2", "x1")]


def check_locks(seed):
    task = a_task(seed)
    rng = random.Random(seed)
    pairs = sorted(allowed_pairs(task))
    locked = tuple(Lock(*pair) for pair in rng.sample(pairs, min(len(pairs), 2)))
    strangers = rng.sample([one.id for one in task.candidates], 2)
    task = replace(task, locks=(*locked, Lock(*strangers)))

    result = solve(task)

    made = set(ids(result))
    refused = {(pair.mentor_id, pair.mentee_id): pair.codes for pair in result.refused}
    for lock in task.locks:
        pair = (lock.mentor_id, lock.mentee_id)
        assert (pair in made) or (refused.get(pair))
    if len(pairs) > 12:
        return
    scores = allowed_pairs(task)
    standing = {(lock.mentor_id, lock.mentee_id) for lock in task.locks} & made
    best = max(goals(task, chosen, scores) for chosen in choices(task) if standing <= set(chosen))
    assert goals(task, ids(result), scores) == best


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_the_rest_is_solved_best_around_locks(seed):
    check_locks(seed)


def test_a_lock_may_break_a_lifted_rule_and_no_other():
    near = person("m1", 4, mentor_capacity=1, mentee_capacity=0)
    other = person("x1", 5)

    def refused(lock, mentor=near):
        return [pair.codes for pair in solve(MatchingTask((mentor, other), locks=(lock,))).refused]

    assert refused(Lock("m1", "x1")) == [("level_gap",)]
    assert refused(Lock("m1", "x1", frozenset({"level_gap"}))) == []
    in_line = replace(near, chain=("x1",))
    everything = frozenset({"level_gap", "reporting_line", "not_available"})
    assert refused(Lock("m1", "x1", everything), in_line) == [("reporting_line",)]
    assert refused(Lock("m1", "gone")) == [("not_active",)]


def test_an_unknown_chain_bars_until_this_pair_is_confirmed_by_name():
    people = (person("m1", chain_known=False), person("x1", 5))
    confirmed = MatchingTask(people, confirmed=frozenset({("x1", "m1")}))

    assert ids(solve(MatchingTask(people))) == []
    assert ids(solve(confirmed)) == [("m1", "x1")]
    assert ids(solve(replace(confirmed, candidates=(replace(people[0], chain=("x1",)), people[1])))) == []


def test_a_forbidden_pair_is_not_made_again():
    people = (person("m1"), person("m2"), person("x1", 5, goals=frozenset({"g"})))
    first = ids(solve(MatchingTask(people)))

    again = ids(solve(MatchingTask(people, forbidden=frozenset(first))))

    assert len(again) == 1
    assert again != first


def rerun(people, mode, kept, **given):
    task = MatchingTask(tuple(people), MatchingSettings(rerun=mode), kept=frozenset(kept), **given)
    return ids(solve(task))


def test_reruns_move_nobody_or_only_for_coverage_or_everybody():
    wish = frozenset({"g"})
    m1, m2 = person("m1", can_share={"a": 4, "b": 4}, goals=wish), person("m2")
    x1, x2 = person("x1", 5), person("x2", 5, goals=wish)
    kept = [("m1", "x1"), ("m2", "x2")]
    better = [("m1", "x2"), ("m2", "x1")]

    assert rerun([m1, m2, x1, x2], Rerun.FROM_SCRATCH, kept) == better
    assert rerun([m1, m2, x1, x2], Rerun.COVERAGE_ONLY, kept) == kept
    assert rerun([m1, m2, x1, x2], Rerun.NOBODY_MOVES, kept) == kept

    late = person("x3", 5, wants_to_learn={"b": 1})
    moved = [("m1", "x3"), ("m2", "x1")]
    assert rerun([m1, m2, x1, late], Rerun.NOBODY_MOVES, [("m1", "x1")]) == [("m1", "x1")]
    assert rerun([m1, m2, x1, late], Rerun.COVERAGE_ONLY, [("m1", "x1")]) == moved


def check_reruns(seed):
    task = a_task(seed)
    before = ids(solve(task))
    rng = random.Random(seed)
    gone = rng.choice(task.candidates).id
    people = tuple(
        replace(one, inactive_because=Inactivity.LEAVING) if one.id == gone else one
        for one in task.candidates
    )
    later = replace(
        task,
        candidates=people,
        kept=frozenset(before),
        settings=replace(task.settings, rerun=Rerun.NOBODY_MOVES),
    )
    stays = {pair for pair in before if gone not in pair}

    held = solve(later)
    covered = solve(replace(later, settings=replace(task.settings, rerun=Rerun.COVERAGE_ONLY)))

    assert stays <= set(ids(held))
    assert {(pair.mentor_id, pair.mentee_id) for pair in held.refused} == set(before) - stays
    scores = allowed_pairs(later)
    if len(scores) > 12:
        return
    every = list(choices(later))
    most = max(len(nodes(chosen)) for chosen in every)
    assert covered.covered == most == covered.coverable
    held_places = nodes(before)
    best = max(
        (
            sum(9 if node in held_places else min(waited(later, node), 8) for node in nodes(chosen)),
            len(set(chosen) & stays),
            sum(scores[pair] for pair in chosen),
        )
        for chosen in every
        if len(nodes(chosen)) == most
    )
    made = ids(covered)
    assert (len(set(made) & stays), covered.total_score) == best[1:]


def waited(task, node):
    return next(one.waiting_rounds for one in task.candidates if one.id == node[1])


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_reruns_keep_what_they_promise(seed):
    check_reruns(seed)


def test_peers_are_paired_once_and_not_both_ways():
    both = {"mentor_capacity": 1, "mentee_capacity": 1}
    people = tuple(person(f"p{number}", 2, **both) for number in range(4))
    rules = MatchingSettings(direction=Direction.PEER, level_gap=1)

    result = solve(MatchingTask(people, rules))

    made = ids(result)
    assert result.covered == 8
    assert not {pair[::-1] for pair in made} & set(made)


def test_a_floor_bars_weak_pairs_and_even_scores_lift_the_weakest():
    likes = frozenset({"g", "h"})
    m1 = person("m1", goals=likes)
    m2 = person("m2")
    x1 = person("x1", 5, goals=frozenset({"g"}))
    plain = solve(MatchingTask((m1, m2, x1)))
    floor = plain.total_score + 1

    assert len(plain.pairs) == 1
    assert solve(MatchingTask((m1, m2, x1), MatchingSettings(worst_pair_floor=floor))).pairs == ()
    even = solve(MatchingTask((m1, m2, x1), MatchingSettings(even_scores=True)))
    assert (even.covered, even.total_score) == (plain.covered, plain.total_score)


def test_parting_two_people_costs_what_the_best_choice_without_them_lacks():
    for seed in range(12):
        task = replace(a_task(seed), separations=3)
        result = solve(task)
        for pair in result.pairs:
            if pair.separation is None:
                continue
            apart = solve(replace(task, forbidden=frozenset({(pair.mentor_id, pair.mentee_id)})))
            assert pair.separation.people == result.covered - apart.covered
            assert pair.separation.points == result.total_score - apart.total_score


def test_people_who_take_no_part_are_named_with_the_reason_and_not_as_left_over():
    away = person("m1", inactive_because=Inactivity.PAUSED)

    result = solve(MatchingTask((away, person("x1", 5))))

    assert result.inactive == {"m1": Inactivity.PAUSED}
    assert [(one.id, one.role) for one in result.unmatched] == [("x1", Role.MENTEE)]
    assert (result.people, result.mentors, result.mentees) == (2, 0, 1)


def test_nobody_at_all_is_a_result():
    result = solve(MatchingTask(()))

    assert (result.pairs, result.covered, result.proved_optimal) == ((), 0, True)


def test_candidates_that_cannot_be_read_are_refused_all_at_once():
    people = (
        person("m1", can_share={"a": 9}),
        person("m1", wish_shares={"a": 101}),
        person("x1", 5, work_style=(7,), hours=1 << 336, mentee_capacity=-1),
    )

    with pytest.raises(CandidateError) as caught:
        solve(MatchingTask(people))

    assert caught.value.faults == (
        "candidate id 'm1' is used 2 times",
        "candidate 'm1': ratings in can_share must be 1 to 5, got a 9",
        "candidate 'm1': shares of wishes must sum to 100 at most, got 101",
        "candidate 'm1': shares of wishes must sum to 100 at most, got 101",
        "candidate 'x1': work-style answers must be 0 to 5, got (7,)",
        "candidate 'x1': a capacity must be 0 or more",
        "candidate 'x1': hours must be a mask of 336 bits",
    )


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_no_pair_breaks_a_rule(seed):
    task = MatchingTask(tuple(crowd(seed, 12, strict=False)), rule_book(seed))
    people = {one.id: one for one in task.candidates}

    result = solve(task)

    for pair in result.pairs:
        assert broken_rules(people[pair.mentor_id], people[pair.mentee_id], task.settings) == ()


def test_worked_out_anew_gives_the_same_answer_as_kept_in_memory(monkeypatch):
    task = replace(MatchingTask(tuple(crowd(5, 14, strict=False)), rule_book(4)), separations=2)
    kept = solve(task)
    monkeypatch.setattr("mentoring.matching.solve.CELLS_KEPT", 0)
    monkeypatch.setattr("mentoring.matching.columns.CELLS_IN_A_BLOCK", 1)

    assert solve(task) == kept


@pytest.mark.prove
@settings(max_examples=800, deadline=None)
@given(SEEDS)
def test_order_locks_and_reruns_many_times(seed):
    check_order(seed)
    check_locks(seed)
    check_reruns(seed)
