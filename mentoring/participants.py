"""Who takes part: a participant's states, roles and capacities, and what may change them."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from mentoring.program import Direction, ProgramState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

MAX_SHARED_TOPICS = 5
MAX_LEARNED_TOPICS = 3
MAX_PAIRS = 3


class ParticipantState(enum.StrEnum):
    """Where a participant stands in one program."""

    ACTIVE = "active"  # takes part and may be matched
    PAUSED = "paused"  # asked for quiet until a date; ends by itself
    LEFT = "left"  # left the program; may join again


class Side(enum.StrEnum):
    """The two sides of a skill."""

    SHARE = "share"  # can share it with others
    LEARN = "learn"  # wants to learn it


class Role(enum.StrEnum):
    """The two roles in a pair."""

    MENTOR = "mentor"
    MENTEE = "mentee"

    @property
    def other(self) -> Role:
        return Role.MENTEE if self is Role.MENTOR else Role.MENTOR


class NamedRole(enum.StrEnum):
    """Roles that a person accepts for the program as a whole; only then are they written to."""

    COORDINATOR = "coordinator"
    SPONSOR = "sponsor"
    CONCERN_CONTACT = "concern_contact"
    DEPUTY = "deputy"


class NamedRoleState(enum.StrEnum):
    """Whether the named person agreed."""

    NAMED = "named"  # somebody named them; they have not answered and get no message
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What Slack says of a person that decides whether they may take part at all."""

    is_deactivated: bool = False
    is_bot: bool = False
    is_guest: bool = False
    is_external: bool = False


def may_join(person: Eligibility, *, guests_allowed: bool) -> bool:
    """People of the company may join; bots, strangers and deactivated people never; guests by setting."""
    if person.is_deactivated or person.is_bot or person.is_external:
        return False
    return guests_allowed or not person.is_guest


class JoinRefusal(enum.StrEnum):
    """Why somebody cannot join now; each is answered in kind words, and nothing is kept."""

    NO_PROGRAM = "no_program"  # nothing is open yet
    CLOSED = "closed"  # sign-up is over
    GUEST = "guest"
    NOT_OURS = "not_ours"  # a bot, a stranger or a deactivated account
    ALREADY_IN = "already_in"


def join_refusal(
    person: Eligibility,
    *,
    program: ProgramState | None,
    guests_allowed: bool,
    part: ParticipantState | None,
) -> JoinRefusal | None:
    """Why this person cannot join, or None when they can; somebody who left may come back."""
    if person.is_deactivated or person.is_bot or person.is_external:
        return JoinRefusal.NOT_OURS
    if not may_join(person, guests_allowed=guests_allowed):
        return JoinRefusal.GUEST
    if program is None or program is ProgramState.DRAFT:
        return JoinRefusal.NO_PROGRAM
    if part is not None and part is not ParticipantState.LEFT:
        return JoinRefusal.ALREADY_IN
    return None if program.accepts_sign_ups else JoinRefusal.CLOSED


LOWEST_LEVEL, MIDDLE_LEVEL, HIGHEST_LEVEL = 1, 3, 5


def possible_roles(level: int, direction: Direction, gap: int) -> frozenset[Role]:
    """The roles in which somebody at this level can be matched at all, given the gap between mentor and mentee.

    In the reverse direction with a gap of 2: levels 1 and 2 mentor, 4 and 5 are mentored, 3 chooses. Where the gap
    leaves a level without any role, its natural one stands, and the matching says why nobody was found.
    """
    if direction is Direction.PEER:
        return frozenset(Role)
    below, above = level - gap >= LOWEST_LEVEL, level + gap <= HIGHEST_LEVEL
    mentors, learns = (above, below) if direction is Direction.REVERSE else (below, above)
    found = {role for role, can in ((Role.MENTOR, mentors), (Role.MENTEE, learns)) if can}
    return frozenset(found or {natural_role(level, direction)})


def natural_role(level: int, direction: Direction) -> Role:
    """The role a level starts with, until the person chooses."""
    if direction is Direction.TRADITIONAL:
        return Role.MENTOR if level >= MIDDLE_LEVEL else Role.MENTEE
    return Role.MENTOR if level <= MIDDLE_LEVEL else Role.MENTEE


def starting_roles(
    level: int, direction: Direction, gap: int, *, shares: bool, learns: bool
) -> frozenset[Role]:
    """The role somebody joins with, from their level and the sides they chose topics on; empty when none fits.

    A mentor needs a topic to share, a mentee one to learn. Both roles at once only among peers; elsewhere they
    have to be chosen, later, in the profile.
    """
    possible = possible_roles(level, direction, gap)
    fitting = possible & topic_roles(shares=shares, learns=learns)
    if direction is Direction.PEER or len(fitting) < 2:
        return fitting
    return frozenset({natural_role(level, direction)})


