"""A pair from introduction to its end, played through the sandbox on both engines."""

from __future__ import annotations

import json
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from mentoring.sessions import Held, held
from mentoring.trials import EndCause, PairState
from sandbox.errors import NotOnScreenError
from tests.kit import World, played
from tests.pairing import BUDGETS, VIDEO, Joining, accepted, enrol, open_program
from usecases.pairs import end_pair, introduce_pair

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.people import Someone
    from sandbox.workspace import Message

MONDAY = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
LONGEST = {"introduction": 150}
REQUEST = 60


@dataclass
class Story:
    """The played world and the pair in it: Mara mentors, Tom is mentored."""

    world: World
    pair_id: str
    mara: Someone
    tom: Someone

    @property
    def group(self) -> str:
        return self.mara.group_dms()[0].name

    def heard(self) -> list[Message]:
        return self.tom.messages(self.group)

    async def act(self, who: Someone, label: str, **more: object) -> None:
        await who.presses(label, **more)
        await self.soon()

    async def soon(self) -> None:
        """A minute goes by, which the pace of sending asks for."""
        await self.world.advance(minutes=1)

    async def meet(self, option: str = "Option 1") -> None:
        """Tom suggests, Mara confirms."""
        await self.act(self.tom, option)
        await self.act(self.mara, "Works for me")

    async def agree(self) -> None:
        """A first chat, and both go on."""
        await self.meet()
        await self.world.advance(days=3)
        await self.act(self.tom, "Go on together", within="directmessage")
        await self.act(self.mara, "Go on together", within="directmessage")

    async def row(self):
        async with self.world.bot.storage.read() as uow:
            return await uow.pairs.get(self.pair_id)

    async def session(self, number: int):
        async with self.world.bot.storage.read() as uow:
            return await uow.sessions.find_numbered(self.pair_id, number)


@asynccontextmanager
async def introduced(
    database_url: str,
    *,
    rating: int = 2,
    zones: tuple[str, str] = ("Europe/Berlin", "Europe/Berlin"),
    link: str = "",
) -> AsyncIterator[Story]:
    async with played(database_url, now=MONDAY) as world:
        mara = world.slack.people.add("mara", "Mara Lind", tz=zones[0], locale="en-GB")
        tom = world.slack.people.add("tom", "Tom Berg", tz=zones[1], locale="en-GB")
        async with world.bot.storage.write() as uow:
            program = await open_program(uow, world.bot.workspace_id, world.now)
            mentor = await enrol(
                uow,
                program,
                Joining(mara.id, "Mara Lind", zones[0], 1, (VIDEO,), (BUDGETS,), rating, link),
                world.now,
            )
            mentee = await enrol(
                uow,
                program,
                Joining(tom.id, "Tom Berg", zones[1], 4, (BUDGETS,), (VIDEO,), rating),
                world.now,
            )
            proposal = await accepted(uow, program, mentor, mentee, world.now)
            pair = await introduce_pair(uow, program, proposal, world.now)
            pair_id = pair.id
        await world.settle()
        yield Story(world, pair_id, mara, tom)


def words_of(message: Message) -> str:
    """What a message says, buttons left out: its blocks, else its text."""
    blocks = json.loads(message.blocks_json)
    said = [block["text"]["text"] for block in blocks if block["type"] in {"section", "header"}]
    return "\n".join(text for text in said if not text.startswith("_Why this"))


def assert_well_worded(message: Message, limit: int) -> None:
    words = words_of(message) or message.text
    assert len(words.split()) <= limit, words
    assert 0 < len(message.text) <= 300
    assert "!" not in words
    sentences = [one for one in re.split(r"[.?:]\s|\n", words) if one.strip()]
    assert max(len(one.split()) for one in sentences) <= 25, words
    assert sum(len(one.split()) for one in sentences) / len(sentences) <= 15
    for banned in ("junior", "senior", "reverse", "young"):
        assert banned not in words.lower()


