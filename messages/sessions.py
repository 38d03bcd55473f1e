"""Words for a session: finding a time, the agreed time, calendars, agenda, reminder, moving and cancelling."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from mentoring.participants import Role
from mentoring.sessions import FIRST_CHAT, SessionState, Unfit
from messages import blocks
from messages.calendar_links import (
    CalendarEntry,
    google_link,
    ics_file,
    ics_name,
    outlook_com_link,
    outlook_link,
)
from messages.content import load_content
from messages.message import Attachment, Message
from messages.voice import lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mentoring.content import SessionPlan
    from mentoring.facts import PersonCard, SessionCard, SessionFacts
    from messages.message import Block, View
    from messages.voice import Voice

_NO_TIME = frozenset({SessionState.WINDOW, SessionState.CANCELLED})


# ------------------------------------------------------------------ pieces other files use


def topic_names(voice: Voice, topic_ids: Sequence[str]) -> str:
    """The names of topics, joined; ids that are no longer in the catalogue are left out."""
    content = load_content(voice.locale)
    found = [content.topic(topic_id) for topic_id in topic_ids]
    return voice.listed([topic.name for topic in found if topic is not None])


def named(voice: Voice, number: int) -> str:
    """What a session is called within a sentence."""
    if number == FIRST_CHAT:
        return voice.plain("your first chat")
    return voice.plain("session {number}", number=number)


def when(facts: SessionFacts, voice: Voice, moment: datetime) -> str:
    """A moment for its readers: in the group DM in both zones, where their clocks differ, each named."""
    if facts.role is not None:
        return voice.moment(moment)
    mentor = replace(voice, timezone=facts.mentor.timezone)
    if mentor.moment(moment, zone=False) == voice.moment(moment, zone=False):
        return voice.moment(moment, zone=False)
    if mentor.local_day(moment) == voice.local_day(moment):
        return voice.plain(
            "{mine} · {theirs}", mine=voice.moment(moment), theirs=mentor.time(moment, zone=True)
        )
    return voice.plain("{mine} · {theirs}", mine=voice.moment(moment), theirs=mentor.moment(moment))


def stamp(moment: datetime) -> int:
    """A moment as buttons and pickers carry it."""
    return int(moment.timestamp())


def _value(facts: SessionFacts, *more: str) -> str:
    return " ".join((f"delivery:{facts.delivery_id}", *more))


def standing(facts: SessionFacts, voice: Voice) -> list[Block]:
    """How it stands with the session's time: options to press, a suggestion, the agreed time, or that it is over."""
    session, what = facts.session, named(voice, facts.session.number)
    if not facts.state.is_going:
        return [blocks.section(voice.say("This pair has come to an end. Nothing is left to plan here."))]
    if session.state is SessionState.SUGGESTED and session.suggested_at is not None:
        other = facts.card((session.suggested_by or Role.MENTEE).other)
        text = voice.say(
            "Suggested for {what}: {time}. {partner} confirms it in the message that follows.",
            what=what,
            time=when(facts, voice, session.suggested_at),
            partner=other.name,
        )
        return [blocks.section(text)]
    if session.state is SessionState.AGREED and session.starts_at is not None:
        text = voice.say(
            "*The time for {what} stands: {time}.*", what=what, time=when(facts, voice, session.starts_at)
        )
        return [blocks.section(text)]
    if session.state is SessionState.PAST:
        return [blocks.section(voice.say("The time for {what} is over.", what=what))]
    return _options(facts, voice)


def _options(facts: SessionFacts, voice: Voice) -> list[Block]:
    parts = []
    if facts.options:
        listed = [
            voice.say("{n}) {time}", n=n, time=when(facts, voice, option))
            for n, option in enumerate(facts.options, start=1)
        ]
        parts.append(blocks.section(lines(voice.say("Times that fit you both:"), *listed)))
    picks = [
        blocks.button(
            voice.plain("Option {n}", n=n),
            f"session.pick_{n}.v1",
            value=_value(facts, f"at:{stamp(option)}"),
            accessibility_label=voice.plain("Suggest option {n}", n=n),
        )
        for n, option in enumerate(facts.options, start=1)
    ]
    picks.append(blocks.button(voice.plain("Another time"), "session.other.v1", value=_value(facts)))
    if facts.mentor.booking_link:
        picks.append(
            blocks.button(voice.plain("Open the booking page"), "link.booking", url=facts.mentor.booking_link)
        )
    parts.append(blocks.actions(*picks, block_id="times"))
    return parts


# ------------------------------------------------------------------ messages in the group DM