def topic_roles(*, shares: bool, learns: bool) -> frozenset[Role]:
    """The roles that the chosen topics allow: sharing makes a mentor, learning a mentee."""
    return frozenset(role for role, chosen in ((Role.MENTOR, shares), (Role.MENTEE, learns)) if chosen)


class Offer(enum.StrEnum):
    """The role somebody offers, as they choose it."""

    MENTOR = "mentor"
    MENTEE = "mentee"
    BOTH = "both"

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(Role) if self is Offer.BOTH else frozenset({Role(self.value)})

    @classmethod
    def of(cls, roles: AbstractSet[Role]) -> Offer | None:
        """The offer that means these roles; None for no role at all."""
        if not roles:
            return None
        return cls.BOTH if len(roles) == len(Role) else cls(next(iter(roles)).value)


def capacities(roles: AbstractSet[Role], pairs: int = 1) -> tuple[int, int]:
    """Pairs at a time as (mentor, mentee); a role that is not offered has none."""
    return (pairs if Role.MENTOR in roles else 0, pairs if Role.MENTEE in roles else 0)


class IntakeFault(enum.StrEnum):
    """What keeps a form of the intake from being taken; each is shown under the field it concerns."""

    NO_TOPIC = "no_topic"  # neither a topic to share nor one to learn
    SHARE_NEEDED = "share_needed"  # a mentor without anything to share
    LEARN_NEEDED = "learn_needed"  # a mentee without anything to learn
    TOO_MANY = "too_many"
    ON_BOTH_SIDES = "on_both_sides"  # the same topic shared and wanted
    OFF_LIMITS = "off_limits"  # a topic they themselves ruled out
    CHOSEN_TOPIC = "chosen_topic"  # a topic to be ruled out that they share or want to learn
    LEVEL_NEEDED = "level_needed"
    DEPARTMENT_NEEDED = "department_needed"
    MANAGER_NEEDED = "manager_needed"  # neither a manager nor "nobody here"
    MANAGER_TWICE = "manager_twice"  # both at once
    MANAGER_IS_SELF = "manager_is_self"
    AGREEMENT_NEEDED = "agreement_needed"
    HOURS_REVERSED = "hours_reversed"
    NO_WORKING_DAY = "no_working_day"
    LINK_NOT_SECURE = "link_not_secure"
    NOT_AT_THIS_LEVEL = "not_at_this_level"  # a role in which nobody at this level can be matched


@dataclass(frozen=True, slots=True)
class About:
    """What a person says of themselves on the first screen.

    Attributes:
        shares, learns: topic ids, in the order chosen.
        level: 1-5; None when not answered.
        department: None where the program does not ask for it.
        manager: Slack's id of who they report to; empty for none.
        nobody_here: they report to nobody in this workspace.
    """

    shares: Sequence[str]
    learns: Sequence[str]
    level: int | None
    department: str | None
    manager: str
    nobody_here: bool


@dataclass(frozen=True, slots=True)
class IntakeLimits:
    """What a program asks for at intake."""

    direction: Direction
    gap: int
    share_max: int = MAX_SHARED_TOPICS
    learn_max: int = MAX_LEARNED_TOPICS


def about_faults(
    about: About, limits: IntakeLimits, *, own_slack_id: str, off_limits: AbstractSet[str] = frozenset()
) -> Mapping[str, IntakeFault]:
    """Everything wrong with the first screen at once, by field: `share`, `learn`, `level`, `department`, `manager`."""
    faults: dict[str, IntakeFault] = {}
    if about.level is None:
        faults["level"] = IntakeFault.LEVEL_NEEDED
    if about.department == "":
        faults["department"] = IntakeFault.DEPARTMENT_NEEDED
    manager = _manager_fault(about, own_slack_id)
    if manager is not None:
        faults["manager"] = manager
    for name, chosen, most in (
        ("share", about.shares, limits.share_max),
        ("learn", about.learns, limits.learn_max),
    ):
        if len(chosen) > most:
            faults[name] = IntakeFault.TOO_MANY
        elif off_limits & set(chosen):
            faults[name] = IntakeFault.OFF_LIMITS
    if "learn" not in faults and set(about.shares) & set(about.learns):
        faults["learn"] = IntakeFault.ON_BOTH_SIDES
    missing = _missing_side(about, limits)
    if missing is not None:
        faults.setdefault(*missing)
    return faults


