"""Hard rules, listed once: code, wording, who may lift it, and the check for one pair and for a block of pairs.

A pair that breaks one does not exist for any path: round, late joiner, swap, override. What a pair is worth is in
`scores.py`. The block form sees numpy arrays but this module loads none, so that one pair can be checked cheaply.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from mentoring.participants import Role
from mentoring.program import Direction

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from mentoring.matching.columns import Block, BoolArray
    from mentoring.matching.model import Candidate, MatchingSettings


class ReasonCode(StrEnum):
    """Why two people are not a pair. Stored; never renamed."""

    NO_TOPIC = "no_topic"
    LEVEL_GAP = "level_gap"
    REPORTING_LINE = "reporting_line"
    CHAIN_UNKNOWN = "chain_unknown"
    NOT_AVAILABLE = "not_available"
    RECENT_PARTNER = "recent_partner"
    NO_LANGUAGE = "no_language"
    NO_SHARED_HOURS = "no_shared_hours"
    NOT_ACTIVE = "not_active"
    NO_CAPACITY = "no_capacity"
    SAME_PERSON = "same_person"


class Liftable(StrEnum):
    """Who may lift a rule for one pair."""

    NEVER = "never"
    """Nobody."""
    BY_NAME = "by_name"
    """A coordinator who knows both and confirms this pair by name."""
    WITH_REASON = "with_reason"
    """A coordinator who types a reason, which is kept."""


@dataclass(frozen=True)
class Rule:
    """One hard rule.

    Attributes:
        wording: Said of two people who break it, as a coordinator reads it; the catalogue of translations starts here.
        is_secret: Never counted, named or hinted at, except to the person whose wish it is.
        breaks: Whether one pair breaks it: (mentor, mentee, settings).
        breaks_in: The same for a block: (block) gives a (mentors, mentees) array; None where every path that builds
            a block has sorted such people out before.
    """

    code: ReasonCode
    liftable: Liftable
    wording: str
    breaks: Callable[[Candidate, Candidate, MatchingSettings], bool]
    breaks_in: Callable[[Block], BoolArray] | None
    is_secret: bool = False


def shared_topics(mentor: Candidate, mentee: Candidate, settings: MatchingSettings) -> tuple[str, ...]:
    """Topics the mentor gives the mentee, most wanted first; off-limits ones of either are left out."""
    offers, wants = mentor.offers(Role.MENTOR), mentee.wants(Role.MENTEE)
    if not settings.topic_needs_higher_rating:
        return tuple(topic for topic in wants if topic in offers)
    return tuple(
        topic
        for topic in wants
        if topic in offers
        and (offers[topic] or settings.assumed_share_rating) > (wants[topic] or settings.assumed_learn_rating)
    )


def returned_topics(mentor: Candidate, mentee: Candidate) -> tuple[str, ...]:
    """Topics the mentee gives back, the mentor's most wanted first; off-limits ones of either are left out."""
    offers = mentee.offers(Role.MENTEE)
    return tuple(topic for topic in mentor.wants(Role.MENTOR) if topic in offers)


def shared_half_hours(mentor: Candidate, mentee: Candidate) -> int:
    """Working half hours both have in an ordinary week."""
    return (mentor.hours & mentee.hours).bit_count()


def _breaks_level_gap(mentor: Candidate, mentee: Candidate, settings: MatchingSettings) -> bool:
    rise = mentee.level - mentor.level
    match settings.direction:
        case Direction.REVERSE:
            return rise < settings.level_gap
        case Direction.TRADITIONAL:
            return -rise < settings.level_gap
        case Direction.PEER:
            return abs(rise) > settings.level_gap


def _breaks_level_gap_in(block: Block) -> BoolArray:
    rise = block.level_rise
    settings = block.settings
    match settings.direction:
        case Direction.REVERSE:
            return rise < settings.level_gap
        case Direction.TRADITIONAL:
            return rise > -settings.level_gap
        case Direction.PEER:
            return abs(rise) > settings.level_gap


def _in_reporting_line(mentor: Candidate, mentee: Candidate, settings: MatchingSettings) -> bool:
    depth = settings.chain_depth
    if mentee.id in mentor.chain[:depth] or mentor.id in mentee.chain[:depth]:
        return True
    same_manager = mentor.manager_id is not None and mentor.manager_id == mentee.manager_id
    return settings.same_manager_barred and same_manager


