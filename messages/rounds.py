"""Words of a round for coordinators: counts, pairs with their reasons, and why somebody is left over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mentoring.matching.rules import ReasonCode
from mentoring.participants import Role
from mentoring.rounds import DropCause, PublishRefusal, RoundState
from messages import blocks
from messages.content import load_content
from messages.message import Message
from messages.proposals import named_by_both
from messages.sessions import topic_names
from messages.voice import lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mentoring.facts import (
        DroppedPair,
        HomeFacts,
        LeftOverLine,
        PairLine,
        ReviewPage,
        RoundCard,
        RoundFacts,
    )
    from messages.message import Block, View
    from messages.voice import Markup, Voice

DROPPED_NAMED = 10
REASONS_NAMED = 4


def card(facts: RoundFacts, voice: Voice) -> Message:
    """The round as it stands, in one message that is redrawn."""
    first, *rest = _standing(facts.round, voice)
    return Message(
        text=str(first).strip("*"),
        blocks=(
            blocks.section(lines(first, *rest)),
            *_buttons(facts.round, voice, value=f"delivery:{facts.delivery_id}"),
        ),
    )


def home_parts(facts: HomeFacts, voice: Voice) -> list[Block]:
    """The round on a coordinator's Home."""
    if facts.round is None:
        return []
    return [
        blocks.divider(),
        blocks.section(lines(*_standing(facts.round, voice))),
        *_buttons(facts.round, voice, value=f"round:{facts.round.id}"),
    ]


def on_its_way(voice: Voice, round_: RoundCard) -> Message:
    """The word under the command: where the round is to be found."""
    text = (
        voice.say(
            "The dry run of round {number} is being computed. The card is in your messages with me and on Home.",
            number=round_.number,
        )
        if round_.state is RoundState.SOLVING
        else voice.say("Round {number} is in your messages with me and on Home.", number=round_.number)
    )
    return Message(text=text, blocks=(blocks.section(text),))


def refusal(voice: Voice, why: PublishRefusal) -> Message:
    """Why nothing was published."""
    match why:
        case PublishRefusal.CHANGED:
            text = voice.say("The draft changed since you saw it. Nothing was published. Please look again.")
        case PublishRefusal.NO_PAIRS:
            text = voice.say("There is no pair to publish. Nothing was changed.")
        case PublishRefusal.NOT_LIVE:
            text = voice.say("The program is not open, so nobody can be asked. Nothing was published.")
        case PublishRefusal.NOT_A_DRAFT:
            text = voice.say("This round is not a draft any more. Nothing was changed by this press.")
    return Message(text=text, blocks=(blocks.section(text),))


def too_late(voice: Voice) -> Message:
    """A press that the round has left behind."""
    text = voice.say("The round has moved on since this was shown. Nothing was changed by this press.")
    return Message(text=text, blocks=(blocks.section(text),))


# ------------------------------------------------------------------ the card


def _standing(round_: RoundCard, voice: Voice) -> tuple[Markup, ...]:
    """The round in words, the most important line first."""
    number = round_.number
    match round_.state:
        case RoundState.SOLVING:
            said = (
                voice.say("*Round {number}: the dry run is being computed.*", number=number),
                voice.say("This card changes when it is done. Nobody hears of a dry run."),
            )
        case RoundState.FAILED:
            said = (
                voice.say("*Round {number}: the dry run ended without a result.*", number=number),
                voice.say("Nothing was changed and nobody was told. Please run it again."),
            )
        case RoundState.DRAFT:
            return _draft(round_, voice)
        case RoundState.HELD | RoundState.PUBLISHING:
            said = (_going_out(round_, voice), _in_figures(round_, voice))
        case RoundState.PUBLISHED:
            return _published(round_, voice)
        case RoundState.STOPPED:
            return (voice.say("*Round {number} was set aside.*", number=number),)
    return said


def _draft(round_: RoundCard, voice: Voice) -> tuple[Markup, ...]:
    return (
        voice.say(
            "*Round {number}, dry run: {pairs}, {left_over}.*",
            number=round_.number,
            pairs=_pairs(round_.pairs, voice),
            left_over=_left_over(round_.left_over, voice),
        ),
        *_what_goes_out(round_, voice),
        voice.say("Nobody has been told. Reporting lines are known as far as people named them."),
    )


