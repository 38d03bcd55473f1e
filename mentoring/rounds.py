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
    STOPPED = "stopped"  # a coordinator pressed Stop or replaced the draft
    FAILED = "failed"  # the computation ended without a result; the reason is kept


def publish_at(pressed_at: datetime, *, hold_minutes: int) -> datetime:
    """The moment a held round goes out unless it is stopped."""
    return pressed_at + timedelta(minutes=hold_minutes)


def can_stop(state: RoundState) -> bool:
    """Stop works as long as nothing has been written for participants."""
    return state in {RoundState.DRAFT, RoundState.HELD}
