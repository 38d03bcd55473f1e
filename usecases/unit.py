"""The unit-of-work types, handed on so that neither door imports storage."""

from __future__ import annotations

from storage.database import Storage
from storage.outbox import Owed
from storage.tables import (
    Announcement,
    Audit,
    Candidate,
    CheckIn,
    Concern,
    Delivery,
    Draft,
    Feedback,
    Pair,
    Participant,
    Person,
    Program,
    Proposal,
    Rating,
    RoleHolder,
    Round,
    Session,
    Skill,
    Task,
    Workspace,
)
from storage.unit_of_work import UnitOfWork

__all__ = [
    "Announcement",
    "Audit",
    "Candidate",
    "CheckIn",
    "Concern",
    "Delivery",
    "Draft",
    "Feedback",
    "Owed",
    "Pair",
    "Participant",
    "Person",
    "Program",
    "Proposal",
    "Rating",
    "RoleHolder",
    "Round",
    "Session",
    "Skill",
    "Storage",
    "Task",
    "UnitOfWork",
    "Workspace",
]
