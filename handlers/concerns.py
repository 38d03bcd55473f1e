"""Listens to concerns: the form from anywhere, and the reader who opens one. Nothing typed after a command is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.answers import Answer, Errors, Open, Reply, Show
from handlers.rules import colleague
from messages import concerns as words
from messages import notices
from messages.voice import clean
from usecases.concerns import (
    close_concern,
    find_own_concern,
    may_write,
    open_concern,
    takers_of,
    write_concern,
)

if TYPE_CHECKING:
    from handlers.guard import Door
    from handlers.visit import Visit


def register(door: Door) -> None:
    door.command("concern", who=colleague, opens="Help in confidence", help="a private word, in confidence")(
        show_form
    )
    door.action("concern.write.v1", who=colleague, opens="Help in confidence")(show_form)
    door.submission("concern.save.v1", who=colleague)(on_saved)
    door.action("concern.open.v1", who=colleague, opens="In confidence")(on_open)
    door.action("concern.close.v1", who=colleague)(on_close)


async def show_form(visit: Visit) -> Answer:
    """The empty form, whatever was typed or pressed."""
    if visit.program is None:
        return Reply(notices.not_here(visit.voice))
    takers = await takers_of(visit.uow, visit.program)
    return Open(words.form(visit.voice, contact=takers.contact, deputy=takers.deputy))


async def on_saved(visit: Visit) -> Answer:
    """Sealed and on its way, with its receipt at once."""
    if visit.program is None:
        return Reply(notices.not_here(visit.voice))
    text = clean(visit.press.typed("text")).strip()
    if not text:
        return Errors({"text": words.needed(visit.voice)})
    if not await may_write(visit.uow, visit.person, visit.now):
        return Errors({"text": words.enough_today(visit.voice)})
    about = visit.press.chosen_all("about")
    reader = await write_concern(visit.uow, visit.program, visit.person, text, about, visit.now)
    if reader is None:
        return Errors({"about": words.nobody_outside(visit.voice)})
    return Show(words.receipt(visit.voice, reader))


async def on_open(visit: Visit) -> Answer:
    """Only the one reader; for everybody else there is nothing here."""
    concern = await find_own_concern(visit.uow, visit.person, visit.ref("concern"))
    if concern is None:
        return Reply(notices.not_here(visit.voice))
    read = await open_concern(visit.uow, concern, visit.now)
    return Open(
        words.opened(
            visit.voice,
            concern_id=read.id,
            writer=read.writer,
            text=read.text,
            about=read.about,
            written_at=read.written_at,
        )
    )


async def on_close(visit: Visit) -> Answer:
    concern = await find_own_concern(visit.uow, visit.person, visit.ref("concern"))
    if concern is None:
        return Reply(notices.not_here(visit.voice))
    await close_concern(visit.uow, concern)
    return Show(words.closed(visit.voice))
