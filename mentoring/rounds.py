"""A round: one run of the matching, from the first dry run to its publication."""

from __future__ import annotations

import enum
from datetime import datetime, timedelta


class RoundState(enum.StrEnum):
    """Where a round stands. Nothing reaches a participant before `published`."""

    SOLVING = "solving"  # a dry run is being computed
    DRAFT = "draft"  # a dry run stands and may be reviewed
    HELD = "held"  # publish was pressed; Stop is possible until publish_at
    PUBLISHING = "publishing"  # the proposals are being written; resumes after a crash
    PUBLISHED = "published"  # every proposal stands and may be sent
    STOPPED = "stopped"  # set aside for good
    FAILED = "failed"  # the computation ended without a result; the reason is kept


OPEN_STATES = frozenset(
    {
        RoundState.SOLVING,
        RoundState.DRAFT,
        RoundState.HELD,
        RoundState.PUBLISHING,
        RoundState.FAILED,
    }
)
"""A program has at most one round in these; the next one begins when it is out or set aside."""


class PublishRefusal(enum.StrEnum):
    """Why a round cannot be published now."""

    CHANGED = "changed"  # another version was reviewed than the one that stands
    NOT_A_DRAFT = "not_a_draft"  # it is being computed, held or out already
    NO_PAIRS = "no_pairs"
    NOT_LIVE = "not_live"  # the program is not open yet, or over


def publish_at(pressed_at: datetime, *, hold_minutes: int) -> datetime:
    """The moment a held round goes out unless it is stopped."""
    return pressed_at + timedelta(minutes=hold_minutes)


def can_publish(
    state: RoundState, *, version: int, reviewed_version: int, pairs: int, is_live: bool
) -> PublishRefusal | None:
    """A draft with pairs, in the version that was reviewed, of a program that is open; None when nothing bars it."""
    if state is not RoundState.DRAFT:
        return PublishRefusal.NOT_A_DRAFT
    if version != reviewed_version:
        return PublishRefusal.CHANGED
    if pairs < 1:
        return PublishRefusal.NO_PAIRS
    return None if is_live else PublishRefusal.NOT_LIVE


def can_stop(state: RoundState, *, publish_at: datetime | None, now: datetime) -> bool:
    """Stop works through the hold, as long as nothing has been written for participants; the draft stands again."""
    return state is RoundState.HELD and publish_at is not None and now < publish_at


def can_run_again(state: RoundState) -> bool:
    """A dry run may be repeated until publish was pressed; while one is computed, one is enough."""
    return state in {RoundState.DRAFT, RoundState.FAILED}


class DropCause(enum.StrEnum):
    """Why a reviewed pair is not proposed after all, as the coordinator may know it."""

    LEFT = "left"
    PAUSED = "paused"
    NOT_ELIGIBLE = "not_eligible"  # gone from the workspace, or a guest where guests take no part
    CHANGED = "changed"  # the pair breaks a rule now; which one may be somebody's secret


def round_due_at(state: RoundState, publish_at: datetime | None, created_at: datetime) -> datetime | None:
    """When the planner must look at a round: at the end of its hold, and at once while it is being published."""
    match state:
        case RoundState.HELD:
            return publish_at
        case RoundState.PUBLISHING:
            return publish_at or created_at
        case _:
            return None
