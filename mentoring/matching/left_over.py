"""Why somebody has no partner: how many each rule removed, who came closest, and what one change would open.

Nothing here may lead back to a private list. Partners barred by one are never named, and where a private list is all
that bars them they count among those who are "not free", so that no count gives it away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mentoring.calendar import HALF_HOURS_IN_A_WEEK
from mentoring.matching.columns import Columns, one_hot, product
from mentoring.matching.model import NearestMiss, OneChange, Unmatched
from mentoring.matching.rules import RULES, ReasonCode
from mentoring.participants import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from mentoring.matching.columns import Block
    from mentoring.matching.model import Candidate, MatchingSettings

    Array = np.ndarray[Any, np.dtype[Any]]

CELLS_AT_ONCE = 8_000_000
AN_HOUR = 2

# Who could make the change: the person, a coordinator who knows both, a coordinator with a typed reason.
_CHANGES = (
    (ReasonCode.NO_TOPIC, ReasonCode.NO_SHARED_HOURS, ReasonCode.NO_LANGUAGE),
    (ReasonCode.CHAIN_UNKNOWN,),
    (ReasonCode.LEVEL_GAP, ReasonCode.RECENT_PARTNER),
)
_COUNTED = tuple(
    rule
    for rule in RULES
    if rule.breaks_in is not None and not rule.is_secret and rule.code is not ReasonCode.SAME_PERSON
)


def explain_unmatched(
    people: Mapping[Role, Sequence[Candidate]],
    settings: MatchingSettings,
    *,
    matched: Mapping[Role, set[str]],
    free: Mapping[Role, set[str]],
    confirmed: Iterable[tuple[str, str]] = (),
) -> tuple[Unmatched, ...]:
    """Everybody without a pair, per role, with reasons; mentors first, each role in the order given.

    Args:
        people: Active people per role they offer.
        settings: Of the run.
        matched: Ids of those who have a pair, per role.
        free: Ids of those who have a place left, per role.
        confirmed: Two ids each: unknown reporting lines confirmed by name.
    """
    found: list[Unmatched] = []
    for role in Role:
        alone = [person for person in people[role] if person.id not in matched[role]]
        partners = people[role.other]
        step = max(1, CELLS_AT_ONCE // max(1, len(partners)))
        for start in range(0, len(alone), step):
            look = _Look(
                role, alone[start : start + step], partners, free[role.other], settings, tuple(confirmed)
            )
            found += look.answers()
    return tuple(found)


@dataclass
class _Change:
    code: ReasonCode
    what: str
    partners: int
    free: int


class _Look:
    """Some people without a pair (rows) against all possible partners (columns)."""

    def __init__(
        self,
        role: Role,
        alone: Sequence[Candidate],
        partners: Sequence[Candidate],
        free: set[str],
        settings: MatchingSettings,
        confirmed: tuple[tuple[str, str], ...],
    ) -> None:
        self.role, self.alone, self.partners, self.settings = role, alone, partners, settings
        self.free = np.array([partner.id in free for partner in partners], np.bool_)
        block = self._block(alone, partners, confirmed)
        self.same = self._turned(block.same_person)
        self.secret = self._turned(block.not_available)
        topicless = self._turned(block.topics_shared == 0)
        if any(person.off_limits for person in (*alone, *partners)):
            public = self._block(_without_limits(alone), _without_limits(partners), confirmed)
            hidden = topicless & (self._turned(public.topics_shared) > 0)
            self.secret = self.secret | hidden
            topicless &= ~hidden
        self.reasons: dict[ReasonCode, Array] = {}
        self.bars = np.zeros((len(alone), len(partners)), np.int16)  # a bit per rule that bars this pair
        for place, rule in enumerate(_COUNTED):
            if rule.code is ReasonCode.NO_TOPIC:
                cells = topicless
            else:
                cells = self._turned(rule.breaks_in(block)) if rule.breaks_in else self.same
            cells = cells & ~self.same
            self.reasons[rule.code] = cells.sum(1)
            self.bars |= cells.astype(np.int16) << np.int16(place)
        self.reasons[ReasonCode.NO_CAPACITY] = ((self.bars == 0) & ~self.same).sum(1)
        self.scores = self._turned(block.scores())

    def _block(
        self,
        alone: Sequence[Candidate],
        partners: Sequence[Candidate],
        confirmed: tuple[tuple[str, str], ...],
    ) -> Block:
        mentors, mentees = (alone, partners) if self.role is Role.MENTOR else (partners, alone)
        return Columns(mentors, mentees, self.settings, confirmed).whole()

    def _turned(self, cells: Array) -> Array:
        return cells if self.role is Role.MENTOR else cells.T

    def answers(self) -> Iterator[Unmatched]:
        """One answer per person."""
        changes = self._changes()
        for row, person in enumerate(self.alone):
            reasons = {str(code): int(counts[row]) for code, counts in self.reasons.items() if counts[row]}
            yield Unmatched(
                id=person.id,
                role=self.role,
                reasons=reasons,
                nearest_miss=self._nearest_miss(row),
                one_change=_best(changes[row]),
            )

    def _nearest_miss(self, row: int) -> NearestMiss | None:
        """The partner with the fewest rules between; of those one with a place left, then the best score."""
        open_to_see = ~(self.secret[row] | self.same[row])
        places = np.flatnonzero(open_to_see)
        if not len(places):
            return None
        bars = self.bars[row, places]
        rank = np.lexsort((-self.scores[row, places], ~self.free[places], np.bitwise_count(bars)))
        best = rank[0]
        broken = [str(rule.code) for place, rule in enumerate(_COUNTED) if bars[best] >> place & 1]
        return NearestMiss(
            self.partners[places[best]].id,
            tuple(broken) or (str(ReasonCode.NO_CAPACITY),),
            int(self.scores[row, places[best]]),
        )

    def _only(self, code: ReasonCode) -> Array:
        """Pairs that this rule alone bars, and no private list."""
        place = next(place for place, rule in enumerate(_COUNTED) if rule.code is code)
        cells: Array = (self.bars == 1 << place) & ~self.secret & ~self.same
        return cells

    def _changes(self) -> list[list[_Change]]:
        """Per person, what each change would open."""
        found: list[list[_Change]] = [[] for _ in self.alone]
        other = self.role.other
        topics_of: Callable[[Candidate], Iterable[str]] = (
            (lambda person: person.wants(other))
            if self.role is Role.MENTOR
            else (lambda person: person.offers(other))
        )
        self._count_names(found, ReasonCode.NO_TOPIC, topics_of, lambda person: person.off_limits)
        self._count_names(
            found, ReasonCode.NO_LANGUAGE, lambda person: person.languages, lambda _: frozenset()
        )
        self._count_hours(found)
        for code, what in (
            (ReasonCode.CHAIN_UNKNOWN, "confirm"),
            (ReasonCode.LEVEL_GAP, "override"),
            (ReasonCode.RECENT_PARTNER, "override"),
        ):
            cells = self._only(code)
            for row, (partners, free) in enumerate(
                zip(cells.sum(1), (cells & self.free).sum(1), strict=True)
            ):
                found[row].append(_Change(code, what, int(partners), int(free)))
        return found

    def _count_names(
        self,
        found: list[list[_Change]],
        code: ReasonCode,
        names_of: Callable[[Candidate], Iterable[str]],
        refused_by: Callable[[Candidate], frozenset[str]],
    ) -> None:
        """The one name (topic, language) that would open most partners to each person."""
        cells = self._only(code)
        if not cells.any():
            return
        owned = [tuple(names_of(partner)) for partner in self.partners]
        names = sorted({name for each in owned for name in each})
        table = one_hot(owned, {name: place for place, name in enumerate(names)})
        opened = product(cells.astype(np.float32), table)
        opened_free = product((cells & self.free).astype(np.float32), table)
        for row, person in enumerate(self.alone):
            for name in refused_by(person) & set(names):
                opened[row, names.index(name)] = opened_free[row, names.index(name)] = 0
            if opened.shape[1]:
                best = int(np.lexsort((-opened[row], -opened_free[row]))[0])
                change = _Change(code, names[best], int(opened[row, best]), int(opened_free[row, best]))
                found[row].append(change)

    def _count_hours(self, found: list[list[_Change]]) -> None:
        """What an hour earlier or later would open."""
        cells = self._only(ReasonCode.NO_SHARED_HOURS)
        kinds: dict[int, int] = {}
        kind_of = np.array([kinds.setdefault(person.hours, len(kinds)) for person in self.partners], np.intp)
        for row in np.flatnonzero(cells.any(1)).tolist():
            for what, shift in (("earlier", HALF_HOURS_IN_A_WEEK - AN_HOUR), ("later", AN_HOUR)):
                moved = _rotated(self.alone[row].hours, shift)
                meets = np.array(
                    [(moved & hours).bit_count() >= self.settings.min_shared_half_hours for hours in kinds]
                )
                opened = cells[row] & meets[kind_of]
                change = _Change(
                    ReasonCode.NO_SHARED_HOURS, what, int(opened.sum()), int((opened & self.free).sum())
                )
                found[row].append(change)


def _best(changes: Iterable[_Change]) -> OneChange | None:
    """The change most at hand that opens somebody with a place left; else one that opens anybody."""
    ranked = sorted(
        (change for change in changes if change.partners),
        key=lambda change: (
            change.free == 0,
            next(place for place, codes in enumerate(_CHANGES) if change.code in codes),
            -change.free,
            -change.partners,
            change.code,
            change.what,
        ),
    )
    if not ranked:
        return None
    best = ranked[0]
    return OneChange(str(best.code), best.what, best.partners, best.free)


def _rotated(mask: int, shift: int) -> int:
    whole = (1 << HALF_HOURS_IN_A_WEEK) - 1
    return ((mask << shift) | (mask >> (HALF_HOURS_IN_A_WEEK - shift))) & whole


def _without_limits(people: Iterable[Candidate]) -> list[Candidate]:
    return [replace(person, off_limits=frozenset()) for person in people]