RULES: tuple[Rule, ...] = (
    Rule(
        ReasonCode.SAME_PERSON,
        Liftable.NEVER,
        "This is one person.",
        lambda mentor, mentee, _: mentor.id == mentee.id,
        lambda block: block.same_person,
    ),
    Rule(
        ReasonCode.NOT_ACTIVE,
        Liftable.NEVER,
        "One of the two takes no part at present.",
        lambda mentor, mentee, _: not (mentor.is_active and mentee.is_active),
        None,
    ),
    Rule(
        ReasonCode.NO_CAPACITY,
        Liftable.NEVER,
        "One of the two was not free.",
        lambda mentor, mentee, _: mentor.mentor_capacity < 1 or mentee.mentee_capacity < 1,
        None,
    ),
    Rule(
        ReasonCode.REPORTING_LINE,
        Liftable.NEVER,
        "One of the two works in the other's reporting line, or both have the same manager.",
        _in_reporting_line,
        lambda block: block.reporting_line,
    ),
    Rule(
        ReasonCode.CHAIN_UNKNOWN,
        Liftable.BY_NAME,
        "The reporting line of one of the two is not known; a coordinator can confirm this pair by name.",
        lambda mentor, mentee, _: not (mentor.chain_known and mentee.chain_known),
        lambda block: block.chain_unknown,
    ),
    Rule(
        ReasonCode.NOT_AVAILABLE,
        Liftable.NEVER,
        "This pair is not available.",
        lambda mentor, mentee, _: mentee.id in mentor.do_not_pair or mentor.id in mentee.do_not_pair,
        lambda block: block.not_available,
        is_secret=True,
    ),
    Rule(
        ReasonCode.NO_TOPIC,
        Liftable.NEVER,
        "No topic that one shares is one that the other wants to learn.",
        lambda mentor, mentee, settings: not shared_topics(mentor, mentee, settings),
        lambda block: block.topics_shared == 0,
    ),
    Rule(
        ReasonCode.LEVEL_GAP,
        Liftable.WITH_REASON,
        "Their levels do not lie apart as this program asks.",
        _breaks_level_gap,
        _breaks_level_gap_in,
    ),
    Rule(
        ReasonCode.NO_LANGUAGE,
        Liftable.NEVER,
        "They have no working language in common.",
        lambda mentor, mentee, _: not (mentor.languages & mentee.languages),
        lambda block: ~block.language_shared,
    ),
    Rule(
        ReasonCode.NO_SHARED_HOURS,
        Liftable.WITH_REASON,
        "Their working hours hardly meet.",
        lambda mentor, mentee, settings: shared_half_hours(mentor, mentee) < settings.min_shared_half_hours,
        lambda block: block.half_hours < block.settings.min_shared_half_hours,
    ),
    Rule(
        ReasonCode.RECENT_PARTNER,
        Liftable.WITH_REASON,
        "They were partners not long ago.",
        lambda mentor, mentee, _: mentee.id in mentor.recent_partners or mentor.id in mentee.recent_partners,
        lambda block: block.recent_partner,
    ),
)
"""Every hard rule, in the order in which one would be named first."""

RULE_OF: dict[ReasonCode, Rule] = {rule.code: rule for rule in RULES}


def broken_rules(
    mentor: Candidate,
    mentee: Candidate,
    settings: MatchingSettings,
    *,
    lifted: Collection[str] = (),
    is_confirmed: bool = False,
) -> tuple[Rule, ...]:
    """The rules that bar this pair on any path; empty means the pair may be made.

    Args:
        mentor: In the mentor's role.
        mentee: In the mentee's role.
        settings: Of the program.
        lifted: Codes a coordinator lifted for this pair; those of rules that cannot be lifted count for nothing.
        is_confirmed: A coordinator confirmed by name that neither is in the other's reporting line, where it is
            unknown. Where it is known, this changes nothing.
    """
    return tuple(
        rule
        for rule in RULES
        if rule.breaks(mentor, mentee, settings)
        and not (rule.liftable is Liftable.WITH_REASON and rule.code in lifted)
        and not (rule.liftable is Liftable.BY_NAME and is_confirmed)
    )


def has_secret_cause(mentor: Candidate, mentee: Candidate, settings: MatchingSettings) -> bool:
    """Whether a private wish of either one is why they are no pair, so that nothing may be said about this pair.

    That is a do-not-pair list, and off-limits topics where the lists others can see do overlap.
    """
    if RULE_OF[ReasonCode.NOT_AVAILABLE].breaks(mentor, mentee, settings):
        return True
    if not (mentor.off_limits or mentee.off_limits):
        return False
    none = frozenset[str]()
    seen = shared_topics(replace(mentor, off_limits=none), replace(mentee, off_limits=none), settings)
    return bool(seen) and not shared_topics(mentor, mentee, settings)
