"""Listens to people in command of themselves: status, pause, resume, swap and leave, from Home and by command."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from handlers.answers import Answer, Nothing, Open, Reply, Show
from handlers.press import Surface
from handlers.rules import colleague, pair_member, participant
from mentoring.participants import pause_end
from mentoring.pausing import Misread, check_end, read_end
from mentoring.sessions import SessionState
from messages import notices, pausing
from usecases.homes import home_facts
from usecases.pair_life import home_pairs
from usecases.pausing import leave_program, pause, resume, swap_partner, today_of

if TYPE_CHECKING:
    from handlers.guard import Door
    from handlers.visit import Visit
    from mentoring.facts import PairHome
    from messages.message import View

PAUSE, SWAP, LEAVE = "Pause for a while", "Ask for a new partner", "Leave the program"


def register(door: Door) -> None:
    door.command("status", who=colleague, help="where you stand, and what waits for you")(on_status)
    door.command("pause", who=participant, help="quiet for a while, such as `pause 3 weeks`", opens=PAUSE)(
        on_pause
    )
    door.command("resume", who=participant, help="end your pause now")(on_resume)
    door.command("swap", who=participant, help="ask for a new partner", opens=SWAP)(on_swap)
    door.command("leave", who=participant, help="leave the program", opens=LEAVE)(on_leave)
    door.action("pause.open.v1", who=participant, opens=PAUSE)(on_pause_opened)
    door.action("pause.weeks.v1", who=participant)(on_length_chosen)
    door.action("pause.month.v1", who=participant)(on_length_chosen)
    door.action("pause.date.v1", who=participant)(on_date_chosen)
    door.action("pause.resume.v1", who=participant)(on_resume)
    door.action("swap.open.v1", who=participant, opens=SWAP)(on_swap)
    door.action("swap.pair.v1", who=pair_member)(on_swapped)
    door.action("leave.open.v1", who=participant, opens=LEAVE)(on_leave)
    door.submission("leave.v1", who=participant)(on_left)


async def on_status(visit: Visit) -> Answer:
    """What stands, to the asker alone."""
    return Reply(pausing.status(await home_facts(visit.uow, visit.person, visit.now), visit.voice))


# ------------------------------------------------------------------ pausing


async def on_pause(visit: Visit) -> Answer:
    """`pause` opens the choice; `pause 3 weeks` or a date is done at once; anything else opens it with a word."""
    if not visit.press.text:
        return await on_pause_opened(visit)
    return Open(await _paused(visit, read_end(visit.press.text, today=_today(visit))))


async def on_pause_opened(visit: Visit) -> Answer:
    return Open(await _choice(visit))


async def on_length_chosen(visit: Visit) -> Answer:
    return Show(await _paused(visit, pause_end(visit.ref("pick"), today=_today(visit))))


async def on_date_chosen(visit: Visit) -> Answer:
    chosen = check_end(date.fromisoformat(visit.press.value), today=_today(visit))
    return Show(await _paused(visit, chosen))


async def on_resume(visit: Visit) -> Answer:
    """End the pause now; where its state shows anyway, on Home, no further word is needed."""
    found = await visit.participant()
    ended = found is not None and await resume(visit.uow, found, visit.now)
    if ended and visit.press.surface is Surface.HOME:
        return Nothing()
    message = pausing.resumed(visit.voice) if ended else pausing.not_paused(visit.voice)
    if visit.press.surface is Surface.MODAL:
        return Show(notices.as_view(message, visit.voice))
    return Reply(message)


async def _choice(visit: Visit, problem: Misread | None = None) -> View:
    found = await visit.participant()
    return pausing.pause_view(
        visit.voice,
        until=found.paused_until if found is not None else None,
        tomorrow=_today(visit) + timedelta(days=1),
        problem=problem,
        reference=_reference(visit),
    )


async def _paused(visit: Visit, until: date | Misread) -> View:
    found = await visit.participant()
    if found is None or isinstance(until, Misread):
        return await _choice(visit, until if isinstance(until, Misread) else None)
    await pause(visit.uow, found, until, visit.now)
    planned = [
        pair
        for pair in await _planned(visit)
        if pair.next_session is not None
        and pair.next_session.starts_at is not None
        and today_of(visit.person, pair.next_session.starts_at) <= until
    ]
    return pausing.paused_view(visit.voice, until, planned, reference=_reference(visit))


# ------------------------------------------------------------------ another partner, and leaving


async def on_swap(visit: Visit) -> Answer:
    """The person's pairs, each with the one button that ends it."""
    return Open(pausing.swap_view(visit.voice, await _pairs(visit), reference=_reference(visit)))


async def on_swapped(visit: Visit) -> Answer:
    own = await visit.own_pair()
    ends_on = await swap_partner(visit.uow, own, visit.now) if own is not None else None
    if own is None or ends_on is None:
        return Show(notices.as_view(notices.not_here(visit.voice), visit.voice))
    return Show(pausing.swapped_view(visit.voice, own.partner.person.name, ends_on))


async def on_leave(visit: Visit) -> Answer:
    name = visit.program.name if visit.program is not None else ""
    return Open(pausing.leave_view(visit.voice, name, await _pairs(visit), reference=_reference(visit)))


async def on_left(visit: Visit) -> Answer:
    """Gone at once; what stands in the calendar is named, since we cannot take it out there."""
    found = await visit.participant()
    planned = await _planned(visit)
    if found is None or visit.program is None or not await leave_program(visit.uow, found, visit.now):
        return Reply(notices.not_here(visit.voice))
    return Show(pausing.left_view(visit.voice, visit.program.name, planned))


# ------------------------------------------------------------------ what the forms show


async def _pairs(visit: Visit) -> tuple[PairHome, ...]:
    found = await visit.participant()
    return await home_pairs(visit.uow, found, visit.now) if found is not None else ()


async def _planned(visit: Visit) -> list[PairHome]:
    """The pairs whose next session has an agreed time."""
    return [
        pair
        for pair in await _pairs(visit)
        if pair.next_session is not None and pair.next_session.state is SessionState.AGREED
    ]


def _today(visit: Visit) -> date:
    return today_of(visit.person, visit.now)


def _reference(visit: Visit) -> str:
    """The message that was pressed, so that the form it opened is about the same program."""
    return f"delivery:{visit.delivery.id}" if visit.delivery is not None else ""
