"""People in command of themselves: status, pause, resume, swap and leave, played on both engines."""

from __future__ import annotations

import json
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mentoring.deliveries import DeliveryState
from mentoring.participants import ParticipantState
from mentoring.trials import EndCause, PairState
from sandbox.errors import NotOnScreenError
from tests.kit import World, played
from tests.pairing import BUDGETS, VIDEO, Joining, accepted, enrol, open_program
from usecases.pairs import introduce_pair

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.people import Someone

MONDAY = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
COMMON_DATE = datetime(2026, 9, 21, 7, 0, tzinfo=UTC)


@dataclass
class Story:
    """Mara mentors Tom; Uma looks on."""

    world: World
    mara: Someone
    tom: Someone
    uma: Someone
    pair_id: str
    ids: dict[str, str]

    async def soon(self) -> None:
        await self.world.advance(minutes=1)

    async def home(self, who: Someone) -> None:
        await who.opens_home()
        await self.soon()

    async def meet(self) -> None:
        await self.tom.presses("Option 1")
        await self.soon()
        await self.mara.presses("Works for me")
        await self.soon()

    async def participant(self, name: str):
        async with self.world.bot.storage.read() as uow:
            return await uow.participants.get(self.ids[name])

    async def pair(self):
        async with self.world.bot.storage.read() as uow:
            return await uow.pairs.get(self.pair_id)

    async def deliveries(self):
        async with self.world.bot.storage.read() as uow:
            return await uow.outbox.list_in_states(list(DeliveryState), limit=1000)


@asynccontextmanager
async def paired(database_url: str) -> AsyncIterator[Story]:
    async with played(database_url, now=MONDAY) as world:
        people = {
            "mara": world.slack.people.add("mara", "Mara Lind", tz="Europe/Berlin", locale="en-GB"),
            "tom": world.slack.people.add("tom", "Tom Berg", tz="Europe/Berlin", locale="en-GB"),
            "uma": world.slack.people.add("uma", "Uma Roy", tz="Europe/Berlin", locale="en-GB"),
        }
        topics = {
            "mara": (1, (VIDEO,), (BUDGETS,)),
            "tom": (4, (BUDGETS,), (VIDEO,)),
            "uma": (1, (VIDEO,), ()),
        }
        async with world.bot.storage.write() as uow:
            program = await open_program(uow, world.bot.workspace_id, world.now)
            rows = {}
            for name, who in people.items():
                level, shares, learns = topics[name]
                rows[name] = await enrol(
                    uow,
                    program,
                    Joining(who.id, who.record.real_name, "Europe/Berlin", level, shares, learns),
                    world.now,
                )
            rows["tom"].mentee_capacity = 1
            proposal = await accepted(uow, program, rows["mara"], rows["tom"], world.now)
            pair = await introduce_pair(uow, program, proposal, world.now)
            pair_id, ids = pair.id, {name: row.id for name, row in rows.items()}
        await world.settle()
        yield Story(world, *people.values(), pair_id, ids)


def plain_words(view_or_message) -> str:
    blocks = (
        view_or_message.blocks
        if hasattr(view_or_message, "view")
        else json.loads(view_or_message.blocks_json)
    )
    said = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    return "\n".join(text for text in said if not text.startswith("_Why this"))


def assert_well_worded(words: str, limit: int) -> None:
    assert len(words.split()) <= limit, words
    assert "!" not in words
    sentences = [one for one in re.split(r"[.?:]\s|\n", words) if one.strip()]
    assert max(len(one.split()) for one in sentences) <= 25, words
    assert sum(len(one.split()) for one in sentences) / len(sentences) <= 15


# ------------------------------------------------------------------ pausing


async def test_a_pause_takes_two_taps_from_home_and_nothing_arrives_until_it_ends_by_itself(database_url):
    async with paired(database_url) as story:
        await story.home(story.uma)
        story.uma.counts_anew()
        await story.uma.presses("Pause for a while")
        await story.uma.presses("Pause for 2 weeks")
        assert (story.uma.taps, story.uma.screens) == (2, 1)
        story.uma.sees("You are paused until Monday 21 September.", within="modal")
        assert_well_worded(plain_words(story.uma.modal), 60)
        await story.uma.closes()
        await story.soon()
        story.uma.sees("You are paused until Monday 21 September.", within="home")
        heard = len(story.uma.dms())
        await story.world.until(datetime(2026, 9, 21, 21, 59, tzinfo=UTC))
        assert len(story.uma.dms()) == heard
        assert (await story.participant("uma")).state is ParticipantState.PAUSED
        await story.world.until(datetime(2026, 9, 22, 7, 5, tzinfo=UTC))
        (notice,) = story.uma.dms()[heard:]
        assert notice.text == "Your pause is over since today. Nothing to press."
        assert_well_worded(plain_words(notice), 60)
        assert (await story.participant("uma")).state is ParticipantState.ACTIVE
        story.uma.sees("You take part.", within="home")
        await story.world.advance(days=30)
        assert [one.text for one in story.uma.dms()[heard:]].count(notice.text) == 1


