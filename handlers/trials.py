"""Listens to the trial's answers, first ratings, and whether a quiet pair still stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.answers import Answer, Close, Nothing, Open, Reply
from handlers.rules import pair_member
from mentoring.trials import TrialAnswer
from messages import notices, trials
from usecases.cards import settings_of
from usecases.pairs import keep_pair
from usecases.trials import answer_trial, missing_ratings, rate_topics

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from handlers.guard import Door
    from handlers.visit import Visit

RATING = "rating."


def register(door: Door) -> None:
    for answer in TrialAnswer:
        door.action(f"trial.{answer}.v1", who=pair_member)(_answering(answer))
    door.action("trial.rate.v1", who=pair_member, opens="Where I stand today")(on_rate)
    door.submission("trial.rate.v1", who=pair_member)(on_rated)
    door.action("pair.keep.v1", who=pair_member)(on_keep)


def _answering(answer: TrialAnswer) -> Callable[[Visit], Awaitable[Answer]]:
    async def on_answer(visit: Visit) -> Answer:
        """One side's answer, told to nobody."""
        own = await visit.own_pair()
        if own is None or not await answer_trial(visit.uow, own, answer, visit.now):
            return Reply(notices.not_here(visit.voice))
        return Nothing()

    return on_answer


async def on_rate(visit: Visit) -> Answer:
    """One form with the topics that still lack a first rating."""
    own = await visit.own_pair()
    missing = await missing_ratings(visit.uow, own) if own is not None else ()
    if own is None or not missing:
        return Reply(notices.not_here(visit.voice))
    group = settings_of(own.program).minimum_group
    return Open(trials.rating_view(visit.voice, missing, group=group, reference=f"pair:{own.pair.id}"))


async def on_rated(visit: Visit) -> Answer:
    own = await visit.own_pair()
    if own is None:
        return Reply(notices.not_here(visit.voice))
    values = {
        block_id.removeprefix(RATING): int(visit.press.chosen(block_id))
        for block_id in visit.press.state
        if block_id.startswith(RATING) and visit.press.chosen(block_id).isdecimal()
    }
    await rate_topics(visit.uow, own, values, visit.now)
    return Close()


async def on_keep(visit: Visit) -> Answer:
    """One of the two says that the pair still stands."""
    own = await visit.own_pair()
    if own is None or not await keep_pair(visit.uow, own.pair, visit.now):
        return Reply(notices.not_here(visit.voice))
    return Nothing()
