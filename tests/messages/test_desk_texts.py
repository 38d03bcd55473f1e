"""Announcements, concerns, tasks, people and the footer: valid for Slack, and short enough to be read."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from mentoring.announcements import AnnouncementState, Audience, CannotSend, Report
from mentoring.deliveries import KINDS
from mentoring.facts import AnnouncementCard, AnnouncementFacts, ConcernFacts, ProgramCard, Reader
from mentoring.program import ProgramSettings
from mentoring.tasks import PeoplePage, PersonLine, Standing, TaskCard
from messages import announcements, concerns, footer, tasks
from messages.renderers import render
from messages.validator import check_message, check_view
from messages.voice import Voice
from messages.voices import Voices

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
VOICE = Voice(locale="en-GB", timezone="Europe/Berlin")
PROGRAM = ProgramCard(
    id="p1",
    name="Upward Mentoring",
    goal="",
    settings=ProgramSettings(),
    timezone="Europe/Berlin",
    channel_id="C0000001",
    signup_closes_on=None,
    starts_on=None,
)
READER = Reader(locale="en-GB", timezone="Europe/Berlin", person_id="a1", slack_user_id="U1", name="Cora")
REPORTS = (
    Report(),
    Report(sent=1, waiting=2, held=(("budget", 3), ("paused", 1)), failed=(("unclear", 1), ("odd", 2))),
)


def message_of(kind, facts_class, **more):
    facts = facts_class(delivery_id="d1", kind=kind, now=NOW, reader=READER, program=PROGRAM, refs={}, **more)
    return render(facts, Voices())


def announcement(kind, state=AnnouncementState.DRAFT, audience=Audience.CHANNEL, send_at=None, report=None):
    card = AnnouncementCard(
        id="n1",
        version=3,
        state=state,
        audience=audience,
        title="Upward Mentoring opens today",
        text="Joining is your choice. Sign-up closes on Friday.",
        in_the_name_of="Aisha Bello",
        send_at=send_at,
    )
    return message_of(kind, AnnouncementFacts, announcement=card, report=report)


MESSAGES = [
    *(
        announcement("announcement.preview", state, audience, send_at, report)
        for state, audience, send_at, report in product(
            AnnouncementState, Audience, (None, NOW + DAY), REPORTS
        )
    ),
    *(announcement(kind) for kind in ("announcement.post", "announcement.message")),
    *(
        message_of("concern.waiting", ConcernFacts, waits=waits, is_theirs=theirs)
        for waits, theirs in ((True, True), (False, True), (False, False))
    ),
    announcements.preview_comes(VOICE),
    *(announcements.refused(VOICE, reason) for reason in CannotSend),
]
TASKS = [
    TaskCard(f"t{number}", kind, names, date(2026, 9, 9), overdue)
    for number, (kind, names, overdue) in enumerate(
        [
            ("help", ("Mara Lind",), False),
            ("trial_without_chat", ("Mara Lind", "Tom Berg"), True),
            ("odd", (), False),
        ]
        * 10
    )
]
LINES = tuple(
    PersonLine("Mara Lind", mentors, mentored, standing, until)
    for mentors, mentored, standing, until in product(
        (True, False), (True, False), Standing, (None, date(2026, 9, 30))
    )
)
VIEWS = [
    announcements.form(VOICE, PROGRAM, sponsor="Aisha Bello"),
    concerns.form(VOICE, contact="Cleo Park", deputy="Dan Roth"),
    concerns.form(VOICE, contact="Cleo Park", deputy=""),
    concerns.form(VOICE, contact="", deputy=""),
    concerns.receipt(VOICE, "Cleo Park"),
    concerns.opened(
        VOICE, concern_id="c1", writer="Mara", text="\U0001f331" * 3000, about=["Tom"], written_at=NOW
    ),
    concerns.closed(VOICE),
    *(footer.why(VOICE, kind, counted=counted) for kind in KINDS for counted in (True, False)),
    *(footer.fewer(VOICE, fewer=fewer) for fewer in (True, False)),
    tasks.task_list(VOICE, []),
    tasks.task_list(VOICE, TASKS),
    tasks.outcome_form(VOICE, TASKS[0]),
    tasks.people_list(VOICE, PeoplePage((), 1, 1, 0)),
    tasks.people_list(VOICE, PeoplePage(LINES, 2, 3, 60)),
]


def words_in(blocks):
    """Every text a person reads in a block, whatever its depth; labels of buttons apart."""
    if isinstance(blocks, dict):
        if blocks.get("type") in {"mrkdwn", "plain_text"}:
            yield str(blocks["text"])
        else:
            for value in blocks.values():
                yield from words_in(value)
    elif isinstance(blocks, list | tuple):
        for one in blocks:
            yield from words_in(one)


def buttons_in(blocks):
    for block in blocks:
        elements = [*block.get("elements", ()), *([block["accessory"]] if "accessory" in block else ())]
        yield from (one for one in elements if one.get("type") == "button")


def check_texts(blocks):
    for text in words_in(list(blocks)):
        for sentence in re.split(r"[.?!]\s|\n", text):
            assert len(sentence.split()) <= 25, sentence
        assert "!" not in text
    assert all(len(button["text"]["text"]) <= 30 for button in buttons_in(blocks))


@pytest.mark.parametrize("message", MESSAGES)
def test_messages_are_valid_and_short(message):
    assert check_message({"channel": "D0000001", **message.payload()}) == []
    assert 0 < len(message.text) <= 300
    check_texts(message.blocks)
    labels = [button["text"]["text"] for button in buttons_in(message.blocks)]
    assert len(labels) == len(set(labels)) <= 4


@pytest.mark.parametrize("view", VIEWS)
def test_windows_are_valid_and_short(view):
    assert check_view(view, "modal") == []
    check_texts(view["blocks"])


@pytest.mark.practice("P37")
def test_what_a_contact_is_sent_says_nothing_of_writer_or_text():
    fields = set(ConcernFacts.__dataclass_fields__) - set(AnnouncementFacts.__mro__[1].__dataclass_fields__)
    assert fields == {"waits", "is_theirs"}
