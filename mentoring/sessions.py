"""Sessions: how a time is found, moved and cancelled, and when a session counts as held."""

from __future__ import annotations

import enum


class SessionState(enum.StrEnum):
    """Where a session stands."""

    WINDOW = "window"  # it has a window; no time is agreed
    SUGGESTED = "suggested"  # one side proposed a time, the other has not confirmed
    AGREED = "agreed"  # both know the time
    CANCELLED = "cancelled"
    PAST = "past"  # its time or window is over


class Met(enum.StrEnum):
    """What one side says about a session."""

    YES = "yes"
    MOVED = "moved"
    NO = "no"
