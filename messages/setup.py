"""Words of the set-up: its screens, the checklist on a coordinator's Home, and the post that greets the channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from messages import blocks
from messages.message import Message
from messages.voice import lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from mentoring.facts import Facts
    from messages.voice import Voice


def channel_home(facts: Facts, voice: Voice) -> Message:
    """The greeting of the program's channel; that it arrives shows that the app is in there."""
    name = facts.program.name if facts.program is not None else voice.words.program_noun
    first = voice.say("*This channel is the home of {program}.*", program=name)
    then = voice.say(
        "News of the {program_noun} will appear here. Nobody is enrolled without asking, and nobody gets a "
        "private message from me before joining."
    )
    return Message(
        text=voice.plain(
            "This channel is the home of {program}. News will appear here. Nothing to press.", program=name
        ),
        blocks=(blocks.section(lines(first, then)),),
    )


RENDERERS: dict[str, Callable[[Any, Voice], Message]] = {"setup.channel_home": channel_home}