def _going_out(round_: RoundCard, voice: Voice) -> Markup:
    if round_.state is RoundState.HELD and round_.publish_at is not None:
        return voice.say(
            "*Round {number} goes out on {moment} unless you stop it.*",
            number=round_.number,
            moment=voice.moment(round_.publish_at),
        )
    return voice.say(
        "*Round {number} is being published.* The first proposals leave when all are written.",
        number=round_.number,
    )


def _published(round_: RoundCard, voice: Voice) -> tuple[Markup, ...]:
    proposed = _pairs(round_.written, voice)
    first = (
        voice.say(
            "*Round {number} was published on {day}: {pairs} proposed.*",
            number=round_.number,
            day=voice.local_day(round_.published_at),
            pairs=proposed,
        )
        if round_.published_at is not None
        else voice.say(
            "*Round {number} was published: {pairs} proposed.*", number=round_.number, pairs=proposed
        )
    )
    return (
        first,
        voice.plural("Introduced so far: {n} pair.", "Introduced so far: {n} pairs.", round_.introduced),
        _who_waits(round_, voice),
        *_dropped(round_.dropped, voice),
    )


def _pairs(n: int, voice: Voice) -> Markup:
    return voice.plural("{n} pair", "{n} pairs", n)


def _left_over(n: int, voice: Voice) -> Markup:
    return voice.plural("{n} person left over", "{n} people left over", n)


def _in_figures(round_: RoundCard, voice: Voice) -> Markup:
    """The counts that a confirm names: pairs, who is asked first, who is left over."""
    return voice.say(
        "{pairs}; {asked}; {left_over}.",
        pairs=_pairs(round_.pairs, voice),
        asked=_asked_first(round_, voice),
        left_over=_left_over(round_.left_over, voice),
    )


def _asked_first(round_: RoundCard, voice: Voice) -> Markup:
    if not round_.in_turn:
        return voice.say("both of each pair are asked together")
    return voice.plural(
        "{n} of the {mentors_noun} is asked first", "{n} {mentors_noun} are asked first", round_.mentors
    )


def _what_goes_out(round_: RoundCard, voice: Voice) -> tuple[Markup, ...]:
    """How many messages a publication means, and who takes no part."""
    if not round_.pairs:
        parts = [voice.say("There is nothing to publish; see who is left over and why.")]
    elif round_.in_turn:
        parts = [
            voice.say(
                "{asked}: {first}. With every yes there are {all} in all.",
                asked=_asked_first(round_, voice),
                first=voice.plural("{n} message", "{n} messages", round_.pairs),
                all=2 * round_.pairs,
            )
        ]
    else:
        parts = [voice.say("Both of each pair are asked together, in {all} messages.", all=2 * round_.pairs)]
    if round_.paused:
        parts.append(
            voice.plural(
                "{n} person pauses and takes no part.", "{n} people pause and take no part.", round_.paused
            )
        )
    return tuple(parts)


def _who_waits(round_: RoundCard, voice: Voice) -> Markup:
    if not round_.left_over:
        return voice.say("Nobody was left over.")
    return voice.plural(
        "{n} person was left over and comes first in the next round.",
        "{n} people were left over and come first in the next round.",
        round_.left_over,
    )


def _dropped(pairs: tuple[DroppedPair, ...], voice: Voice) -> tuple[Markup, ...]:
    """Pairs that were reviewed and not proposed, by name."""
    if not pairs:
        return ()
    said = [voice.say("Not proposed, because of changes since the review:")]
    for pair in pairs[:DROPPED_NAMED]:
        causes = [_cause(name, cause, voice) for name, cause in pair.causes]
        why = voice.listed(causes) if causes else voice.say("no longer possible")
        said.append(
            voice.say(
                "• {mentor} and {mentee}: {why}",
                mentor=_someone(pair.mentor, voice),
                mentee=_someone(pair.mentee, voice),
                why=why,
            )
        )
    more = len(pairs) - DROPPED_NAMED
    if more > 0:
        said.append(voice.plural("• and {n} more pair", "• and {n} more pairs", more))
    return tuple(said)