def find_time(facts: SessionFacts, voice: Voice) -> Message:
    """The window of a session is open, or has been for a while without a date: times to choose from."""
    what = named(voice, facts.session.number)
    first = voice.say(
        "*Please find a time for {what} by {day}.*",
        what=what,
        day=voice.local_day(facts.session.window_until),
    )
    owner = voice.say(
        "The next step is {mentee}'s; {mentor} confirms.",
        mentee=facts.mentee.name,
        mentor=facts.mentor.name,
    )
    asks = facts.state.is_going and facts.session.state in _NO_TIME
    return Message(
        text=voice.plain(
            "Please find a time for {what} by {day}. The next step is {mentee}'s.",
            what=what,
            day=voice.local_day(facts.session.window_until),
            mentee=facts.mentee.name,
        ),
        blocks=(blocks.section(lines(first, owner) if asks else first), *standing(facts, voice)),
    )


def _minutes(session: SessionCard, voice: Voice) -> str:
    return voice.duration(session.minutes)


def confirm(facts: SessionFacts, voice: Voice) -> Message:
    """A time was suggested: the other side is asked; once confirmed, the time with calendar links."""
    session, what = facts.session, named(voice, facts.session.number)
    if facts.state.is_going and facts.current and session.state is SessionState.AGREED:
        return _agreed(facts, voice)
    if not facts.state.is_going or not facts.current or session.state is not SessionState.SUGGESTED:
        text = (
            voice.say("The time for {what} is over.", what=what)
            if facts.current and session.state is SessionState.PAST
            else voice.say("This suggestion for {what} no longer stands.", what=what)
        )
        return Message(text=text, blocks=(blocks.section(text),))
    by = session.suggested_by or Role.MENTEE
    at = when(facts, voice, session.suggested_at or facts.now)
    asked = voice.say(
        "*{name} suggests {time} for {what}.* {minutes}. {partner}, does it work for you?",
        name=facts.card(by).name,
        time=at,
        what=what,
        minutes=_minutes(session, voice),
        partner=facts.card(by.other).name,
    )
    return Message(
        text=voice.plain(
            "{name} suggests {time} for {what}. {partner}, does it work for you?",
            name=facts.card(by).name,
            time=at,
            what=what,
            partner=facts.card(by.other).name,
        ),
        blocks=(
            blocks.section(lines(asked, _no_longer(facts, voice))),
            blocks.actions(
                blocks.button(
                    voice.plain("Works for me"),
                    "session.confirm.v1",
                    value=_value(facts, f"at:{stamp(session.suggested_at or facts.now)}"),
                    style="primary",
                ),
                blocks.button(voice.plain("Another time"), "session.other.v1", value=_value(facts)),
                block_id="confirm",
            ),
        ),
    )


def _no_longer(facts: SessionFacts, voice: Voice) -> str:
    """The time given up for another: our entries are no invitations, so calendars are changed by hand."""
    before = _moment(facts.refs.get("before"))
    if before is None:
        return ""
    return voice.say(
        "{time} no longer stands. If it is in your calendar, please remove it there.",
        time=when(facts, voice, before),
    )


def _moment(stored: Any) -> datetime | None:
    return datetime.fromisoformat(stored).astimezone(UTC) if isinstance(stored, str) else None


def _agreed(facts: SessionFacts, voice: Voice) -> Message:
    entry = calendar_entry(facts, voice)
    starts_at = facts.session.starts_at or facts.now
    text = voice.say(
        "*Agreed for {what}: {time}.* {minutes}. Put it into your calendar, or use the file that follows.",
        what=named(voice, facts.session.number),
        time=when(facts, voice, starts_at),
        minutes=_minutes(facts.session, voice),
    )
    return Message(
        text=voice.plain(
            "Agreed for {what}: {time}. Links to your calendar are in this message.",
            what=named(voice, facts.session.number),
            time=when(facts, voice, starts_at),
        ),
        blocks=(
            blocks.section(
                lines(text, _no_longer(facts, voice)),
                accessory=blocks.overflow(
                    "session.more.v1",
                    [
                        blocks.option(voice.plain("Move it"), _value(facts, "choice:move")),
                        blocks.option(voice.plain("Cancel it"), _value(facts, "choice:cancel")),
                    ],
                ),
                block_id="agreed",
            ),
            blocks.actions(
                blocks.button(voice.plain("Add to Google"), "link.google", url=google_link(entry)),
                blocks.button(voice.plain("Add to Outlook at work"), "link.outlook", url=outlook_link(entry)),
                blocks.button(
                    voice.plain("Add to Outlook.com"), "link.outlook_com", url=outlook_com_link(entry)
                ),
                block_id="calendars",
            ),
        ),
    )


