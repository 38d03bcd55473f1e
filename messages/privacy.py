"""Words for a person's own data: what is stored and who may see it, the file, and deleting with its receipt."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mentoring.facts import HomeFacts, PairFacts, ProposalFacts
from mentoring.privacy import FILE_HOURS, SHOWN, Privacy
from messages import blocks
from messages.content import load_content
from messages.message import Attachment, Message
from messages.voice import lines, mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeVar

    from mentoring.facts import ExportFacts, Facts, PersonCard
    from mentoring.privacy import BeforeErasure, Erasure, MyData, StoredRow, StoredValue
    from messages.message import Block, View
    from messages.voice import Voice

    Named = TypeVar("Named", Facts, HomeFacts)

ROWS_SHOWN = 8
"""Rows of one table and class that the screen lists; the copy has all."""

LONGEST_VALUE = 300
LONGEST_SECTION = 2_900

TABLES: dict[str, str] = {
    "announcement": mark("An announcement of yours"),
    "audit": mark("Something you did for the program"),
    "check_in": mark("An answer after a session"),
    "concern": mark("A concern you wrote"),
    "draft": mark("A form you have not sent"),
    "feedback": mark("What you wrote about a session"),
    "pair": mark("A pair of yours"),
    "participant": mark("Your part in the program"),
    "person": mark("You"),
    "proposal": mark("A pair that was proposed to you"),
    "rating": mark("Where you stand on a topic"),
    "role_holder": mark("A role you were named for"),
    "session": mark("A session of your pair"),
    "skill": mark("A topic of yours"),
    "task": mark("Something coordinators look after for you"),
}
"""What a row of each table is called."""

COLUMNS: dict[str, str] = {
    "about": mark("about"),
    "act": mark("what"),
    "actor_id": mark("done by"),
    "agreed_at": mark("agreed on"),
    "answered_at": mark("answered on"),
    "at": mark("when"),
    "audience": mark("audience"),
    "away_from": mark("away from"),
    "away_until": mark("away until"),
    "body": mark("text"),
    "booker": mark("books for you"),
    "booking_link": mark("booking page"),
    "cancelled_by": mark("called off by"),
    "chain_known": mark("reporting line known"),
    "consented_at": mark("agreed to take part on"),
    "country": mark("country"),
    "department": mark("department"),
    "do_not_pair_sealed": mark("not to be paired with"),
    "due_on": mark("due on"),
    "email": mark("e-mail"),
    "end_asked_by": mark("you asked for its end"),
    "ended_at": mark("ended on"),
    "ends_on": mark("ends on"),
    "facts": mark("why you two"),
    "fewer": mark("fewer messages wanted"),
    "goals": mark("goals"),
    "hours_a_month": mark("hours a month"),
    "in_the_name_of": mark("in the name of"),
    "interests": mark("interests"),
    "introduced_at": mark("introduced on"),
    "joined_at": mark("joined on"),
    "kind": mark("kind"),
    "languages": mark("languages"),
    "learned_sealed": mark("what you learned"),
    "left_at": mark("left on"),
    "level": mark("how far decisions reach"),
    "locale": mark("language"),
    "manager_person_id": mark("reports to"),
    "mentee_answer": mark("your answer"),
    "mentee_answered_at": mark("answered on"),
    "mentee_asked_at": mark("asked on"),
    "mentee_capacity": mark("places for mentors"),
    "mentee_trial": mark("your answer after the trial"),
    "mentor_answer": mark("your answer"),
    "mentor_answered_at": mark("answered on"),
    "mentor_asked_at": mark("asked on"),
    "mentor_capacity": mark("places for mentees"),
    "mentor_trial": mark("your answer after the trial"),
    "met": mark("took place"),
    "minutes": mark("minutes"),
    "moment": mark("measured"),
    "moves": mark("times moved"),
    "name": mark("name"),
    "number": mark("number"),
    "off_limits_sealed": mark("topics left out"),
    "opened_at": mark("opened on"),
    "outcome": mark("outcome"),
    "paused_until": mark("paused until"),
    "rated_at": mark("rated on"),
    "rating": mark("rating"),
    "readers": mark("who may read it"),
    "reader_id": mark("received by"),
    "reason": mark("reason"),
    "role": mark("role"),
    "sealed": mark("content"),
    "send_at": mark("goes out on"),
    "side": mark("side"),
    "site": mark("site"),
    "slack_user_id": mark("Slack's id"),
    "starts_at": mark("starts at"),
    "state": mark("state"),
    "subdivision": mark("region"),
    "subject": mark("about"),
    "suggested_at": mark("suggested time"),
    "suggested_by": mark("suggested by"),
    "taught_sealed": mark("what you taught"),
    "text_sealed": mark("text"),
    "timezone": mark("time zone"),
    "title": mark("title"),
    "topic_id": mark("topic"),
    "tried_sealed": mark("what you tried"),
    "usefulness": mark("usefulness"),
    "value": mark("rating"),
    "wants_help": mark("help wanted"),
    "window_from": mark("from"),
    "window_until": mark("until"),
    "with_join_button": mark("with a Join button"),
    "work_days": mark("working days, 0 is Monday"),
    "work_end": mark("work ends"),
    "work_start": mark("work starts"),
    "work_style": mark("work style"),
    "writer_id": mark("written by you"),
    "written_at": mark("written on"),
}
"""What a column is called."""

NOT_SAID = frozenset({"audit.actor_id", "concern.writer_id", "task.participant_id"})
"""Columns that only say that a row is the reader's own."""


