"""Words for concerns: the form, its receipt, and what the reader gets, which names neither text nor writer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mentoring.concerns import MAX_TEXT
from messages import blocks
from messages.message import Message
from messages.typed_text import typed_sections
from messages.voice import lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from mentoring.facts import ConcernCard, ConcernFacts, HomeFacts
    from messages.message import Block, View
    from messages.voice import Voice


def form(voice: Voice, *, contact: str, deputy: str) -> View:
    """The form: first who gets it and who never does, then one field."""
    if not contact and not deputy:
        return _plain_view(
            voice,
            voice.say(
                "Nobody is named yet to take a word in confidence. Nothing was written down. "
                "Your coordinators can name a contact on their Home."
            ),
        )
    return blocks.modal(
        voice.plain("Help in confidence"),
        [
            blocks.section(lines(_who_gets_it(voice, contact, deputy), _who_never_does(voice))),
            blocks.input_(
                voice.plain("What is it about"),
                blocks.plain_text_input("text", multiline=True, max_length=MAX_TEXT),
                block_id="text",
            ),
            blocks.input_(
                voice.plain("Is anybody concerned"),
                blocks.multi_users_select("about", max_selected_items=5),
                block_id="about",
                hint=voice.plain("It never goes to anybody you choose here, nor to their managers."),
                optional=True,
            ),
        ],
        callback_id="concern.save.v1",
        submit=voice.plain("Send in confidence"),
        close=voice.plain("Close"),
    )


def _who_gets_it(voice: Voice, contact: str, deputy: str) -> str:
    if contact and deputy:
        return voice.say(
            "*This goes to {contact}.* {deputy} gets it when {contact} is away, concerned or in a reporting line. "
            "{deputy} also gets it when it is unopened after two working days.",
            contact=contact,
            deputy=deputy,
        )
    return voice.say("*This goes to {name}.*", name=contact or deputy)


def _who_never_does(voice: Voice) -> str:
    return voice.say("It is kept encrypted. Coordinators, your partner and reports never show it.")


def _plain_view(voice: Voice, text: str) -> View:
    return blocks.modal(
        voice.plain("Help in confidence"),
        [blocks.section(blocks.mrkdwn(text))],
        close=voice.plain("Close"),
        callback_id="concern.note.v1",
    )


def receipt(voice: Voice, reader: str) -> View:
    """At once, and nowhere else."""
    return _plain_view(
        voice,
        voice.say(
            "*Received by {reader}.* They read it in a window of their own and get back to you themselves. "
            "It stands in no message, and this window is the only receipt.",
            reader=reader,
        ),
    )


def needed(voice: Voice) -> str:
    """Under a field that holds only blanks."""
    return voice.plain("Please write a few words. Nothing was sent.")


def nobody_outside(voice: Voice) -> str:
    """Under the people concerned, when no contact is left."""
    return voice.plain(
        "Everybody who could take this is concerned or in a reporting line. Nothing was sent. "
        "Please turn to your people department."
    )


def enough_today(voice: Voice) -> str:
    """Under the text, after the day's last."""
    return voice.plain("You have sent five today. Nothing was sent; please speak to your contact directly.")


def waiting(facts: ConcernFacts, voice: Voice) -> Message:
    """To its reader: that something waits, and nothing of what."""
    if not facts.waits:
        text = (
            voice.say("You have opened this message in confidence. It stands on your Home until it is done.")
            if facts.is_theirs
            else voice.say("Nothing waits here any more.")
        )
        return Message(text=text, blocks=(blocks.section(text),))
    text = voice.say(
        "A message in confidence waits for you. It names you as the contact. "
        "Please open it within two working days."
    )
    return Message(
        text=text,
        blocks=(
            blocks.section(
                lines(
                    voice.say("*A message in confidence waits for you.*"),
                    voice.say(
                        "Please open it within two working days. Text and name show only when you open it."
                    ),
                )
            ),
            blocks.actions(
                blocks.button(
                    voice.plain("Open the message"),
                    "concern.open.v1",
                    value=f"delivery:{facts.delivery_id}",
                    style="primary",
                ),
                block_id="concern",
            ),
        ),
    )


def opened(
    voice: Voice, *, concern_id: str, writer: str, text: str, about: Sequence[str], written_at: datetime
) -> View:
    """What was written and by whom, for the reader alone."""
    head = voice.say("*From {writer}*, {moment}", writer=writer, moment=voice.moment(written_at))
    concerned = voice.say("Concerned: {names}", names=voice.listed(list(about))) if about else ""
    return blocks.modal(
        voice.plain("In confidence"),
        [
            blocks.section(lines(head, concerned)),
            *typed_sections(text),
            blocks.section(
                voice.say(
                    "Please answer {writer} in person. It stays on your Home until you mark it as done.",
                    writer=writer,
                )
            ),
            blocks.actions(
                blocks.button(
                    voice.plain("Mark it as done"), "concern.close.v1", value=f"concern:{concern_id}"
                ),
                block_id="concern",
            ),
        ],
        callback_id="concern.read.v1",
        close=voice.plain("Close"),
    )


def closed(voice: Voice) -> View:
    """After marking it as done."""
    return _plain_view(voice, voice.say("Done. It has left your Home."))


def home_parts(facts: HomeFacts, voice: Voice) -> list[Block]:
    """A contact's open concerns, without text or writer."""
    return [_on_home(card, voice) for card in facts.concerns]


def way_in(facts: HomeFacts, voice: Voice) -> list[Block]:
    """The form, from everybody's Home."""
    if facts.program is None:
        return []
    return [
        blocks.section(
            voice.say("*Help in confidence.* A private word to a named contact, never to your coordinators."),
            accessory=blocks.button(voice.plain("Write in confidence"), "concern.write.v1"),
            block_id="confidence",
        )
    ]


def _on_home(card: ConcernCard, voice: Voice) -> Block:
    day = voice.local_day(card.written_at)
    text = (
        voice.say("*A message in confidence of {day}*: opened, not done yet.", day=day)
        if card.is_opened
        else voice.say("*A message in confidence of {day} waits for you.*", day=day)
    )
    return blocks.section(
        text,
        accessory=blocks.button(
            voice.plain("Open the message"), "concern.open.v1", value=f"concern:{card.id}"
        ),
        block_id=f"concern_{card.id}",
    )


RENDERERS: dict[str, Callable[[Any, Voice], Message]] = {"concern.waiting": waiting}
