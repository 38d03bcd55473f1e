"""Proposals from the question to the introduction, or to an end that tells nobody why."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mentoring.participants import ParticipantState
from mentoring.proposals import ProposalState
from tests.company import Colleague, Company, boss, company
from tests.kit import MONDAY
from usecases.proposals import find_own_proposal, withdraw_proposals_of

if TYPE_CHECKING:
    from sandbox.people import Someone
    from sandbox.workspace import Message

MARA, TOM = Colleague("mara", "Mara Lind"), boss("tom", "Tom Berg")
DM = "directmessage"
PROPOSAL, REQUEST = 90, 60
SATURDAY = datetime(2026, 9, 12, 10, 0, tzinfo=UTC)


def words_of(message: Message) -> str:
    """What a message says, buttons and the last line left out."""
    said = [block["text"]["text"] for block in message.blocks if block["type"] in {"section", "header"}]
    return "\n".join(text for text in said if not text.startswith("_Why this"))


def assert_well_worded(message: Message, limit: int) -> None:
    words = words_of(message)
    assert len(words.split()) <= limit, words
    assert 0 < len(message.text) <= 300
    assert "!" not in words
    sentences = [one for one in re.split(r"[.?:]\s|\n", words) if one.strip()]
    assert max(len(one.split()) for one in sentences) <= 25, words
    assert sum(len(one.split()) for one in sentences) / len(sentences) <= 15
    assert len(words.splitlines()) <= 12
    for banned in ("junior", "senior", "reverse", "young", "level"):
        assert banned not in words.lower()


def buttons(someone: Someone) -> list[str]:
    """The buttons of the newest message that are about its subject."""
    own = [block for block in someone.dms()[-1].blocks if block["type"] == "actions"]
    return [element["text"]["text"] for block in own for element in block["elements"]]


async def state(one: Company) -> ProposalState:
    async with one.world.bot.storage.read() as uow:
        (row,) = await uow.proposals.list_for_program(one.program_id)
        return row.state


async def withdraw(one: Company, handle: str, **values: object) -> None:
    """Somebody pauses or leaves, as far as proposals are concerned."""
    found = await one.participant(handle)
    async with one.world.bot.storage.write() as uow:
        row = await uow.participants.get(found.id)
        for name, value in values.items():
            setattr(row, name, value)
        await withdraw_proposals_of(uow, row, one.world.now)
    await one.world.settle()


@pytest.mark.practice("P20")
async def test_two_yeses_in_turn_make_a_pair_one_tap_each(database_url):
    async with company(database_url, [MARA, TOM]) as one:
        await one.publish()
        mara, tom = one.person("mara"), one.person("tom")
        (asked,) = mara.dms()
        assert_well_worded(asked, PROPOSAL)
        words = words_of(asked)
        assert words.startswith("*A possible learning partner: Tom Berg, Finance. Please answer by Thursday")
        assert "Tom Berg shares How budgets are decided." in words
        assert "Your working hours overlap from 09:00 to 17:00." in words
        assert "one chat of 25 minutes within 14 days" in words
        assert buttons(mara) == ["Meet Tom Berg", "Not this one"]
        assert tom.dms() == []
        mara.counts_anew()
        await one.act("mara", "Meet Tom Berg")
        assert (mara.taps, mara.screens) == (1, 0)
        assert len(mara.dms()) == 1
        mara.sees("You said yes to meeting Tom Berg.")
        assert buttons(mara) == ["Take back my answer"]
        assert tom.dms() == []
        await one.world.advance(minutes=10)
        assert_well_worded(tom.dms()[-1], PROPOSAL)
        assert buttons(mara) == []
        await one.act("tom", "Meet Mara Lind")
        assert await state(one) is ProposalState.ASKING_MENTEE
        assert mara.group_dms() == []
        await one.world.advance(minutes=10)
        assert await state(one) is ProposalState.INTRODUCED
        (group,) = mara.group_dms()
        assert {mara.id, tom.id} <= set(group.members)
        mara.sees("You and Tom Berg are introduced to each other.")
        one.cora.sees("Introduced so far: 1 pair.")
        assert [(await one.participant(who)).waiting_rounds for who in ("mara", "tom")] == [0, 0]


async def test_the_same_answers_stand_on_home(database_url):
    async with company(database_url, [MARA, TOM]) as one:
        await one.publish()
        mara = one.person("mara")
        await mara.opens_home()
        await one.world.settle()
        await one.act("mara", "Not this one", within="home")
        mara.sees("You passed on meeting Tom Berg.", within=DM)
        mara.sees("You passed on meeting Tom Berg.", within="home")
        await one.act("mara", "Take back my answer", within="home")
        mara.sees("A possible learning partner: Tom Berg", within="home")
        assert buttons(mara) == ["Meet Tom Berg", "Not this one"]


async def test_a_yes_is_taken_back_within_ten_minutes_and_the_other_is_never_asked(database_url):
    async with company(database_url, [MARA, TOM]) as one:
        await one.publish()
        await one.act("mara", "Meet Tom Berg")
        await one.world.advance(minutes=8)
        await one.act("mara", "Take back my answer")
        await one.world.advance(hours=2)
        assert one.person("tom").dms() == []
        await one.act("mara", "Not this one")
        await one.world.advance(days=10)
        assert one.person("tom").dms() == []


async def test_one_reminder_on_the_second_working_day_and_none_after_an_answer(database_url):
    async with company(database_url, [MARA, TOM]) as one:
        await one.publish()
        mara = one.person("mara")
        await one.world.until(datetime.fromisoformat("2026-09-09T06:59:00+00:00"))
        assert len(mara.dms()) == 1
        await one.world.advance(minutes=2)
        assert len(mara.dms()) == 2
        assert_well_worded(mara.dms()[-1], REQUEST)
        mara.sees("Your answer is still open.")
        await one.act("mara", "Meet Tom Berg")  # in the reminder; both copies show the one state
        assert all("You said yes" in words_of(message) for message in mara.dms())
        await one.world.advance(minutes=10)
        tom = one.person("tom")
        await one.act("tom", "Not this one")
        await one.world.advance(days=2)
        assert len(tom.dms()) == 1


async def test_asked_together_both_hear_at_once(database_url):
    async with company(database_url, [MARA, TOM], proposal_mode="together") as one:
        await one.publish()
        assert buttons(one.person("tom")) == ["Meet Mara Lind", "Not this one"]
        await one.act("tom", "Meet Mara Lind")
        await one.act("mara", "Meet Tom Berg")
        await one.world.advance(minutes=10)
        assert await state(one) is ProposalState.INTRODUCED


async def test_a_late_press_changes_nothing_and_says_so(database_url):
    async with company(database_url, [MARA, TOM]) as one:
        await one.publish()
        old = one.person("mara").dms()[-1].blocks
        await one.world.advance(days=4)
        assert await state(one) is ProposalState.CLOSED
        mara = one.person("mara")
        mara.sees("The time to answer about Tom Berg is over.")
        assert "Meet Tom Berg" in json.dumps(old)
        assert buttons(mara) == []


async def test_only_the_one_who_was_asked_can_answer(database_url):
    async with company(database_url, [MARA, TOM]) as one:
        await one.publish()
        async with one.world.bot.storage.read() as uow:
            (row,) = await uow.proposals.list_for_program(one.program_id)
            for handle, may in (("mara", True), ("tom", False), ("cora", False)):
                slack_id = one.cora.id if handle == "cora" else one.person(handle).id
                person = await uow.people.find_by_slack_id(one.world.bot.workspace_id, slack_id)
                assert (await find_own_proposal(uow, person, row.id) is not None) == may


@pytest.mark.practice("P26")
@pytest.mark.parametrize("when", ["before the mentee is asked", "before the introduction"])
async def test_the_firewall_is_looked_at_again_at_the_last_moment(database_url, when):
    """An org change after the round: Mara reports to Tom by now."""
    async with company(database_url, [MARA, TOM]) as one:
        await one.publish()
        await one.act("mara", "Meet Tom Berg")
        if when == "before the introduction":
            await one.world.advance(minutes=10)
            await one.act("tom", "Meet Mara Lind")
        mara, tom = await one.participant("mara"), await one.participant("tom")
        async with one.world.bot.storage.write() as uow:
            (await uow.participants.get(mara.id)).manager_person_id = tom.person_id
        await one.world.advance(days=8)
        assert await state(one) is ProposalState.CLOSED
        assert one.person("mara").group_dms() == []
        one.person("mara").sees("The possible pair with Tom Berg did not come about.")
        if when == "before the introduction":
            one.person("tom").sees("The possible pair with Mara Lind did not come about.")
        else:
            assert one.person("tom").dms() == []


async def test_what_nobody_has_seen_yet_is_not_sent_for_somebody_who_left(database_url):
    async with company(database_url, [MARA, TOM], now=SATURDAY) as one:
        await one.publish()
        assert one.person("mara").dms() == []
        await withdraw(one, "tom", state=ParticipantState.LEFT)
        assert await state(one) is ProposalState.CLOSED
        await one.world.advance(days=10)
        assert one.person("mara").dms() == []
        assert (await one.participant("mara")).waiting_rounds == 1


async def test_our_own_outage_prolongs_the_window_instead_of_letting_it_lapse(database_url):
    async with company(database_url, [MARA, TOM], now=SATURDAY) as one:
        await one.publish()
        mara = one.person("mara")
        assert await state(one) is ProposalState.ASKING_MENTOR
        one.world.clock.jump_to(
            SATURDAY + timedelta(days=9)
        )  # asked on Monday, lapsed on Thursday, were it not down
        await one.world.settle()
        await one.world.advance(minutes=5)
        assert await state(one) is ProposalState.ASKING_MENTOR
        (asked,) = mara.dms()
        assert "Please answer by Thursday 24 September" in asked.text
        await one.act("mara", "Meet Tom Berg")
        await one.world.advance(minutes=10)
        one.person("tom").sees("A possible learning partner: Mara Lind")


# ---------------------------------------------------------------- a no, a silence and an absence look alike


async def _observed(database_url: str, ending: str, mode: str) -> dict[str, object]:
    """Everything Mara and the coordinator can see, with its moments, after Mara's yes and Tom's ending."""
    async with company(database_url, [MARA, TOM], proposal_mode=mode) as one:
        await one.publish()
        await one.act("mara", "Meet Tom Berg")
        if mode == "in_turn":
            await one.world.advance(minutes=10)
        await one.world.advance(hours=1)
        match ending:
            case "declines":
                await one.act("tom", "Not this one")
            case "changes his mind":
                await one.act("tom", "Meet Mara Lind")
                await one.act("tom", "Take back my answer")
                await one.world.advance(hours=20)
                await one.act("tom", "Not this one")
            case "pauses":
                pause = one.world.now.date() + timedelta(days=20)
                await withdraw(one, "tom", state=ParticipantState.PAUSED, paused_until=pause)
            case _:
                pass
        glimpses = []
        for step in (3, 5, 7, 8):  # to the morning of the fifth day; the window ends on the fourth
            await one.world.until(MONDAY + timedelta(hours=12 * step))
            mara = one.person("mara")
            glimpses.append((one.world.now.isoformat(), mara.screen(), one.cora.screen("Round 1")))
        messages = [(message.ts, message.edited_ts, message.text) for message in one.person("mara").dms()]
        assert await state(one) is ProposalState.CLOSED
        return {
            "glimpses": glimpses,
            "messages": messages,
            "waiting": (await one.participant("mara")).waiting_rounds,
        }


@pytest.mark.parametrize("mode", ["in_turn", "together"])
async def test_declining_lapsing_and_pausing_are_one_to_the_other_side(fresh_urls, mode):
    silence = await _observed(await fresh_urls(), "lets it lapse", mode)
    assert any("did not come about" in screen for _, screen, _ in silence["glimpses"])
    endings = ("declines", "changes his mind", "pauses") if mode == "in_turn" else ("declines",)
    for ending in endings:
        assert await _observed(await fresh_urls(), ending, mode) == silence, ending


async def test_a_mentor_who_passes_or_stays_silent_leaves_no_trace_with_the_mentee(fresh_urls):
    async def seen(passes: bool) -> list[str]:
        async with company(await fresh_urls(), [MARA, TOM]) as one:
            await one.publish()
            if passes:
                await one.act("mara", "Not this one")
            screens = []
            for step in (1, 3, 7, 8):
                await one.world.until(MONDAY + timedelta(hours=12 * step))
                await one.person("tom").opens_home()
                await one.world.settle()
                screens.append(one.person("tom").screen() + one.cora.screen())
            assert one.person("tom").dms() == []
            return [*screens, str((await one.participant("tom")).waiting_rounds)]

    assert await seen(passes=True) == await seen(passes=False)


async def test_no_log_line_tells_who_said_no(database_url, capsys):
    async with company(database_url, [MARA, TOM]) as one:
        await one.publish()
        capsys.readouterr()
        await one.act("mara", "Not this one")
        said = capsys.readouterr()
        assert "pass" not in said.out + said.err
        assert " no" not in said.out + said.err
