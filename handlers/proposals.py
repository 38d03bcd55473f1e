"""Listens to the answers to a proposal, in its message and on Home. No answer names which one it was in a log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.answers import Answer, Nothing, Reply
from handlers.rules import proposal_member
from mentoring.proposals import ProposalAnswer
from messages import notices
from messages import proposals as words
from usecases.proposals import answer_proposal, find_own_proposal, undo_answer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from handlers.guard import Door
    from handlers.visit import Visit


def register(door: Door) -> None:
    door.action("proposal.meet.v1", who=proposal_member)(_answering(ProposalAnswer.YES))
    door.action("proposal.pass.v1", who=proposal_member)(_answering(ProposalAnswer.NO))
    door.action("proposal.undo.v1", who=proposal_member)(on_undo)


def _answering(answer: ProposalAnswer) -> Callable[[Visit], Awaitable[Answer]]:
    async def on_answer(visit: Visit) -> Answer:
        """One tap either way, no reason; only the message of the one who pressed changes."""
        own = await find_own_proposal(visit.uow, visit.person, visit.ref("proposal"))
        if own is None:
            return Reply(notices.not_here(visit.voice))
        counts = await answer_proposal(visit.uow, own, answer, visit.now)
        return Nothing() if counts else Reply(words.too_late(visit.voice))

    return on_answer


async def on_undo(visit: Visit) -> Answer:
    own = await find_own_proposal(visit.uow, visit.person, visit.ref("proposal"))
    if own is None:
        return Reply(notices.not_here(visit.voice))
    return Nothing() if await undo_answer(visit.uow, own, visit.now) else Reply(words.too_late(visit.voice))
