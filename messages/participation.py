"""Words for joining, pausing and leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from messages import blocks
from messages.message import Message
from messages.voice import lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from mentoring.facts import PersonFacts
    from messages.voice import Voice


def joined(facts: PersonFacts, voice: Voice) -> Message:
    """The receipt after joining: what happens next, and that nothing needs doing."""
    program = facts.program
    name = program.name if program is not None else voice.words.program_noun
    first = voice.say("*You are in: {program}.*", program=name)
    then = (
        voice.say(
            "Sign-up closes on {day}. After that you hear from me when there is a possible {partner_noun} for you.",
            day=voice.day(program.signup_closes_on),
        )
        if program is not None and program.signup_closes_on is not None
        else voice.say("You hear from me when there is a possible {partner_noun} for you.")
    )
    rest = voice.say(
        "Nothing to press until then. You can change what you said, pause or leave on any day from Home."
    )
    return Message(
        text=voice.say(
            "You are in: {program}. Nothing to press until there is a possible {partner_noun}.", program=name
        ),
        blocks=(
            blocks.section(lines(first, then, rest)),
            blocks.actions(
                blocks.button(
                    voice.plain("Change my profile"), "profile.open.v1", value=f"delivery:{facts.delivery_id}"
                ),
                block_id="joined",
            ),
        ),
    )


RENDERERS: dict[str, Callable[[Any, Voice], Message]] = {"participation.joined": joined}
