"""Concerns: a private word to the named contact or the deputy, and who may read it."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from mentoring.calendar import add_working_days, local_date, working_day_start

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mentoring.calendar import WorkingTime

MAX_TEXT = 3000
MOST_A_DAY = 5
OPENED_WITHIN_WORKING_DAYS = 2


class ConcernState(enum.StrEnum):
    """Where a concern stands."""

    SENT = "sent"  # owed to its reader until opened
    OPENED = "opened"
    CLOSED = "closed"


class TaskState(enum.StrEnum):
    """Where a coordinator's task stands."""

    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who accepted to take concerns.

    Attributes:
        is_deputy: stands in for the named contact.
        is_outside: neither writer nor concerned, and in no reporting line of writer, partner or anybody concerned.
        is_away: does not work today and was not expected to.
    """

    person_id: str
    is_deputy: bool
    is_outside: bool
    is_away: bool


def choose_reader(candidates: Sequence[Candidate]) -> Candidate | None:
    """Who gets a concern: the contact, else the deputy; somebody who is away only when nobody else may. Source: P37."""
    outside = sorted((one for one in candidates if one.is_outside), key=lambda one: one.is_deputy)
    present = [one for one in outside if not one.is_away]
    return next(iter(present or outside), None)


def choose_next_reader(
    candidates: Sequence[Candidate], *, reader_id: str, is_overdue: bool
) -> Candidate | None:
    """Who gets a concern that its reader left unopened for two working days; None while it stays where it is.

    Only a deputy takes over, and a deputy keeps what they have.
    """
    if not is_overdue:
        return None
    if any(one.is_deputy and one.person_id == reader_id for one in candidates):
        return None
    others = [one for one in candidates if one.is_deputy and one.is_outside and one.person_id != reader_id]
    return choose_reader(others)


def overdue_at(works: WorkingTime, written_at: datetime) -> datetime:
    """When an unopened concern goes on to the deputy: two of the reader's working days later, absence not counted."""
    present = replace(works, absences=())
    written_on = local_date(written_at, works.zone)
    return working_day_start(present, add_working_days(present, written_on, OPENED_WITHIN_WORKING_DAYS))


def asked_again_at(works: WorkingTime, now: datetime) -> datetime:
    """When an unopened concern is looked at next: the start of the reader's next working day, absence not counted."""
    present = replace(works, absences=())
    return working_day_start(present, add_working_days(present, local_date(now, works.zone), 1))


def may_write_another(written_at: Sequence[datetime], *, now: datetime) -> bool:
    """At most five concerns a day from one person, so that nobody can flood a contact."""
    return sum(moment > now - timedelta(days=1) for moment in written_at) < MOST_A_DAY
