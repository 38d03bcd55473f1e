"""Words of the help card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from messages import blocks
from messages.message import Message
from messages.voice import lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from messages.voice import Voice


def help_card(voice: Voice, entries: Sequence[tuple[str, str]], *, unknown: str = "") -> Message:
    """What this person can do now, one line each; an unknown word is named first.

    Args:
        voice: the reader's.
        entries: (subcommand, its line of help), only those this person may use.
        unknown: the word that was typed and is no subcommand.
    """
    parts = []
    if unknown:
        parts.append(voice.say("I do not know “{word}”. Nothing was changed.", word=unknown[:40]))
    parts.append(voice.say("*What you can do now*"))
    parts += [
        voice.say("`{command} {name}` · {line}", name=name, line=voice.plain(line))
        for name, line in entries
        if name
    ]
    parts.append(voice.say("Everything is also on the Home tab of this app."))
    return Message(
        text=voice.say(
            "What you can do now: {names}.", names=voice.listed([name for name, _ in entries if name])
        ),
        blocks=(blocks.section(lines(*parts)),),
    )