async def test_what_is_queued_is_held_through_the_pause_and_let_go_when_it_ends_early(database_url):
    async with paired(database_url) as story:
        await story.meet()
        before = len(story.tom.dms())
        await story.tom.types("/mentoring pause 1 month")
        story.tom.sees("You are paused until Wednesday 7 October.", within="modal")
        story.tom.sees("your first chat with Mara Lind: Tuesday 8 September, 11:30", within="modal")
        await story.tom.closes()
        await story.world.until(datetime(2026, 9, 24, 10, 0, tzinfo=UTC))
        assert len(story.tom.dms()) == before
        await story.tom.types("/mentoring resume")
        story.tom.sees("Your pause is over.")
        await story.world.advance(minutes=5)
        assert len(story.tom.dms()) > before
        while_paused = [
            row
            for row in await story.deliveries()
            if row.sent_at is not None
            and row.recipient
            in {f"person:{(await story.participant('tom')).person_id}", f"pair:{story.pair_id}"}
            and MONDAY + timedelta(minutes=10) < row.sent_at < datetime(2026, 9, 24, 10, 0, tzinfo=UTC)
        ]
        assert while_paused == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("until the cows come home", "I did not understand how long. Nothing was changed."),
        ("2020-01-01", "That day is not ahead. Nothing was changed."),
        ("99 months", "That is more than a year away. Nothing was changed."),
        ("<!channel> 💤 'DROP", "I did not understand how long. Nothing was changed."),
    ],
)
async def test_foolish_lengths_are_answered_kindly_and_change_nothing(database_url, typed, said):
    async with paired(database_url) as story:
        await story.uma.types(f"/mentoring pause {typed}")
        story.uma.sees(said, within="modal")
        assert (await story.participant("uma")).state is ParticipantState.ACTIVE
        await story.uma.picks("Pause until a date", date(2026, 9, 9))
        story.uma.sees("You are paused until Wednesday 9 September.")
        await story.uma.presses("End the pause now")
        story.uma.sees("Your pause is over.")
        assert (await story.participant("uma")).state is ParticipantState.ACTIVE
        await story.uma.closes()
        await story.uma.types("/mentoring resume and a word too many")
        story.uma.sees("You are not paused, so nothing was changed.")


async def test_a_date_in_the_past_can_be_picked_and_is_refused_in_words(database_url):
    async with paired(database_url) as story:
        await story.uma.types("/mentoring pause")
        await story.uma.picks("Pause until a date", date(2026, 9, 7))
        story.uma.sees("Please choose a day after today.")
        assert (await story.participant("uma")).paused_until is None


async def test_a_pause_is_told_to_no_partner(database_url):
    async with paired(database_url) as story:
        await story.meet()
        before = story.mara.screen()
        await story.tom.types("/mentoring pause 2w")
        await story.soon()
        assert story.mara.screen() == before


# ------------------------------------------------------------------ another partner


@pytest.mark.practice("P25")
async def test_a_swap_takes_two_taps_without_a_reason_and_the_partner_cannot_tell(database_url):
    async with paired(database_url) as story:
        await story.home(story.tom)
        await story.home(story.mara)
        before = story.mara.screen()
        story.tom.counts_anew()
        await story.tom.presses("Ask for a new partner", within="home")
        assert_well_worded(plain_words(story.tom.modal), 60)
        await story.tom.presses("Ask for a new partner", within="modal")
        assert (story.tom.taps, story.tom.screens) == (2, 1)
        story.tom.sees("Your pair with Mara Lind ends on Monday 21 September.")
        await story.tom.closes()
        await story.soon()
        story.tom.sees(
            "You asked for a new learning partner. This pair ends on Monday 21 September", within="home"
        )
        assert story.mara.screen() == before
        await story.mara.types("/mentoring status")
        story.mara.sees("With Tom Berg: your first chat, by Monday 21 September, no time yet.")
        await story.world.until(COMMON_DATE + timedelta(minutes=30))
        mine, theirs = plain_words(story.tom.dms()[-1]), plain_words(story.mara.dms()[-1])
        assert mine.replace("Mara Lind", "Tom Berg") == theirs
        assert [(await story.participant(name)).waiting_rounds for name in ("tom", "mara")] == [1, 1]


