"""What the matching sees and what it answers, as plain values: candidates, settings, pairs, results.

No rule and no arithmetic of the solver lives here, and importing this module loads nothing heavy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from mentoring.errors import Fault, SettingsError
from mentoring.participants import Role
from mentoring.program import Direction, ProgramSettings, WorkStyle

if TYPE_CHECKING:
    from collections.abc import Mapping

Rating = int | None
"""A self-rating from 1 to 5, or None where a person chose a topic and gave no rating."""

HIGHEST_SCORE = 10_000
MOST_WAITING_ROUNDS = 8
"""More rounds of waiting than this add no further priority: the rewards have to stay within 63 bits."""

PART_NAMES = (
    "topics",
    "goals",
    "work_style",
    "hours_mentee",
    "gift",
    "interests",
    "hours_mentor",
    "department",
    "site",
)
"""The parts of a score, named as in `ProgramSettings.weights`."""


class Inactivity(StrEnum):
    """Why somebody takes no part in a round."""

    NOT_OPTED_IN = "not_opted_in"
    """Has not said yes to the program."""
    PAUSED = "paused"
    """Asked for quiet beyond the start of the pairs."""
    LEAVING = "leaving"
    """Leaves the program or the company."""
    GUEST = "guest"
    """A guest, in a program that takes none."""
    EXTERNAL = "external"
    """Belongs to another company."""


class SitePreference(StrEnum):
    """What the site part of the score rewards."""

    DIFFERENT = "different"
    """Two sites."""
    SAME = "same"
    """One site, or at least one region."""
    EITHER = "either"
    """Nothing: everybody gets the same points."""


class Rerun(StrEnum):
    """What a re-run may do to pairs of the run before it."""

    NOBODY_MOVES = "nobody_moves"
    """Kept pairs stand; only people without one are placed."""
    COVERAGE_ONLY = "coverage_only"
    """A kept pair moves only if that covers more people, or somebody who has waited longer."""
    FROM_SCRATCH = "from_scratch"
    """Kept pairs count for nothing."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One participant as the matching sees them.

    Attributes:
        id: Ours; unique in a run.
        level: How far their decisions reach, from 1 upwards.
        can_share: Topic to rating, offered in the mentor's role.
        wants_to_learn: Topic to rating, wished for in the mentee's role, most wanted first.
        wish_shares: Topic to its share of all wishes in per cent; empty for equal shares.
        wish_targets: Topic to the rating aimed at; absent for `MatchingSettings.learning_steps` above the present.
        wants_in_return: What they wish for in the mentor's role; None for the same as `wants_to_learn`.
        offers_in_return: What they offer in the mentee's role; None for the same as `can_share`.
        mentor_capacity: Pairs still possible as a mentor; 0 if the role is not offered.
        mentee_capacity: Pairs still possible as a mentee; 0 if the role is not offered.
        hours: Working half hours of an ordinary week: 336 bits, bit 0 is Monday 00:00 UTC. See
            `calendar.week_mask`.
        off_limits: Topics they will not speak about, in either role. Secret.
        do_not_pair: Ids of people they are not to be paired with. Secret.
        chain: Ids of their managers, the direct one first, as far up as known. See `reporting_chain`.
        chain_known: Whether `chain` is all there is, up to the depth of the program. Unknown bars.
        recent_partners: Ids of partners within the cooldown; who is in it is the caller's business.
        work_style: Answers from 1 to 5, one per question, 0 for unanswered; empty for none.
        waiting_rounds: Rounds in which they were left over or freed by a swap.
        inactive_because: Why they take no part, or None if they do.
    """

    id: str
    level: int
    name: str = ""
    department: str = ""
    site: str = ""
    region: str = ""
    can_share: Mapping[str, Rating] = field(default_factory=dict)
    wants_to_learn: Mapping[str, Rating] = field(default_factory=dict)
    wish_shares: Mapping[str, int] = field(default_factory=dict)
    wish_targets: Mapping[str, int] = field(default_factory=dict)
    wants_in_return: Mapping[str, Rating] | None = None
    offers_in_return: Mapping[str, Rating] | None = None
    mentor_capacity: int = 0
    mentee_capacity: int = 0
    languages: frozenset[str] = frozenset()
    hours: int = 0
    off_limits: frozenset[str] = frozenset()
    do_not_pair: frozenset[str] = frozenset()
    chain: tuple[str, ...] = ()
    chain_known: bool = False
    recent_partners: frozenset[str] = frozenset()
    goals: frozenset[str] = frozenset()
    interests: frozenset[str] = frozenset()
    work_style: tuple[int, ...] = ()
    waiting_rounds: int = 0
    inactive_because: Inactivity | None = None

    @property
    def is_active(self) -> bool:
        """Takes part in this round."""
        return self.inactive_because is None

    @property
    def manager_id(self) -> str | None:
        """The direct manager, if one is known."""
        return self.chain[0] if self.chain else None

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles offered: those with a capacity."""
        mentor = (Role.MENTOR,) if self.mentor_capacity > 0 else ()
        mentee = (Role.MENTEE,) if self.mentee_capacity > 0 else ()
        return mentor + mentee

    def offers(self, role: Role) -> Mapping[str, Rating]:
        """Topics this person brings into a pair in that role, off-limits ones left out."""
        topics = self.can_share
        if role is Role.MENTEE and self.offers_in_return is not None:
            topics = self.offers_in_return
        return self._speakable(topics)

    def wants(self, role: Role) -> Mapping[str, Rating]:
        """Topics this person hopes for from a pair in that role, off-limits ones left out."""
        topics = self.wants_to_learn
        if role is Role.MENTOR and self.wants_in_return is not None:
            topics = self.wants_in_return
        return self._speakable(topics)

    def _speakable(self, topics: Mapping[str, Rating]) -> Mapping[str, Rating]:
        if not self.off_limits:
            return topics
        return {topic: rating for topic, rating in topics.items() if topic not in self.off_limits}


