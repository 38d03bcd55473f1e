"""Words for the check-in: one private message in three states, which never repeats a rating."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mentoring.check_ins import FEEDBACK_AFTER, Answers, CheckInStage, stage
from mentoring.sessions import Met
from messages import blocks
from messages.message import Message
from messages.sessions import named
from messages.voice import lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from mentoring.facts import SessionFacts
    from messages.message import Block
    from messages.voice import Voice


def question(facts: SessionFacts, voice: Voice) -> Message:
    """Did you meet, how useful was it, saved: whichever is next, redrawn from what was answered."""
    check_in = facts.check_in
    answers = Answers(check_in.met, check_in.usefulness) if check_in is not None else Answers()
    value = f"delivery:{facts.delivery_id}"
    what, partner = named(voice, facts.session.number), facts.partner.name
    if check_in is not None and not check_in.editable and answers.met is None:
        text = voice.say("This check-in about {what} with {partner} is closed.", what=what, partner=partner)
        return Message(text=text, blocks=(blocks.section(text),))
    match stage(answers):
        case CheckInStage.MET:
            return _met(facts, voice, what, value)
        case CheckInStage.USEFULNESS:
            first = voice.say("*How useful was {what} with {partner} for you?*", what=what, partner=partner)
            return Message(
                text=voice.plain(
                    "How useful was {what} with {partner} for you? From 1, not useful, to 5, very useful.",
                    what=what,
                    partner=partner,
                ),
                blocks=(
                    blocks.section(lines(first, _who_sees(facts, voice))),
                    blocks.actions(*usefulness_buttons(voice, value), block_id="usefulness"),
                ),
            )
        case CheckInStage.SAVED:
            return _saved(facts, voice, what, value)


def _met(facts: SessionFacts, voice: Voice, what: str, value: str) -> Message:
    partner = facts.partner.name
    first = voice.say("*Did {what} with {partner} take place?*", what=what, partner=partner)
    return Message(
        text=voice.plain(
            "Did {what} with {partner} take place? Yes, we met; we moved it; or it did not happen. "
            "{partner} does not see your answer.",
            what=what,
            partner=partner,
        ),
        blocks=(
            blocks.section(lines(first, _who_sees(facts, voice))),
            blocks.actions(*met_buttons(voice, value), block_id="met"),
        ),
    )


def _who_sees(facts: SessionFacts, voice: Voice) -> str:
    partner = facts.partner.name
    group = facts.program.settings.minimum_group if facts.program is not None else 5
    return voice.say(
        "{partner} does not see your answer. The program team sees whether pairs met. "
        "Ratings appear only for groups of {group} or more.",
        partner=partner,
        group=group,
    )


def met_buttons(voice: Voice, value: str) -> list[Block]:
    """Whether they met; nothing is highlighted, so that no answer is the expected one."""
    return [
        blocks.button(voice.plain("Yes, we met"), "check_in.met_yes.v1", value=value),
        blocks.button(voice.plain("We moved it"), "check_in.met_moved.v1", value=value),
        blocks.button(voice.plain("It did not happen"), "check_in.met_no.v1", value=value),
    ]


def usefulness_buttons(voice: Voice, value: str) -> list[Block]:
    """The scale, with words at both ends."""
    labels = {
        1: voice.plain("1 not useful"),
        2: "2",
        3: "3",
        4: "4",
        5: voice.plain("5 very useful"),
    }
    return [
        blocks.button(
            label,
            f"check_in.useful_{rating}.v1",
            value=f"{value} pick:{rating}",
            accessibility_label=voice.plain("Usefulness {rating} of 5", rating=rating),
        )
        for rating, label in labels.items()
    ]


def _saved(facts: SessionFacts, voice: Voice, what: str, value: str) -> Message:
    check_in = facts.check_in
    met = check_in is not None and check_in.met is Met.YES
    form = met and facts.session.number in FEEDBACK_AFTER
    first = voice.say(
        "*Saved, thank you.* Your answer about {what} with {partner} is complete.",
        what=what,
        partner=facts.partner.name,
    )
    more = ""
    if check_in is not None and check_in.wants_help:
        more = voice.say("You would like help: the program team gets back to you.")
        if check_in.help_by is not None:
            more = voice.say(
                "You would like help: the program team gets back to you by {day}.",
                day=voice.day(check_in.help_by),
            )
    elif form:
        more = voice.say("If you have two minutes: what did you learn, what did you teach, what did you try?")
    elif check_in is not None and check_in.met is Met.MOVED:
        more = voice.say("If no new time stands yet, you can suggest one here.")
    buttons = []
    if check_in is not None and check_in.met is Met.MOVED:
        buttons.append(blocks.button(voice.plain("Find a time"), "session.other.v1", value=value))
    else:
        buttons.append(
            blocks.button(
                voice.plain("Tell us more"),
                "feedback.open.v1",
                value=value,
                style="primary" if form else None,
            )
        )
    if check_in is not None and not check_in.wants_help:
        buttons.append(blocks.button(voice.plain("I would like help"), "check_in.help.v1", value=value))
    if check_in is not None and check_in.editable:
        buttons.append(blocks.button(voice.plain("Change my answer"), "check_in.change.v1", value=value))
    if met:
        thank = blocks.option(voice.plain("Thank my partner"), f"{value} choice:thank")
        buttons.append(blocks.overflow("check_in.more.v1", [thank]))
    return Message(
        text=voice.plain(
            "Saved, thank you. Your answer about {what} with {partner} is complete. Nothing more to press.",
            what=what,
            partner=facts.partner.name,
        ),
        blocks=(blocks.section(lines(first, more)), blocks.actions(*buttons, block_id="saved")),
    )


def closed_already(voice: Voice) -> str:
    """A press after the next session has begun."""
    return voice.plain("This check-in can no longer be changed. Nothing was changed.")


RENDERERS: dict[str, Callable[[Any, Voice], Message]] = {"check_in.question": question}
