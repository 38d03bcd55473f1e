"""Candidates as columns of numbers, so that rules and scores of millions of pairs take one pass of numpy.

A `Block` is some mentors against all mentees, with every quantity that rules and parts ask for computed at most once.
All sums are whole numbers below 2**24 and therefore exact in float32, in any order and on any number of threads.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from mentoring.matching.model import HIGHEST_SCORE
from mentoring.matching.rules import RULES
from mentoring.matching.scores import (
    HIGHEST_RATING,
    PARTS,
    answer,
    hours_points,
    site_points,
    style_points,
    wish_fulfilment,
    wish_shares,
)
from mentoring.participants import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from mentoring.matching.model import Candidate, MatchingSettings, Rating

    Array = np.ndarray[Any, np.dtype[Any]]
    BoolArray = np.ndarray[Any, np.dtype[np.bool_]]

CELLS_IN_A_BLOCK = 1_500_000
"""A block's arrays stay in the processor's cache: with ten times as many cells a pass takes half as long again."""

_WORD = 64
_ANSWERS = HIGHEST_RATING + 1  # and 0 for unanswered


class _Codes:
    """Small numbers for values that repeat, such as schedules: both sides' codes, and one of each value."""

    def __init__(self, rows: Iterable[Hashable], columns: Iterable[Hashable]) -> None:
        known: dict[Hashable, int] = {}
        self.rows = np.array([known.setdefault(value, len(known)) for value in rows], np.int32)
        self.columns = np.array([known.setdefault(value, len(known)) for value in columns], np.int32)
        self.values: list[Any] = list(known)

    def table(self, of: Callable[[Any, Any], int], dtype: type[np.generic]) -> Array:
        return np.array([[of(a, b) for b in self.values] for a in self.values], dtype).reshape(
            len(self.values), len(self.values)
        )


class _Lookup:
    """A table over two codes, read for a block: rows first (cheap), then columns (done once where it fits)."""

    _FITS = 64_000_000

    def __init__(self, codes: _Codes, table: Array) -> None:
        self._codes, self._table = codes, table
        self._wide = None
        if table.shape[0] * len(codes.columns) * table.itemsize <= self._FITS:
            self._wide = np.ascontiguousarray(table[:, codes.columns])

    def block(self, rows: slice) -> Array:
        codes = self._codes.rows[rows]
        if self._wide is not None:
            return self._wide[codes]
        return np.take(self._table[codes], self._codes.columns, axis=1)


class Pairs:
    """A few single pairs as (row, column), readable by block of rows."""

    def __init__(self, pairs: Iterable[tuple[int, int]]) -> None:
        found = sorted(set(pairs))
        self.rows = np.array([row for row, _ in found], np.int64)
        self.columns = np.array([column for _, column in found], np.int64)

    def with_one(self, row: int, column: int) -> Pairs:
        """These and one more."""
        return Pairs([*zip(self.rows.tolist(), self.columns.tolist(), strict=True), (row, column)])

    def within(self, rows: slice) -> tuple[Array, Array]:
        first, last = np.searchsorted(self.rows, [rows.start, rows.stop])
        return self.rows[first:last] - rows.start, self.columns[first:last]

    def mark(self, cells: Array, rows: slice, value: int | bool) -> None:
        cells[self.within(rows)] = value