# ------------------------------------------------------------------ seeing


def data_view(voice: Voice, data: MyData, *, on_its_way: bool = False) -> View:
    """What is stored, by who may see it; the copy and the deletion are one press away."""
    parts: list[Block] = []
    if on_its_way:
        parts.append(
            blocks.section(
                voice.say(
                    "*The file is on its way to you.* It comes as a direct message and is removed from Slack after "
                    "{hours} hours, so please save it. If nothing comes, this app may not send files here; "
                    "your coordinator can ask the operator.",
                    hours=FILE_HOURS,
                )
            )
        )
    parts += [
        blocks.section(voice.say("This is stored about you here, by who may see it.")),
        blocks.actions(
            blocks.button(voice.plain("Send me a copy"), "privacy.export.v1"),
            blocks.button(voice.plain("Delete my data"), "privacy.delete.v1"),
            block_id="own_data",
        ),
    ]
    for privacy in SHOWN:
        found = [
            (row, values)
            for row in data.rows
            if (
                values := [
                    one
                    for one in row.values
                    if one.privacy is privacy and f"{row.table}.{one.column}" not in NOT_SAID
                ]
            )
        ]
        if found:
            parts += [blocks.divider(), blocks.header(_class_title(privacy, voice))]
            parts += [blocks.section(text) for text in _listed(found, voice)]
    if not data.rows:
        parts.append(blocks.section(voice.say("Nothing is stored about you.")))
    parts += [
        blocks.divider(),
        blocks.context(
            voice.say(
                "Left out: ids that only the machine needs, what other people answered, and drafts of rounds. "
                "What was written in Slack stays there by your company's rules."
            )
        ),
    ]
    return blocks.modal(
        voice.plain("My data"), parts, callback_id="privacy.data.v1", close=voice.plain("Close")
    )


def _class_title(privacy: Privacy, voice: Voice) -> str:
    match privacy:
        case Privacy.PARTNER:
            return voice.plain("A partner of yours may see")
        case Privacy.COORDINATOR:
            return voice.plain("Coordinators may see")
        case Privacy.PRIVATE:
            return voice.plain("Yours; others see only totals, or what you chose to show")
        case _:
            return voice.plain("Yours alone; a concern also reaches its contact")


def _listed(found: Sequence[tuple[StoredRow, Sequence[StoredValue]]], voice: Voice) -> Iterator[str]:
    """One text per table: each row a line of its values, the first few rows only."""
    tables = dict.fromkeys(row.table for row, _ in found)
    for table in tables:
        rows = [(row, values) for row, values in found if row.table == table]
        said = [_row(row, values, voice) for row, values in rows[:ROWS_SHOWN]]
        if len(rows) > ROWS_SHOWN:
            said.append(
                voice.plural(
                    "{n} more stands in the copy.", "{n} more stand in the copy.", len(rows) - ROWS_SHOWN
                )
            )
        yield _cut(lines(*said), voice)


def _cut(text: str, voice: Voice) -> str:
    if len(text) <= LONGEST_SECTION:
        return text
    kept: list[str] = []
    for line in text.split("\n"):
        if sum(len(one) + 1 for one in kept) + len(line) > LONGEST_SECTION - 100:
            break
        kept.append(line)
    return "\n".join([*kept, voice.say("The rest stands in the copy.")])


def _row(row: StoredRow, values: Sequence[StoredValue], voice: Voice) -> str:
    said = [
        voice.say("{label}: {value}", label=_label(COLUMNS, one.column, voice), value=_value(one, voice))
        for one in values
    ]
    if row.role is not None and row.partner_id:
        said.insert(0, voice.say("with {partner}", partner=row.partner_id))
    what = voice.say("_{table}_", table=_label(TABLES, row.table, voice))
    return lines(" · ".join([what, *said]))


def _label(labels: dict[str, str], name: str, voice: Voice) -> str:
    """The word for a table or column; a new one is named as the database names it until it has a word."""
    known = labels.get(name)
    return voice.plain(known) if known is not None else name.removesuffix("_sealed").replace("_", " ")


