"""Opening Home: it is drawn anew whenever somebody looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.answers import Answer, Nothing
from handlers.rules import slack_itself

if TYPE_CHECKING:
    from handlers.guard import Door
    from handlers.visit import Visit


def register(door: Door) -> None:
    @door.event("app_home_opened", who=slack_itself)
    async def on_home_opened(visit: Visit) -> Answer:
        if visit.person.id and visit.press.event.get("tab") == "home":
            await visit.uow.homes.mark(visit.person.id)
        return Nothing()
