"""Loading the facts of a delivery: one loader per subject, chosen by the shape its kind names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentoring.deliveries import KINDS
from usecases.announcements import load_announcement_facts
from usecases.base_facts import base_facts
from usecases.concerns import load_concern_facts
from usecases.pair_life import load_pair_facts, load_session_facts
from usecases.participation import load_person_facts
from usecases.privacy import load_export_facts
from usecases.proposals import load_proposal_facts
from usecases.rounds import load_round_facts
from usecases.setup import load_program_facts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from mentoring.facts import Facts, NotNeeded
    from usecases.unit import Delivery, UnitOfWork

LOADERS: dict[str, Callable[[UnitOfWork, Delivery, Facts], Awaitable[Facts | NotNeeded]]] = {
    "announcement": load_announcement_facts,
    "concern": load_concern_facts,
    "export": load_export_facts,
    "pair": load_pair_facts,
    "person": load_person_facts,
    "program": load_program_facts,
    "proposal": load_proposal_facts,
    "round": load_round_facts,
    "session": load_session_facts,
}


async def load_facts(uow: UnitOfWork, delivery: Delivery, now: datetime) -> Facts | NotNeeded:
    """The facts as they stand now, or why the message has nothing left to say."""
    base = await base_facts(uow, delivery, now)
    return await LOADERS[KINDS[delivery.kind].facts](uow, delivery, base)