def _default_weights() -> dict[str, int]:
    return ProgramSettings().weights


@dataclass(frozen=True, slots=True)
class MatchingSettings:
    """The settings of one run. Most come from the program; the rest have one sensible value.

    Attributes:
        level_gap: Levels at least between mentor and mentee; among peers, at most.
        chain_depth: Steps up a reporting line within which nobody is paired.
        min_shared_half_hours: Working half hours shared in an ordinary week, at the least.
        ample_shared_half_hours: From here on more shared hours earn no more points.
        style_questions: Number of work-style questions asked.
        goals_for_all: Common goals that earn all points; a divisor of 100.
        interests_for_all: Common interests that earn all points; a divisor of 100.
        learning_steps: How many ratings above the present one a wish without a target aims.
        assumed_share_rating: Stands in for a rating not given on an offered topic.
        assumed_learn_rating: Stands in for a rating not given on a wished topic.
        topic_needs_higher_rating: A shared topic counts only if the mentor's rating is above the mentee's. Programs
            leave it off, because modest people rate themselves lower; measurements of other rule books need it.
        worst_pair_floor: Pairs that score less do not exist. 0 for no floor; may cost coverage.
        even_scores: Prefer two fair pairs to a splendid and a poor one (a concave score). Costs no coverage.
        rerun: What may happen to the kept pairs of an earlier run.

    Raises:
        SettingsError: naming every value that is not allowed.
    """

    direction: Direction = Direction.REVERSE
    level_gap: int = 2
    chain_depth: int = 3
    same_manager_barred: bool = True
    min_shared_half_hours: int = 4
    ample_shared_half_hours: int = 40
    work_style: WorkStyle = WorkStyle.ALIKE
    style_questions: int = 1
    site_preference: SitePreference = SitePreference.DIFFERENT
    goals_for_all: int = 2
    interests_for_all: int = 4
    learning_steps: int = 2
    assumed_share_rating: int = 3
    assumed_learn_rating: int = 1
    topic_needs_higher_rating: bool = False
    worst_pair_floor: int = 0
    even_scores: bool = False
    rerun: Rerun = Rerun.FROM_SCRATCH
    weights: Mapping[str, int] = field(default_factory=_default_weights)

    def __post_init__(self) -> None:
        lows = {
            "level_gap": 0,
            "chain_depth": 1,
            "min_shared_half_hours": 0,
            "ample_shared_half_hours": 1,
            "style_questions": 1,
            "learning_steps": 1,
            "worst_pair_floor": 0,
        }
        faults = [
            Fault(name, f"{name} must be at least {low}, got {getattr(self, name)}")
            for name, low in lows.items()
            if getattr(self, name) < low
        ]
        faults += [
            Fault(name, f"{name} must be 1 to 5, got {getattr(self, name)}")
            for name in ("assumed_share_rating", "assumed_learn_rating")
            if not 1 <= getattr(self, name) <= 5
        ]
        for name in ("goals_for_all", "interests_for_all"):
            value = getattr(self, name)
            if value < 1 or 100 % value:
                faults.append(Fault(name, f"{name} must divide 100, got {value}"))
        if set(self.weights) != set(PART_NAMES) or any(points < 0 for points in self.weights.values()):
            text = f"weights must give 0 to 100 points to each of {', '.join(PART_NAMES)}, got {self.weights}"
            faults.append(Fault("weights", text))
        elif sum(self.weights.values()) != 100:
            faults.append(Fault("weights", f"weights must sum to 100, got {sum(self.weights.values())}"))
        if faults:
            raise SettingsError(faults)

    @classmethod
    def of_program(
        cls, program: ProgramSettings, direction: Direction, *, rerun: Rerun = Rerun.FROM_SCRATCH
    ) -> MatchingSettings:
        """The settings that a program's coordinators chose."""
        return cls(
            direction=direction,
            level_gap=program.level_gap,
            chain_depth=program.chain_depth,
            same_manager_barred=program.same_manager_barred,
            min_shared_half_hours=program.min_shared_half_hours,
            work_style=program.work_style,
            weights=program.weights,
            rerun=rerun,
        )


