"""Who may do a thing. Every listener names one of these rules; a refusal reads the same as "does not exist"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mentoring.participants import ParticipantState, may_join
from usecases.cards import settings_of
from usecases.proposals import find_own_proposal
from usecases.visits import eligibility, is_coordinator

if TYPE_CHECKING:
    from handlers.visit import Visit


class Rule(Protocol):
    """Whether the visitor may; asked inside the transaction of the effect."""

    async def __call__(self, visit: Visit) -> bool:
        """Whether this visitor may."""
        ...


async def anybody(visit: Visit) -> bool:  # noqa: ARG001 - every rule is asked the same way
    """Whoever pressed; for listeners that answer guests and strangers in kind words of their own."""
    return True


async def colleague(visit: Visit) -> bool:
    """Anybody of the company: not a bot, not deactivated, no stranger; guests where the program lets them in."""
    guests = settings_of(visit.program).allow_guests if visit.program is not None else False
    return may_join(eligibility(visit.person), guests_allowed=guests)


async def participant(visit: Visit) -> bool:
    """Takes part in the program, paused or not."""
    if not await colleague(visit):
        return False
    found = await visit.participant()
    return found is not None and found.state is not ParticipantState.LEFT


async def coordinator(visit: Visit) -> bool:
    """A coordinator of this program, at this very moment."""
    return await colleague(visit) and await is_coordinator(visit.uow, visit.program, visit.person)


async def addressed(visit: Visit) -> bool:
    """The person whom the message was sent to, nobody else."""
    return (
        await colleague(visit)
        and visit.delivery is not None
        and visit.delivery.recipient == f"person:{visit.person.id}"
    )


async def pair_member(visit: Visit) -> bool:
    """One of the two of the pair that was pressed about; their partner, a coordinator, anybody else is not."""
    return await colleague(visit) and await visit.own_pair() is not None


async def proposal_member(visit: Visit) -> bool:
    """One who was asked about this proposal; the other side, a coordinator, anybody else is not."""
    own = await find_own_proposal(visit.uow, visit.person, visit.ref("proposal"))
    return await colleague(visit) and own is not None


async def slack_itself(visit: Visit) -> bool:  # noqa: ARG001 - every rule is asked the same way
    """An event that Slack reports; it carries no wish of a person."""
    return True
