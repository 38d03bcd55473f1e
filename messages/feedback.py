"""Words for feedback after a session, shown only in a form, and for the card of thanks apart from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mentoring.check_ins import Readers
from messages import blocks
from messages.message import Message
from messages.sessions import named
from messages.voice import lines, mark

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mentoring.facts import SessionFacts
    from messages.message import Block, View
    from messages.voice import Voice

LONGEST_TEXT = 2000

THANKS = {
    "patience": mark("Thank you for your patience."),
    "openness": mark("Thank you for speaking openly."),
    "idea": mark("Thank you for an idea that I will try."),
    "time": mark("Thank you for your time."),
}


def feedback_view(
    voice: Voice, *, number: int, reference: str, written: Mapping[str, str], readers: Readers | None
) -> View:
    """Four fields, all optional, except who may read it as soon as something is typed.

    Args:
        voice: the writer's.
        number: the session's.
        reference: ids of ours, checked when the form comes back.
        written: what the writer wrote before, by field.
        readers: whom the writer let read it.
    """
    return blocks.modal(
        voice.plain("Tell us more"),
        [
            blocks.section(
                voice.say(
                    "About {what}. Every field may stay empty. Your partner does not see this.",
                    what=named(voice, number),
                )
            ),
            _text(voice.plain("What did you learn?"), "learned", written),
            _text(voice.plain("What did you teach?"), "taught", written),
            _text(voice.plain("What have you tried since last time?"), "tried", written),
            blocks.input_(
                voice.plain("Who may read it?"),
                blocks.radio_buttons(
                    "readers",
                    [
                        blocks.option(voice.plain("Nobody but me"), Readers.NOBODY.value),
                        blocks.option(voice.plain("The program team only"), Readers.COORDINATORS.value),
                        blocks.option(
                            voice.plain("The program team, and it may be quoted"),
                            Readers.QUOTE.value,
                            description=voice.plain("Without your name"),
                        ),
                    ],
                    initial=readers.value if readers is not None else None,
                ),
                block_id="readers",
                optional=True,
                hint=voice.plain("Needed as soon as you type something."),
            ),
        ],
        callback_id="feedback.save.v1",
        submit=voice.plain("Save"),
        close=voice.plain("Close"),
        private_metadata=reference,
    )


def _text(label: str, name: str, written: Mapping[str, str]) -> Block:
    return blocks.input_(
        label,
        blocks.plain_text_input(
            name, multiline=True, max_length=LONGEST_TEXT, initial_value=written.get(name, "")
        ),
        block_id=name,
        optional=True,
    )


def readers_missing(voice: Voice) -> str:
    """The one field that is needed once something was typed."""
    return voice.plain("Please choose who may read what you wrote. What you typed is still here.")


def thanks_view(voice: Voice, *, partner: str, reference: str) -> View:
    """Choosing a line of thanks; it holds nothing of the private answers."""
    return blocks.modal(
        voice.plain("Thank my partner"),
        [
            blocks.input_(
                voice.plain("What shall {partner} read?", partner=partner),
                blocks.radio_buttons(
                    "line", [blocks.option(voice.plain(text), name) for name, text in THANKS.items()]
                ),
                block_id="line",
                hint=voice.plain("The card says nothing of your check-in."),
            )
        ],
        callback_id="thanks.send.v1",
        submit=voice.plain("Send the card"),
        close=voice.plain("Close"),
        private_metadata=reference,
    )


def thanks_card(facts: SessionFacts, voice: Voice) -> Message:
    """A card from the partner, in words they chose."""
    line = voice.plain(THANKS.get(str(facts.refs.get("line")), THANKS["time"]))
    first = voice.say("*A card from {partner}*", partner=facts.partner.name)
    return Message(
        text=voice.plain(
            "A card from {partner}: {line} Nothing to press.", partner=facts.partner.name, line=line
        ),
        blocks=(blocks.section(lines(first, voice.say("“{line}”", line=line))),),
    )


RENDERERS: dict[str, Callable[[Any, Voice], Message]] = {"check_in.thanks": thanks_card}
