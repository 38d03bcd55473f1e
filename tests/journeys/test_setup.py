"""Setting a program up, from the one-time code to open sign-up, played through the sandbox on both engines."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.setup_code import setup_code
from mentoring.participants import NamedRole, NamedRoleState
from mentoring.program import ProgramState
from sandbox.faults import CallFault
from tests.kit import KEY, World, played

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.people import Someone

CHANNEL = "mentoring"
NOTHING = "There is nothing to do here for you right now."


# What such a scenario shows does not depend on the engine: words, faults under fields, who sees what.
one_engine = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass
class Setting:
    """A workspace in which nobody has set up anything: Ada will, Bo and Cy get named, Tom is somebody else."""

    world: World
    ada: Someone
    bo: Someone
    cy: Someone
    tom: Someone

    @property
    def code(self) -> str:
        return setup_code(KEY, self.world.bot.team_id, self.world.now.date())

    async def settled(self) -> None:
        await self.world.bot.door.settled()

    async def soon(self) -> None:
        await self.world.advance(minutes=1)

    async def submits(self, who: Someone) -> None:
        await who.submits()
        await self.settled()

    async def claims(self) -> None:
        await self.ada.types(f"/mentoring setup {self.code}")

    async def sets_up(self, *, channel: str = CHANNEL) -> None:
        """The three screens, as short as they can be."""
        await self.claims()
        await self.ada.picks("Channel of the program", channel)
        await self.submits(self.ada)
        await self.submits(self.ada)
        await self.ada.picks("Concern contact", "bo")
        await self.ada.picks("Deputy of the concern contact", "cy")
        await self.submits(self.ada)

    async def accepts(self, who: Someone, role: str) -> None:
        await who.opens_home()
        await self.world.settle()
        await who.presses(f"Accept as {role}")
        await who.closes()

    async def home_of(self, who: Someone) -> str:
        await who.opens_home()
        await self.soon()
        return who.screen("home")

    async def program(self):
        async with self.world.bot.storage.read() as uow:
            return await uow.programs.find_current(self.world.bot.workspace_id)

    async def acts(self) -> list[str]:
        program = await self.program()
        async with self.world.bot.storage.read() as uow:
            return [row.act for row in await uow.audit.list_for_program(program.id)]

    def posts(self) -> list[str]:
        return [message.text for message in self.ada.messages(CHANNEL)]


@asynccontextmanager
async def a_fresh_workspace(database_url: str, *, invited: bool = True) -> AsyncIterator[Setting]:
    async with played(database_url) as world:
        people = [
            world.slack.people.add(name, real_name, tz="Europe/Berlin", locale="en-GB")
            for name, real_name in (
                ("ada", "Ada Berg"), ("bo", "Bo Lee"), ("cy", "Cy Orr"), ("tom", "Tom Okoro"),
            )
        ]  # fmt: skip
        members = [one.id for one in people]
        world.slack.workspace.add_channel(CHANNEL, members, with_bot=invited)
        yield Setting(world, *people)


async def test_a_program_is_set_up_on_three_screens_with_five_required_inputs(database_url):
    async with a_fresh_workspace(database_url) as setting:
        ada = setting.ada
        await setting.claims()
        titles, required = [ada.modal.title], len(ada.modal.required)
        await ada.picks("Channel of the program", CHANNEL)
        await setting.submits(ada)
        titles.append(ada.modal.title)
        required += len([one for one in ada.modal.required if one.spot[0] != "size"])
        await setting.submits(ada)
        titles.append(ada.modal.title)
        required += len(ada.modal.required)
        await setting.submits(ada)
        titles.append(ada.modal.title)
        assert titles == ["Set up: 1 of 3", "Set up: 2 of 3", "Set up: 3 of 3", "Set-up"]
        assert ada.screens <= 4
        assert required == 5
        assert (await setting.program()).state is ProgramState.DRAFT
        await setting.soon()
        assert [one.dms() for one in (setting.bo, setting.cy, setting.tom)] == [[], [], []]


@pytest.mark.practice("P1", "P2", "P3")
async def test_sign_up_opens_only_when_every_line_of_the_charter_stands(database_url):
    async with a_fresh_workspace(database_url) as setting:
        ada = setting.ada
        await setting.claims()
        await ada.picks("Channel of the program", CHANNEL)
        await setting.submits(ada)
        ada.sees("Figures on everyone and roles")
        await ada.picks("Not sure yet?", ["Finish these lines later"])
        await ada.writes("Skills that should grow", "")
        await setting.submits(ada)
        await ada.picks("Concern contact", "bo")
        await ada.picks("Deputy of the concern contact", "cy")
        await setting.submits(ada)
        await ada.closes()
        await setting.home_of(ada)
        await ada.presses("Open sign-up")
        for line in (
            "Sign-up stays closed. Nothing was changed. What is missing:",
            "Charter: which skills should grow.",
            "Charter: which effect on working together you expect.",
            "Charter: which figure of the business should move.",
            "Charter: how the outcome is measured.",
            "Concern contact: somebody has to accept this role.",
            "Deputy: somebody has to accept this role.",
        ):
            ada.sees(line)
        ada.sees_not("Channel:", within="modal")
        await ada.closes()
        assert (await setting.program()).state is ProgramState.DRAFT
        await setting.accepts(setting.bo, "concern contact")
        await setting.accepts(setting.cy, "deputy")
        await ada.presses("Change the set-up")
        await ada.presses("Charter")
        await ada.picks("Not sure yet?", [])
        await setting.submits(ada)
        ada.sees("1 thing is missing before sign-up can open")
        await ada.presses("Charter")
        await ada.writes("Skills that should grow", "Working with data")
        await setting.submits(ada)
        ada.sees("Everything stands.")
        await ada.closes()
        await setting.home_of(ada)
        await ada.presses("Open sign-up")
        ada.sees("Sign-up is open.")
        await ada.closes()
        assert (await setting.program()).state is ProgramState.OPEN
        assert setting.posts() == [
            "This channel is the home of Learning from each other. News will appear here. Nothing to press."
        ]


@one_engine
async def test_a_wrong_code_a_late_code_and_no_code_read_alike(database_url):
    async with a_fresh_workspace(database_url) as setting:
        for line in ("ABCD-EFGH", "", setup_code(KEY, "T2", setting.world.now.date())):
            await setting.tom.types(f"/mentoring setup {line}")
            setting.tom.sees(NOTHING)
            await setting.tom.closes()
        assert await setting.program() is None
        await setting.claims()
        await setting.tom.types(f"/mentoring setup {setting.code}")
        setting.tom.sees(NOTHING)
        async with setting.world.bot.storage.read() as uow:
            holders = await uow.role_holders.list_for_program((await setting.program()).id)
        assert [(one.role, one.state) for one in holders] == [
            (NamedRole.COORDINATOR, NamedRoleState.ACCEPTED)
        ]
        assert await setting.acts() == ["coordinator.first"]


@one_engine
async def test_yesterdays_code_still_works_and_the_one_before_does_not(database_url):
    async with a_fresh_workspace(database_url) as setting:
        code = setting.code
        await setting.world.advance(days=2)
        await setting.ada.types(f"/mentoring setup {code}")
        setting.ada.sees(NOTHING)
        await setting.ada.closes()
        yesterdays = setup_code(KEY, setting.world.bot.team_id, setting.world.now.date() - timedelta(days=1))
        await setting.ada.types(f"/mentoring setup {yesterdays.lower()}")
        assert setting.ada.modal.title == "Set up: 1 of 3"


async def test_five_wrong_codes_bar_the_right_one_for_an_hour_and_only_for_that_person(database_url):
    async with a_fresh_workspace(database_url) as setting:
        for _ in range(5):
            await setting.tom.types("/mentoring setup ABCD-EFGH")
            await setting.tom.closes()
        await setting.tom.types(f"/mentoring setup {setting.code}")
        setting.tom.sees(NOTHING)
        await setting.tom.closes()
        await setting.world.advance(minutes=61)
        await setting.tom.types("/mentoring setup ABCD-EFGH")
        await setting.tom.closes()
        await setting.claims()
        assert setting.ada.modal.title == "Set up: 1 of 3"


@one_engine
async def test_a_guest_with_the_right_code_gets_nothing(database_url):
    async with a_fresh_workspace(database_url) as setting:
        guest = setting.world.slack.people.add("gus", "Gus Guest", is_guest=True)
        await guest.types(f"/mentoring setup {setting.code}")
        guest.sees(NOTHING)
        assert await setting.program() is None


@one_engine
async def test_the_set_up_goes_on_where_it_was_left_with_what_was_chosen(database_url):
    async with a_fresh_workspace(database_url) as setting:
        ada = setting.ada
        await setting.claims()
        await ada.writes("Name of the program", "Upward")
        await ada.picks("Direction", "Peer")
        await ada.closes()
        await ada.types("/mentoring setup")
        assert ada.modal.title == "Set up: 1 of 3"
        await setting.submits(ada)
        await ada.closes()
        await ada.types("/mentoring setup")
        assert ada.modal.title == "Set up: 2 of 3"
        program = await setting.program()
        assert (program.name, program.charter["direction"]) == ("Upward", "peer")
        assert program.settings["level_gap"] == 1


@one_engine
async def test_faulty_dates_and_lists_are_named_under_their_fields(database_url):
    async with a_fresh_workspace(database_url) as setting:
        ada = setting.ada
        await setting.claims()
        await ada.picks("Last day of sign-up", "2026-09-01")
        await ada.picks("Start", "2028-09-01")
        await ada.writes("The one goal", " ")
        await ada.submits()
        assert ada.modal.errors == {
            "goal": "Please fill in this field.",
            "signup_closes_on": "This day is over. Please choose today or a later day.",
            "starts_on": "This day is over a year away. Please choose an earlier one.",
        }
        await ada.writes("The one goal", "Learn")
        await ada.picks("Last day of sign-up", "2026-09-20")
        await ada.picks("Start", "2026-09-19")
        await ada.submits()
        assert list(ada.modal.errors) == ["starts_on"]
        await ada.picks("Start", "2026-09-20")
        await setting.submits(ada)
        await ada.writes("Further goals", "a\nb\nc\nd")
        await ada.submits()
        assert list(ada.modal.errors) == ["secondary"]
        await ada.writes("Further goals", "a\nb")
        await setting.submits(ada)
        await ada.writes("Departments", "x" * 76)
        await ada.submits()
        assert list(ada.modal.errors) == ["departments"]
        await ada.writes("Departments", "")
        await ada.picks("Concern contact", "ada")
        await ada.picks("Deputy of the concern contact", "bo")
        await ada.submits()
        assert ada.modal.errors == {
            "concern_contact": "Nobody names themselves for a role. Please choose somebody else."
        }
        async with setting.world.bot.storage.read() as uow:
            holders = await uow.role_holders.list_for_program((await setting.program()).id)
        assert len(holders) == 1  # where one cannot be named, nobody is
        await ada.picks("Concern contact", "bo")
        await ada.submits()
        assert list(ada.modal.errors) == ["deputy"]


async def test_a_channel_without_the_app_is_named_with_the_words_that_invite_it(database_url):
    async with a_fresh_workspace(database_url, invited=False) as setting:
        ada, slack = setting.ada, setting.world.slack
        await setting.sets_up()
        await ada.closes()
        await setting.home_of(ada)
        ada.sees(
            "Channel: I am not in @mentoring yet. Type /invite @turnabout there, then check the channel again."
        )
        await ada.presses("Check the channel again")
        await ada.closes()
        await setting.soon()
        ada.sees("I am not in", within="home")
        channel = next(one for one in slack.workspace.conversations.values() if one.name == CHANNEL)
        slack.workspace.join(channel.id, slack.workspace.bot.id)
        await ada.presses("Check the channel again")
        await ada.closes()
        await setting.soon()
        ada.sees_not("I am not in")
        assert len(setting.posts()) == 1
        assert "Check the channel again" not in ada.buttons("home")


@pytest.mark.parametrize(
    ("fault", "arrived"), [(CallFault.DROPPED_AFTER, True), (CallFault.DROPPED_BEFORE, False)]
)
async def test_a_greeting_without_a_clear_answer_is_looked_for_by_a_person(database_url, fault, arrived):
    async with a_fresh_workspace(database_url) as setting:
        ada = setting.ada
        setting.world.slack.faults.next(fault, "chat.postMessage")
        await setting.sets_up()
        await ada.closes()
        await setting.home_of(ada)
        ada.sees("Channel: Slack gave no clear answer. Please look whether my post stands in @mentoring.")
        assert len(setting.posts()) == int(arrived)
        await ada.presses("The post is there" if arrived else "Send the post again")
        if not arrived:
            await ada.closes()
        await setting.soon()
        ada.sees_not("Channel:", within="home")
        assert len(setting.posts()) == 1


@one_engine
async def test_another_channel_is_greeted_too_and_the_old_one_no_more(database_url):
    async with a_fresh_workspace(database_url) as setting:
        ada, slack = setting.ada, setting.world.slack
        slack.workspace.add_channel("news", [ada.id])
        await setting.sets_up()
        await ada.presses("Name, channel, dates")
        await ada.picks("Channel of the program", "news")
        await setting.submits(ada)
        await ada.closes()
        await setting.soon()
        assert setting.posts() == []  # the first was withdrawn before it went out
        assert len(ada.messages("news")) == 1


async def test_named_people_hear_nothing_and_see_the_question_on_their_home(database_url):
    async with a_fresh_workspace(database_url) as setting:
        ada, bo = setting.ada, setting.bo
        await setting.sets_up()
        ada.sees("Copy this and send it to @Bo. I do not write to them.")
        ada.sees("slack://app?team=T00000001&id=A00000001&tab=home")
        await ada.closes()
        await setting.soon()
        assert bo.dms() == []
        assert "You were asked to be the concern contact of Learning from each other." in (
            await setting.home_of(bo)
        )
        setting.tom.sees_not("concern contact")
        await bo.presses("Decline as concern contact")
        bo.sees("You declined. Nobody writes to you about it.")
        await bo.closes()
        await setting.soon()
        bo.sees_not("You were asked")
        await setting.home_of(ada)
        ada.sees("Concern contact: somebody has to accept this role.")
        assert "role.declined" in await setting.acts()


async def test_sign_up_closes_after_its_last_day_and_a_later_day_opens_it_again(database_url):
    async with a_fresh_workspace(database_url) as setting:
        ada = setting.ada
        await setting.sets_up()
        await ada.closes()
        await setting.accepts(setting.bo, "concern contact")
        await setting.accepts(setting.cy, "deputy")
        await setting.home_of(ada)
        await ada.presses("Open sign-up")
        await ada.closes()
        await setting.world.until(datetime(2026, 9, 21, 21, 59, tzinfo=UTC))
        assert (await setting.program()).state is ProgramState.OPEN
        await setting.world.until(datetime(2026, 9, 21, 22, 1, tzinfo=UTC))
        assert (await setting.program()).state is ProgramState.RUNNING
        ada.sees("Sign-up is closed.", within="home")
        await setting.tom.types("/mentoring join")
        setting.tom.sees("Sign-up is closed for now. Nothing was kept.")
        await ada.presses("Change the set-up")
        await ada.presses("Name, channel, dates")
        await ada.picks("Last day of sign-up", "2026-09-30")
        await ada.picks("Start", "2026-10-05")
        await setting.submits(ada)
        ada.sees("Sign-up is open through Wednesday 30 September.")
        assert (await setting.program()).state is ProgramState.OPEN


@one_engine
async def test_settings_are_changed_page_by_page_with_faults_under_their_fields(database_url):
    async with a_fresh_workspace(database_url) as setting:
        ada = setting.ada
        await setting.sets_up()
        await ada.presses("Settings")
        await ada.presses("Dates and gap")
        await ada.writes("Trial days", "7")
        await ada.submits()
        assert list(ada.modal.errors) == ["trial_days"]  # its nudge would come on its last day
        await ada.writes("Trial days", "10")
        await setting.submits(ada)
        ada.sees("Saved: Dates and gap.")
        await ada.presses("Extras")
        await ada.picks("Coffee lane", ["Switched on"])
        await setting.submits(ada)
        await ada.presses("Cadence")
        await ada.writes("Blackout dates", "2026-12-24 to 2026-12-26\n2027-01-01")
        await setting.submits(ada)
        await ada.presses("Words people see")
        await ada.writes("Partner noun", "sparring partner")
        await setting.submits(ada)
        settings = (await setting.program()).settings
        assert (settings["trial_days"], settings["coffee_lane"]) == (10, True)
        assert settings["blackout_dates"] == ["2026-12-24", "2026-12-25", "2026-12-26", "2027-01-01"]
        assert settings["partner_noun"] == "sparring partner"
        await ada.presses("Cadence")
        ada.sees("2026-12-24 to 2026-12-26")


@one_engine
async def test_somebody_else_can_open_none_of_it(database_url):
    async with a_fresh_workspace(database_url) as setting:
        await setting.sets_up()
        await setting.tom.types("/mentoring setup")
        setting.tom.sees(NOTHING)
        await setting.tom.closes()
        assert "desk" not in await setting.home_of(setting.tom)
        await setting.tom.types("/mentoring help")
        setting.tom.sees_not("/mentoring setup")
        await setting.ada.closes()
        await setting.ada.types("/mentoring help")
        setting.ada.sees("/mentoring setup")
