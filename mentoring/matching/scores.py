"""What an allowed pair is worth: nine parts of 0-100, each for one pair and for a block of pairs, and their sum.

Whether a pair is allowed at all is in `rules.py`. Everything is whole numbers, so that one pair and a block of a
million agree to the point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mentoring.matching.model import HIGHEST_SCORE, PART_NAMES, SitePreference
from mentoring.matching.rules import shared_half_hours
from mentoring.participants import Role
from mentoring.program import WorkStyle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mentoring.matching.columns import Array, Block
    from mentoring.matching.model import Candidate, MatchingSettings, Rating

HIGHEST_RATING = 5
SAME_REGION_POINTS = 60
STYLE_STEP = 24
"""Points per step between two answers on a work-style question; four steps leave 4 of 100, four questions no rest."""


@dataclass(frozen=True)
class Part:
    """One part of a score: its name (as in the weights), its worth for one pair, and for a block."""

    name: str
    of: Callable[[Candidate, Candidate, MatchingSettings], int]
    of_block: Callable[[Block], Array]


def wish_shares(wants: Mapping[str, Rating], shares: Mapping[str, int]) -> dict[str, int]:
    """Each wish's share of all, in per cent: as given, else equal, the rest of the division to the first named."""
    if shares:
        return {topic: shares.get(topic, 0) for topic in wants}
    count = len(wants)
    return {topic: 100 // count + (place < 100 % count) for place, topic in enumerate(wants)}


def wish_fulfilment(
    share: int, now: Rating, target: int | None, offered: Rating, settings: MatchingSettings
) -> int:
    """How much of a wish's share a partner's rating fulfils: the part of the gap between now and target it closes.

    A wish at or above its target is fulfilled by anyone rated as high.
    """
    offered = offered or settings.assumed_share_rating
    now = now or settings.assumed_learn_rating
    goal = target or min(HIGHEST_RATING, now + settings.learning_steps)
    if goal <= now:
        return share if offered >= now else 0
    return share * max(0, min(offered, goal) - now) // (goal - now)


def _fulfilled(wisher: Candidate, wisher_role: Role, giver: Candidate, settings: MatchingSettings) -> int:
    wants, offers = wisher.wants(wisher_role), giver.offers(wisher_role.other)
    shares = wish_shares(wants, wisher.wish_shares)
    return sum(
        wish_fulfilment(shares[topic], now, wisher.wish_targets.get(topic), offers[topic], settings)
        for topic, now in wants.items()
        if topic in offers
    )


def style_points(first: int, second: int, settings: MatchingSettings) -> int:
    """One work-style question's worth of 100, between two answers of 1 to 5; half of it if either is missing (0)."""
    if not (first and second):
        return 50 // settings.style_questions
    distance = abs(first - second)
    if settings.work_style is WorkStyle.DIFFERENT:
        distance = HIGHEST_RATING - 1 - distance
    return (100 - STYLE_STEP * distance) // settings.style_questions


def answer(styles: tuple[int, ...], question: int) -> int:
    """The answer to a work-style question, 0 if there is none."""
    return styles[question] if question < len(styles) else 0


def _work_style(mentor: Candidate, mentee: Candidate, settings: MatchingSettings) -> int:
    return sum(
        style_points(answer(mentor.work_style, question), answer(mentee.work_style, question), settings)
        for question in range(settings.style_questions)
    )


def hours_points(half_hours: int, settings: MatchingSettings) -> int:
    """The more shared hours the better, up to ample."""
    ample = settings.ample_shared_half_hours
    return min(half_hours, ample) * 100 // ample


def _hours(mentor: Candidate, mentee: Candidate, settings: MatchingSettings) -> int:
    return hours_points(shared_half_hours(mentor, mentee), settings)


def _common(first: frozenset[str], second: frozenset[str], enough: int) -> int:
    return min(len(first & second), enough) * (100 // enough)


def _department(mentor: Candidate, mentee: Candidate, _settings: MatchingSettings) -> int:
    known = mentor.department and mentee.department
    return 100 if known and mentor.department != mentee.department else 0


def site_points(first: tuple[str, str], second: tuple[str, str], settings: MatchingSettings) -> int:
    """Two places as (site, region), either part "" if unknown."""
    match settings.site_preference:
        case SitePreference.EITHER:
            return 100
        case SitePreference.DIFFERENT:
            return 100 if first[0] and second[0] and first[0] != second[0] else 0
        case SitePreference.SAME:
            if first[0] and first[0] == second[0]:
                return 100
            return SAME_REGION_POINTS if first[1] and first[1] == second[1] else 0


PARTS: tuple[Part, ...] = (
    Part(
        "topics",
        lambda mentor, mentee, settings: _fulfilled(mentee, Role.MENTEE, mentor, settings),
        lambda block: block.topics_part,
    ),
    Part(
        "goals",
        lambda mentor, mentee, settings: _common(mentor.goals, mentee.goals, settings.goals_for_all),
        lambda block: block.goals_part,
    ),
    Part("work_style", _work_style, lambda block: block.work_style_part),
    Part("hours_mentee", _hours, lambda block: block.hours_part),
    Part(
        "gift",
        lambda mentor, mentee, settings: _fulfilled(mentor, Role.MENTOR, mentee, settings),
        lambda block: block.gift_part,
    ),
    Part(
        "interests",
        lambda mentor, mentee, settings: _common(
            mentor.interests, mentee.interests, settings.interests_for_all
        ),
        lambda block: block.interests_part,
    ),
    Part("hours_mentor", _hours, lambda block: block.hours_part),
    Part("department", _department, lambda block: block.department_part),
    Part(
        "site",
        lambda mentor, mentee, settings: site_points(
            (mentor.site, mentor.region), (mentee.site, mentee.region), settings
        ),
        lambda block: block.site_part,
    ),
)
"""Every part of a score, mentee's side first."""

if tuple(part.name for part in PARTS) != PART_NAMES:
    raise AssertionError("the parts of a score and their weights must have the same names, in the same order")


def parts_of(mentor: Candidate, mentee: Candidate, settings: MatchingSettings) -> dict[str, int]:
    """Every part of one pair's score, 0 to 100, before weighting."""
    return {part.name: part.of(mentor, mentee, settings) for part in PARTS}


def score_of(parts: Mapping[str, int], settings: MatchingSettings) -> int:
    """The score of a pair with these parts: 1 to 10,000."""
    return max(1, min(HIGHEST_SCORE, sum(settings.weights[name] * points for name, points in parts.items())))
