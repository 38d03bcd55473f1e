"""Short words around everything else: nothing here, out of date, gone wrong, one moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from messages import blocks
from messages.message import Message, View

if TYPE_CHECKING:
    from messages.voice import Voice


def _note(text: str) -> Message:
    return Message(text=text, blocks=(blocks.section(blocks.mrkdwn(text)),))


def not_here(voice: Voice) -> Message:
    """One sentence for everything that is not theirs, does not exist, or is over: none can be told from another."""
    return _note(
        voice.say("There is nothing to do here for you right now. `{command} help` shows what you can do.")
    )


def out_of_date(voice: Voice) -> Message:
    return _note(
        voice.say(
            "This message is out of date and nothing was changed. `{command} help` shows what you can do now."
        )
    )


def went_wrong(voice: Voice, reference: str) -> Message:
    return _note(
        voice.say(
            "Something went wrong on our side. Nothing was changed. Please try again in a minute; "
            "if it happens again, give your coordinator this reference: {reference}.",
            reference=reference,
        )
    )


def try_again_line(voice: Voice, reference: str) -> str:
    """Under a field of a form: the form stays open, so what was typed is safe."""
    return voice.plain(
        "This could not be saved just now; what you typed is still here. Please send it again in a minute. "
        "Reference: {reference}",
        reference=reference,
    )


def press_again(voice: Voice) -> Message:
    return _note(voice.say("Slack took too long to open the form. Nothing was lost; please press again."))


def loading_view(title: str, voice: Voice) -> View:
    """What stands while the real view is on its way."""
    return blocks.modal(
        title,
        [blocks.section(voice.say("One moment. What you chose so far is kept."))],
        close=voice.plain("Close"),
        callback_id="notice.loading.v1",
    )


def as_view(message: Message, voice: Voice, *, title: str | None = None) -> View:
    """A short message where only a modal can be shown."""
    return blocks.modal(
        title or voice.plain("Mentoring"),
        list(message.blocks) or [blocks.section(message.text)],
        close=voice.plain("Close"),
        callback_id="notice.v1",
    )
