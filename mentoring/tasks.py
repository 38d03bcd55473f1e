"""What coordinators look after: open tasks with their outcomes, and who takes part, as they may know it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mentoring.participants import ParticipantState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

PEOPLE_A_PAGE = 20
TASKS_SHOWN = 20


class TaskOutcome(enum.StrEnum):
    """How a task ended; a choice, so that nothing private gets typed."""

    TALKED = "talked"  # spoke with them, and they go on
    CHANGED = "changed"  # something about the pair or its sessions was changed
    PASSED_ON = "passed_on"  # somebody else looks after it now
    NOT_NEEDED = "not_needed"  # it had settled by itself


@dataclass(frozen=True, slots=True)
class TaskCard:
    """An open task: what it is, whom it is about by name, and when it is due."""

    id: str
    kind: str
    names: tuple[str, ...]
    due_on: date
    is_overdue: bool


class Standing(enum.StrEnum):
    """Where somebody stands, as a coordinator may know it; never an answer, a rating or a reason."""

    PAIRED = "paired"
    WAITING = "waiting"
    PAUSED = "paused"


def standing(state: ParticipantState, *, has_pair: bool) -> Standing:
    """Paused comes first: somebody in a pair may pause too."""
    if state is ParticipantState.PAUSED:
        return Standing.PAUSED
    return Standing.PAIRED if has_pair else Standing.WAITING


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One line of the list of people."""

    name: str
    mentors: bool
    is_mentored: bool
    standing: Standing
    paused_until: date | None = None


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """One page of the list, by name; pages count from 1."""

    lines: tuple[PersonLine, ...]
    page: int
    pages: int
    people: int


def people_page(people: Sequence[PersonLine], page: int) -> PeoplePage:
    """A page by name; a page that is not there is the nearest that is."""
    pages = max(1, -(-len(people) // PEOPLE_A_PAGE))
    page = min(max(page, 1), pages)
    ordered = sorted(people, key=lambda one: (one.name.casefold(), one.name))
    start = (page - 1) * PEOPLE_A_PAGE
    return PeoplePage(tuple(ordered[start : start + PEOPLE_A_PAGE]), page, pages, len(people))
