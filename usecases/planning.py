"""The plans the planner calls each turn, in order. Each takes what is due and says when it is needed next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from usecases.announcements import plan_announcements
from usecases.cadence import plan_pairs
from usecases.concerns import plan_concerns
from usecases.pausing import plan_pauses
from usecases.proposals import plan_proposals
from usecases.rounds import plan_rounds
from usecases.setup import plan_programs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from usecases.unit import Storage

PLANS: tuple[Callable[[Storage, datetime], Awaitable[datetime | None]], ...] = (
    plan_rounds,
    plan_proposals,
    plan_pairs,
    plan_pauses,
    plan_announcements,
    plan_concerns,
    plan_programs,
)
