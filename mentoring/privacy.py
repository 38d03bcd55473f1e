"""What is personal: the class of every stored value, and a person's own data as they are shown and handed out."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from mentoring.participants import NamedRole, Role


class Privacy(enum.StrEnum):
    """Who may ever read a column; access, export, erasure, retention and the privacy paper are derived from it."""

    TECHNICAL = "technical"  # ids, states and instants the machine needs
    PARTNER = "partner"  # shown to the person's partner
    COORDINATOR = "coordinator"  # shown to coordinators, never to the partner
    PRIVATE = "private"  # the person's own; nobody else reads it
    SECRET = "secret"  # noqa: S105 - a privacy class; never shown to anyone but its writer; a leak would harm


SHOWN = (Privacy.PARTNER, Privacy.COORDINATOR, Privacy.PRIVATE, Privacy.SECRET)
"""The classes in the order in which a person sees what is stored; what only the machine needs has no class here."""

FILE_HOURS = 24
"""After so many hours the file with a person's data is removed from Slack."""


@dataclass(frozen=True, slots=True)
class StoredValue:
    """One stored value of a person: its column, its class, and what it holds (plain JSON, sealed text opened)."""

    column: str
    privacy: Privacy
    value: Any


@dataclass(frozen=True, slots=True)
class StoredRow:
    """One row of a person's, without what belongs to somebody else.

    Attributes:
        role: the side on which the person stands in a row that two share; None where a row is theirs alone.
        partner_id: then the other one's participant id.
    """

    table: str
    id: str
    values: tuple[StoredValue, ...]
    role: Role | None = None
    partner_id: str = ""


@dataclass(frozen=True, slots=True)
class MyData:
    """Everything stored of one person, as they may see it."""

    slack_user_id: str
    at: datetime
    rows: tuple[StoredRow, ...]


@dataclass(frozen=True, slots=True)
class Erasure:
    """What deleting did, for the receipt.

    Attributes:
        reference: names this erasure in the audit trail, where no name stands.
        pairs: pairs that will end in neutral words.
    """

    reference: str
    at: datetime
    pairs: int


@dataclass(frozen=True, slots=True)
class BeforeErasure:
    """What somebody should know before they delete."""

    pairs: int
    roles: tuple[NamedRole, ...]