def _manager_fault(about: About, own_slack_id: str) -> IntakeFault | None:
    """Exactly one answer: a person who is not oneself, or nobody here."""
    if about.manager and about.nobody_here:
        return IntakeFault.MANAGER_TWICE
    if about.manager == own_slack_id:
        return IntakeFault.MANAGER_IS_SELF
    return None if about.manager or about.nobody_here else IntakeFault.MANAGER_NEEDED


def _missing_side(about: About, limits: IntakeLimits) -> tuple[str, IntakeFault] | None:
    if not about.shares and not about.learns:
        return "share", IntakeFault.NO_TOPIC
    if about.level is None:
        return None
    fitting = starting_roles(
        about.level, limits.direction, limits.gap, shares=bool(about.shares), learns=bool(about.learns)
    )
    if fitting:
        return None
    if about.learns:
        return "share", IntakeFault.SHARE_NEEDED
    return "learn", IntakeFault.LEARN_NEEDED


def hours_fault(start: time, end: time, days: Sequence[int]) -> tuple[str, IntakeFault] | None:
    """A working day ends after it starts, and a week has at least one."""
    if end <= start:
        return "work_end", IntakeFault.HOURS_REVERSED
    return ("work_days", IntakeFault.NO_WORKING_DAY) if not days else None


def offer_faults(
    offer: Offer, level: int, limits: IntakeLimits, *, shares: bool, learns: bool
) -> Mapping[str, IntakeFault]:
    """What is wrong with offering a role at this level with these topics."""
    if not offer.roles & possible_roles(level, limits.direction, limits.gap):
        return {"offer": IntakeFault.NOT_AT_THIS_LEVEL}
    if Role.MENTOR in offer.roles and not shares:
        return {"offer": IntakeFault.SHARE_NEEDED}
    if Role.MENTEE in offer.roles and not learns:
        return {"offer": IntakeFault.LEARN_NEEDED}
    return {}


SINGLE_SEATS = frozenset({NamedRole.SPONSOR, NamedRole.CONCERN_CONTACT, NamedRole.DEPUTY})
"""Roles that one person has at a time; a new one takes over on accepting, so that no gap opens."""

HEARS_CONCERNS = frozenset({NamedRole.CONCERN_CONTACT, NamedRole.DEPUTY})


class NamingRefusal(enum.StrEnum):
    """Why somebody cannot be named for a role."""

    SELF = "self"  # nobody grants a role to themselves
    NOT_OURS = "not_ours"  # a bot, a guest, a stranger or a deactivated account
    COORDINATES = "coordinates"  # concerns never reach coordinators
    SAME_PERSON = "same_person"  # contact and deputy stand in for each other
    HAS_IT = "has_it"


def naming_refusal(
    person: Eligibility, role: NamedRole, *, is_actor: bool, holds: AbstractSet[NamedRole]
) -> NamingRefusal | None:
    """Why this person cannot be named, or None.

    Args:
        person: what Slack says of them.
        role: the one they are named for.
        is_actor: they would name themselves.
        holds: roles they have or were named for already.
    """
    if is_actor:
        return NamingRefusal.SELF
    if not may_join(person, guests_allowed=False):
        return NamingRefusal.NOT_OURS
    if role in holds:
        return NamingRefusal.HAS_IT
    hears = role in HEARS_CONCERNS
    if (hears and NamedRole.COORDINATOR in holds) or (
        role is NamedRole.COORDINATOR and holds & HEARS_CONCERNS
    ):
        return NamingRefusal.COORDINATES
    return NamingRefusal.SAME_PERSON if hears and holds & HEARS_CONCERNS else None


def may_end_role(role: NamedRole, *, coordinators: int) -> bool:
    """A program keeps at least one coordinator; every other role may end on any day."""
    return role is not NamedRole.COORDINATOR or coordinators > 1


def pause_end(choice: str, *, today: date) -> date:
    """The last day of a pause chosen as `2w`, `1m` or an ISO date.

    Raises:
        ValueError: when the choice is none of these, or the date is not in the future or over a year away.
    """
    if choice == "2w":
        return today + timedelta(days=14)
    if choice == "1m":
        return today + timedelta(days=30)
    until = date.fromisoformat(choice)
    if not today < until <= today + timedelta(days=366):
        raise ValueError(f"a pause must end after today and within a year, got {until}")
    return until


def is_paused(state: ParticipantState, paused_until: date | None, *, today: date) -> bool:
    """A pause holds through its last day and ends by itself on the next."""
    return state is ParticipantState.PAUSED and (paused_until is None or today <= paused_until)
