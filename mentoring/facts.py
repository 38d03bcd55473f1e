"""The facts a message is made of: plain values, loaded fresh when a message is rendered, never stored with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from mentoring.participants import NamedRole, ParticipantState, Role
    from mentoring.program import ProgramSettings


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a message: one person, or the people of a channel (then without a person)."""

    locale: str
    timezone: str
    person_id: str | None = None
    slack_user_id: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class ProgramCard:
    """What messages may say of a program."""

    id: str
    name: str
    goal: str
    settings: ProgramSettings
    timezone: str
    channel_id: str | None
    signup_closes_on: date | None
    starts_on: date | None
    departments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonCard:
    """What one person of a pair may know of the other."""

    person_id: str
    participant_id: str
    slack_user_id: str
    name: str
    department: str
    timezone: str
    shares: tuple[str, ...]  # topic ids, in the order they were chosen
    learns: tuple[str, ...]
    booking_link: str = ""
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What every message knows: the delivery it belongs to, who reads it, the program, and the moment.

    Attributes:
        delivery_id: goes into every button, so that a press proves that the message arrived.
        refs: ids of what it is about (`pair`, `session`, …), for the buttons.
        maybe_second_copy: Slack gave no clear answer to the first; the message says that it may be a repeat.
    """

    delivery_id: str
    kind: str
    now: datetime
    reader: Reader
    program: ProgramCard | None
    refs: Mapping[str, Any] = field(default_factory=dict)
    maybe_second_copy: bool = False


@dataclass(frozen=True, slots=True)
class PersonFacts(Facts):
    """Facts about the reader's own part in the program."""

    role: Role | None = None
    signed_up: int = 0


@dataclass(frozen=True, slots=True)
class NotNeeded:
    """The message has nothing left to say (its subject is gone, answered or withdrawn)."""

    reason: str


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """What a person's Home shows: what they can do now, their pairs, and what they look after."""

    now: datetime
    reader: Reader
    program: ProgramCard | None
    state: ParticipantState | None = None
    role: Role | None = None
    paused_until: date | None = None
    roles: tuple[NamedRole, ...] = ()
    roles_offered: tuple[NamedRole, ...] = ()