@dataclass(frozen=True, slots=True)
class Lock:
    """A pair that a coordinator made or wants kept: the rest is solved around it.

    `lifted` names the rules this pair may break; only liftable ones count, and each lifting is the caller's to audit.
    """

    mentor_id: str
    mentee_id: str
    lifted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MatchingTask:
    """Everything one run needs, so that it can travel to a worker process as one value.

    Attributes:
        candidates: In any order.
        locks: Pairs that must be made.
        forbidden: (mentor id, mentee id) of pairs that must not be made this time, such as a pair being swapped.
        kept: (mentor id, mentee id) of the run before; see `Rerun`.
        confirmed: Two ids each, in any order: unknown reporting lines that a coordinator confirmed by name.
        seed: Decides between pairs that are equally good; store it with the round.
        separations: For how many pairs, lowest scores first, to work out what parting them would cost. Each takes
            about a tenth of the time of the whole run.
    """

    candidates: tuple[Candidate, ...]
    settings: MatchingSettings = field(default_factory=MatchingSettings)
    locks: tuple[Lock, ...] = ()
    forbidden: frozenset[tuple[str, str]] = frozenset()
    kept: frozenset[tuple[str, str]] = frozenset()
    confirmed: frozenset[tuple[str, str]] = frozenset()
    seed: int = 0
    separations: int = 0


@dataclass(frozen=True, slots=True)
class Separation:
    """What keeping two people apart costs the whole at best: people without a partner, and points of all scores."""

    people: int
    points: int


