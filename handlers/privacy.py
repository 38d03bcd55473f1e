"""Listens to people about their own data: seeing them, getting a copy, deleting them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.answers import Answer, Open, Show
from handlers.rules import colleague
from messages import privacy
from usecases.privacy import before_erasure, erase_person, my_data, owe_export

if TYPE_CHECKING:
    from handlers.guard import Door
    from handlers.visit import Visit

TITLE = "My data"


def register(door: Door) -> None:
    door.command("privacy", who=colleague, help="see, copy or delete your data", opens=TITLE)(on_privacy)
    door.action("privacy.open.v1", who=colleague, opens=TITLE)(on_privacy)
    door.action("privacy.export.v1", who=colleague)(on_export)
    door.action("privacy.delete.v1", who=colleague)(on_delete)
    door.submission("privacy.delete.v1", who=colleague)(on_deleted)


async def on_privacy(visit: Visit) -> Answer:
    """Everything stored of the one who asks; of nobody else, whatever was typed after the command."""
    return Open(privacy.data_view(visit.voice, await my_data(visit.uow, visit.person, visit.now)))


async def on_export(visit: Visit) -> Answer:
    await owe_export(visit.uow, visit.person, visit.now)
    data = await my_data(visit.uow, visit.person, visit.now)
    return Show(privacy.data_view(visit.voice, data, on_its_way=True))


async def on_delete(visit: Visit) -> Answer:
    """What goes and what stays, in place of the list, so that nothing old lies beneath the receipt."""
    return Show(privacy.delete_view(visit.voice, await before_erasure(visit.uow, visit.person)))


async def on_deleted(visit: Visit) -> Answer:
    return Show(privacy.receipt_view(visit.voice, await erase_person(visit.uow, visit.person, visit.now)))
