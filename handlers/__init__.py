"""Listens to Slack: a file per feature, and one guard through which every listener passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers import (
    announcements,
    check_ins,
    concerns,
    footer,
    home,
    joining,
    pausing,
    privacy,
    profile,
    proposals,
    roles,
    rounds,
    sessions,
    settings,
    setup,
    tasks,
    trials,
)
from handlers import help as help_card

if TYPE_CHECKING:
    from handlers.guard import Door

FEATURES = (
    help_card,
    home,
    joining,
    profile,
    setup,
    settings,
    roles,
    rounds,
    proposals,
    sessions,
    trials,
    check_ins,
    pausing,
    privacy,
    announcements,
    concerns,
    footer,
    tasks,
)
"""One module per feature, each with `register(door)`; the help card lists commands in this order."""


def register_all(door: Door) -> None:
    """Let every feature register its listeners."""
    for feature in FEATURES:
        feature.register(door)
