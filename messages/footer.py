"""Words behind the last line of every private message: why it came, and fewer like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from messages import blocks
from messages.renderers import purpose
from messages.voice import lines

if TYPE_CHECKING:
    from messages.message import View
    from messages.voice import Voice


def why(voice: Voice, kind: str, *, counted: bool) -> View:
    """Why messages of this kind exist, and whether they count as unasked ones."""
    more = (
        voice.say("Such a message counts as unasked; you get few of them a week.")
        if counted
        else voice.say("It belongs to a step that is going on, so it does not count as unasked.")
    )
    return _view(voice, lines(voice.say("*Why this came*"), voice.say(purpose(kind)), more), fewer=None)


def fewer(voice: Voice, *, fewer: bool) -> View:
    """What changed, and the way back."""
    text = (
        lines(
            voice.say("*You get fewer messages from now on.*"),
            voice.say("At most one in two weeks that no step of yours waits for."),
            voice.say("Proposals, sessions and check-ins still come. To stop those too, pause on Home."),
        )
        if fewer
        else voice.say("*As before.* You get the messages that everybody gets.")
    )
    return _view(voice, text, fewer=fewer)


def _view(voice: Voice, text: str, *, fewer: bool | None) -> View:
    shown = [blocks.section(text)]
    if fewer:
        shown.append(
            blocks.actions(
                blocks.button(voice.plain("Go back to as before"), "footer.as_before.v1"), block_id="back"
            )
        )
    return blocks.modal(
        voice.plain("About this message"),
        shown,
        close=voice.plain("Close"),
        callback_id="footer.v1",
    )
