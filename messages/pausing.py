"""Words for where somebody stands, and for pausing, resuming, asking for another partner and leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mentoring.check_ins import Answers, CheckInStage, stage
from mentoring.participants import NamedRole, ParticipantState, Role
from mentoring.pausing import Misread
from mentoring.proposals import ProposalView
from mentoring.sessions import SessionState
from messages import blocks
from messages.message import Message
from messages.sessions import named
from messages.voice import lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from mentoring.facts import HomeFacts, PairHome, PersonFacts
    from messages.message import Block, View
    from messages.voice import Voice

LONGEST_LABEL = 30


# ------------------------------------------------------------------ where somebody stands


def status(facts: HomeFacts, voice: Voice) -> Message:
    """Part in the program, pairs, next sessions, and what waits for an answer; to its reader alone."""
    first = _standing(facts, voice)
    parts: list[str] = [voice.say("*{first}*", first=first)]
    parts += [_role_line(role, voice) for role in facts.roles]
    if _takes_part(facts):
        parts += [_pair_line(pair, voice) for pair in facts.pairs]
        if not facts.pairs and facts.state is ParticipantState.ACTIVE:
            parts.append(voice.say("You have no pair yet. I write when there is a possible {partner_noun}."))
    asked = _asked(facts, voice)
    if asked:
        parts.append(voice.say("*Waiting for your answer*"))
        parts += asked
        parts.append(voice.say("You find the buttons on the Home tab of this app."))
    elif _takes_part(facts):
        parts.append(voice.say("Nothing waits for an answer of yours."))
    return Message(text=first, blocks=(blocks.section(lines(*parts)),))


def _takes_part(facts: HomeFacts) -> bool:
    return facts.state in {ParticipantState.ACTIVE, ParticipantState.PAUSED}


def _standing(facts: HomeFacts, voice: Voice) -> str:
    if facts.program is None:
        return voice.plain("There is no {program_noun} in this workspace yet.")
    name = facts.program.name or voice.words.program_noun
    if not _takes_part(facts):
        return voice.plain("You do not take part in {program}.", program=name)
    if facts.state is ParticipantState.PAUSED and facts.paused_until is not None:
        return voice.plain(
            "Your part in {program} is paused until {day}.", program=name, day=voice.day(facts.paused_until)
        )
    match facts.role:
        case Role.MENTOR:
            return voice.plain("You take part in {program} as {mentor_noun}.", program=name)
        case Role.MENTEE:
            return voice.plain("You take part in {program} as {mentee_noun}.", program=name)
        case _:
            return voice.plain("You take part in {program}.", program=name)


def _role_line(role: NamedRole, voice: Voice) -> str:
    match role:
        case NamedRole.COORDINATOR:
            return voice.say("You coordinate the program.")
        case NamedRole.SPONSOR:
            return voice.say("You are the program's sponsor.")
        case NamedRole.CONCERN_CONTACT:
            return voice.say("Concerns come to you.")
        case NamedRole.DEPUTY:
            return voice.say("Concerns come to you when the contact cannot take them.")


def _pair_line(pair: PairHome, voice: Voice) -> str:
    partner, session = pair.partner.name, pair.next_session
    if pair.ends_on is not None:
        return voice.say(
            "With {partner}: ends on {day}, as you asked.", partner=partner, day=voice.day(pair.ends_on)
        )
    if session is None:
        return voice.say("With {partner}: no session is planned right now.", partner=partner)
    what = named(voice, session.number)
    if session.state is SessionState.AGREED and session.starts_at is not None:
        return voice.say(
            "With {partner}: {what}, {time}.",
            partner=partner,
            what=what,
            time=voice.moment(session.starts_at),
        )
    if session.state is SessionState.SUGGESTED and session.suggested_at is not None:
        return voice.say(
            "With {partner}: {what}, suggested for {time}.",
            partner=partner,
            what=what,
            time=voice.moment(session.suggested_at),
        )
    return voice.say(
        "With {partner}: {what}, by {day}, no time yet.",
        partner=partner,
        what=what,
        day=voice.local_day(session.window_until),
    )


def _asked(facts: HomeFacts, voice: Voice) -> list[str]:
    """What waits for this person's answer, one line each."""
    asked: list[str] = [
        voice.say(
            "A possible {partner_noun}, {name}: please answer by {day}.",
            name=card.partner.name,
            day=voice.local_day(card.answer_by),
        )
        for card in facts.proposals
        if card.view is ProposalView.ASKED
    ]
    for pair in facts.pairs:
        partner = pair.partner.name
        if pair.asks_trial:
            asked.append(voice.say("How would you like to go on with {partner}?", partner=partner))
        if pair.check_in is not None:
            card, session = pair.check_in
            what = named(voice, session.number)
            if stage(Answers(card.met, card.usefulness)) is CheckInStage.MET:
                asked.append(voice.say("Did {what} with {partner} take place?", what=what, partner=partner))
            else:
                asked.append(voice.say("How useful was {what} with {partner}?", what=what, partner=partner))
        if _waits_for_a_time(pair):
            asked.append(voice.say("A time for your next session with {partner}.", partner=partner))
    asked += [voice.say("Whether you take on a role that you were named for.")] * bool(facts.roles_offered)
    return asked


