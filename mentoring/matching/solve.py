"""One run of the matching: from candidates to pairs with a proof, around locks, kept and forbidden pairs.

Order of goals: most people with a partner, those who waited longest among equals, kept pairs in a re-run for coverage,
greatest total score, then a hash, so that the same people give the same pairs on every machine.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from mentoring.calendar import HALF_HOURS_IN_A_WEEK
from mentoring.matching.columns import Columns
from mentoring.matching.errors import CandidateError, SolverError
from mentoring.matching.left_over import explain_unmatched
from mentoring.matching.model import (
    HIGHEST_SCORE,
    MOST_WAITING_ROUNDS,
    Lock,
    MatchResult,
    ProposedPair,
    RefusedPair,
    Rerun,
    Separation,
    SolverRound,
)
from mentoring.matching.network import Edges, Limits, Side, best_flow, prices
from mentoring.matching.rules import (
    ReasonCode,
    broken_rules,
    returned_topics,
    shared_half_hours,
    shared_topics,
)
from mentoring.matching.scores import parts_of, score_of
from mentoring.participants import Role
from mentoring.program import Direction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mentoring.matching.model import Candidate, MatchingTask

    Array = np.ndarray[Any, np.dtype[Any]]

KEPT_BONUS = 2 * HIGHEST_SCORE + 1
"""Two new pairs at their best gain less than this, so no kept pair moves for points; still fits into 16 bits."""

MOST_ROUNDS = 12
CELLS_KEPT = 270_000_000
"""Up to so many pairs (some 30,000 people) their worth stays in memory, above it is worked out anew in every round."""

CELLS_IN_A_PASS = 250_000
"""A pass over kept worths, in 64-bit numbers, stays in the cache with so many."""

MARGIN = 200
"""Points by which a pair may miss its price and still come in with those that exceed it: saves rounds later."""

_BARRED = -1
_HASH_BITS = 24


def solve(task: MatchingTask) -> MatchResult:
    """The best pairs for these people, with value and bound, and reasons for everybody left over.

    Raises:
        CandidateError: naming everything wrong with the candidates.
        SolverError: if the solver's answer does not pass our own check.
    """
    _check(task.candidates)
    problem = _Problem(task)
    edges, rounds = problem.solve()
    first_bound = rounds[0].bound if rounds else 0
    # Among peers one pair may come out both ways. The lesser way is taken out and the rest solved again; the bound
    # of the first answer, which allowed both, still holds.
    doubled = problem.doubled(edges)
    while doubled:
        problem = _Problem(replace(task, forbidden=task.forbidden | doubled | problem.forbidden))
        edges, more = problem.solve()
        rounds = [*rounds, *(replace(each, bound=first_bound) for each in more)]
        doubled = problem.doubled(edges)
    return problem.result(edges, rounds)


def _check(candidates: Sequence[Candidate]) -> None:
    faults = [
        f"candidate id {name!r} is used {count} times"
        for name, count in Counter(person.id for person in candidates).items()
        if count > 1
    ]
    for person in candidates:
        faults += _faults_of(person)
    if faults:
        raise CandidateError(faults)


def _faults_of(person: Candidate) -> Iterator[str]:
    lists = {
        "can_share": person.can_share,
        "wants_to_learn": person.wants_to_learn,
        "wants_in_return": person.wants_in_return or {},
        "offers_in_return": person.offers_in_return or {},
        "wish_targets": person.wish_targets,
    }
    for name, ratings in lists.items():
        wrong = [f"{topic} {rating}" for topic, rating in ratings.items() if rating not in _RATINGS]
        if wrong:
            yield f"candidate {person.id!r}: ratings in {name} must be 1 to 5, got {', '.join(wrong)}"
    if any(answer not in _ANSWERS for answer in person.work_style):
        yield f"candidate {person.id!r}: work-style answers must be 0 to 5, got {person.work_style}"
    if person.mentor_capacity < 0 or person.mentee_capacity < 0:
        yield f"candidate {person.id!r}: a capacity must be 0 or more"
    if not 0 <= person.hours < 1 << HALF_HOURS_IN_A_WEEK:
        yield f"candidate {person.id!r}: hours must be a mask of {HALF_HOURS_IN_A_WEEK} bits"
    for role in Role:
        share = sum(person.wish_shares.get(topic, 0) for topic in person.wants(role))
        if share > 100 or any(share < 0 for share in person.wish_shares.values()):
            yield f"candidate {person.id!r}: shares of wishes must sum to 100 at most, got {share}"


_RATINGS = frozenset({None, 1, 2, 3, 4, 5})
_ANSWERS = frozenset(range(6))


@dataclass
class _Fixed:
    """Pairs that stand before anything is solved, and what they leave of everybody's capacity."""

    pairs: list[tuple[str, str]]
    refused: list[RefusedPair]
    left: dict[Role, dict[str, int]]
    covered: dict[Role, set[str]]