@pytest.mark.practice("P24", "P29", "P32", "P36")
async def test_an_introduction_asks_for_the_first_chat_alone_and_two_presses_agree_on_it(database_url):
    async with introduced(database_url) as story:
        (intro,) = story.heard()
        assert_well_worded(intro, LONGEST["introduction"])
        words = words_of(intro)
        assert "Mara Lind, Product · gives: Short video · gets: How budgets are decided" in words
        assert "Tom Berg, Product · gives: How budgets are decided · gets: Short video" in words
        assert "this bot cannot read this chat" in words
        assert "one chat of 25 minutes" in words
        assert "The next step is Tom Berg's" in words
        assert story.tom.buttons(within=story.group) == ["Option 1", "Option 2", "Option 3", "Another time"]
        story.tom.counts_anew()
        story.mara.counts_anew()
        await story.act(story.tom, "Option 1")
        story.mara.sees("Mara Lind, does it work for you?")
        await story.act(story.tom, "Works for me")  # one's own suggestion is not one's own to confirm
        assert (await story.session(0)).starts_at is None
        await story.act(story.mara, "Works for me")
        assert (story.tom.taps, story.mara.taps, story.mara.screens) == (2, 1, 0)
        story.tom.sees("Agreed for your first chat: Tuesday 8 September")
        assert story.tom.buttons(within="Agreed for your first chat") == [
            "Move it", "Cancel it", "Add to Google", "Add to Outlook at work", "Add to Outlook.com",
        ]  # fmt: skip
        story.tom.sees("First chat: Mara Lind and Tom Berg")
        for message in story.heard():
            assert_well_worded(message, 150 if message is intro else REQUEST)


@pytest.mark.practice("P29")
async def test_times_are_named_in_both_zones_and_lie_in_the_hours_of_both(database_url):
    async with introduced(database_url, zones=("Europe/Berlin", "Asia/Kolkata")) as story:
        words = words_of(story.heard()[0])
        assert re.search(
            r"1\) \w+ 8 September, \d\d:\d\d \(Kolkata time\) · \d\d:\d\d \(Berlin time\)", words
        ), words
        await story.act(story.tom, "Another time")
        assert story.tom.modal is not None
        story.tom.sees("Mara Lind works 09:00 to 17:00, Berlin time.")
        await story.tom.picks("Date and time", datetime(2026, 9, 9, 14, 0, tzinfo=UTC))
        await story.tom.submits()
        story.tom.sees("This time does not fit the calendars of both.")
        await story.tom.picks("Date and time", datetime(2026, 9, 9, 8, 0, tzinfo=UTC))
        await story.tom.submits()
        await story.soon()
        story.mara.sees("Tom Berg suggests Wednesday 9 September, 13:30 (Kolkata time) · 10:00 (Berlin time)")
        await story.act(story.mara, "Works for me")
        await story.world.advance(days=1)
        story.tom.sees("Wednesday 9 September, 13:30 (Kolkata time): your first chat with Mara Lind")
        story.mara.sees("Wednesday 9 September, 10:00 (Berlin time): your first chat with Tom Berg")


async def test_a_booking_page_stands_beside_the_times(database_url):
    async with introduced(database_url, link="https://book.example.com/mara") as story:
        assert "Open the booking page" in story.tom.buttons(within=story.group)
        await story.tom.presses("Open the booking page")


async def test_either_side_moves_or_cancels_and_the_other_hears_in_the_group_chat(database_url):
    async with introduced(database_url) as story:
        await story.meet()
        await story.act(story.mara, "Move it", within="Agreed for your first chat")
        await story.mara.picks("Date and time", datetime(2026, 9, 10, 9, 0, tzinfo=UTC))
        await story.mara.submits()
        await story.soon()
        story.tom.sees("Mara Lind suggests Thursday 10 September, 11:00 for your first chat")
        story.tom.sees(
            "Tuesday 8 September, 11:30 no longer stands. If it is in your calendar, please remove it there."
        )
        await story.act(story.tom, "Works for me")
        session = await story.session(0)
        assert (session.moves, session.calendar_sequence) == (1, 1)
        await story.act(story.tom, "Cancel it", within="Agreed for your first chat")
        await story.tom.presses("Cancel the session")
        await story.soon()
        story.mara.sees("Tom Berg called off your first chat on Thursday 10 September, 11:00.")
        await story.act(story.mara, "Option 1")
        await story.act(story.tom, "Works for me")
        assert (await story.session(0)).calendar_sequence == 2
        for message in story.heard()[1:]:
            assert_well_worded(message, REQUEST)


