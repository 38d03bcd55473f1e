"""Words for the trial question, the agreement that follows from two answers, quiet pairs, and the end of a pair."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from mentoring.trials import PairState, TrialAnswer
from messages import blocks
from messages.content import load_content
from messages.message import Message
from messages.sessions import standing
from messages.voice import lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mentoring.facts import PairFacts, SessionFacts
    from messages.message import Block, View
    from messages.voice import Voice


def question(facts: PairFacts, voice: Voice) -> Message:
    """How would you like to go on? Asked alone; the answer shows to nobody else, in any of its states."""
    value = f"delivery:{facts.delivery_id}"
    partner = facts.partner.name
    if facts.agreed_at is not None:
        return _after_agreement(facts, voice, value)
    if not facts.state.is_going:
        text = voice.say("Your pair with {partner} has come to an end.", partner=partner)
        return Message(text=text, blocks=(blocks.section(text),))
    buttons = question_buttons(voice, value, partner, facts.answer)
    if facts.answer is not None:
        said = blocks.section(_answered(facts, voice, facts.answer))
        more = () if facts.answer is TrialAnswer.SWAP else (blocks.actions(*buttons, block_id="trial"),)
        return Message(text=str(said["text"]["text"]), blocks=(said, *more))
    first = voice.say("*How would you like to go on with {partner}?*", partner=partner)
    rest = voice.say(
        "{partner} is asked the same and does not see your answer. If both of you go on, you agree on "
        "{count} sessions. A new {partner_noun} needs no reason, and nobody learns who asked.",
        partner=partner,
        count=facts.program.settings.session_count if facts.program is not None else 0,
    )
    return Message(
        text=voice.plain(
            "How would you like to go on with {partner}: go on together, not sure yet, or a new {partner_noun}? "
            "Nobody else sees your answer.",
            partner=partner,
        ),
        blocks=(blocks.section(lines(first, rest)), blocks.actions(*buttons, block_id="trial")),
    )


def question_buttons(voice: Voice, value: str, partner: str, given: TrialAnswer | None) -> list[Block]:
    """The answers that are open; the one that was given is left out."""
    go_on = blocks.button(
        voice.plain("Go on together"), "trial.continue.v1", value=value, style=None if given else "primary"
    )
    unsure = blocks.button(voice.plain("Not sure yet"), "trial.not_sure.v1", value=value)
    swap = blocks.button(
        voice.plain("Ask for a new partner"),
        "trial.swap.v1",
        value=value,
        confirm=blocks.confirm(
            voice.plain("A new partner?"),
            blocks.plain(
                voice.plain(
                    "Your pair with {partner} ends on the program's next common date, in the same words for both.",
                    partner=partner,
                )
            ),
            confirm=voice.plain("Ask for a new partner"),
            deny=voice.plain("Go back"),
        ),
    )
    answers = {TrialAnswer.CONTINUE: go_on, TrialAnswer.NOT_SURE: unsure, TrialAnswer.SWAP: swap}
    return [button for answer, button in answers.items() if answer is not given]


def _answered(facts: PairFacts, voice: Voice, answer: TrialAnswer) -> str:
    match answer:
        case TrialAnswer.CONTINUE:
            return voice.say(
                "Saved: you would like to go on with {partner}. You both hear as soon as both of you have said so.",
                partner=facts.partner.name,
            )
        case TrialAnswer.NOT_SURE:
            return voice.say(
                "Saved: you are not sure yet. You are asked once more in a week, and can answer at any time."
            )
        case TrialAnswer.SWAP:
            day = voice.day(facts.ends_on) if facts.ends_on is not None else ""
            return voice.say(
                "Saved: you asked for a new {partner_noun}. Your pair with {partner} ends on {day}. "
                "Both of you get the same words then. You are among the first in the next round.",
                partner=facts.partner.name,
                day=day,
            )


def _after_agreement(facts: PairFacts, voice: Voice, value: str) -> Message:
    text = voice.say(
        "You and {partner} both go on. Your group chat has what comes next.", partner=facts.partner.name
    )
    if not facts.unrated:
        return Message(text=text, blocks=(blocks.section(text),))
    ask = voice.say("One thing is missing: where do you stand today on what you want to learn?")
    return Message(
        text=text,
        blocks=(
            blocks.section(lines(text, ask)),
            blocks.actions(
                blocks.button(
                    voice.plain("Rate where I stand"), "trial.rate.v1", value=value, style="primary"
                ),
                block_id="rate",
            ),
        ),
    )


def rating_view(voice: Voice, topic_ids: Sequence[str], *, group: int, reference: str) -> View:
    """The first rating of what somebody learns here: a measure before the sessions, theirs alone."""
    content = load_content(voice.locale)
    topics = [topic for topic in (content.topic(topic_id) for topic_id in topic_ids) if topic is not None]
    fields = [
        blocks.input_(
            topic.name,
            blocks.radio_buttons(
                "rating",
                [
                    blocks.option(
                        voice.plain("{value} {name}", value=rating.value, name=rating.name),
                        str(rating.value),
                        description=rating.anchor,
                    )
                    for rating in content.ratings
                ],
            ),
            block_id=f"rating.{topic.id}",
        )
        for topic in topics
    ]
    note = voice.say(
        "Your partner does not see this. It is shown only for groups of {group} or more.", group=group
    )
    return blocks.modal(
        voice.plain("Where I stand today"),
        [blocks.section(note), *fields],
        callback_id="trial.rate.v1",
        submit=voice.plain("Save my ratings"),
        close=voice.plain("Close"),
        private_metadata=reference,
    )


def agreed(facts: SessionFacts, voice: Voice) -> Message:
    """The agreement: duties of each, number of sessions, end date; then the first date. Source: P4."""
    count = sum(1 for session in facts.sessions if session.number > 0)
    end = voice.day(facts.ends_on, year=True) if facts.ends_on is not None else ""
    weeks = facts.program.settings.session_every_weeks if facts.program is not None else 4
    first = voice.say(
        "*{mentor} and {mentee}, you both go on: {count} sessions of {minutes}, until {end}.*",
        mentor=facts.mentor.name,
        mentee=facts.mentee.name,
        count=count,
        minutes=voice.duration(facts.session.minutes),
        end=end,
    )
    duties = voice.say(
        "There is one every {weeks} weeks, in working time. {mentee} sends the date and brings a real question. "
        "{mentor} sets the plan. Each session ends with one thing to try.",
        weeks=weeks,
        mentor=facts.mentor.name,
        mentee=facts.mentee.name,
    )
    return Message(
        text=voice.plain(
            "{mentor} and {mentee}, you both go on: {count} sessions, until {end}. Please find a time for session 1.",
            mentor=facts.mentor.name,
            mentee=facts.mentee.name,
            count=count,
            end=end,
        ),
        blocks=(blocks.section(lines(first, duties)), *standing(facts, voice)),
    )


def quiet(facts: PairFacts, voice: Voice) -> Message:
    """Nothing was planned or answered for a while: an offer, and what happens if nobody says a word."""
    partner = facts.partner.name
    value = f"delivery:{facts.delivery_id}"
    since = datetime.fromisoformat(str(facts.refs.get("since")))
    go_on = blocks.button(voice.plain("We go on"), "pair.keep.v1", value=value, style="primary")
    if not facts.state.is_going:
        text = voice.say("Your pair with {partner} has come to an end.", partner=partner)
        return Message(text=text, blocks=(blocks.section(text),))
    if facts.state is PairState.ENDING and facts.ends_on is not None:
        text = voice.say(
            "*Your pair with {partner} ends on {day}.* Nothing was planned for a while. One press keeps it.",
            partner=partner,
            day=voice.day(facts.ends_on),
        )
        return Message(text=text, blocks=(blocks.section(text), blocks.actions(go_on, block_id="quiet")))
    if facts.active_at is not None and facts.active_at > since:
        text = voice.say("Your pair with {partner} goes on.", partner=partner)
        return Message(text=text, blocks=(blocks.section(text),))
    settings = facts.program.settings if facts.program is not None else None
    days = settings.silence_conclude_days - settings.silence_notice_days if settings is not None else 15
    first = voice.say("*Does your pair with {partner} still stand?*", partner=partner)
    rest = voice.plural(
        "Nothing was planned or answered for a while. That happens. Without a word it ends kindly in {n} day.",
        "Nothing was planned or answered for a while. That happens. Without a word it ends kindly in {n} days.",
        days,
    )
    return Message(
        text=voice.plain("Does your pair with {partner} still stand? One press keeps it.", partner=partner),
        blocks=(blocks.section(lines(first, rest)), blocks.actions(go_on, block_id="quiet")),
    )


def ended(facts: PairFacts, voice: Voice) -> Message:
    """The neutral end: the same words to both, for any cause."""
    value = f"delivery:{facts.delivery_id}"
    partner = facts.partner.name
    first = voice.say("*Your pair with {partner} has come to an end.*", partner=partner)
    rest = voice.say(
        "Pairs end or are formed anew on the program's common dates, for many causes. Nobody is asked for reasons, "
        "and your place is not affected. You are among the first in the next round."
    )
    calendar = voice.say("If a session is in your calendar, please remove it there.")
    return Message(
        text=voice.plain(
            "Your pair with {partner} has come to an end. You are among the first in the next round. "
            "Nothing to press to keep your place.",
            partner=partner,
        ),
        blocks=(
            blocks.section(lines(first, rest, calendar)),
            blocks.actions(
                blocks.button(voice.plain("Pause for a while"), "pause.open.v1", value=value),
                blocks.button(voice.plain("Leave the program"), "leave.open.v1", value=value),
                block_id="ended",
            ),
        ),
    )


def closed(facts: PairFacts, voice: Voice) -> Message:
    """The end date of the agreement: thanks to both."""
    count = sum(1 for session in facts.sessions if session.number > 0)
    first = voice.say(
        "*Your time with {partner} as a pair is complete. Thank you.*", partner=facts.partner.name
    )
    rest = voice.say(
        "You agreed on {count} sessions and on this day as the end. What you said to each other stays with you two.",
        count=count,
    )
    return Message(
        text=voice.plain(
            "Your time with {partner} as a pair is complete. Thank you. Nothing to press.",
            partner=facts.partner.name,
        ),
        blocks=(blocks.section(lines(first, rest)),),
    )


RENDERERS: dict[str, Callable[[Any, Voice], Message]] = {
    "trial.question": question,
    "trial.agreed": agreed,
    "pair.quiet": quiet,
    "pair.ended": ended,
    "pair.closed": closed,
}
