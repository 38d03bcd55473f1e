"""Words for announcements: the text as everybody sees it, the preview around it, its report, and the form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mentoring.announcements import (
    CHANGEABLE,
    MAX_NAME,
    MAX_TEXT,
    MAX_TITLE,
    STOPPABLE,
    AnnouncementState,
    Audience,
    CannotSend,
)
from messages import blocks
from messages.message import Message
from messages.typed_text import typed_sections
from messages.voice import clean, clip, lines, mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from mentoring.announcements import Report
    from mentoring.facts import AnnouncementCard, AnnouncementFacts, ProgramCard
    from messages.message import Block, View
    from messages.voice import Voice

_NOTIFICATION = 280


def announcement(facts: AnnouncementFacts, voice: Voice) -> Message:
    """What its audience gets: title, in whose name, text; with the Join button where everybody reads it."""
    return Message(
        text=clip(_as_text(facts.announcement, voice), _NOTIFICATION),
        blocks=tuple(_as_seen(facts.announcement, voice)),
    )


def _as_text(card: AnnouncementCard, voice: Voice) -> str:
    if card.in_the_name_of:
        return voice.say(
            "{title}. From {name}. {text}", title=card.title, name=card.in_the_name_of, text=card.text
        )
    return voice.say("{title}. {text}", title=card.title, text=card.text)


def _as_seen(card: AnnouncementCard, voice: Voice) -> list[Block]:
    """The same blocks for everybody. The text stands as plain text, so nothing in it can call or link anybody."""
    shown = [blocks.header(blocks.plain(clip(clean(card.title), 150), emoji=False))]
    if card.in_the_name_of:
        shown.append(blocks.context(voice.say("From {name}", name=card.in_the_name_of)))
    shown += typed_sections(card.text)
    if card.audience is Audience.CHANNEL:
        shown.append(
            blocks.actions(
                blocks.button(voice.plain("See how it works and join"), "join.open.v1", style="primary"),
                block_id="join",
            )
        )
    return shown


def preview(facts: AnnouncementFacts, voice: Voice) -> Message:
    """For its author: the announcement as others see it, what happens with it, and its report; one message."""
    card = facts.announcement
    first, rest = _standing(facts, voice)
    return Message(
        text=clip(
            voice.say("Announcement “{title}”: {standing}", title=card.title, standing=first), _NOTIFICATION
        ),
        blocks=(
            blocks.context(voice.say("*Preview, seen by you alone.* This is what others see.")),
            blocks.divider(),
            *_as_seen(card, voice),
            blocks.divider(),
            blocks.section(lines(first, *rest), block_id="standing"),
            *_buttons(facts, voice),
        ),
    )


def _standing(facts: AnnouncementFacts, voice: Voice) -> tuple[str, list[str]]:
    card = facts.announcement
    to = audience_name(voice, card.audience)
    report = _report_lines(voice, facts.report) if facts.report is not None else []
    match card.state:
        case AnnouncementState.SCHEDULED if card.send_at is not None and card.send_at > facts.now:
            return voice.say("Goes out on {moment} to: {to}.", moment=voice.moment(card.send_at), to=to), []
        case AnnouncementState.SCHEDULED | AnnouncementState.SENDING:
            return voice.say("On its way to: {to}.", to=to), report
        case AnnouncementState.SENT:
            return voice.say("Complete. It went to: {to}.", to=to), report
        case AnnouncementState.STOPPED:
            return voice.say("Stopped. Nothing more goes out."), report
        case _ if card.send_at is not None and card.send_at > facts.now:
            return voice.say(
                "Nothing is sent yet. After “Send it” it goes out on {moment} to: {to}.",
                moment=voice.moment(card.send_at),
                to=to,
            ), []
        case _:
            return voice.say("Nothing is sent yet. “Send it” sends it at once to: {to}.", to=to), []


def _report_lines(voice: Voice, report: Report) -> list[str]:
    """Counts and reasons, never names."""
    said: list[str] = [voice.plural("Sent: {n} message.", "Sent: {n} messages.", report.sent)]
    if report.waiting:
        said.append(voice.plural("On its way: {n} message.", "On their way: {n} messages.", report.waiting))
    said += [
        voice.say("Held: {n}, because {reason}.", n=count, reason=_held(voice, reason))
        for reason, count in report.held
    ]
    said += [
        voice.say("Not sent: {n}, because {reason}.", n=count, reason=_failed(voice, reason))
        for reason, count in report.failed
    ]
    return said


def _held(voice: Voice, reason: str) -> str:
    match reason:
        case "paused":
            return voice.say("they pause for now")
        case "budget":
            return voice.say("they had a message this week already")
        case _:
            return voice.say("it is outside their working hours")


_FAILED = {
    "unclear": mark("Slack gave no clear answer; please look in the channel"),
    "unconfirmed": mark("Slack gave no clear answer, and it is not repeated"),
    "stopped": mark("it was stopped"),
    "stale": mark("its time was over"),
    "not_in_channel": mark("I am not in the channel; invite me there and send it again"),
    "channel_not_found": mark("I am not in the channel; invite me there and send it again"),
    "is_archived": mark("the channel is archived"),
    "restricted_action": mark("Slack does not let me post in the channel"),
    "without consent": mark("they have left the program"),
    "unreachable": mark("Slack does not reach them any more"),
    "user_disabled": mark("Slack does not reach them any more"),
    "user_not_found": mark("Slack does not reach them any more"),
}


def _failed(voice: Voice, reason: str) -> str:
    return voice.say(_FAILED.get(reason, mark("of a fault that the operator can look up")))


def _buttons(facts: AnnouncementFacts, voice: Voice) -> list[Block]:
    card = facts.announcement
    value = f"delivery:{facts.delivery_id} version:{card.version}"
    buttons = []
    if card.state is AnnouncementState.DRAFT:
        buttons.append(
            blocks.button(voice.plain("Send it"), "announcement.send.v1", value=value, style="primary")
        )
    if card.state in CHANGEABLE:
        buttons.append(blocks.button(voice.plain("Change it"), "announcement.change.v1", value=value))
    if card.state in STOPPABLE:
        buttons.append(blocks.button(voice.plain("Stop it"), "announcement.stop.v1", value=value))
    report = facts.report
    if (
        card.audience is Audience.CHANNEL
        and card.state is AnnouncementState.SENT
        and report is not None
        and report.failed
    ):
        if any(reason == "unclear" for reason, _ in report.failed):
            buttons.append(blocks.button(voice.plain("It is there"), "announcement.there.v1", value=value))
        buttons.append(blocks.button(voice.plain("Send it again"), "announcement.again.v1", value=value))
    return [blocks.actions(*buttons, block_id="preview")] if buttons else []


def audience_name(voice: Voice, audience: Audience) -> str:
    match audience:
        case Audience.CHANNEL:
            return voice.plain("everybody in the program's channel")
        case Audience.PARTICIPANTS:
            return voice.plain("all who take part")
        case Audience.MENTORS:
            return voice.plain("all {mentors_noun}")
        case Audience.MENTEES:
            return voice.plain("all {mentees_noun}")
        case Audience.WAITING:
            return voice.plain("all who wait for a {partner_noun}")


def form(
    voice: Voice,
    program: ProgramCard,
    *,
    sponsor: str = "",
    card: AnnouncementCard | None = None,
    reference: str = "",
) -> View:
    """The form for a new announcement, or for changing one; sending comes only after the preview."""
    audiences = [one for one in Audience if one is not Audience.CHANNEL or program.channel_id is not None]
    send_at = card.send_at if card is not None else None
    return blocks.modal(
        voice.plain("Announcement"),
        [
            blocks.section(
                voice.say("Nothing is sent from here. First you get a preview, as others will see it.")
            ),
            blocks.input_(
                voice.plain("Title"),
                blocks.plain_text_input(
                    "title", max_length=MAX_TITLE, initial_value=card.title if card is not None else None
                ),
                block_id="title",
            ),
            blocks.input_(
                voice.plain("Text"),
                blocks.plain_text_input(
                    "text",
                    multiline=True,
                    max_length=MAX_TEXT,
                    initial_value=card.text if card is not None else None,
                ),
                block_id="text",
                hint=voice.plain("Plain text. What, for whom, by when; and that joining is a choice."),
            ),
            blocks.input_(
                voice.plain("In whose name"),
                blocks.plain_text_input(
                    "name",
                    max_length=MAX_NAME,
                    initial_value=card.in_the_name_of if card is not None else sponsor or None,
                ),
                block_id="name",
                hint=voice.plain("Shown under the title. They should have agreed to the text."),
                optional=True,
            ),
            blocks.input_(
                voice.plain("Who gets it"),
                blocks.radio_buttons(
                    "audience",
                    [blocks.option(blocks.plain(audience_name(voice, one)), one.value) for one in audiences],
                    initial=card.audience.value if card is not None else audiences[0].value,
                ),
                block_id="audience",
            ),
            blocks.input_(
                voice.plain("Send at"),
                blocks.datetimepicker(
                    "send_at", initial_date_time=int(send_at.timestamp()) if send_at is not None else None
                ),
                block_id="send_at",
                hint=voice.plain("Leave it empty to send at once after the preview."),
                optional=True,
            ),
        ],
        callback_id="announcement.save.v1",
        submit=voice.plain("Show me the preview"),
        close=voice.plain("Close"),
        private_metadata=reference or None,
    )


def needed(voice: Voice) -> str:
    """Under a field that holds only blanks."""
    return voice.plain("Please write something here.")


def in_the_past(voice: Voice) -> str:
    """Under a moment that is over."""
    return voice.plain("This moment is over. Choose a later one, or leave it empty to send at once.")


def preview_comes(voice: Voice) -> Message:
    """After the form."""
    text = voice.say(
        "Your preview comes as a private message in a moment. Nothing is sent before you press “Send it”."
    )
    return Message(text=text, blocks=(blocks.section(text),))


def refused(voice: Voice, reason: CannotSend) -> Message:
    """A press on “Send it” that sends nothing."""
    text = (
        voice.say(
            "The text has changed since this preview. Nothing was sent; please look at the new one first."
        )
        if reason is CannotSend.NOT_SEEN
        else voice.say("This announcement was sent or stopped already. Nothing was changed.")
    )
    return Message(text=text, blocks=(blocks.section(text),))


RENDERERS: dict[str, Callable[[Any, Voice], Message]] = {
    "announcement.preview": preview,
    "announcement.post": announcement,
    "announcement.message": announcement,
}
