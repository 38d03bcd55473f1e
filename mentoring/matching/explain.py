"""Why you two, and why nobody: reasons as codes and facts, and plain English lines for the command line.

Only what both may see of each other goes into a pair's reasons: no rating, no level, no work style, no private list.
How people left over are looked into is in `left_over.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mentoring.matching.rules import RULE_OF, ReasonCode
from mentoring.participants import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mentoring.matching.model import Candidate, OneChange, ProposedPair, Unmatched


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a pair: a code that never changes, and the facts a sentence needs.

    Codes: `topics`, `return_topics`, `goals`, `interests`, `languages`, each with `names`; `hours` with `half_hours` (a
    week); `departments` and `sites` with `mentor` and `mentee`; `same_site` with `site`.
    """

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def pair_reasons(pair: ProposedPair, mentor: Candidate, mentee: Candidate) -> tuple[Reason, ...]:
    """Why these two, strongest first: what is given, what comes back, what they have in common, where they differ."""
    named = (
        ("topics", pair.topics),
        ("return_topics", pair.return_topics),
        ("goals", sorted(mentor.goals & mentee.goals)),
        ("interests", sorted(mentor.interests & mentee.interests)),
    )
    reasons = [Reason(code, {"names": tuple(names)}) for code, names in named if names]
    if pair.shared_half_hours:
        reasons.append(Reason("hours", {"half_hours": pair.shared_half_hours}))
    languages = tuple(sorted(mentor.languages & mentee.languages))
    if languages:
        reasons.append(Reason("languages", {"names": languages}))
    if mentor.department and mentee.department and mentor.department != mentee.department:
        reasons.append(Reason("departments", {"mentor": mentor.department, "mentee": mentee.department}))
    if mentor.site and mentee.site:
        if mentor.site == mentee.site:
            reasons.append(Reason("same_site", {"site": mentor.site}))
        else:
            reasons.append(Reason("sites", {"mentor": mentor.site, "mentee": mentee.site}))
    return tuple(reasons)


_WORDINGS: dict[str, str] = {
    "topics": "the mentor shares {names}",
    "return_topics": "the mentee gives back {names}",
    "goals": "both aim at {names}",
    "interests": "both care about {names}",
    "languages": "both speak {names}",
    "hours": "{hours} shared working hours a week",
    "departments": "two departments, {mentor} and {mentee}",
    "sites": "two sites, {mentor} and {mentee}",
    "same_site": "one site, {site}",
}


def pair_lines(reasons: Iterable[Reason]) -> list[str]:
    """A line of English for each reason."""
    lines = []
    for reason in reasons:
        facts = dict(reason.facts)
        facts["names"] = ", ".join(facts.get("names", ()))
        facts["hours"] = f"{facts.get('half_hours', 0) / 2:g}"
        lines.append(_WORDINGS[reason.code].format(**facts))
    return lines


_LEFT_OVER: dict[str, str] = {
    ReasonCode.NO_TOPIC: "{count} without a topic in common",
    ReasonCode.LEVEL_GAP: "{count} too near or too far in level",
    ReasonCode.REPORTING_LINE: "{count} in the reporting line",
    ReasonCode.CHAIN_UNKNOWN: "{count} with an unknown reporting line",
    ReasonCode.RECENT_PARTNER: "{count} partners of an earlier round",
    ReasonCode.NO_LANGUAGE: "{count} without a common language",
    ReasonCode.NO_SHARED_HOURS: "{count} without enough shared working hours",
    ReasonCode.NO_CAPACITY: "{count} not free",
}

_CHANGES: dict[str, str] = {
    ReasonCode.NO_LANGUAGE: "speaking {what} would open {partners} partners",
    ReasonCode.CHAIN_UNKNOWN: "confirming the reporting line by name would open {partners} partners",
    ReasonCode.LEVEL_GAP: "lifting the level rule would open {partners} partners",
    ReasonCode.RECENT_PARTNER: "letting former partners meet again would open {partners} partners",
}
_OWN_CHANGES: dict[tuple[str, Role], str] = {
    (ReasonCode.NO_TOPIC, Role.MENTOR): "sharing {what} as well would open {partners} partners",
    (ReasonCode.NO_TOPIC, Role.MENTEE): "wishing for {what} as well would open {partners} partners",
}
_HOURS_CHANGES = {"earlier": "an hour earlier", "later": "an hour later"}


def left_over_lines(person: Unmatched, name_of: Callable[[str], str] = str) -> list[str]:
    """English lines for somebody left over: what stood between them and others, who came close, what would help."""
    counts = [
        _LEFT_OVER[code].format(count=count)
        for code, count in sorted(person.reasons.items(), key=lambda entry: (-entry[1], entry[0]))
        if count
    ]
    lines = [", ".join(counts)] if counts else ["nobody in the other role takes part"]
    if person.nearest_miss is not None:
        miss = person.nearest_miss
        name = name_of(miss.partner_id)
        if miss.codes == (ReasonCode.NO_CAPACITY,):
            lines.append(f"nearest: {name}, who was not free.")
        else:
            why = " ".join(RULE_OF[ReasonCode(code)].wording for code in miss.codes)
            lines.append(f"nearest: {name}. {why}")
    if person.one_change is not None:
        lines.append(_change_line(person.one_change, person.role))
    return lines


def _change_line(change: OneChange, role: Role) -> str:
    if change.code == ReasonCode.NO_SHARED_HOURS:
        text = "working " + _HOURS_CHANGES[change.what] + " would open {partners} partners"
    else:
        own = _OWN_CHANGES.get((ReasonCode(change.code), role))
        text = own or _CHANGES[change.code]
    line = text.format(what=change.what, partners=change.partners)
    if change.partners == 1:
        line = line.removesuffix("s")
    free = {0: "none of them free now", change.partners: "free now"}.get(
        change.free, f"{change.free} free now"
    )
    return f"{line}, {free}"
