"""The help card: what this very person can do now, grown from the registered subcommands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.answers import Answer, Reply
from handlers.rules import colleague
from messages import help as words

if TYPE_CHECKING:
    from handlers.guard import Door
    from handlers.visit import Visit


def register(door: Door) -> None:
    @door.command("help", who=colleague, help="this card")
    async def on_help(visit: Visit) -> Answer:
        """Unknown words land here too: the card is the answer to anything that is not a command."""
        entries = [
            (listening.name, listening.help)
            for listening in door.commands.values()
            if await (listening.listed_for or listening.who)(visit)
        ]
        unknown = visit.press.name not in {"", "help"} and visit.press.name not in door.commands
        return Reply(words.help_card(visit.voice, entries, unknown=visit.press.name if unknown else ""))