@pytest.mark.practice("P4")
async def test_both_continue_and_the_agreement_stands_with_its_missing_ratings_asked_in_one_form(
    database_url,
):
    async with introduced(database_url, rating=0) as story:
        await story.meet()
        await story.world.advance(days=3)
        story.tom.sees("How would you like to go on with Mara Lind?")
        await story.act(story.tom, "Go on together", within="directmessage")
        story.tom.sees("Saved: you would like to go on with Mara Lind.")
        story.mara.sees_not("Saved")
        await story.act(story.mara, "Go on together", within="directmessage")
        agreement = story.heard()[-1]
        assert_well_worded(agreement, 90)
        assert "6 sessions of 50 minutes, until Wednesday, 10 March 2027" in words_of(agreement)
        assert "Mara Lind sets the plan" in words_of(agreement)
        await story.act(story.tom, "Rate where I stand")
        await story.tom.picks("Short video", "2 Tried it")
        await story.tom.submits()
        await story.soon()
        async with story.world.bot.storage.read() as uow:
            ratings = await uow.ratings.list_for_pair(story.pair_id)
        assert [(one.topic_id, one.moment, one.value) for one in ratings] == [(VIDEO, "before", 2)]
        story.tom.sees_not("Rate where I stand")
        assert (await story.row()).state is PairState.AGREED


@pytest.mark.practice("P25")
async def test_a_swap_is_told_to_nobody_and_both_read_the_same_words_on_the_common_date(database_url):
    async with introduced(database_url) as story:
        await story.meet()
        await story.world.advance(days=3)
        before = story.mara.screen()
        await story.act(story.tom, "Ask for a new partner", within="directmessage")
        assert story.mara.screen() == before
        story.tom.sees("Saved: you asked for a new learning partner.")
        await story.act(story.mara, "Go on together", within="directmessage")
        story.mara.sees("Saved: you would like to go on with Tom Berg.")
        await story.world.until(datetime(2026, 9, 21, 6, 0, tzinfo=UTC))
        story.mara.sees_not("has come to an end")
        await story.world.until(datetime(2026, 9, 21, 8, 0, tzinfo=UTC))
        mine, theirs = words_of(story.tom.dms()[-1]), words_of(story.mara.dms()[-1])
        assert mine.replace("Mara Lind", "Tom Berg") == theirs
        assert_well_worded(story.mara.dms()[-1], 70)
        said = story.mara.screen(within="directmessage")
        assert not any(re.search(rf"\b{cause.value}\b", said) for cause in EndCause)


async def test_a_session_before_the_common_date_is_moved_in_neutral_words(database_url):
    async with introduced(database_url) as story:
        await story.agree()
        await story.meet("Option 1")
        async with story.world.bot.storage.write() as uow:
            row = await uow.pairs.get(story.pair_id)
            await end_pair(uow, row, EndCause.SWAP, asked_by=row.mentee_id, now=story.world.now)
        await story.soon()
        story.mara.sees("The program moves session 1.")
        for who in (story.mara, story.tom):
            who.sees_not("swap", within=story.group)
            who.sees("until Wednesday, 10 March 2027", within=story.group)


