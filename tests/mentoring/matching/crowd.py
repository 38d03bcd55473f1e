"""Dull people for matching tests: `person` fits everybody, `crowd` draws small companies in which every rule bites."""

from __future__ import annotations

import random
from itertools import product

from mentoring.matching.model import Candidate, Inactivity, MatchingSettings, MatchingTask, SitePreference
from mentoring.matching.rules import broken_rules
from mentoring.matching.scores import parts_of, score_of
from mentoring.program import Direction, ProgramSettings, WorkStyle

NINE_TO_FIVE = sum(0xFFFF << (day * 48 + 18) for day in range(5))  # 09:00 to 17:00 UTC, Monday to Friday


def person(name, level=1, **given):
    """Somebody whom no rule bars from anybody two levels away, in the role of that level."""
    roles = {"mentor_capacity": 1} if level <= 3 else {"mentee_capacity": 1}
    topics = {"can_share": {"a": 4}, "wants_to_learn": {"a": 1}}
    usual = {"languages": frozenset({"en"}), "hours": NINE_TO_FIVE, "chain_known": True}
    return Candidate(**{"id": name, "level": level, **roles, **topics, **usual, **given})


def _some(rng, names, low, high):
    return rng.sample(names, rng.randint(low, min(high, len(names))))


def crowd(seed, size=7, *, strict=True):
    """A small company drawn from a seed. `strict` lets every rule bar some pairs; else few are barred."""
    rng = random.Random(seed)
    names = [f"p{number}" for number in range(size)]
    topics = ["a", "b", "c", "d"] if strict else ["a", "b"]
    odds = 0.25 if strict else 0.05
    people = []
    for name in names:
        others = [other for other in names if other != name]
        rated = {t: rng.choice([None, 1, 2, 3, 4, 5]) for t in _some(rng, topics, 1, 3)}
        wanted = {t: rng.choice([None, 1, 2, 3, 5]) for t in _some(rng, topics, 1, 3)}
        chain = tuple(_some(rng, others, 1, 3)) if rng.random() < odds else ()
        split = rng.random() < odds
        people.append(
            Candidate(
                id=name,
                level=rng.randint(1, 5),
                department=rng.choice(["", "x", "y"]),
                site=rng.choice(["", "s", "t"]),
                region=rng.choice(["", "r"]),
                can_share=rated,
                wants_to_learn=wanted,
                wish_targets={t: rng.randint(1, 5) for t in wanted if split},
                wants_in_return={"g": 2, "a": 1} if split else None,
                offers_in_return={"g": 4} if rng.random() < odds else None,
                mentor_capacity=rng.choice([0, 1, 1, 2]),
                mentee_capacity=rng.choice([0, 1, 1, 2]),
                languages=frozenset(_some(rng, ["en", "de"], 1, 2)),
                hours=NINE_TO_FIVE << rng.choice([0, 0, 4, 12, 13]),
                off_limits=frozenset(_some(rng, topics, 1, 1)) if rng.random() < odds else frozenset(),
                do_not_pair=frozenset(_some(rng, others, 1, 1)) if rng.random() < odds else frozenset(),
                chain=chain,
                chain_known=rng.random() > odds / 2,
                recent_partners=frozenset(_some(rng, others, 1, 1)) if rng.random() < odds else frozenset(),
                goals=frozenset(_some(rng, ["m", "n", "o"], 0, 3)),
                interests=frozenset(_some(rng, ["q", "r", "s", "t", "u"], 0, 5)),
                work_style=tuple(rng.randint(0, 5) for _ in range(rng.randint(0, 2))),
                waiting_rounds=rng.choice([0, 0, 0, 1, 2, 12]),
                inactive_because=Inactivity.PAUSED if rng.random() < odds / 3 else None,
            )
        )
    return people


def rule_book(seed):
    """Settings drawn from a seed, reverse most of the time."""
    rng = random.Random(seed)
    weights = dict(ProgramSettings().weights)
    taken = rng.randint(0, weights["topics"])
    weights["topics"] -= taken
    weights["interests"] += taken
    return MatchingSettings(
        direction=rng.choice([Direction.REVERSE, Direction.REVERSE, Direction.TRADITIONAL, Direction.PEER]),
        level_gap=rng.randint(0, 2),
        chain_depth=rng.randint(1, 3),
        same_manager_barred=rng.random() < 0.7,
        min_shared_half_hours=rng.choice([0, 4, 20, 40]),
        work_style=rng.choice(list(WorkStyle)),
        style_questions=rng.randint(1, 3),
        site_preference=rng.choice(list(SitePreference)),
        learning_steps=rng.randint(1, 3),
        topic_needs_higher_rating=rng.random() < 0.2,
        weights=weights,
    )


def allowed_pairs(task: MatchingTask):
    """Every pair that breaks no rule, with its score, by the rules for single pairs."""
    confirmed = set(task.confirmed) | {(b, a) for a, b in task.confirmed}
    found = {}
    for mentor, mentee in product(task.candidates, task.candidates):
        is_confirmed = (mentor.id, mentee.id) in confirmed
        if not broken_rules(mentor, mentee, task.settings, is_confirmed=is_confirmed):
            pair = (mentor.id, mentee.id)
            if pair not in task.forbidden:
                found[pair] = score_of(parts_of(mentor, mentee, task.settings), task.settings)
    return found


def choices(task: MatchingTask):
    """Every choice of allowed pairs within everybody's capacity."""
    pairs = sorted(allowed_pairs(task))
    mentor_left = {person.id: person.mentor_capacity for person in task.candidates}
    mentee_left = {person.id: person.mentee_capacity for person in task.candidates}

    def grow(place, chosen):
        if place == len(pairs):
            yield tuple(chosen)
            return
        yield from grow(place + 1, chosen)
        mentor, mentee = pairs[place]
        if mentor_left[mentor] and mentee_left[mentee]:
            mentor_left[mentor] -= 1
            mentee_left[mentee] -= 1
            yield from grow(place + 1, [*chosen, pairs[place]])
            mentor_left[mentor] += 1
            mentee_left[mentee] += 1

    return grow(0, [])