@pytest.mark.practice("P25")
async def test_both_ask_for_a_swap_and_each_is_told_the_same_as_if_alone(database_url):
    async with paired(database_url) as story:
        for who, partner in ((story.tom, "Mara Lind"), (story.mara, "Tom Berg")):
            await who.types("/mentoring swap Tom Berg because of nothing")
            await who.presses("Ask for a new partner", within="modal")
            who.sees(f"Your pair with {partner} ends on Monday 21 September.")
            await who.closes()
            await who.types("/mentoring status")
            who.sees(f"With {partner}: ends on Monday 21 September, as you asked.")
        pair = await story.pair()
        assert (pair.state, pair.end_cause) == (PairState.ENDING, EndCause.SWAP)
        await story.tom.types("/mentoring swap")
        story.tom.sees("You have no pair that you could change right now.")


async def test_somebody_without_a_pair_is_told_so_when_asking_for_another_partner(database_url):
    async with paired(database_url) as story:
        await story.uma.types("/mentoring swap")
        story.uma.sees("You have no pair that you could change right now. Nothing was changed.")


# ------------------------------------------------------------------ leaving


async def test_leaving_takes_two_taps_without_reason_or_approval_and_nothing_more_is_sent(database_url):
    async with paired(database_url) as story:
        await story.meet()
        await story.home(story.tom)
        story.tom.counts_anew()
        await story.tom.presses("Leave the program", within="home")
        assert_well_worded(plain_words(story.tom.modal), 70)
        assert not [block for block in story.tom.modal.blocks if block["type"] == "input"]
        await story.tom.submits()
        assert story.tom.taps == 2
        story.tom.sees("You have left Upward Mentoring.")
        story.tom.sees("your first chat with Mara Lind: Tuesday 8 September, 11:30 (Berlin time).")
        await story.tom.closes()
        heard = len(story.tom.dms())
        await story.soon()
        story.mara.sees("The program moves your first chat.")
        story.tom.sees("See how it works and join", within="home")
        await story.world.until(COMMON_DATE + timedelta(days=20))
        assert len(story.tom.dms()) == heard
        assert story.mara.dms()[-1].text.startswith("Your pair with Tom Berg has come to an end.")
        assert not re.search(r"\bhas left|\bleft the\b", story.mara.screen())
        assert [(await story.participant(name)).waiting_rounds for name in ("tom", "mara")] == [0, 1]
        assert (await story.participant("tom")).state is ParticipantState.LEFT


async def test_whoever_left_is_answered_as_anybody_who_never_joined(database_url):
    async with paired(database_url) as story:
        await story.uma.types("/mentoring leave now, please")
        await story.uma.submits()
        await story.uma.closes()
        for word in ("pause", "resume", "swap", "leave"):
            await story.uma.types(f"/mentoring {word}")
            story.uma.sees("There is nothing to do here for you right now.")
            if story.uma.modal is not None:
                await story.uma.closes()
        await story.uma.types("/mentoring status")
        story.uma.sees("You do not take part in Upward Mentoring.")


# ------------------------------------------------------------------ status


async def test_status_tells_role_pair_next_session_and_what_waits(database_url):
    async with paired(database_url) as story:
        await story.tom.types("/mentoring status")
        story.tom.sees("You take part in Upward Mentoring as mentee.")
        story.tom.sees("A time for your next session with Mara Lind.")
        await story.mara.types("/mentoring status please")
        story.mara.sees("Nothing waits for an answer of yours.")
        await story.meet()
        await story.world.advance(days=3)
        await story.tom.types("/mentoring status")
        story.tom.sees("How would you like to go on with Mara Lind?")
        with pytest.raises(NotOnScreenError):
            story.uma.sees("How would you like to go on")


@pytest.mark.practice("P25")
async def test_a_partner_cannot_tell_a_swap_from_a_leave_by_anything_they_see(fresh_urls):
    seen = {}
    for deed in ("swap", "leave"):
        async with paired(await fresh_urls()) as story:
            await story.meet()
            await story.tom.types(f"/mentoring {deed}")
            if deed == "swap":
                await story.tom.presses("Ask for a new partner", within="modal")
            else:
                await story.tom.submits()
            await story.tom.closes()
            screens = []
            for moment in (
                MONDAY + timedelta(hours=1),
                MONDAY + timedelta(days=4),
                MONDAY + timedelta(days=10),
                COMMON_DATE + timedelta(hours=2),
                COMMON_DATE + timedelta(days=15),
            ):
                await story.world.until(moment)
                await story.mara.types("/mentoring status")
                await story.home(story.mara)
                screens.append(story.mara.screen())
            seen[deed] = screens
    assert seen["swap"] == seen["leave"]
