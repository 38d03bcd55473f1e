"""Words of a proposal: why you two, what a yes means, and what has become of it. Never what the other one said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mentoring.proposals import ProposalView
from messages import blocks
from messages.intake import GOALS, INTERESTS
from messages.message import Message
from messages.sessions import topic_names
from messages.voice import clip, lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mentoring.facts import HomeFacts, ProgramCard, ProposalCard, ProposalFacts
    from messages.message import Block
    from messages.voice import Markup, Voice

WORDS = 90
"""A proposal is read within a minute; reasons that do not fit are left out."""

LABEL = 30


def question(facts: ProposalFacts, voice: Voice) -> Message:
    """A possible pair for one of its two, or what has become of it; one message, redrawn in place."""
    if facts.proposal.view is not ProposalView.ASKED:
        return _afterwards(facts, voice)
    card = facts.proposal
    return Message(
        text=_in_short(card, voice),
        blocks=(
            blocks.section(_first_line(card, voice)),
            blocks.section(why_you_two(card, facts.program, voice)),
            blocks.section(_what_a_yes_means(card, facts.program, voice)),
            _answers(card, voice, value=f"delivery:{facts.delivery_id}"),
        ),
    )


def reminder(facts: ProposalFacts, voice: Voice) -> Message:
    """The one reminder, with the same two answers."""
    if facts.proposal.view is not ProposalView.ASKED:
        return _afterwards(facts, voice)
    card = facts.proposal
    return Message(
        text=_in_short(card, voice),
        blocks=(
            blocks.section(
                lines(
                    _first_line(card, voice),
                    voice.say("Your answer is still open. Either one is fine, and no reason is asked."),
                )
            ),
            _answers(card, voice, value=f"delivery:{facts.delivery_id}"),
        ),
    )


def closed(facts: ProposalFacts, voice: Voice) -> Message:
    """For somebody who said yes: it did not come about, in words that serve every cause."""
    return _afterwards(facts, voice)


def home_parts(facts: HomeFacts, voice: Voice) -> list[Block]:
    """The proposals that are open for this person, with the same answers as in their message."""
    parts: list[Block] = []
    for card in facts.proposals:
        if card.view is ProposalView.ASKED:
            words = [_first_line(card, voice), why_you_two(card, facts.program, voice)]
            words.append(_what_a_yes_means(card, facts.program, voice))
            buttons = _answers(card, voice, value=f"proposal:{card.id}")
            parts += [blocks.section(lines(*words)), buttons]
        else:
            parts.append(blocks.section(lines(*_said(card, voice))))
            if card.can_undo:
                parts.append(_take_back(card, voice, value=f"proposal:{card.id}"))
    return parts


def too_late(voice: Voice) -> Message:
    """An answer or an undo that came after its time; nothing more may be said about why."""
    text = voice.say("This can no longer be answered. Nothing was changed.")
    return Message(text=text, blocks=(blocks.section(text),))


def why_you_two(card: ProposalCard, program: ProgramCard | None, voice: Voice) -> Markup:
    """The reasons, from what both chose to show: topics both ways, what both named, shared hours.

    As many as fit into ninety words beside the rest of the message; topics come first.
    """
    rest = _first_line(card, voice) + " " + _what_a_yes_means(card, program, voice)
    room = WORDS - len(rest.split())
    for topics, common, hours in ((2, 2, True), (2, 1, True), (2, 0, True), (1, 0, True), (1, 0, False)):
        reasons = _reasons(card, voice, topics=topics, common=common, hours=hours)
        if len(reasons.split()) <= room:
            break
    return reasons


def _reasons(card: ProposalCard, voice: Voice, *, topics: int, common: int, hours: bool) -> Markup:
    partner = _name(card, voice)
    gets, gives = topic_names(voice, card.gets[:topics]), topic_names(voice, card.gives[:topics])
    both = named_by_both(card.common, voice)[:common]
    parts: list[str] = []
    if gets:
        parts.append(voice.say("Why you two: {partner} shares {gets}.", partner=partner, gets=gets))
    if gives:
        parts.append(voice.say("You share {gives}, which they want to learn.", gives=gives))
    if both:
        parts.append(voice.say("Both of you named {common}.", common=voice.listed(both)))
    if hours and card.overlap is not None:
        start, end = card.overlap
        parts.append(
            voice.say(
                "Your working hours overlap from {start} to {end}.",
                start=voice.time(start),
                end=voice.time(end),
            )
        )
    return lines(*parts or [voice.say("Why you two: what you chose fits together.")])


def named_by_both(ids: Iterable[str], voice: Voice) -> list[str]:
    """The words of goals and interests; those no longer offered are left out."""
    words = {**GOALS, **INTERESTS}
    return [voice.plain(words[one]) for one in ids if one in words]


def _name(card: ProposalCard, voice: Voice) -> str:
    """The partner's name; somebody whose data were erased has none."""
    return card.partner.name or voice.plain("your possible {partner_noun}")


