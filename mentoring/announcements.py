"""Announcements: who may get one, and where one stands between the first preview and its report."""

from __future__ import annotations

import enum


class AnnouncementState(enum.StrEnum):
    """Where an announcement stands."""

    DRAFT = "draft"  # written; not previewed yet
    PREVIEWED = "previewed"  # its author saw it as others will; only now may it be sent
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
