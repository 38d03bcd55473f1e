"""Who takes part: a participant's states, roles and capacities, and what may change them."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime, timedelta

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


def default_capacities(level: int, *, levels_that_mentor: range = range(1, 4)) -> tuple[int, int]:
    """Capacity as (mentor, mentee) that a level starts with in the reverse direction.

    Levels 1 and 2 mentor, 4 and 5 are mentored; 3 starts as a mentor and may choose. Both roles only if chosen.
    """
    return (1, 0) if level in levels_that_mentor else (0, 1)


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


@dataclass(frozen=True, slots=True)
class WaitingPriority:
    """Someone left over or freed by a swap in an earlier round comes first in the next: a count of such rounds."""

    rounds: int
    since: datetime | None
