"""One renderer per delivery kind, and the frame every message of ours has around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mentoring.deliveries import KINDS
from messages import (
    announcements,
    blocks,
    check_ins,
    concerns,
    feedback,
    introduction,
    participation,
    pausing,
    privacy,
    proposals,
    rounds,
    sessions,
    setup,
    trials,
)
from messages.message import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from mentoring.facts import Facts
    from messages.message import Block
    from messages.voice import Voice
    from messages.voices import Voices

RENDERERS: dict[str, Callable[[Any, Voice], Message]] = {
    **participation.RENDERERS,
    **pausing.RENDERERS,
    **privacy.RENDERERS,
    **setup.RENDERERS,
    **rounds.RENDERERS,
    **proposals.RENDERERS,
    **introduction.RENDERERS,
    **trials.RENDERERS,
    **sessions.RENDERERS,
    **check_ins.RENDERERS,
    **feedback.RENDERERS,
    **announcements.RENDERERS,
    **concerns.RENDERERS,
}


def render(facts: Facts, voices: Voices) -> Message:
    """Put facts into the message that a reader sees, with our first and last line around it."""
    voice = voices.for_reader(facts.reader, facts.program)
    message = RENDERERS[facts.kind](privacy.with_names(facts, voice), voice)
    framed = list(message.blocks)
    if facts.maybe_second_copy:
        line = voice.say(
            "This may be a second copy: Slack gave no clear answer to the first. Either one works."
        )
        framed.insert(0, blocks.context(blocks.mrkdwn(line)))
    if facts.reader.person_id is not None:
        framed.append(_last_line(facts, voice))
    return Message(text=message.text, blocks=tuple(framed), attachment=message.attachment)


def _last_line(facts: Facts, voice: Voice) -> Block:
    """Every private message ends alike: why it came, how to get fewer, and help in confidence."""
    value = f"delivery:{facts.delivery_id}"
    return blocks.section(
        voice.say("_Why this · Fewer · Help in confidence_"),
        accessory=blocks.overflow(
            "message.footer.v1",
            [
                blocks.option(voice.plain("Why this came"), f"{value} choice:why"),
                blocks.option(voice.plain("Fewer like this"), f"{value} choice:fewer"),
                blocks.option(voice.plain("Help in confidence"), f"{value} choice:concern"),
            ],
        ),
        block_id="footer",
    )


def purpose(kind: str) -> str:
    """Why messages of this kind exist, in the words of the table of kinds."""
    return KINDS[kind].purpose