@pytest.mark.practice("P27", "P32", "P33", "P41", "P42", "P43", "P44")
async def test_a_session_has_agenda_reminder_and_a_private_check_in_of_two_taps(database_url):
    async with introduced(database_url) as story:
        await story.agree()
        await story.meet("Option 3")
        await story.world.advance(days=5)
        cards = [words_of(message) for message in story.tom.dms()]
        agenda = next(words for words in cards if "Set the aim" in words)
        assert "Your return gift: Describe a choice you found hard" in agenda
        assert "Close with one thing to try before next time." in agenda
        story.mara.sees("Tom Berg brings a return gift")
        await story.world.advance(days=5)
        story.tom.sees("Did session 1 with Mara Lind take place?")
        story.tom.counts_anew()
        await story.act(story.tom, "Yes, we met", within="directmessage")
        await story.act(story.tom, "4", within="directmessage")
        assert (story.tom.taps, story.tom.screens) == (2, 0)
        story.tom.sees("Saved, thank you.")
        story.tom.sees_not("4 of 5")
        story.mara.sees_not("Saved")
        story.tom.sees("If you have two minutes: what did you learn, what did you teach, what did you try?")
        check_ins = len(story.tom.dms())

        await story.act(story.tom, "Tell us more")
        form = story.tom.modal
        assert form is not None
        assert [block["type"] for block in form.blocks] == ["section", "input", "input", "input", "input"]
        assert all(block["optional"] for block in form.blocks[1:])
        await story.tom.writes("What have you tried since last time?", "A secret clip")
        await story.tom.submits()
        story.tom.sees("Please choose who may read what you wrote.")
        await story.tom.picks("Who may read it?", "Nobody but me")
        await story.tom.submits()
        await story.soon()
        story.tom.sees_not("A secret clip")

        await story.act(story.tom, "I would like help")
        story.tom.sees("You would like help: the program team gets back to you by")
        async with story.world.bot.storage.read() as uow:
            program = await uow.programs.find_current(story.world.bot.workspace_id)
            (task,) = await uow.tasks.list_open(program.id)
            (written,) = await uow.feedbacks.list_for_participant((await story.row()).mentee_id)
        assert (task.kind, task.participant_id) == ("help", (await story.row()).mentee_id)
        assert task.due_on > story.world.now.date()
        assert "clip" not in written.tried_sealed

        await story.act(story.tom, "Thank my partner")
        await story.tom.picks("What shall Mara Lind read?", "Thank you for your patience.")
        await story.tom.submits()
        await story.world.advance(days=2)
        story.mara.sees("A card from Tom Berg")
        assert len(story.tom.dms()) == check_ins
        for message in (*story.tom.dms(), *story.mara.dms()):
            assert_well_worded(message, 80)


@pytest.mark.practice("P41")
async def test_a_check_in_can_be_changed_until_the_next_session_and_disagreement_is_unknown(database_url):
    async with introduced(database_url) as story:
        await story.agree()
        await story.meet("Option 3")
        await story.world.advance(days=9)
        await story.act(story.tom, "It did not happen", within="directmessage")
        await story.act(story.mara, "Yes, we met", within="directmessage")
        story.mara.sees_not("did not happen", within="Saved")
        session = await story.session(1)
        async with story.world.bot.storage.read() as uow:
            answers = [one.met for one in await uow.check_ins.list_for_sessions([session.id])]
        assert held(*answers) is Held.UNKNOWN
        await story.act(story.tom, "Change my answer")
        story.tom.sees("Did session 1 with Mara Lind take place?")
        await story.act(story.tom, "Yes, we met", within="directmessage")
        await story.world.until(datetime(2026, 11, 20, 8, 0, tzinfo=UTC))
        async with story.world.bot.storage.read() as uow:
            rows = await uow.check_ins.list_for_sessions([session.id])
        await story.act(story.tom, "5", within="How useful was session 1")
        async with story.world.bot.storage.read() as uow:
            after = await uow.check_ins.list_for_sessions([session.id])
        assert [one.usefulness for one in after] == [one.usefulness for one in rows]


