"""Invented companies of any size, drawn from a seed, as candidates for the matching. Nothing is measured here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mentoring.matching.model import Candidate, MatchingSettings, SitePreference, reporting_chain

if TYPE_CHECKING:
    from collections.abc import Iterator

    Array = np.ndarray[Any, np.dtype[Any]]

LEVELS, TOPICS, GIFTS, DEPARTMENTS, STYLES, GOALS, INTERESTS = 9, 40, 15, 12, 4, 8, 40
CHAIN_DEPTH = 3
TEAM = 8  # people under one manager


@dataclass(frozen=True)
class Site:
    """An office: UTC offset in half hours, region, number of its local language (0 is English), share of people."""

    name: str
    offset: int
    region: int
    language: int
    share: float


SITES = (
    Site("BER", 2, 0, 1, 0.22),
    Site("LON", 0, 0, 0, 0.16),
    Site("PAR", 2, 0, 2, 0.08),
    Site("NYC", -10, 1, 3, 0.18),
    Site("SFO", -16, 1, 3, 0.12),
    Site("BLR", 11, 2, 4, 0.14),
    Site("SIN", 16, 2, 5, 0.06),
    Site("TYO", 18, 2, 6, 0.04),
)
_DAY_STARTS = (14, 16, 18, 20)  # local half hours: 7, 8, 9 and 10 o'clock, for eight hours


@dataclass(frozen=True)
class Scene:
    """How hard a population is to match: level gap, shared half hours, share of English, ratings 2-5 of topics."""

    level_gap: int
    half_hours: int
    english: float
    skill: tuple[float, float, float, float]


SCENES = {
    "normal": Scene(1, 2, 0.88, (0.20, 0.35, 0.30, 0.15)),
    "tight": Scene(2, 6, 0.35, (0.70, 0.20, 0.08, 0.02)),
}


def settings_of(scene: str = "normal") -> MatchingSettings:
    """The rule book these populations are matched by: nine levels, one working day instead of a week."""
    return MatchingSettings(
        level_gap=SCENES[scene].level_gap,
        chain_depth=CHAIN_DEPTH,
        min_shared_half_hours=SCENES[scene].half_hours,
        ample_shared_half_hours=8,
        style_questions=STYLES,
        site_preference=SitePreference.SAME,
        topic_needs_higher_rating=True,
    )


class _Draws:
    """Seeded draws for a company of `n`; their order is part of the population and must not change."""

    def __init__(self, n: int, seed: int) -> None:
        self.n = n
        self.rng = np.random.default_rng([seed, n])

    def choice(self, values: Any, odds: Any) -> Array:
        return self.rng.choice(values, self.n, p=odds)

    def weighted(self, odds: Array, count: int) -> Array:
        """(n, count) distinct places, likelier ones first."""
        return np.argsort(np.log(self.rng.random((self.n, len(odds)))) / odds, axis=1)[:, ::-1][:, :count]

    def flags(self, universe: int, low: int, high: int) -> list[frozenset[str]]:
        """For each person `low` to `high` distinct names."""
        pick = self.rng.random((self.n, universe)).argsort(1)[:, :high]
        count = self.rng.integers(low, high + 1, self.n)
        return [frozenset(map(str, row[:some])) for row, some in zip(pick, count, strict=True)]


def make_population(n: int, seed: int = 7, scene: str = "normal") -> list[Candidate]:
    """A company of `n` people on eight sites, with teams, wishes, past partners and private lists."""
    draws, want = _Draws(n, seed), SCENES[scene]
    rng = draws.rng
    level = draws.choice(np.arange(1, LEVELS + 1), [0.10, 0.15, 0.17, 0.16, 0.14, 0.12, 0.09, 0.05, 0.02])
    odds = 1 / np.arange(1, DEPARTMENTS + 1) ** 0.6
    department = draws.choice(DEPARTMENTS, odds / odds.sum())
    site = draws.choice(len(SITES), [place.share for place in SITES])
    start = rng.choice(len(_DAY_STARTS), n, p=[0.1, 0.35, 0.4, 0.15])
    languages = _languages(draws, site, want.english)
    manager = _managers(rng, level, department)
    offer_odds = 1 / np.arange(1, TOPICS + 1) ** 0.7
    can_share = _skills(draws, offer_odds, want.skill)
    gifts = _gifts(draws)
    wishes = _wishes(draws, np.roll(offer_odds, 3))
    return_wishes = _return_wishes(draws)
    style = rng.integers(1, 6, (n, STYLES))
    goals, interests = draws.flags(GOALS, 1, 3), draws.flags(INTERESTS, 3, 8)
    both = (level >= 4) & (level <= 6) & (rng.random(n) < 0.24)
    is_mentor = (level <= 3) | both | ((level == 4) & (rng.random(n) < 0.5))
    capacity = np.zeros((n, 2), int)
    capacity[is_mentor, 0] = rng.choice([1, 2, 3], int(is_mentor.sum()), p=[0.75, 0.18, 0.07])
    is_mentee = ~is_mentor | both
    capacity[is_mentee, 1] = rng.choice([1, 2], int(is_mentee.sum()), p=[0.95, 0.05])
    past, private = _named(rng, n, n // 2, both_ways=True), _named(rng, n, n // 12, both_ways=False)

    manager_of = {_id(person): _id(above) if above >= 0 else None for person, above in enumerate(manager)}
    people = []
    for person in range(n):
        place = SITES[site[person]]
        chain, known = reporting_chain(_id(person), manager_of, CHAIN_DEPTH)
        wish, back = wishes[person], return_wishes[person]
        shift = _DAY_STARTS[start[person]] - place.offset
        people.append(
            Candidate(
                id=_id(person),
                level=int(level[person]),
                department=f"department {department[person]}",
                site=place.name,
                region=str(place.region),
                can_share=can_share[person],
                wants_to_learn={topic: now for topic, now, _, _ in wish},
                wish_shares={topic: share for topic, *_, share in (*wish, *back)},
                wish_targets={topic: goal for topic, _, goal, _ in (*wish, *back)},
                wants_in_return={topic: now for topic, now, _, _ in back},
                offers_in_return=gifts[person],
                mentor_capacity=int(capacity[person, 0]),
                mentee_capacity=int(capacity[person, 1]),
                languages=languages[person],
                hours=sum(1 << ((shift + half_hour) % 48) for half_hour in range(16)),
                do_not_pair=frozenset(private.get(person, ())),
                chain=chain,
                chain_known=known,
                recent_partners=frozenset(past.get(person, ())),
                goals=goals[person],
                interests=interests[person],
                work_style=tuple(map(int, style[person])),
            )
        )
    return people


def _id(person: int) -> str:
    return f"p{person:06d}"


def _languages(draws: _Draws, site: Array, share: float) -> list[frozenset[str]]:
    n, rng = draws.n, draws.rng
    english = rng.random(n) < np.where(np.isin(site, [1, 3, 4]), 1.0, share)
    spoken = np.zeros((n, 7), bool)
    spoken[:, 0] = english
    for number, place in enumerate(SITES):
        if place.language:
            odds = 0.25 if place.language == 3 else 0.8
            spoken[:, place.language] |= (site == number) & ((rng.random(n) < odds) | ~english)
    more = rng.random(n) < 0.1
    spoken[np.flatnonzero(more), rng.integers(1, 7, n)[more]] = True
    return [frozenset(map(str, np.flatnonzero(row))) for row in spoken]


def _managers(rng: np.random.Generator, level: Array, department: Array) -> Array:
    """In every department a tree of teams, ordered by level."""
    manager = np.full(len(level), -1)
    for number in range(DEPARTMENTS):
        ids = np.flatnonzero(department == number)
        ids = ids[np.lexsort((rng.random(len(ids)), -level[ids]))]
        manager[ids[1:]] = ids[(np.arange(1, len(ids)) - 1) // TEAM]
    return manager


def _skills(draws: _Draws, odds: Array, ratings: tuple[float, ...]) -> list[dict[str, int | None]]:
    n, rng = draws.n, draws.rng
    topics, count = draws.weighted(odds, 5), rng.integers(2, 6, n)
    shared: list[dict[str, int | None]] = [{} for _ in range(n)]
    for place in range(5):
        who = np.flatnonzero(count > place)
        rated = rng.choice([2, 3, 4, 5], len(who), p=ratings)
        for person, rating in zip(who, rated, strict=True):
            shared[person][f"topic {topics[person, place]}"] = int(rating)
    return shared


def _gifts(draws: _Draws) -> list[dict[str, int | None]]:
    n, rng = draws.n, draws.rng
    topics = draws.weighted(1 / np.arange(1, GIFTS + 1) ** 0.5, 4)
    gifts: list[dict[str, int | None]] = [{} for _ in range(n)]
    for place in range(4):
        for person, rating in enumerate(rng.integers(0, 6, n)):
            if rating:
                gifts[person][f"gift {topics[person, place]}"] = int(rating)
    return gifts


Wish = tuple[str, int, int, int]
"""Topic, rating now, rating aimed at, share in per cent."""


def _wishes(draws: _Draws, odds: Array) -> list[list[Wish]]:
    n, rng = draws.n, draws.rng
    shares = {1: (100,), 2: (60, 40), 3: (50, 30, 20)}
    topics, count = draws.weighted(odds, 3), rng.integers(1, 4, n)
    now = rng.choice([1, 2, 3], (n, 3), p=[0.5, 0.35, 0.15])
    steps = rng.choice([1, 2, 3], (n, 3), p=[0.4, 0.45, 0.15])
    return [
        [
            (
                f"topic {topics[person, place]}",
                int(now[person, place]),
                min(5, int(now[person, place] + steps[person, place])),
                shares[int(count[person])][place],
            )
            for place in range(count[person])
        ]
        for person in range(n)
    ]


def _return_wishes(draws: _Draws) -> list[list[Wish]]:
    n, rng = draws.n, draws.rng
    shares = {1: (100,), 2: (60, 40)}
    topics, count = draws.weighted(1 / np.arange(1, GIFTS + 1) ** 0.4, 2), rng.integers(1, 3, n)
    return [
        [
            (f"gift {topics[person, place]}", 2, 5, shares[int(count[person])][place])
            for place in range(count[person])
        ]
        for person in range(n)
    ]


def _named(rng: np.random.Generator, n: int, count: int, *, both_ways: bool) -> dict[int, list[str]]:
    named: dict[int, list[str]] = {}
    for first, second in _couples(rng, n, count):
        if first != second:
            named.setdefault(first, []).append(_id(second))
            if both_ways:
                named.setdefault(second, []).append(_id(first))
    return named


def _couples(rng: np.random.Generator, n: int, count: int) -> Iterator[tuple[int, int]]:
    for first, second in rng.integers(0, n, (count, 2)):
        yield int(first), int(second)
