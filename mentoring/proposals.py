"""Proposals: a possible pair, asked in turn, and what each answer or silence leads to."""

from __future__ import annotations

import enum


class ProposalState(enum.StrEnum):
    """Where a proposal stands."""

    WAITING = "waiting"  # written with its round; nobody has been asked
    ASKING_MENTOR = "asking_mentor"
    ASKING_MENTEE = "asking_mentee"
    ACCEPTED = "accepted"  # both said yes; the introduction follows after the undo window
    INTRODUCED = "introduced"  # a pair stands
    CLOSED = "closed"  # it did not come about; why is known to nobody but the one who answered


class ProposalAnswer(enum.StrEnum):
    """One side's answer."""

    YES = "yes"
    NO = "no"
    LAPSED = "lapsed"  # the window ended without one