@dataclass(frozen=True)
class _Optimum:
    """The last round of the solver: pairs chosen, pairs looked at, pairs that break even at these prices."""

    chosen: Edges
    edges: Edges
    even: Edges
    row_price: Array
    column_price: Array
    rounds: list[SolverRound]

    @property
    def is_proved(self) -> bool:
        return self.rounds[-1].value == self.rounds[-1].bound


class _Problem:
    """A task made ready for the solver: fixed pairs taken out, people as columns, worth of pairs at hand."""

    def __init__(self, task: MatchingTask) -> None:
        self.task, self.settings = task, task.settings
        people = sorted(task.candidates, key=lambda person: person.id)
        self.people = {person.id: person for person in people}
        self.active = [person for person in people if person.is_active]
        self.confirmed = frozenset(task.confirmed) | {(b, a) for a, b in task.confirmed}
        self.forbidden = task.forbidden
        self.kept = task.kept - task.forbidden
        self.fixed = self._fix()
        self.mentors = [p for p in self.active if self.fixed.left[Role.MENTOR].get(p.id, 0) > 0]
        self.mentees = [p for p in self.active if self.fixed.left[Role.MENTEE].get(p.id, 0) > 0]
        self.columns = Columns(self.mentors, self.mentees, self.settings, task.confirmed)
        highest = HIGHEST_SCORE + (KEPT_BONUS if self._kept_pay else 0)
        capacity = {
            role: np.array([self.fixed.left[role][p.id] for p in people_in_role], np.int64)
            for role, people_in_role in ((Role.MENTOR, self.mentors), (Role.MENTEE, self.mentees))
        }
        units = int(min(capacity[Role.MENTOR].sum(), capacity[Role.MENTEE].sum()))
        self.unit = highest * units + 1
        self.mentor_side = self._side(self.mentors, Role.MENTOR, capacity[Role.MENTOR])
        self.mentee_side = self._side(self.mentees, Role.MENTEE, capacity[Role.MENTEE])
        self.worth = _Worth(self)
        self.close_edges = _no_edges()

    @property
    def _kept_pay(self) -> bool:
        return bool(self.kept) and self.settings.rerun is Rerun.COVERAGE_ONLY

    @property
    def paying_pairs(self) -> frozenset[tuple[str, str]]:
        """Kept pairs that carry the bonus in this run."""
        return self.kept if self._kept_pay else frozenset()

    @property
    def closed_pairs(self) -> set[tuple[str, str]]:
        """Pairs that may not be chosen: forbidden ones, and those that stand already (among peers, either way)."""
        closed = set(self.forbidden) | set(self.fixed.pairs)
        if self.settings.direction is Direction.PEER:
            closed |= {(mentee, mentor) for mentor, mentee in self.fixed.pairs}
        return closed

    def _fix(self) -> _Fixed:
        fixed = _Fixed(
            [],
            [],
            {
                Role.MENTOR: {p.id: p.mentor_capacity for p in self.active},
                Role.MENTEE: {p.id: p.mentee_capacity for p in self.active},
            },
            {Role.MENTOR: set(), Role.MENTEE: set()},
        )
        wanted = sorted(self.task.locks, key=lambda lock: (lock.mentor_id, lock.mentee_id))
        if self.settings.rerun is Rerun.NOBODY_MOVES:
            locked = {(lock.mentor_id, lock.mentee_id) for lock in wanted}
            wanted += [Lock(*pair) for pair in sorted(self.kept) if pair not in locked]
        for lock in wanted:
            codes = self._codes_against(lock, fixed)
            if codes:
                fixed.refused.append(RefusedPair(lock.mentor_id, lock.mentee_id, codes))
                continue
            fixed.pairs.append((lock.mentor_id, lock.mentee_id))
            for role, person_id in ((Role.MENTOR, lock.mentor_id), (Role.MENTEE, lock.mentee_id)):
                fixed.left[role][person_id] -= 1
                fixed.covered[role].add(person_id)
        return fixed

    def _codes_against(self, lock: Lock, fixed: _Fixed) -> tuple[str, ...]:
        """Why a lock cannot be: rules of the two, or no place left."""
        mentor, mentee = self.people.get(lock.mentor_id), self.people.get(lock.mentee_id)
        if mentor is None or mentee is None:
            return (ReasonCode.NOT_ACTIVE,)
        is_confirmed = (mentor.id, mentee.id) in self.confirmed
        broken = broken_rules(mentor, mentee, self.settings, lifted=lock.lifted, is_confirmed=is_confirmed)
        if broken:
            return tuple(rule.code for rule in broken)
        mirrored = (mentee.id, mentor.id) in fixed.pairs and self.settings.direction is Direction.PEER
        full = fixed.left[Role.MENTOR][mentor.id] < 1 or fixed.left[Role.MENTEE][mentee.id] < 1
        if full or mirrored or (mentor.id, mentee.id) in fixed.pairs:
            return (ReasonCode.NO_CAPACITY,)
        return ()

    def _side(self, people: Sequence[Candidate], role: Role, capacity: Array) -> Side:
        """Rewards that put coverage first and waiting second.

        Which people can be covered together is a matroid on each side, and the two sides do not hinder each other. So
        any choice with the greatest sum of (1 + priority) also covers the most people: one reward does for both goals.
        """
        held: set[str] = set()
        if self._kept_pay:
            held = {pair[0] if role is Role.MENTOR else pair[1] for pair in self.kept}
        priority = np.array(
            [
                MOST_WAITING_ROUNDS + 1 if p.id in held else min(p.waiting_rounds, MOST_WAITING_ROUNDS)
                for p in people
            ],
            np.int64,
        )
        is_new = np.array([p.id not in self.fixed.covered[role] for p in people], np.int64)
        return Side(capacity, self.unit * (1 + priority) * is_new)

    def solve(self) -> tuple[Edges, list[SolverRound]]:
        """Chosen pairs by place, and the rounds it took."""
        if not self.mentors or not self.mentees:
            return _no_edges(), []
        best = self._optimise(self.worth.best_of_each())
        self.close_edges = best.edges
        if not best.is_proved:
            return best.chosen, best.rounds
        return self._settle(best), best.rounds

    def _optimise(self, edges: Edges) -> _Optimum:
        """The best choice over all pairs, from some of them: solve, price all, take in those that seem better."""
        width = len(self.mentees)
        rounds: list[SolverRound] = []
        while True:
            used = best_flow(edges, self.mentor_side, self.mentee_side)
            chosen = edges.take(used)
            row_price, column_price = prices(edges, used, self.mentor_side, self.mentee_side)
            value = self._value(chosen)
            bound, better, even = self._price_out(row_price, column_price)
            rounds.append(SolverRound(len(edges), value, bound))
            if value > bound:
                raise SolverError(f"value {value} exceeds its bound {bound}")
            optimum = _Optimum(chosen, edges, even, row_price, column_price, rounds)
            if optimum.is_proved or len(rounds) == MOST_ROUNDS:
                return optimum
            edges = edges.with_more(self._sharpest(better, row_price, column_price), width)
            if len(edges) == len(optimum.edges):
                return optimum

    def separation(self, pair: tuple[str, str], chosen: Edges) -> Separation:
        """What the whole loses at best if these two, who are chosen, are kept apart."""
        width = len(self.mentees)
        row, column = self.columns.row[pair[0]], self.columns.column[pair[1]]
        apart = Edges(np.array([row]), np.array([column]), np.zeros(1, np.int64))
        with self.worth.barring(row, column):
            other = self._optimise(self.close_edges.without(apart, width)).chosen
        return Separation(
            people=self._people(chosen) - self._people(other),
            points=self._points(chosen.without(other, width)) - self._points(other.without(chosen, width)),
        )

    def _people(self, chosen: Edges) -> int:
        """Role nodes covered by these pairs and by none that stood before."""
        sides = ((self.mentor_side, chosen.row), (self.mentee_side, chosen.column))
        return sum(
            int(((np.bincount(places, minlength=len(side)) > 0) & (side.reward > 0)).sum())
            for side, places in sides
        )

    def _points(self, chosen: Edges) -> int:
        """The total score of some pairs, whatever the solver was told they are worth."""
        return sum(
            score_of(parts_of(self.mentors[row], self.mentees[column], self.settings), self.settings)
            for row, column in zip(chosen.row.tolist(), chosen.column.tolist(), strict=True)
        )

    def _sharpest(self, better: Edges, row_price: Array, column_price: Array) -> Edges:
        most = 40 * len(row_price)
        if len(better) <= most:
            return better
        gain = better.worth - row_price[better.row] - column_price[better.column]
        return better.take(np.sort(np.argpartition(gain, -most)[-most:]))

    def _value(self, chosen: Edges) -> int:
        total = int(chosen.worth.sum())
        for side, places in ((self.mentor_side, chosen.row), (self.mentee_side, chosen.column)):
            total += int(side.reward[np.bincount(places, minlength=len(side)) > 0].sum())
        return total

    def _price_out(self, row_price: Array, column_price: Array) -> tuple[int, Edges, Edges]:
        """An upper bound on the value of any choice, from all pairs; those worth more than their prices, and as much.

        Needs no trust in any solver: it holds for any whole-number prices.
        """
        bound = self.mentor_side.best_use(row_price) + self.mentee_side.best_use(column_price)
        found = []
        for rows, worth in self.worth.blocks():
            gain = worth - (row_price[rows, None] + column_price[None, :])
            row, column = np.nonzero((gain >= -MARGIN) & (worth > 0))
            found.append((row + rows.start, column, worth[row, column].astype(np.int64), gain[row, column]))
        row, column, value, gain = (np.concatenate(each) for each in zip(*found, strict=True))
        bound += int(gain[gain > 0].sum())
        edges = Edges(row, column, value)
        return bound, edges.take(gain != 0), edges.take(gain == 0)

    def _settle(self, best: _Optimum) -> Edges:
        """Of all best choices the one with the greatest sum of hashes, so that there is one answer and no other.

        Prices that prove one best choice tell for all of them: pairs above their prices are in each, pairs below in
        none, pairs that break even may be, and how many pairs a person has lies between two limits.
        """
        width, chosen, even = len(self.mentees), best.chosen, best.even
        must = chosen.without(even, width)
        reward = (1 << _HASH_BITS) * (int(self.mentor_side.capacity.sum()) + 1)
        limits = []
        for side, price, places in (
            (self.mentor_side, best.row_price, must.row),
            (self.mentee_side, best.column_price, must.column),
        ):
            low, high = side.uses_at(price)
            count = np.bincount(places, minlength=len(side))
            limits.append(Limits(np.maximum(0, low - count), high - count, reward))
        rows, columns = limits
        even = even.take((rows.high[even.row] > 0) & (columns.high[even.column] > 0))
        luck = Edges(even.row, even.column, self._hashes(even))
        settled = must.with_more(even.take(best_flow(luck, rows, columns)), width)
        if self._value(settled) != self._value(chosen):
            raise SolverError("settling between equal choices changed the value")
        return settled

    def _hashes(self, edges: Edges) -> Array:
        """A number below 2**24 for every pair, from the two ids and the seed alone."""
        rows = self._id_hashes(self.mentors)[edges.row]
        columns = self._id_hashes(self.mentees)[edges.column]
        # Two rounds of multiply and shift spread every bit of the two hashes over the whole word.
        mixed = rows * np.uint64(0x9E3779B97F4A7C15) ^ (columns + np.uint64(0x632BE59BD9B4E019))
        for multiplier in (0xBF58476D1CE4E5B9, 0x94D049BB133111EB):
            mixed = (mixed ^ (mixed >> np.uint64(31))) * np.uint64(multiplier)
        return (mixed >> np.uint64(64 - _HASH_BITS)).astype(np.int64)

    def _id_hashes(self, people: Iterable[Candidate]) -> Array:
        digests = [
            blake2b(f"{self.task.seed}:{person.id}".encode(), digest_size=8).digest() for person in people
        ]
        return np.frombuffer(b"".join(digests), np.dtype("<u8"))

    def doubled(self, edges: Edges) -> frozenset[tuple[str, str]]:
        """Among peers, the lesser way of every pair that came out both ways."""
        if self.settings.direction is not Direction.PEER:
            return frozenset()
        score = {
            (self.mentors[row].id, self.mentees[column].id): int(worth)
            for row, column, worth in zip(*_lists(edges), strict=True)
        }
        return frozenset(
            min((pair, pair[::-1]), key=lambda way: (score[way], way))
            for pair in score
            if pair[::-1] in score
        )

    def result(self, edges: Edges, rounds: Sequence[SolverRound]) -> MatchResult:
        """The answer in ids, every pair checked once more by the rules for single pairs."""
        chosen = [
            (self.mentors[row].id, self.mentees[column].id)
            for row, column, _ in zip(*_lists(edges), strict=True)
        ]
        for mentor_id, mentee_id in chosen:
            broken = broken_rules(
                self.people[mentor_id],
                self.people[mentee_id],
                self.settings,
                is_confirmed=(mentor_id, mentee_id) in self.confirmed,
            )
            if broken:
                raise SolverError(f"a chosen pair breaks {', '.join(rule.code for rule in broken)}")
        fixed = set(self.fixed.pairs)
        pairs = [self._pair(ids, is_locked=ids in fixed) for ids in sorted([*chosen, *fixed])]
        weakest = sorted(
            (place for place, pair in enumerate(pairs) if not pair.is_locked),
            key=lambda place: (pairs[place].score, place),
        )
        for place in weakest[: self.task.separations]:
            apart = self.separation((pairs[place].mentor_id, pairs[place].mentee_id), edges)
            pairs[place] = replace(pairs[place], separation=apart)
        covered = {
            Role.MENTOR: {pair.mentor_id for pair in pairs},
            Role.MENTEE: {pair.mentee_id for pair in pairs},
        }
        count = sum(len(people) for people in covered.values())
        mentors = [person for person in self.active if person.mentor_capacity > 0]
        mentees = [person for person in self.active if person.mentee_capacity > 0]
        value, bound = (rounds[-1].value, rounds[-1].bound) if rounds else (0, 0)
        reachable = self._reachable()
        return MatchResult(
            pairs=tuple(pairs),
            unmatched=explain_unmatched(
                {Role.MENTOR: mentors, Role.MENTEE: mentees},
                self.settings,
                matched=covered,
                free=self._free(pairs),
                confirmed=self.task.confirmed,
            ),
            inactive={
                person.id: person.inactive_because
                for person in self.people.values()
                if person.inactive_because is not None
            },
            refused=tuple(self.fixed.refused),
            people=len(self.people),
            mentors=len(mentors),
            mentees=len(mentees),
            covered=count,
            coverable=count if value == bound else min(reachable, count + (bound - value) // self.unit + 1),
            reachable=reachable,
            value=value,
            bound=bound,
            seed=self.task.seed,
            rounds=tuple(rounds),
        )

    def _pair(self, ids: tuple[str, str], *, is_locked: bool) -> ProposedPair:
        mentor, mentee = self.people[ids[0]], self.people[ids[1]]
        parts = parts_of(mentor, mentee, self.settings)
        return ProposedPair(
            mentor_id=mentor.id,
            mentee_id=mentee.id,
            score=score_of(parts, self.settings),
            parts=parts,
            shared_half_hours=shared_half_hours(mentor, mentee),
            topics=shared_topics(mentor, mentee, self.settings),
            return_topics=returned_topics(mentor, mentee),
            is_locked=is_locked,
            is_kept=ids in self.task.kept,
        )

    def _free(self, pairs: Iterable[ProposedPair]) -> dict[Role, set[str]]:
        """People with a place left, per role."""
        taken = Counter((Role.MENTOR, pair.mentor_id) for pair in pairs)
        taken.update((Role.MENTEE, pair.mentee_id) for pair in pairs)
        capacities = ((Role.MENTOR, "mentor_capacity"), (Role.MENTEE, "mentee_capacity"))
        return {
            role: {p.id for p in self.active if getattr(p, capacity) > taken[role, p.id]}
            for role, capacity in capacities
        }

    def _reachable(self) -> int:
        """Role nodes with a pair that stands, or with an allowed partner."""
        mentors, mentees = (set(self.fixed.covered[role]) for role in (Role.MENTOR, Role.MENTEE))
        mentors |= {self.mentors[row].id for row in np.flatnonzero(self.worth.row_allowed)}
        mentees |= {self.mentees[column].id for column in np.flatnonzero(self.worth.column_allowed)}
        return len(mentors) + len(mentees)


def _no_edges() -> Edges:
    return Edges(*(np.zeros(0, np.int64) for _ in range(3)))


def _lists(edges: Edges) -> tuple[list[int], list[int], list[int]]:
    return edges.row.tolist(), edges.column.tolist(), edges.worth.tolist()


class _Worth:
    """What every pair is worth to the solver, as int16, -1 where it may not be: kept in memory or worked out anew.

    Attributes:
        close: How many of each person's best pairs the solver looks at first; further ones come in by price. Few where
            a pass over all pairs is cheap, many where it is dear.
    """

    def __init__(self, problem: _Problem) -> None:
        self._columns, self._settings = problem.columns, problem.settings
        self._kept = problem.columns.pairs_of(problem.paying_pairs)
        self._closed = problem.columns.pairs_of(problem.closed_pairs)
        rows, columns = problem.columns.shape
        self.row_allowed = np.zeros(rows, np.bool_)
        self.column_allowed = np.zeros(columns, np.bool_)
        self._matrix: Array | None = None
        self.close = 32
        if rows * columns <= CELLS_KEPT:
            self.close = 12
            matrix = np.empty((rows, columns), np.int16)
            for at, worth in self._work_out():
                matrix[at] = worth
            self._matrix = matrix

    @contextmanager
    def barring(self, row: int, column: int) -> Iterator[None]:
        """One pair more that may not be, for as long as the context lasts."""
        before, self._closed = self._closed, self._closed.with_one(row, column)
        worth = None if self._matrix is None else self._matrix[row, column]
        try:
            if self._matrix is not None:
                self._matrix[row, column] = _BARRED
            yield
        finally:
            self._closed = before
            if self._matrix is not None and worth is not None:
                self._matrix[row, column] = worth

    def blocks(self) -> Iterator[tuple[slice, Array]]:
        """Some rows at a time, in order."""
        if self._matrix is None:
            yield from self._work_out()
            return
        rows, columns = self._matrix.shape
        step = max(16, CELLS_IN_A_PASS // max(1, columns))
        for start in range(0, rows, step):
            at = slice(start, min(rows, start + step))
            yield at, self._matrix[at]

    def _work_out(self) -> Iterator[tuple[slice, Array]]:
        for block in self._columns.blocks():
            worth = block.scores()
            barred = block.barred()
            if self._settings.worst_pair_floor:
                barred |= worth < self._settings.worst_pair_floor
            if self._settings.even_scores:
                wide = worth.astype(np.int64)
                worth = (wide * (2 * HIGHEST_SCORE - wide) // HIGHEST_SCORE).astype(np.int16)
            at = self._kept.within(block.rows)
            worth[at] += np.int16(KEPT_BONUS)
            worth[barred] = _BARRED
            self._closed.mark(worth, block.rows, _BARRED)
            allowed = worth > 0
            self.row_allowed[block.rows] |= allowed.any(1)
            self.column_allowed |= allowed.any(0)
            yield block.rows, worth

    def best_of_each(self) -> Edges:
        """The `close` best pairs of every row and of every column, and all that tie with the last of them.

        Numbers are negated first: with most pairs barred (equal), the k-th from the top costs some twenty times the
        k-th from the bottom.
        """
        width, k = len(self.column_allowed), self.close
        least = np.full((width, k), -_BARRED, np.int16)  # the best of each column so far, negated
        found = []
        for at, worth in self.blocks():
            negated = -worth
            row_limit = _kth(negated, k, axis=1)
            best = np.concatenate([least, negated.T], axis=1)
            best.partition(k - 1, axis=1)
            least = best[:, :k].copy()
            limit = np.maximum(row_limit[:, None], least[None, :, k - 1])
            row, column = np.nonzero(negated <= np.minimum(limit, _BARRED))
            found.append((row + at.start, column, worth[row, column], row_limit[row]))
        row, column, value, row_limit = (np.concatenate(each) for each in zip(*found, strict=True))
        stays = (-value <= row_limit) | (-value <= least[column, k - 1])
        return Edges(row[stays], column[stays], value[stays].astype(np.int64))


def _kth(negated: Array, k: int, axis: int) -> Array:
    if negated.shape[axis] <= k:
        return np.full(len(negated), _BARRED, np.int16)
    return np.partition(negated, k - 1, axis=axis)[:, k - 1]
