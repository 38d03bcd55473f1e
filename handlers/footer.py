"""Listens to the last line of every private message: why this, fewer, help in confidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.answers import Answer, Open, Reply, Show
from handlers.concerns import show_form
from handlers.rules import addressed, colleague
from mentoring.deliveries import kind_named
from messages import footer as words
from messages import notices
from usecases.attention import ask_for_fewer

if TYPE_CHECKING:
    from handlers.guard import Door
    from handlers.visit import Visit


def register(door: Door) -> None:
    door.action("message.footer.v1", who=addressed, opens="About this message")(on_footer)
    door.action("footer.as_before.v1", who=colleague)(on_as_before)


async def on_footer(visit: Visit) -> Answer:
    """Three choices; each ends in a window that only the one who pressed sees."""
    kind = kind_named(visit.delivery.kind) if visit.delivery is not None else None
    match visit.ref("choice"):
        case "why" if kind is not None and visit.delivery is not None:
            return Open(words.why(visit.voice, kind.name, counted=visit.delivery.budgeted))
        case "fewer":
            ask_for_fewer(visit.person, fewer=True)
            return Open(words.fewer(visit.voice, fewer=True))
        case "concern":
            return await show_form(visit)
        case _:
            return Reply(notices.not_here(visit.voice))


async def on_as_before(visit: Visit) -> Answer:
    ask_for_fewer(visit.person, fewer=False)
    return Show(words.fewer(visit.voice, fewer=False))