class Columns:
    """Mentors (rows) and mentees (columns) of a run, prepared for `blocks`.

    Args:
        mentors: People in the mentor's role; order is the order of rows.
        mentees: People in the mentee's role; order is the order of columns.
        settings: Of the run.
        confirmed: Two ids each, in any order: unknown reporting lines confirmed by name.
    """

    def __init__(
        self,
        mentors: Sequence[Candidate],
        mentees: Sequence[Candidate],
        settings: MatchingSettings,
        confirmed: Iterable[tuple[str, str]] = (),
    ) -> None:
        self.mentors = mentors
        self.mentees = mentees
        self.settings = settings
        self.row = {person.id: place for place, person in enumerate(mentors)}
        self.column = {person.id: place for place, person in enumerate(mentees)}
        self._add_levels_and_lines(confirmed)
        self._add_wishes()
        self._add_likeness()

    @property
    def shape(self) -> tuple[int, int]:
        """(mentors, mentees)."""
        return len(self.mentors), len(self.mentees)

    def blocks(self) -> Iterator[Block]:
        """All mentors, some at a time, in order."""
        count, width = self.shape
        step = max(32, CELLS_IN_A_BLOCK // max(1, width))
        for start in range(0, count, step):
            yield Block(self, slice(start, min(count, start + step)))

    def whole(self) -> Block:
        """All mentors at once, for small sets."""
        return Block(self, slice(0, len(self.mentors)))

    def pairs_of(self, ids: Iterable[tuple[str, str]]) -> Pairs:
        """Places of pairs given as (mentor id, mentee id); those not in this run are left out."""
        return Pairs(
            (self.row[mentor], self.column[mentee])
            for mentor, mentee in ids
            if mentor in self.row and mentee in self.column
        )

    def _either_way(self, named: Callable[[Candidate], Iterable[str]]) -> Pairs:
        """Pairs in which one of the two names the other."""
        found = [
            (place, self.column[other])
            for place, person in enumerate(self.mentors)
            for other in named(person)
            if other in self.column
        ]
        found += [
            (self.row[other], place)
            for place, person in enumerate(self.mentees)
            for other in named(person)
            if other in self.row
        ]
        return Pairs(found)

    def _add_levels_and_lines(self, confirmed: Iterable[tuple[str, str]]) -> None:
        mentors, mentees, settings = self.mentors, self.mentees, self.settings
        self.mentor_level = np.array([person.level for person in mentors], np.int16)
        self.mentee_level = np.array([person.level for person in mentees], np.int16)
        self.managers = _Codes(
            (person.manager_id or ("row", person.id) for person in mentors),
            (person.manager_id or ("column", person.id) for person in mentees),
        )
        self.same_person = Pairs(
            (place, self.column[person.id])
            for place, person in enumerate(mentors)
            if person.id in self.column
        )
        self.chains = self._either_way(lambda person: person.chain[: settings.chain_depth])
        self.do_not_pair = self._either_way(lambda person: person.do_not_pair)
        self.recent = self._either_way(lambda person: person.recent_partners)
        self.mentor_unknown = np.array([not person.chain_known for person in mentors], np.bool_)
        self.mentee_unknown = np.array([not person.chain_known for person in mentees], np.bool_)
        both_ways = [pair for first, second in confirmed for pair in ((first, second), (second, first))]
        self.confirmed = self.pairs_of(both_ways)

    def _add_wishes(self) -> None:
        settings = self.settings
        offers = [person.offers(Role.MENTOR) for person in self.mentors]
        wants = [person.wants(Role.MENTEE) for person in self.mentees]
        topics = _common_topics(offers, wants)
        self.topic_offers = _offer_rows(offers, topics, settings)
        self.topic_wishes = _wish_rows(self.mentees, wants, topics, settings).T.copy()
        width = len(topics)
        if settings.topic_needs_higher_rating:
            self.has_topic = self.topic_offers
            wished = np.zeros((len(wants), width, HIGHEST_RATING), np.float32)
            for place, wish in enumerate(wants):
                for topic in wish.keys() & topics.keys():
                    wished[place, topics[topic], wish[topic] or settings.assumed_learn_rating :] = 1
            self.wants_topic = wished.reshape(len(wants), width * HIGHEST_RATING).T.copy()
        else:
            self.has_topic = self.topic_offers.reshape(len(offers), width, HIGHEST_RATING).sum(2)
            self.wants_topic = one_hot(wants, topics).T.copy()
        back_wants = [person.wants(Role.MENTOR) for person in self.mentors]
        back_offers = [person.offers(Role.MENTEE) for person in self.mentees]
        back_topics = _common_topics(back_offers, back_wants)
        self.gift_wishes = _wish_rows(self.mentors, back_wants, back_topics, settings)
        self.gift_offers = _offer_rows(back_offers, back_topics, settings).T.copy()

    def _add_likeness(self) -> None:
        mentors, mentees, settings = self.mentors, self.mentees, self.settings
        goals = _common_topics([person.goals for person in mentors], [person.goals for person in mentees])
        self.mentor_goals = one_hot([person.goals for person in mentors], goals)
        self.mentee_goals = one_hot([person.goals for person in mentees], goals).T.copy()
        tastes = _common_topics(
            [person.interests for person in mentors], [person.interests for person in mentees]
        )
        self.mentor_interests = one_hot([person.interests for person in mentors], tastes)
        self.mentee_interests = one_hot([person.interests for person in mentees], tastes).T.copy()
        questions = range(settings.style_questions)
        points = np.array(
            [[style_points(a, b, settings) for b in range(_ANSWERS)] for a in range(_ANSWERS)], np.float32
        )

        def answers(people: Sequence[Candidate], meaning: Array) -> Array:
            given = [answer(person.work_style, question) for person in people for question in questions]
            return meaning[np.array(given, np.intp)].reshape(len(people), len(questions) * _ANSWERS)

        self.mentor_style = answers(mentors, np.eye(_ANSWERS, dtype=np.float32))
        self.mentee_style = answers(mentees, points.T).T.copy()
        languages = _Codes((person.languages for person in mentors), (person.languages for person in mentees))
        shares_one = languages.table(lambda first, second: bool(first & second), np.bool_)
        self.languages = _Lookup(languages, shares_one)
        schedules = _Codes((person.hours for person in mentors), (person.hours for person in mentees))
        overlap = _overlaps(schedules.values)
        self.half_hours = _Lookup(schedules, overlap)
        worth = np.array([hours_points(count, settings) for count in range(int(overlap.max(initial=0)) + 1)])
        self.hours_points = _Lookup(schedules, worth.astype(np.float32)[overlap])
        departments = _Codes(
            (person.department for person in mentors), (person.department for person in mentees)
        )
        apart = departments.table(
            lambda first, second: 100 if first and second and first != second else 0, np.float32
        )
        self.departments = _Lookup(departments, apart)
        places = _Codes(
            ((person.site, person.region) for person in mentors),
            ((person.site, person.region) for person in mentees),
        )
        self.places = _Lookup(
            places, places.table(lambda first, second: site_points(first, second, settings), np.float32)
        )


class Block:
    """Some mentors against all mentees. Every array is (mentors in this block, mentees)."""

    def __init__(self, columns: Columns, rows: slice) -> None:
        self._columns = columns
        self.rows = rows
        self.settings: MatchingSettings = columns.settings

    @property
    def shape(self) -> tuple[int, int]:
        """(mentors in this block, mentees)."""
        return self.rows.stop - self.rows.start, len(self._columns.mentees)

    @property
    def level_rise(self) -> Array:
        """How many levels the mentee stands above the mentor."""
        return self._columns.mentee_level[None, :] - self._columns.mentor_level[self.rows, None]

    @property
    def same_person(self) -> BoolArray:
        return self._marked(self._columns.same_person)

    @property
    def reporting_line(self) -> BoolArray:
        """One in the other's chain, or the same manager where the program bars that."""
        columns = self._columns
        if self.settings.same_manager_barred:
            codes = columns.managers
            cells: BoolArray = codes.rows[self.rows, None] == codes.columns[None, :]
        else:
            cells = np.zeros(self.shape, np.bool_)
        columns.chains.mark(cells, self.rows, value=True)
        return cells

    @property
    def chain_unknown(self) -> BoolArray:
        columns = self._columns
        cells: BoolArray = columns.mentor_unknown[self.rows, None] | columns.mentee_unknown[None, :]
        columns.confirmed.mark(cells, self.rows, value=False)
        return cells

    @property
    def not_available(self) -> BoolArray:
        return self._marked(self._columns.do_not_pair)

    @property
    def recent_partner(self) -> BoolArray:
        return self._marked(self._columns.recent)

    @property
    def topics_shared(self) -> Array:
        """How many topics the mentor can give, as a float."""
        return product(self._columns.has_topic[self.rows], self._columns.wants_topic)

    @property
    def language_shared(self) -> BoolArray:
        return self._columns.languages.block(self.rows)

    @property
    def half_hours(self) -> Array:
        """Shared working half hours."""
        return self._columns.half_hours.block(self.rows)

    @property
    def topics_part(self) -> Array:
        return product(self._columns.topic_offers[self.rows], self._columns.topic_wishes)

    @property
    def gift_part(self) -> Array:
        return product(self._columns.gift_wishes[self.rows], self._columns.gift_offers)

    @property
    def goals_part(self) -> Array:
        common = product(self._columns.mentor_goals[self.rows], self._columns.mentee_goals)
        return _points(common, self.settings.goals_for_all)

    @property
    def interests_part(self) -> Array:
        common = product(self._columns.mentor_interests[self.rows], self._columns.mentee_interests)
        return _points(common, self.settings.interests_for_all)

    @property
    def work_style_part(self) -> Array:
        return product(self._columns.mentor_style[self.rows], self._columns.mentee_style)

    @cached_property
    def hours_part(self) -> Array:
        return self._columns.hours_points.block(self.rows)

    @property
    def department_part(self) -> Array:
        return self._columns.departments.block(self.rows)

    @property
    def site_part(self) -> Array:
        return self._columns.places.block(self.rows)

    def barred(self) -> BoolArray:
        """Pairs that break at least one hard rule."""
        cells = np.zeros(self.shape, np.bool_)
        for rule in RULES:
            if rule.breaks_in is not None:
                np.logical_or(cells, rule.breaks_in(self), out=cells)
        return cells

    def scores(self) -> Array:
        """Every pair's score as int16, 1 to 10,000, whether or not the pair is allowed."""
        total = np.zeros(self.shape, np.float32)
        for part in PARTS:
            points = self.settings.weights[part.name]
            if points:
                total += part.of_block(self) * np.float32(points)
        np.clip(total, 1, HIGHEST_SCORE, out=total)
        return total.astype(np.int16)

    def _marked(self, pairs: Pairs) -> BoolArray:
        cells = np.zeros(self.shape, np.bool_)
        pairs.mark(cells, self.rows, value=True)
        return cells


def product(rows: Array, columns: Array) -> Array:
    """The matrix product, without its warnings."""
    # OpenBLAS reads past the end of small arrays and may raise the flags of what it finds there; the product itself is
    # right (https://github.com/numpy/numpy/issues/24067), and every chosen pair is checked by the single-pair rules.
    with np.errstate(all="ignore"):
        result: Array = rows @ columns
    return result


def _points(common: Array, enough: int) -> Array:
    np.minimum(common, enough, out=common)
    common *= 100 // enough
    return common


def _overlaps(schedules: Sequence[int]) -> Array:
    """Half hours in common of every two schedules."""
    words = max((mask.bit_length() for mask in schedules), default=0) // _WORD + 1
    split = np.array(
        [[(mask >> (_WORD * word)) & (2**_WORD - 1) for word in range(words)] for mask in schedules],
        np.uint64,
    ).reshape(-1, words)
    total = np.zeros((len(schedules), len(schedules)), np.int16)
    for word in range(words):
        total += np.bitwise_count(split[:, None, word] & split[None, :, word])
    return total


def _common_topics(first: Iterable[Iterable[str]], second: Iterable[Iterable[str]]) -> dict[str, int]:
    """Places of the names that occur on both sides: only those can make a difference."""
    names = {name for each in first for name in each} & {name for each in second for name in each}
    return {name: place for place, name in enumerate(sorted(names))}


def one_hot(owned: Sequence[Iterable[str]], places: Mapping[str, int]) -> Array:
    """(people, names): 1 where a person has a name; names without a place are left out."""
    rows = np.zeros((len(owned), len(places)), np.float32)
    for row, names in enumerate(owned):
        for name in names:
            if name in places:
                rows[row, places[name]] = 1
    return rows


def _offer_rows(
    offers: Sequence[Mapping[str, Rating]], topics: Mapping[str, int], settings: MatchingSettings
) -> Array:
    """(people, topics x ratings): 1 at the rating of each offered topic."""
    rows = np.zeros((len(offers), len(topics), HIGHEST_RATING), np.float32)
    at = [
        (row, topics[topic], (rating or settings.assumed_share_rating) - 1)
        for row, offered in enumerate(offers)
        for topic, rating in offered.items()
        if topic in topics
    ]
    if at:
        rows[tuple(np.array(at).T)] = 1
    return rows.reshape(len(offers), len(topics) * HIGHEST_RATING)


def _wish_rows(
    people: Sequence[Candidate],
    wants: Sequence[Mapping[str, Rating]],
    topics: Mapping[str, int],
    settings: MatchingSettings,
) -> Array:
    """(people, topics x ratings): what a partner's rating on a topic fulfils of this person's wishes."""
    rows = np.zeros((len(people), len(topics), HIGHEST_RATING), np.float32)
    known: dict[tuple[int, Rating, int | None], list[int]] = {}
    for row, (person, wished) in enumerate(zip(people, wants, strict=True)):
        shares = wish_shares(wished, person.wish_shares)
        for topic, now in wished.items():
            if topic in topics:
                key = (shares[topic], now, person.wish_targets.get(topic))
                if key not in known:
                    known[key] = [
                        wish_fulfilment(*key, rating, settings) for rating in range(1, HIGHEST_RATING + 1)
                    ]
                rows[row, topics[topic]] = known[key]
    return rows.reshape(len(people), len(topics) * HIGHEST_RATING)