def calendar_entry(facts: SessionFacts, voice: Voice) -> CalendarEntry:
    """The session as a calendar shows it; the same uid for every version of it."""
    session = facts.session
    start = session.starts_at or facts.now
    what = (
        voice.plain("First chat")
        if session.number == FIRST_CHAT
        else voice.plain("Session {number}", number=session.number)
    )
    program = facts.program.name if facts.program is not None else voice.words.program_noun
    return CalendarEntry(
        uid=f"{session.id}@turnabout",
        title=voice.plain(
            "{what}: {mentor} and {mentee}", what=what, mentor=facts.mentor.name, mentee=facts.mentee.name
        ),
        start=start,
        end=start + timedelta(minutes=session.minutes),
        description=program,
        sequence=session.sequence,
    )


def calendar_file(facts: SessionFacts, voice: Voice) -> Message:
    """The agreed time as a file that any calendar opens."""
    entry = calendar_entry(facts, voice)
    time = when(facts, voice, entry.start)
    return Message(
        text=voice.plain(
            "A calendar file for {what}, {time}. Download and open it to keep the date.",
            what=named(voice, facts.session.number),
            time=time,
        ),
        attachment=Attachment(
            filename=ics_name(entry),
            content=ics_file(entry, facts.now),
            title=entry.title,
            alt_text=voice.plain("Calendar entry: {title}, {time}", title=entry.title, time=time),
        ),
    )


def cancelled(facts: SessionFacts, voice: Voice) -> Message:
    """A time no longer stands: who called it off, or that the program moved it; and how to find another."""
    what = named(voice, facts.session.number)
    before = _moment(facts.refs.get("before"))
    by = facts.refs.get("by")
    time = when(facts, voice, before) if before is not None else ""
    if by == "program":
        first = voice.plain(
            "The program moves {what}. The time on {time} no longer stands.", what=what, time=time
        )
    else:
        first = voice.plain(
            "{name} called off {what} on {time}.", name=facts.card(Role(str(by))).name, what=what, time=time
        )
    remove = voice.say("If it is in your calendar, please remove it there.")
    is_open = facts.state.is_going and facts.session.state is SessionState.CANCELLED
    then: list[Block] = standing(facts, voice) if is_open else []
    return Message(
        text=first, blocks=(blocks.section(lines(voice.say("*{first}*", first=first), remove)), *then)
    )


# ------------------------------------------------------------------ private messages


def _plan(facts: SessionFacts, voice: Voice) -> SessionPlan | None:
    return load_content(voice.locale).session(facts.session.number)


def _moved_on(facts: SessionFacts, voice: Voice) -> Message | None:
    """A private message about a time that no longer stands says so and nothing else."""
    if facts.current and facts.session.state is SessionState.AGREED and facts.state.is_going:
        return None
    if facts.current and facts.session.state is SessionState.PAST:
        text = voice.say("The time for {what} is over.", what=named(voice, facts.session.number))
    else:
        text = voice.say(
            "This time for {what} no longer stands. Your group chat and Home show what does.",
            what=named(voice, facts.session.number),
        )
    return Message(text=text, blocks=(blocks.section(text),))


def agenda(facts: SessionFacts, voice: Voice) -> Message:
    """The agenda card: aim, the reader's own part, the return gift, and one thing to try."""
    gone = _moved_on(facts, voice)
    if gone is not None:
        return gone
    plan = _plan(facts, voice)
    time = voice.moment(facts.session.starts_at or facts.now)
    first = voice.say(
        "*{time}: session {number} with {partner}.*",
        time=time,
        number=facts.session.number,
        partner=facts.partner.name,
    )
    parts = [first]
    if plan is not None:
        own = plan.mentor if facts.role is Role.MENTOR else plan.mentee
        parts.append(voice.say("_{title}._ {aim}.", title=plan.title, aim=plan.aim))
        parts.append(voice.say("Your part: {own}.", own=own))
        if plan.gift and facts.role is Role.MENTEE:
            parts.append(voice.say("Your return gift: {gift}.", gift=plan.gift))
        elif plan.gift:
            parts.append(
                voice.say("{partner} brings a return gift; leave time for it.", partner=facts.partner.name)
            )
    parts.append(voice.say("Close with one thing to try before next time."))
    return Message(
        text=voice.plain(
            "Agenda for session {number} with {partner}, {time}. Nothing to press.",
            number=facts.session.number,
            partner=facts.partner.name,
            time=time,
        ),
        blocks=(blocks.section(lines(*parts)),),
    )