def _waits_for_a_time(pair: PairHome) -> bool:
    """The other side suggested a time, or none is found and the next step is this side's (the mentee's)."""
    session = pair.next_session
    if session is None or pair.ends_on is not None:
        return False
    if session.state is SessionState.SUGGESTED:
        return session.suggested_by is not pair.role
    return session.state in {SessionState.WINDOW, SessionState.CANCELLED} and pair.role is Role.MENTEE


# ------------------------------------------------------------------ pausing


def pause_view(
    voice: Voice, *, until: date | None, tomorrow: date, problem: Misread | None = None, reference: str = ""
) -> View:
    """How long: two lengths of one tap each, or a date."""
    parts: list[Block] = []
    if problem is not None:
        parts.append(blocks.section(_problem(problem, voice)))
    if until is not None:
        parts.append(
            blocks.section(
                voice.say("*You are paused until {day}.* You can change it.", day=voice.day(until))
            )
        )
    parts += [
        blocks.section(
            lines(
                voice.say("*How long would you like quiet?*"),
                voice.say(
                    "Nothing is sent to you until then, and you are not matched. "
                    "Your pairs stand, and no partner is told. The pause ends by itself."
                ),
            )
        ),
        blocks.actions(
            blocks.button(voice.plain("Pause for 2 weeks"), "pause.weeks.v1", value="pick:2w"),
            blocks.button(voice.plain("Pause for 1 month"), "pause.month.v1", value="pick:1m"),
            blocks.datepicker(
                "pause.date.v1",
                placeholder=voice.plain("Pause until a date"),
                initial_date=tomorrow.isoformat() if problem is not None else None,
            ),
            block_id="length",
        ),
    ]
    return blocks.modal(
        voice.plain("Pause for a while"),
        parts,
        callback_id="pause.v1",
        close=voice.plain("Close"),
        private_metadata=reference or None,
    )


def _problem(problem: Misread, voice: Voice) -> str:
    match problem:
        case Misread.UNCLEAR:
            return voice.say(
                "I did not understand how long. Nothing was changed. Please choose here, "
                "or type it as in `{command} pause 3 weeks` or `{command} pause 2026-12-01`."
            )
        case Misread.NOT_AHEAD:
            return voice.say("That day is not ahead. Nothing was changed. Please choose a day after today.")
        case Misread.TOO_LONG:
            return voice.say(
                "That is more than a year away. Nothing was changed. Please choose a day within a year. "
                "You can also leave and join again on any day."
            )