def _value(one: StoredValue, voice: Voice) -> str:
    value = one.value
    if one.column in {"topic_id", "off_limits_sealed", "facts"}:
        value = _topics(value, voice)
    text = _words(value, voice)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def _words(value: Any, voice: Voice) -> str:
    match value:
        case bool():
            return voice.plain("yes") if value else voice.plain("no")
        case list() | tuple():
            return ", ".join(_words(one, voice) for one in value) or "-"
        case dict():
            return ", ".join(_words(one, voice) for one in value.values() if one not in ("", [], None)) or "-"
        case _:
            return str(value) or "-"


def _topics(value: Any, voice: Voice) -> Any:
    """Topic ids by their names."""
    if isinstance(value, dict):
        return {key: _topics(one, voice) for key, one in value.items()}
    if isinstance(value, list):
        return [_topics(one, voice) for one in value]
    topic = load_content(voice.locale).topic(value) if isinstance(value, str) else None
    return topic.name if topic is not None else value


# ------------------------------------------------------------------ the file


def export(facts: ExportFacts, voice: Voice) -> Message:
    """The file itself; its words say what it is and how long it stands."""
    day = facts.now.date().isoformat()
    return Message(
        text=voice.plain(
            "Here is a copy of your data, as you asked. It is removed from Slack after {hours} hours. "
            "Please save it if you want to keep it.",
            hours=FILE_HOURS,
        ),
        attachment=Attachment(
            filename=f"my-data-{day}.json",
            content=json.dumps(facts.document, ensure_ascii=False, indent=2).encode(),
            title=voice.plain("My data, {day}", day=voice.day(facts.now.date())),
            alt_text=voice.plain("A file with all data that are stored about you, as JSON"),
        ),
    )


RENDERERS: dict[str, Callable[[Any, Voice], Message]] = {"privacy.export": export}


# ------------------------------------------------------------------ deleting


def delete_view(voice: Voice, before: BeforeErasure) -> View:
    """What goes, what stays and why; then the one button."""
    goes = lines(
        voice.say("*This goes, within a minute and for good*"),
        voice.say(
            "Your name, e-mail and hours, topics and ratings, answers, everything you wrote, drafts and roles. "
            "You leave the program."
        ),
    )
    if before.pairs:
        goes = lines(
            goes,
            voice.say("Your pair ends on the program's next common date, in the same words as any other."),
        )
    if before.roles:
        goes = lines(
            goes, voice.say("You hold a role in the program. It ends, so please tell who takes over.")
        )
    stays = lines(
        voice.say("*This stays, and why*"),
        voice.say("That a pair and its sessions existed, without your name: they are your partner's, too."),
        voice.say("What a partner of yours wrote and answered: it is theirs."),
        voice.say(
            "Announcements that were posted, and acts for the program, without your name: they are its record."
        ),
        voice.say("Messages in Slack: your company's rules decide. Backups: until they are replaced."),
    )
    return blocks.modal(
        voice.plain("Delete my data"),
        [blocks.section(goes), blocks.section(stays)],
        callback_id="privacy.delete.v1",
        submit=voice.plain("Delete my data"),
        close=voice.plain("Keep my data"),
    )


def receipt_view(voice: Voice, erasure: Erasure) -> View:
    """The receipt of a deletion; nothing else of it is sent anywhere."""
    text = lines(
        voice.say("*Your data are deleted.* {moment}.", moment=voice.moment(erasure.at)),
        voice.say(
            "What stays names nobody: that a pair and its sessions existed, posted announcements, the program's record."
        ),
        voice.say("Messages stay in Slack by your company's rules, backups until they are replaced."),
        voice.say("Nothing more is sent to you. If you press something here again, you start anew."),
        voice.say("Reference of this deletion: {reference}", reference=erasure.reference),
    )
    return blocks.modal(
        voice.plain("Deleted"),
        [blocks.section(text)],
        callback_id="privacy.receipt.v1",
        close=voice.plain("Close"),
    )


# ------------------------------------------------------------------ people whose data are gone


def with_names(facts: Named, voice: Voice) -> Named:
    """The same facts, with words in place of the name of somebody who was erased."""
    someone = voice.plain("your {partner_noun}")

    def named(card: PersonCard) -> PersonCard:
        return card if card.name else replace(card, name=someone)

    match facts:
        case PairFacts():
            return replace(facts, mentor=named(facts.mentor), mentee=named(facts.mentee))
        case ProposalFacts():
            return replace(facts, proposal=replace(facts.proposal, partner=named(facts.proposal.partner)))
        case HomeFacts():
            return replace(
                facts,
                pairs=tuple(replace(pair, partner=named(pair.partner)) for pair in facts.pairs),
                proposals=tuple(replace(card, partner=named(card.partner)) for card in facts.proposals),
            )
        case _:
            return facts