def reminder(facts: SessionFacts, voice: Voice) -> Message:
    """The day before: nothing to press if the plan stands; move and cancel at hand."""
    gone = _moved_on(facts, voice)
    if gone is not None:
        return gone
    plan = _plan(facts, voice)
    time = voice.moment(facts.session.starts_at or facts.now)
    what = named(voice, facts.session.number)
    first = voice.say(
        "*{time}: {what} with {partner}, {minutes}.*",
        time=time,
        what=what,
        partner=facts.partner.name,
        minutes=_minutes(facts.session, voice),
    )
    topic = voice.say("It is about: {title}.", title=plan.title) if plan is not None and plan.number else ""
    return Message(
        text=voice.plain(
            "{time}: {what} with {partner}. Nothing to press if the plan stands.",
            time=time,
            what=what,
            partner=facts.partner.name,
        ),
        blocks=(
            blocks.section(lines(first, topic, voice.say("Nothing to press if the plan stands."))),
            blocks.actions(
                blocks.button(voice.plain("Move it"), "session.other.v1", value=_value(facts)),
                cancel_button(_value(facts), what, voice),
                block_id="session",
            ),
        ),
    )


def cancel_button(value: str, what: str, voice: Voice) -> Block:
    """Calling off asks once, naming what is called off."""
    return blocks.button(
        voice.plain("Cancel it"),
        "session.cancel.v1",
        value=value,
        confirm=blocks.confirm(
            blocks.plain(voice.plain("Cancel {what}?", what=what)),
            blocks.plain(
                voice.plain("Your partner hears it in your group chat. You can find another time at once.")
            ),
            confirm=voice.plain("Cancel {what}", what=what),
            deny=voice.plain("Keep it"),
            style="danger",
        ),
    )


# ------------------------------------------------------------------ forms and short answers


def time_view(
    voice: Voice,
    *,
    reference: str,
    number: int,
    partner: PersonCard,
    partner_hours: tuple[str, str],
    initial: datetime | None,
) -> View:
    """The form for any other time.

    Args:
        voice: the reader's.
        reference: ids of ours, checked when the form comes back.
        number: the session's.
        partner: the other side.
        partner_hours: start and end of the partner's working day, as `09:00`.
        initial: what the picker shows at first.
    """
    start, end = partner_hours
    return blocks.modal(
        voice.plain("Suggest a time"),
        [
            blocks.section(
                voice.say(
                    "Suggest a time for {what}. {partner} is asked whether it works; nothing is fixed before.",
                    what=named(voice, number),
                    partner=partner.name,
                )
            ),
            blocks.input_(
                voice.plain("Date and time"),
                blocks.datetimepicker(
                    "moment", initial_date_time=stamp(initial) if initial is not None else None
                ),
                block_id="moment",
                hint=voice.plain(
                    "It has to lie in the working hours of both. {partner} works {start} to {end}, {zone}.",
                    partner=partner.name,
                    start=start,
                    end=end,
                    zone=replace(voice, timezone=partner.timezone).zone_name(),
                ),
            ),
        ],
        callback_id="session.time.v1",
        submit=voice.plain("Suggest this time"),
        close=voice.plain("Close"),
        private_metadata=reference,
    )


def cancel_view(
    voice: Voice, *, reference: str, number: int, partner: PersonCard, starts_at: datetime
) -> View:
    """Calling off from the menu of an agreed session."""
    return blocks.modal(
        voice.plain("Cancel a session"),
        [
            blocks.section(
                voice.say(
                    "Call off {what} with {partner} on {time}? It is said in your group chat. "
                    "You can find another time there.",
                    what=named(voice, number),
                    partner=partner.name,
                    time=voice.moment(starts_at),
                )
            )
        ],
        callback_id="session.cancel.v1",
        submit=voice.plain("Cancel the session"),
        close=voice.plain("Keep it"),
        private_metadata=reference,
    )


def refused(voice: Voice, reason: Unfit | None) -> str:
    """Why a time was not taken, and what to do, for a field of a form or a short answer."""
    match reason:
        case Unfit.PASSED:
            return voice.plain("This time is over or too close. Please choose a later one.")
        case Unfit.OUTSIDE_HOURS | Unfit.TOO_EARLY:
            return voice.plain("This time does not fit the calendars of both. Please choose another one.")
        case _:
            return voice.plain("Nothing was changed: there is no time to find here any more.")


def answer(text: str) -> Message:
    """A short answer to a press."""
    return Message(text=text, blocks=(blocks.section(lines(text)),))


def not_yours_to_confirm(voice: Voice) -> Message:
    """Somebody pressed on their own suggestion, or on one that was replaced."""
    return answer(
        voice.plain(
            "Nothing was changed. A time is confirmed by the one who did not suggest it, while it stands."
        )
    )


RENDERERS: dict[str, Callable[[Any, Voice], Message]] = {
    "session.time": find_time,
    "session.nudge": find_time,
    "trial.nudge": find_time,
    "session.confirm": confirm,
    "session.cancelled": cancelled,
    "session.calendar_file": calendar_file,
    "session.agenda": agenda,
    "session.reminder": reminder,
}
