"""Words for the introduction of two who said yes to each other, and for a pair on Home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mentoring.check_ins import Answers, CheckInStage, stage
from mentoring.sessions import SessionState
from messages import blocks
from messages.check_ins import met_buttons, usefulness_buttons
from messages.message import Message
from messages.sessions import cancel_button, named, standing, topic_names
from messages.trials import question_buttons
from messages.voice import lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from mentoring.facts import HomeFacts, PairHome, PersonCard, SessionFacts
    from messages.message import Block
    from messages.voice import Voice


def introduction(facts: SessionFacts, voice: Voice) -> Message:
    """Who each is, what each gives and gets, the ground rules, a first question, and the first chat alone.

    Source: P24, P29, P32, P36.
    """
    mentor, mentee = facts.mentor, facts.mentee
    first = voice.say(
        "*{mentor}, meet {mentee}. {mentee}, meet {mentor}.* You both said yes.",
        mentor=mentor.name,
        mentee=mentee.name,
    )
    about = lines(
        _about(mentor, facts.mentor_gives, facts.mentee_gives, voice),
        _about(mentee, facts.mentee_gives, facts.mentor_gives, voice),
    )
    rules = voice.say(
        "What is said stays with you two; this bot cannot read this chat. "
        "Pay, appraisals and named colleagues stay out. Either of you may stop on any day, without a reason."
    )
    question = voice.say("A first question: what surprised you most about your work this year?")
    step = voice.say(
        "First, one chat of {minutes}, in working time, by {day}. The next step is {mentee}'s: press one time.",
        minutes=voice.duration(facts.session.minutes),
        day=voice.local_day(facts.session.window_until),
        mentee=mentee.name,
    )
    asks = facts.session.state in {SessionState.WINDOW, SessionState.CANCELLED}
    return Message(
        text=voice.plain(
            "{mentor}, meet {mentee}. {mentee}, meet {mentor}. Please find a time for a first chat by {day}. "
            "The next step is {mentee}'s.",
            mentor=mentor.name,
            mentee=mentee.name,
            day=voice.local_day(facts.session.window_until),
        ),
        blocks=(
            blocks.section(lines(first, about)),
            blocks.section(lines(rules, question)),
            *([blocks.section(step)] if asks and facts.state.is_going else []),
            *standing(facts, voice),
        ),
    )


def _about(card: PersonCard, gives: tuple[str, ...], gets: tuple[str, ...], voice: Voice) -> str:
    who = card.name
    if card.department:
        who = voice.plain("{name}, {department}", name=card.name, department=card.department)
    # Somebody may share without wanting to learn, or the other way round: a side without a topic is not named.
    what = {"who": who, "gives": topic_names(voice, gives[:2]), "gets": topic_names(voice, gets[:2])}
    if gives and gets:
        return voice.say("{who} · gives: {gives} · gets: {gets}", **what)
    if gives:
        return voice.say("{who} · gives: {gives}", **what)
    if gets:
        return voice.say("{who} · gets: {gets}", **what)
    return voice.say("{who}", **what)


RENDERERS: dict[str, Callable[[Any, Voice], Message]] = {"introduction": introduction}


# ------------------------------------------------------------------ Home


def home_parts(facts: HomeFacts, voice: Voice) -> list[Block]:
    """My pairs: the partner, what is open for me, and the next session."""
    parts: list[Block] = []
    for number, pair in enumerate(facts.pairs):
        parts += [blocks.divider(), *_pair(pair, voice, number)]
    return parts


def _pair(pair: PairHome, voice: Voice, number: int) -> list[Block]:
    value = f"pair:{pair.pair_id}"
    parts: list[Block] = [blocks.section(voice.say("*With {partner}*", partner=pair.partner.name))]
    if pair.asks_trial:
        parts += [
            blocks.section(voice.say("How would you like to go on? Nobody else sees your answer.")),
            blocks.actions(
                *question_buttons(voice, value, pair.partner.name, None), block_id=f"trial_{number}"
            ),
        ]
    if pair.check_in is not None:
        card, session = pair.check_in
        reference = f"{value} check_in:{card.id} session:{session.id}"
        asked = stage(Answers(card.met, card.usefulness))
        if asked is CheckInStage.MET:
            text = voice.say("Did {what} take place?", what=named(voice, session.number))
            buttons = met_buttons(voice, reference)
        else:
            text = voice.say("How useful was {what} for you?", what=named(voice, session.number))
            buttons = usefulness_buttons(voice, reference)
        parts += [blocks.section(text), blocks.actions(*buttons, block_id=f"check_in_{number}")]
    if pair.ends_on is not None:
        ends = voice.say(
            "You asked for a new {partner_noun}. This pair ends on {day}, in the same words for both.",
            day=voice.day(pair.ends_on),
        )
        parts.append(blocks.section(ends))
    elif pair.next_session is not None:
        parts += _next_session(pair, voice, number)
    return parts


def _next_session(pair: PairHome, voice: Voice, number: int) -> list[Block]:
    session = pair.next_session
    if session is None:
        return []
    value = f"pair:{pair.pair_id} session:{session.id}"
    what = named(voice, session.number)
    find = blocks.button(voice.plain("Find a time"), "session.other.v1", value=value)
    if session.state is SessionState.AGREED and session.starts_at is not None:
        text = voice.say("Next: {what}, {time}.", what=what, time=voice.moment(session.starts_at))
        move = blocks.button(voice.plain("Move it"), "session.other.v1", value=value)
        buttons = [move, cancel_button(value, what, voice)]
    elif session.state is SessionState.SUGGESTED and session.suggested_at is not None:
        time = voice.moment(session.suggested_at)
        if session.suggested_by is pair.role:
            text = voice.say("Suggested for {what}: {time}. Not confirmed yet.", what=what, time=time)
            buttons = [find]
        else:
            text = voice.say("Suggested for {what}: {time}. Does it work for you?", what=what, time=time)
            at = int(session.suggested_at.timestamp())
            confirm = blocks.button(
                voice.plain("Works for me"), "session.confirm.v1", value=f"{value} at:{at}", style="primary"
            )
            buttons = [confirm, find]
    else:
        text = voice.say(
            "Next: {what}, by {day}. No time yet.", what=what, day=voice.local_day(session.window_until)
        )
        buttons = [find]
    return [blocks.section(text), blocks.actions(*buttons, block_id=f"session_{number}")]