def _cause(name: str, cause: DropCause, voice: Voice) -> Markup:
    who = _someone(name, voice)
    match cause:
        case DropCause.LEFT:
            return voice.say("{name} left", name=who)
        case DropCause.PAUSED:
            return voice.say("{name} pauses", name=who)
        case DropCause.NOT_ELIGIBLE:
            return voice.say("{name} may not take part", name=who)
        case DropCause.CHANGED:
            return voice.say("something changed for {name}", name=who)


def _someone(name: str, voice: Voice) -> str:
    return name or voice.plain("somebody who left")


def _buttons(round_: RoundCard, voice: Voice, *, value: str) -> list[Block]:
    """At most three: the step that is next, the review, and running it again."""
    value = f"{value} version:{round_.version}"
    review = blocks.button(voice.plain("Review the pairs"), "round.review.v1", value=value)
    again = blocks.button(voice.plain("Run it again"), "round.again.v1", value=value)
    found: list[Block] = []
    match round_.state:
        case RoundState.DRAFT if round_.pairs:
            found = [_publish_button(round_, voice, value), review, again]
        case RoundState.DRAFT:
            found = [review, again]
        case RoundState.HELD:
            stop = voice.plain("Stop round {number}", number=round_.number)
            found = [blocks.button(stop, "round.stop.v1", value=value, style="primary"), review]
        case RoundState.FAILED:
            found = [again]
        case RoundState.PUBLISHED:
            found = [review]
        case _:
            return []
    return [blocks.actions(*found, block_id=f"round.{round_.id}")]


def _publish_button(round_: RoundCard, voice: Voice, value: str) -> Block:
    hold = voice.plain_plural(
        "You can stop it for {n} minute.", "You can stop it for {n} minutes.", round_.hold_minutes
    )
    return blocks.button(
        voice.plain("Publish round {number}", number=round_.number),
        "round.publish.v1",
        value=value,
        style="primary",
        confirm=blocks.confirm(
            voice.plain("Publish round {number}?", number=round_.number),
            voice.plain("{figures} {hold}", figures=_plain_figures(round_, voice), hold=hold),
            confirm=voice.plain("Publish it"),
            deny=voice.plain("Not yet"),
        ),
    )


def _plain_figures(round_: RoundCard, voice: Voice) -> str:
    """The same counts for a confirm, which takes no marks."""
    asked = (
        voice.plain_plural(
            "{n} of the {mentors_noun} is asked first", "{n} {mentors_noun} are asked first", round_.mentors
        )
        if round_.in_turn
        else voice.plain("both of each pair are asked together")
    )
    return voice.plain(
        "{pairs}; {asked}; {left_over}.",
        pairs=voice.plain_plural("{n} pair", "{n} pairs", round_.pairs),
        asked=asked,
        left_over=voice.plain_plural("{n} person left over", "{n} people left over", round_.left_over),
    )


# ------------------------------------------------------------------ the review


def review(page: ReviewPage, voice: Voice) -> View:
    """One page of the draft: pairs, or people left over, with the way to the rest."""
    value = f"round:{page.round.id}"
    switch = (
        blocks.button(voice.plain("People left over"), "round.page.v1", value=f"{value} part:left page:1")
        if page.shows_pairs
        else blocks.button(voice.plain("Pairs"), "round.page.v1", value=f"{value} part:pairs page:1")
    )
    part = "pairs" if page.shows_pairs else "left"
    buttons = [switch]
    if page.page > 1:
        buttons.append(
            blocks.button(
                voice.plain("Previous page"),
                "round.page_back.v1",
                value=f"{value} part:{part} page:{page.page - 1}",
            )
        )
    if page.page < page.pages:
        buttons.append(
            blocks.button(
                voice.plain("Next page"),
                "round.page_on.v1",
                value=f"{value} part:{part} page:{page.page + 1}",
            )
        )
    body = [_pair_block(line, voice) for line in page.pairs]
    body += [_left_over_block(line, voice) for line in page.left_over]
    return blocks.modal(
        voice.plain("Round {number}", number=page.round.number),
        [
            blocks.section(_headline(page, voice)),
            blocks.actions(*buttons, block_id="pages"),
            *(body or [blocks.section(voice.say("Nobody."))]),
        ],
        close=voice.plain("Close"),
        callback_id="round.review.v1",
        private_metadata=value,
    )