def paused_view(voice: Voice, until: date, planned: Sequence[PairHome] = (), *, reference: str = "") -> View:
    """The receipt: until when, how it ends, and which agreed sessions lie in it."""
    parts = [
        voice.say("*You are paused until {day}.*", day=voice.day(until)),
        voice.say(
            "Nothing is sent to you until then. What waits and is still useful comes afterwards. "
            "The pause ends by itself, with one message."
        ),
        *(_planned(pair, voice) for pair in planned),
    ]
    if planned:
        parts.append(voice.say("These times stand. You can move or cancel them on the Home tab."))
    return blocks.modal(
        voice.plain("Paused"),
        [
            blocks.section(lines(*parts)),
            blocks.actions(
                blocks.button(voice.plain("End the pause now"), "pause.resume.v1"), block_id="paused"
            ),
        ],
        callback_id="paused.v1",
        close=voice.plain("Close"),
        private_metadata=reference or None,
    )


def _planned(pair: PairHome, voice: Voice) -> str:
    session = pair.next_session
    if session is None or session.starts_at is None:
        return ""
    return voice.say(
        "{what} with {partner}: {time}.",
        what=named(voice, session.number),
        partner=pair.partner.name,
        time=voice.moment(session.starts_at),
    )


def resumed(voice: Voice) -> Message:
    return _note(voice.say("*Your pause is over.* You can be matched again, and your pairs go on."))


def not_paused(voice: Voice) -> Message:
    return _note(voice.say("You are not paused, so nothing was changed."))


def pause_over(facts: PersonFacts, voice: Voice) -> Message:
    """The one notice with which a pause ends by itself."""
    first = voice.say("*Your pause is over since today.*")
    rest = voice.say("You can be matched again, and your pairs go on. Nothing to press.")
    return Message(
        text=voice.plain("Your pause is over since today. Nothing to press."),
        blocks=(
            blocks.section(lines(first, rest)),
            blocks.actions(
                blocks.button(
                    voice.plain("Pause once more"), "pause.open.v1", value=f"delivery:{facts.delivery_id}"
                ),
                block_id="pause_over",
            ),
        ),
    )


# ------------------------------------------------------------------ another partner


def swap_view(voice: Voice, pairs: Sequence[PairHome], *, reference: str = "") -> View:
    """Each pair with one button that ends it; no reason is asked."""
    going = [pair for pair in pairs if pair.ends_on is None]
    parts: list[Block] = []
    if not going:
        parts.append(
            blocks.section(
                voice.say(
                    "You have no pair that you could change right now. Nothing was changed. "
                    "`{command} status` shows where you stand."
                )
            )
        )
    else:
        parts.append(
            blocks.section(
                voice.say(
                    "The pair ends on the program's next common date, in the same words for both. "
                    "No reason is asked, and nobody learns who asked, though a partner may guess. "
                    "Both of you come first in the next round."
                )
            )
        )
    for number, pair in enumerate(going):
        label = (
            voice.plain("Ask for a new partner")
            if len(going) == 1
            else voice.plain("End the pair with {partner}", partner=pair.partner.name)
        )
        parts += [
            blocks.section(voice.say("*With {partner}*", partner=pair.partner.name)),
            blocks.actions(
                blocks.button(
                    _shortened(label),
                    "swap.pair.v1",
                    value=f"pair:{pair.pair_id}",
                    accessibility_label=label[:75] if len(label) > LONGEST_LABEL else None,
                ),
                block_id=f"swap_{number}",
            ),
        ]
    return blocks.modal(
        voice.plain("Ask for a new partner"),
        parts,
        callback_id="swap.v1",
        close=voice.plain("Close"),
        private_metadata=reference or None,
    )


def _shortened(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1].rstrip() + "…"


def swapped_view(voice: Voice, partner: str, ends_on: date) -> View:
    text = voice.say(
        "*Saved: you asked for a new {partner_noun}.* Your pair with {partner} ends on {day}. "
        "Both of you get the same words then. You are among the first in the next round.",
        partner=partner,
        day=voice.day(ends_on),
    )
    return _done(voice, voice.plain("Saved"), text)