def _first_line(card: ProposalCard, voice: Voice) -> Markup:
    partner, day = _name(card, voice), voice.local_day(card.answer_by)
    if not card.partner.department:
        return voice.say(
            "*A possible {partner_noun}: {partner}. Please answer by {day}.*", partner=partner, day=day
        )
    return voice.say(
        "*A possible {partner_noun}: {partner}, {department}. Please answer by {day}.*",
        partner=partner,
        department=card.partner.department,
        day=day,
    )


def _what_a_yes_means(card: ProposalCard, program: ProgramCard | None, voice: Voice) -> Markup:
    settings = program.settings if program is not None else None
    means = (
        voice.say(
            "A yes means one chat of {minutes} within {days} days. After it, either of you can stop without a reason.",
            minutes=voice.duration(settings.first_chat_minutes),
            days=settings.trial_days,
        )
        if settings is not None
        else ""
    )
    passing = voice.say(
        "If you pass, {partner} hears at most that this one did not come about.", partner=_name(card, voice)
    )
    return lines(means, passing)


def _in_short(card: ProposalCard, voice: Voice) -> str:
    """All that a notification and a screen reader need."""
    return voice.say(
        "A possible {partner_noun}: {partner}. Please answer by {day}: meet {partner}, or not this one.",
        partner=clip(_name(card, voice), 60),
        day=voice.local_day(card.answer_by),
    )


def _answers(card: ProposalCard, voice: Voice, *, value: str) -> Block:
    meet = voice.plain("Meet {partner}", partner=_name(card, voice))
    return blocks.actions(
        blocks.button(clip(meet, LABEL), "proposal.meet.v1", value=value, style="primary"),
        blocks.button(voice.plain("Not this one"), "proposal.pass.v1", value=value),
        block_id=f"proposal.{card.id}",
    )


def _take_back(card: ProposalCard, voice: Voice, *, value: str) -> Block:
    return blocks.actions(
        blocks.button(voice.plain("Take back my answer"), "proposal.undo.v1", value=value),
        block_id=f"proposal.{card.id}",
    )


def _afterwards(facts: ProposalFacts, voice: Voice) -> Message:
    """What stands in the message once there is an answer, or the time is over."""
    card = facts.proposal
    first, *rest = _said(card, voice)
    parts: list[Block] = [blocks.section(lines(first, *rest))]
    if card.can_undo:
        parts.append(_take_back(card, voice, value=f"delivery:{facts.delivery_id}"))
    return Message(text=_without_marks(first), blocks=tuple(parts))


def _without_marks(line: str) -> str:
    return line.strip("*")


def _said(card: ProposalCard, voice: Voice) -> tuple[Markup, ...]:
    """The reader's own answer and what may be said about what follows, first line first."""
    partner = _name(card, voice)
    next_round = voice.say("You are among the first to be matched in the next round. Nothing to press.")
    match card.view:
        case ProposalView.SAID_YES:
            return (
                voice.say("*You said yes to meeting {partner}.*", partner=partner),
                voice.say(
                    "If {partner} says yes as well, I introduce you to each other. You hear by {day} at the latest.",
                    partner=partner,
                    day=voice.local_day(card.hear_by),
                ),
            )
        case ProposalView.SAID_NO:
            return (
                voice.say("*You passed on meeting {partner}.*", partner=partner),
                voice.say(
                    "Nobody is told what you answered. You can change your mind until {moment}.",
                    moment=voice.moment(card.answer_by),
                ),
            )
        case ProposalView.INTRODUCED:
            return (
                voice.say("*You and {partner} are introduced to each other.*", partner=partner),
                voice.say("The next step is in your group message."),
            )
        case ProposalView.NOT_COME_ABOUT:
            return (
                voice.say("*The possible pair with {partner} did not come about.*", partner=partner),
                voice.say("This has many causes; none is asked for and none is told."),
                next_round,
            )
        case ProposalView.TOO_LATE:
            return (
                voice.say("*The time to answer about {partner} is over.*", partner=partner),
                voice.say("This one did not come about, and nobody is told why."),
                next_round,
            )
        case _:
            return (
                voice.say("*This proposal is over: {partner}.*", partner=partner),
                voice.say("Nothing to press."),
            )


RENDERERS: dict[str, Callable[[Any, Voice], Message]] = {
    "proposal.question": question,
    "proposal.reminder": reminder,
    "proposal.closed": closed,
}