def _headline(page: ReviewPage, voice: Voice) -> Markup:
    what = _pairs(page.round.pairs, voice) if page.shows_pairs else _left_over(page.round.left_over, voice)
    if page.pages == 1:
        return voice.say("*{what}*", what=what)
    return voice.say("*{what}, page {page} of {pages}*", what=what, page=page.page, pages=page.pages)


def _pair_block(line: PairLine, voice: Voice) -> Block:
    mentor, mentee = _someone(line.mentor, voice), _someone(line.mentee, voice)
    said = [voice.say("*{mentor} and {mentee}*", mentor=mentor, mentee=mentee)]
    for reason in line.reasons[:REASONS_NAMED]:
        sentence = _reason(reason, mentor, mentee, voice)
        if sentence is not None:
            said.append(sentence)
    return blocks.section(lines(*said))


def _reason(reason: Mapping[str, Any], mentor: str, mentee: str, voice: Voice) -> Markup | None:
    """One reason for a pair; only what both may see of each other has got this far."""
    names = [str(name) for name in reason.get("names", ())]
    match reason["code"]:
        case "topics":
            return voice.say("{mentor} shares {topics}.", mentor=mentor, topics=topic_names(voice, names))
        case "return_topics":
            return voice.say("{mentee} gives back {topics}.", mentee=mentee, topics=topic_names(voice, names))
        case "goals" | "interests":
            common = named_by_both(names, voice)
            return voice.say("Both named {names}.", names=voice.listed(common)) if common else None
        case "hours":
            return voice.say(
                "They share {hours} working hours a week.", hours=int(reason.get("half_hours", 0)) / 2
            )
        case "departments":
            return voice.say(
                "Two departments: {first} and {second}.",
                first=str(reason.get("mentor", "")),
                second=str(reason.get("mentee", "")),
            )
        case _:
            return None


def _left_over_block(line: LeftOverLine, voice: Voice) -> Block:
    noun = (
        voice.say("*{name}*, as {mentor_noun}", name=_someone(line.name, voice))
        if line.role is Role.MENTOR
        else voice.say("*{name}*, as {mentee_noun}", name=_someone(line.name, voice))
    )
    counted = sorted(line.reasons.items(), key=lambda entry: (-entry[1], entry[0]))
    reasons = [_stood_between(code, count, voice) for code, count in counted if count]
    said = [noun]
    if reasons:
        said.append(voice.say("Possible partners ruled out: {reasons}.", reasons=voice.listed(reasons)))
    else:
        said.append(voice.say("Nobody takes part in the other role."))
    if line.nearest:
        said.append(
            voice.say(
                "Nearest: {name}. {rules}",
                name=line.nearest,
                rules=_rules(line.nearest_codes, voice),
            )
        )
    if line.one_change is not None:
        change = _change(line.one_change, line.role, voice)
        if change is not None:
            said.append(change)
    return blocks.section(lines(*said))


_RULED_OUT: dict[str, Callable[[Voice, int], Markup]] = {
    ReasonCode.NO_TOPIC: lambda voice, n: voice.plural(
        "{n} without a common topic", "{n} without a common topic", n
    ),
    ReasonCode.LEVEL_GAP: lambda voice, n: voice.plural("{n} by the level rule", "{n} by the level rule", n),
    ReasonCode.REPORTING_LINE: lambda voice, n: voice.plural(
        "{n} in the reporting line", "{n} in the reporting line", n
    ),
    ReasonCode.CHAIN_UNKNOWN: lambda voice, n: voice.plural(
        "{n} with an unknown reporting line", "{n} with an unknown reporting line", n
    ),
    ReasonCode.RECENT_PARTNER: lambda voice, n: voice.plural("{n} former partner", "{n} former partners", n),
    ReasonCode.NO_LANGUAGE: lambda voice, n: voice.plural(
        "{n} without a common language", "{n} without a common language", n
    ),
    ReasonCode.NO_SHARED_HOURS: lambda voice, n: voice.plural(
        "{n} by working hours", "{n} by working hours", n
    ),
    ReasonCode.NO_CAPACITY: lambda voice, n: voice.plural("{n} not free", "{n} not free", n),
}