async def test_home_shows_the_next_step_and_an_open_check_in_and_works_without_the_message(database_url):
    async with introduced(database_url) as story:
        await story.tom.opens_home()
        await story.soon()
        story.tom.sees("With Mara Lind", within="home")
        assert story.tom.buttons(within="home")[:2] == ["Change my profile", "Find a time"]
        await story.agree()
        await story.meet("Option 3")
        assert story.tom.buttons(within="home")[1:3] == ["Move it", "Cancel it"]
        await story.world.advance(days=9)
        await story.act(story.tom, "Yes, we met", within="home")
        await story.act(story.tom, "5 very useful", within="home")
        story.tom.sees("Saved, thank you.")
        assert "5 very useful" not in story.tom.buttons(within="home")


async def test_nobody_but_the_two_can_press_for_a_pair(database_url):
    async with introduced(database_url) as story:
        ines = story.world.slack.people.add("ines", "Ines Roth")
        await story.act(story.tom, "Option 1")
        story.world.slack.workspace.join(story.mara.group_dms()[0].id, ines.id)
        await ines.presses("Works for me")
        await story.soon()
        assert (await story.session(0)).starts_at is None
        ines.sees("There is nothing to do here for you right now.")


async def test_a_quiet_pair_is_asked_and_kept_by_one_press(database_url):
    async with introduced(database_url) as story:
        await story.agree()
        await story.world.advance(days=50)
        story.tom.sees("Does your pair with Mara Lind still stand?")
        await story.act(story.tom, "We go on")
        story.tom.sees("Your pair with Mara Lind goes on.")
        with pytest.raises(NotOnScreenError):
            await story.mara.presses("We go on")


@pytest.mark.practice("P24")
async def test_a_pair_that_says_nothing_hears_little_and_coordinators_hear_once(database_url):
    async with introduced(database_url, zones=("Europe/Berlin", "Asia/Kolkata")) as story:
        await story.world.advance(days=30)
        first, nudge = story.heard()
        assert_well_worded(first, LONGEST["introduction"])
        assert_well_worded(nudge, REQUEST)
        assert [words_of(message).split("?")[0] for message in story.tom.dms()] == [
            "*How would you like to go on with Mara Lind"
        ] * 2
        async with story.world.bot.storage.read() as uow:
            program = await uow.programs.find_current(story.world.bot.workspace_id)
            assert [task.kind for task in await uow.tasks.list_open(program.id)] == ["trial_without_chat"]


async def test_windows_without_a_time_are_opened_nudged_and_asked_about(database_url):
    async with introduced(database_url) as story:
        await story.agree()
        before = len(story.heard())
        await story.world.advance(days=40)
        later = story.heard()[before:]
        assert [words_of(one).split(" by ")[0] for one in later] == [
            "*Please find a time for session 1",  # the tenth day of its window
            "*Please find a time for session 2",  # its window opens
            "*Please find a time for session 2",
        ]
        story.tom.sees("Did session 1 with Mara Lind take place?")
        await story.act(story.tom, "We moved it", within="directmessage")
        await story.act(story.tom, "Find a time", within="Saved")
        await story.tom.submits()
        await story.soon()
        story.mara.sees("Tom Berg suggests", within=story.group)
        for message in (*story.heard(), *story.tom.dms()):
            assert_well_worded(message, 150)


async def test_an_old_button_for_a_time_that_has_passed_changes_nothing_and_says_so(database_url):
    async with introduced(database_url) as story:
        await story.world.advance(days=5)
        await story.act(story.tom, "Option 1")
        story.tom.sees("This time is over or too close. Please choose a later one.")
        assert (await story.session(0)).suggested_at is None
        await story.act(story.tom, "Option 1")
        assert (await story.session(0)).suggested_at is not None


async def test_a_late_reminder_is_dropped_and_a_moved_one_says_so(database_url):
    async with introduced(database_url) as story:
        await story.act(story.tom, "Option 3")
        await story.act(story.mara, "Works for me")
        await story.world.advance(days=2)
        story.tom.sees("your first chat with Mara Lind, 25 minutes")
        await story.act(story.tom, "Move it", within="directmessage")
        await story.tom.submits()
        await story.soon()
        story.mara.sees("This time for your first chat no longer stands.", within="directmessage")