@dataclass(frozen=True, slots=True)
class ProposedPair:
    """One pair of a result.

    Attributes:
        score: 1 to 10,000: the sum of weight times part.
        parts: Each part of the score, 0 to 100, before weighting.
        shared_half_hours: Working half hours shared in an ordinary week.
        topics: What the mentor gives: offered by the mentor and wanted by the mentee.
        return_topics: What comes back: offered by the mentee and wanted by the mentor.
        is_locked: A coordinator's, or one that nobody may move in this run.
        is_kept: Stood in the run before as well.
        separation: What parting them would cost; None where it was not asked for.
    """

    mentor_id: str
    mentee_id: str
    score: int
    parts: Mapping[str, int]
    shared_half_hours: int
    topics: tuple[str, ...]
    return_topics: tuple[str, ...]
    is_locked: bool = False
    is_kept: bool = False
    separation: Separation | None = None


@dataclass(frozen=True, slots=True)
class NearestMiss:
    """The partner somebody left over came closest to, and the rules that stood between (none of them secret)."""

    partner_id: str
    codes: tuple[str, ...]
    score: int


@dataclass(frozen=True, slots=True)
class OneChange:
    """The one change that would open most partners to somebody left over.

    `code` is the rule it meets, `what` the change itself (a topic, a language, `earlier`, `later`, `confirm`,
    `override`), `partners` how many people it opens, `free` how many of those still have a place.
    """

    code: str
    what: str
    partners: int
    free: int


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Somebody left over in one role, and why, from fields that are nobody's secret.

    `reasons` counts, per reason code, the partners that the rule removed; one partner may count under several.
    """

    id: str
    role: Role
    reasons: Mapping[str, int]
    nearest_miss: NearestMiss | None = None
    one_change: OneChange | None = None


@dataclass(frozen=True, slots=True)
class RefusedPair:
    """A lock or a kept pair that breaks rules nobody may lift, or whose people or places are gone."""

    mentor_id: str
    mentee_id: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SolverRound:
    """One round of the solver, for the record: pairs looked at closely, value reached, bound over all pairs."""

    edges: int
    value: int
    bound: int


@dataclass(frozen=True, slots=True)
class MatchResult:
    """The answer of one run.

    Attributes:
        pairs: Sorted by mentor id, then mentee id.
        unmatched: Active people left over, per role, sorted by id.
        inactive: Ids of those who take no part, with the reason.
        refused: Locks and kept pairs that could not be made.
        mentors, mentees: Active people per role.
        covered: Role nodes (a person in a role) with at least one pair.
        coverable: The most role nodes that any choice of allowed pairs could cover; equal to `covered` when proved.
        reachable: Role nodes with at least one allowed partner, taken or not.
        value: What the solver maximised: coverage with priority first, then score.
        bound: No choice of allowed pairs can exceed this; computed from all pairs, trusting no solver.
        rounds: One entry per round of the solver.
    """

    pairs: tuple[ProposedPair, ...]
    unmatched: tuple[Unmatched, ...]
    inactive: Mapping[str, Inactivity]
    refused: tuple[RefusedPair, ...]
    people: int
    mentors: int
    mentees: int
    covered: int
    coverable: int
    reachable: int
    value: int
    bound: int
    seed: int
    rounds: tuple[SolverRound, ...]

    @property
    def proved_optimal(self) -> bool:
        """Value meets bound: there is no better choice."""
        return self.value == self.bound

    @property
    def total_score(self) -> int:
        """The sum of all pairs' scores."""
        return sum(pair.score for pair in self.pairs)


def reporting_chain(
    person_id: str, manager_of: Mapping[str, str | None], depth: int
) -> tuple[tuple[str, ...], bool]:
    """The managers above a person, the direct one first, and whether that is all there is within `depth`.

    Args:
        person_id: Whose chain.
        manager_of: Person to manager, for everybody whose manager is known; None for "reports to nobody here".
        depth: Steps up that matter to the program.

    Returns:
        (chain, known): `known` is False if some manager within `depth` is missing from `manager_of`.
    """
    chain: list[str] = []
    step = person_id
    while len(chain) < depth:
        if step not in manager_of:
            return tuple(chain), False
        above = manager_of[step]
        if above is None or above == person_id or above in chain:
            return tuple(chain), True
        chain.append(above)
        step = above
    return tuple(chain), True