def _stood_between(code: str, count: int, voice: Voice) -> Markup:
    """How many possible partners one rule removed."""
    if code in _RULED_OUT:
        return _RULED_OUT[code](voice, count)
    return voice.plural("{n} by another rule", "{n} by another rule", count)


def _rules(codes: tuple[str, ...], voice: Voice) -> Markup:
    """What stood between somebody and the nearest partner."""
    wordings = {
        ReasonCode.NO_TOPIC: voice.say("They have no topic in common."),
        ReasonCode.LEVEL_GAP: voice.say("Their levels do not lie apart as this program asks."),
        ReasonCode.REPORTING_LINE: voice.say("They share a reporting line."),
        ReasonCode.CHAIN_UNKNOWN: voice.say("The reporting line of one of them is not known."),
        ReasonCode.RECENT_PARTNER: voice.say("They were partners not long ago."),
        ReasonCode.NO_LANGUAGE: voice.say("They have no working language in common."),
        ReasonCode.NO_SHARED_HOURS: voice.say("Their working hours hardly meet."),
        ReasonCode.NO_CAPACITY: voice.say("The place was taken."),
    }
    said = [wordings[ReasonCode(code)] for code in codes if code in wordings]
    return lines(*said[:1]) if said else lines(voice.say("The place was taken."))


_CHANGES: dict[tuple[str, str], Callable[[Voice, int, str], Markup]] = {
    (ReasonCode.NO_TOPIC, Role.MENTOR): lambda voice, n, topic: voice.plural(
        "Sharing {topic} as well would open {n} partner.",
        "Sharing {topic} as well would open {n} partners.",
        n,
        topic=topic,
    ),
    (ReasonCode.NO_TOPIC, Role.MENTEE): lambda voice, n, topic: voice.plural(
        "Wishing for {topic} as well would open {n} partner.",
        "Wishing for {topic} as well would open {n} partners.",
        n,
        topic=topic,
    ),
    (ReasonCode.NO_SHARED_HOURS, "earlier"): lambda voice, n, _: voice.plural(
        "Starting an hour earlier would open {n} partner.",
        "Starting an hour earlier would open {n} partners.",
        n,
    ),
    (ReasonCode.NO_SHARED_HOURS, "later"): lambda voice, n, _: voice.plural(
        "Ending an hour later would open {n} partner.", "Ending an hour later would open {n} partners.", n
    ),
    (ReasonCode.NO_LANGUAGE, ""): lambda voice, n, _: voice.plural(
        "Another working language would open {n} partner.",
        "Another working language would open {n} partners.",
        n,
    ),
    (ReasonCode.CHAIN_UNKNOWN, ""): lambda voice, n, _: voice.plural(
        "Knowing the reporting line would open {n} partner.",
        "Knowing the reporting line would open {n} partners.",
        n,
    ),
    (ReasonCode.LEVEL_GAP, ""): lambda voice, n, _: voice.plural(
        "Lifting the level rule would open {n} partner.", "Lifting the level rule would open {n} partners.", n
    ),
}


def _change(change: Mapping[str, Any], role: Role, voice: Voice) -> Markup | None:
    """The one change that would open most partners; None for one that only the command line names."""
    code, what = str(change["code"]), str(change["what"])
    topic = load_content(voice.locale).topic(what)
    for key in ((code, role), (code, what), (code, "")):
        if key in _CHANGES:
            return _CHANGES[key](voice, int(change["partners"]), topic.name if topic is not None else what)
    return None


RENDERERS: dict[str, Callable[[Any, Voice], Message]] = {"round.card": card}
