"""Concerns: a private word to the named contact or the deputy, and who may read it."""

from __future__ import annotations

import enum


class ConcernState(enum.StrEnum):
    """Where a concern stands."""

    SENT = "sent"  # owed to its reader until opened
    OPENED = "opened"
    CLOSED = "closed"


class TaskState(enum.StrEnum):
    """Where a coordinator's task stands."""

    OPEN = "open"
    DONE = "done"
