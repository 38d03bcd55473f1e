"""A coordinator's round: dry run, review, publish with its hold, stop. Also its part of Home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.answers import Answer, Nothing, Open, Reply, Show
from handlers.rules import coordinator
from mentoring.program import ProgramState
from messages import notices
from messages import rounds as words
from usecases.rounds import (
    find_round,
    hold_round,
    open_round,
    review_page,
    round_card,
    run_again,
    show_round,
    stop_round,
)

if TYPE_CHECKING:
    from handlers.guard import Door
    from handlers.visit import Visit
    from usecases.unit import Round


def register(door: Door) -> None:
    door.command("round", who=coordinator, help="a dry run of the matching, its review, and publishing it")(
        on_round
    )
    door.action("round.again.v1", who=coordinator)(on_again)
    door.action("round.publish.v1", who=coordinator)(on_publish)
    door.action("round.stop.v1", who=coordinator)(on_stop)
    door.action("round.review.v1", who=coordinator, opens="Review")(on_review)
    for turn in ("round.page.v1", "round.page_back.v1", "round.page_on.v1"):
        door.action(turn, who=coordinator)(on_page)


async def on_round(visit: Visit) -> Answer:
    """Show the round that is under way; where there is none, a dry run starts."""
    if visit.program is None or visit.program.state is ProgramState.CLOSED:
        return Reply(notices.not_here(visit.voice))
    round_ = await open_round(visit.uow, visit.program, visit.person, visit.now)
    await show_round(visit.uow, round_, visit.person, visit.now)
    return Reply(words.on_its_way(visit.voice, await round_card(visit.uow, round_)))


async def on_again(visit: Visit) -> Answer:
    round_ = await _round(visit)
    if round_ is None:
        return Reply(notices.not_here(visit.voice))
    return Nothing() if await run_again(visit.uow, round_) else Reply(words.too_late(visit.voice))


async def on_publish(visit: Visit) -> Answer:
    """The confirm named the counts of the version that was shown; another version is not published by it."""
    round_ = await _round(visit)
    if round_ is None or visit.program is None:
        return Reply(notices.not_here(visit.voice))
    version = visit.ref("version")
    refused = await hold_round(
        visit.uow,
        visit.program,
        round_,
        reviewed_version=int(version) if version.isdecimal() else 0,
        now=visit.now,
    )
    return Nothing() if refused is None else Reply(words.refusal(visit.voice, refused))


async def on_stop(visit: Visit) -> Answer:
    round_ = await _round(visit)
    if round_ is None:
        return Reply(notices.not_here(visit.voice))
    stopped = await stop_round(visit.uow, round_, visit.now)
    return Nothing() if stopped else Reply(words.too_late(visit.voice))


async def on_review(visit: Visit) -> Answer:
    round_ = await _round(visit)
    if round_ is None:
        return Reply(notices.not_here(visit.voice))
    return Open(words.review(await review_page(visit.uow, round_, pairs=True, page=1), visit.voice))


async def on_page(visit: Visit) -> Answer:
    round_ = await _round(visit)
    if round_ is None:
        return Reply(notices.not_here(visit.voice))
    page = visit.ref("page")
    shown = await review_page(
        visit.uow,
        round_,
        pairs=visit.ref("part") == "pairs",
        page=int(page) if page.isdecimal() else 1,
    )
    return Show(words.review(shown, visit.voice))


async def _round(visit: Visit) -> Round | None:
    """The round that was pressed about, if it is this program's."""
    if visit.program is None:
        return None
    return await find_round(visit.uow, visit.program, visit.ref("round"))
