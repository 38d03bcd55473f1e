"""Announcements: who may get one, and where one stands between the first preview and its report."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from mentoring.deliveries import OPEN, DeliveryState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

MAX_TITLE = 120
# What a message may hold in all is 12,000 bytes; a character takes up to four.
MAX_TEXT = 1800
MAX_NAME = 80
LOOK_AGAIN = timedelta(minutes=1)


class AnnouncementState(enum.StrEnum):
    """Where an announcement stands."""

    DRAFT = "draft"  # written; sent only in the wording its author has seen (`previewed_version`)
    SCHEDULED = "scheduled"  # goes out at its moment
    SENDING = "sending"  # its deliveries stand
    SENT = "sent"
    STOPPED = "stopped"


class Audience(enum.StrEnum):
    """Who gets an announcement: a channel post, or opted-in people only."""

    CHANNEL = "channel"
    PARTICIPANTS = "participants"
    MENTORS = "mentors"
    MENTEES = "mentees"
    WAITING = "waiting"


CHANGEABLE = frozenset({AnnouncementState.DRAFT, AnnouncementState.SCHEDULED})
STOPPABLE = frozenset({AnnouncementState.DRAFT, AnnouncementState.SCHEDULED, AnnouncementState.SENDING})


class CannotSend(enum.StrEnum):
    """Why an announcement is not sent."""

    NOT_SEEN = "not_seen"  # the text changed after the preview that was pressed
    OVER = "over"  # sent, on its way or stopped already


def why_not_send(state: AnnouncementState, *, version: int, previewed_version: int) -> CannotSend | None:
    """Why an announcement may not be sent; only the very version that its author saw may. Source: P12."""
    if state is not AnnouncementState.DRAFT:
        return CannotSend.OVER
    return CannotSend.NOT_SEEN if version != previewed_version else None


def gets_it(audience: Audience, *, mentor_capacity: int, mentee_capacity: int, has_pair: bool) -> bool:
    """Whether somebody who takes part belongs to an audience; a channel post is for nobody by name."""
    match audience:
        case Audience.CHANNEL:
            return False
        case Audience.PARTICIPANTS:
            return True
        case Audience.MENTORS:
            return mentor_capacity > 0
        case Audience.MENTEES:
            return mentee_capacity > 0
        case Audience.WAITING:
            return not has_pair


@dataclass(frozen=True, slots=True)
class Report:
    """How far an announcement got, in counts only.

    Attributes:
        waiting: still on their way, for no particular reason.
        held, failed: how many, by reason.
    """

    sent: int = 0
    waiting: int = 0
    held: tuple[tuple[str, int], ...] = ()
    failed: tuple[tuple[str, int], ...] = ()

    @property
    def is_complete(self) -> bool:
        """Nothing is on its way any more."""
        return not self.waiting and not self.held


def report_of(counts: Iterable[tuple[DeliveryState, str, int]]) -> Report:
    """The report from counts by state and reason; an unconfirmed one counts as failed, as nobody knows of it."""
    sent = waiting = 0
    held: dict[str, int] = {}
    failed: dict[str, int] = {}
    for state, reason, count in counts:
        if state in {DeliveryState.SENT, DeliveryState.MOOT}:
            sent += count
        elif state in OPEN and reason in {"paused", "outside hours", "budget"}:
            held[reason] = held.get(reason, 0) + count
        elif state in OPEN:
            waiting += count
        else:
            failed[_kept(state, reason)] = failed.get(_kept(state, reason), 0) + count
    return Report(sent, waiting, tuple(sorted(held.items())), tuple(sorted(failed.items())))


def _kept(state: DeliveryState, reason: str) -> str:
    if state is DeliveryState.PARKED:
        return "unclear"
    if state is DeliveryState.CANCELLED:
        return "stopped"
    if reason.startswith("stale"):
        return "stale"
    return reason or "unconfirmed"


def look_again_at(next_waiting: datetime | None, *, is_complete: bool, now: datetime) -> datetime | None:
    """When the report has to be drawn anew: after what is on its way next, at the soonest in a minute."""
    if is_complete:
        return None
    return max(next_waiting or now, now) + LOOK_AGAIN