# ------------------------------------------------------------------ leaving


def leave_view(voice: Voice, program: str, pairs: Sequence[PairHome], *, reference: str = "") -> View:
    """What leaving does, and the one button that does it."""
    parts = [
        voice.say("*You are about to leave {program}.*", program=program),
        voice.say("It takes effect at once. No reason is asked, and you can join again on any day."),
    ]
    if pairs:
        names = voice.listed([pair.partner.name for pair in pairs])
        parts.append(
            voice.say(
                "Your pair with {names} ends on the program's next common date, in neutral words. "
                "Your partner is not told that you left.",
                names=names,
            )
        )
    parts.append(
        voice.say("Your data stay until you delete them: `{command} privacy` does that, before or after.")
    )
    return blocks.modal(
        voice.plain("Leave the program"),
        [blocks.section(lines(*parts))],
        callback_id="leave.v1",
        submit=voice.plain("Leave the program"),
        close=voice.plain("Stay"),
        private_metadata=reference or None,
    )


def left_view(voice: Voice, program: str, planned: Sequence[PairHome] = ()) -> View:
    """The receipt: it took effect, what to take out of the calendar, and the way back."""
    parts: list[str] = [
        voice.say("*You have left {program}.*", program=program),
        voice.say("Nothing more is sent to you as a participant."),
    ]
    if planned:
        parts.append(voice.say("Please remove these from your calendar:"))
        parts += [_planned(pair, voice) for pair in planned]
    parts.append(voice.say("You can join again on any day with `{command} join`."))
    return blocks.modal(
        voice.plain("You have left"),
        [
            blocks.section(lines(*parts)),
            blocks.actions(
                blocks.button(voice.plain("See or delete my data"), "privacy.open.v1"), block_id="left"
            ),
        ],
        callback_id="left.v1",
        close=voice.plain("Close"),
    )


def _note(text: str) -> Message:
    return Message(text=text, blocks=(blocks.section(text),))


def _done(voice: Voice, title: str, text: str) -> View:
    return blocks.modal(title, [blocks.section(text)], callback_id="done.v1", close=voice.plain("Close"))


RENDERERS: dict[str, Callable[[Any, Voice], Message]] = {"pause.over": pause_over}


# ------------------------------------------------------------------ Home


def home_now(facts: HomeFacts, voice: Voice) -> list[Block]:
    """The card of somebody who is paused: until when, and how to end it."""
    until = voice.day(facts.paused_until) if facts.paused_until is not None else ""
    return [
        blocks.section(
            lines(
                voice.say("*You are paused until {day}.*", day=until),
                voice.say("Nothing is sent to you until then. The pause ends by itself."),
            )
        ),
        blocks.actions(blocks.button(voice.plain("End the pause now"), "pause.resume.v1"), block_id="now"),
    ]


def home_parts(facts: HomeFacts, voice: Voice) -> list[Block]:
    """Pause, another partner, leave, my data: each two taps from here, for whoever may."""
    if facts.program is None:
        return []
    data = blocks.button(voice.plain("See or delete my data"), "privacy.open.v1")
    if not _takes_part(facts):
        return [blocks.divider(), blocks.actions(data, block_id="own")]
    paused = facts.state is ParticipantState.PAUSED
    pause = blocks.button(
        voice.plain("Change my pause") if paused else voice.plain("Pause for a while"), "pause.open.v1"
    )
    swap = blocks.button(voice.plain("Ask for a new partner"), "swap.open.v1")
    leave = blocks.button(voice.plain("Leave the program"), "leave.open.v1")
    can_swap = any(pair.ends_on is None for pair in facts.pairs)
    return [
        blocks.divider(),
        blocks.section(voice.say("*Yours to decide, on any day.* Nobody asks for a reason.")),
        blocks.actions(pause, *([swap] if can_swap else []), leave, data, block_id="own"),
    ]
