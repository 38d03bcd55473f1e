"""A concern from its form to its reader, and the last line of every private message, on both engines."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from mentoring.participants import NamedRole, NamedRoleState
from storage.tables import RoleHolder
from tests.kit import World, played
from tests.pairing import BUDGETS, VIDEO, Joining, enrol, open_program
from usecases.announcements import Wording, send_announcement, write_announcement
from usecases.visits import Profile, apply_profile, get_or_add_person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.people import Someone

MONDAY = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
WORDS = "canary: my partner reads my messages"
ROLES = {
    "cleo": NamedRole.CONCERN_CONTACT,
    "dan": NamedRole.DEPUTY,
    "cora": NamedRole.COORDINATOR,
}


@dataclass
class Story:
    """Mara takes part; Cleo is the contact, Dan the deputy, Cora coordinates; Cleo manages Tom."""

    world: World
    people: dict[str, Someone]

    def __getattr__(self, name: str) -> Someone:
        return self.people[name]

    async def writes(self, *about: str) -> None:
        await self.mara.types("/mentoring concern never take this")
        await self.mara.writes("What is it about", WORDS)
        if about:
            await self.mara.picks("Is anybody concerned", list(about))
        await self.mara.presses("Send in confidence")
        await self.world.settle()

    async def person(self, uow, name: str):
        return await uow.people.find_by_slack_id(self.world.bot.workspace_id, self.people[name].id)


@asynccontextmanager
async def story_of(database_url: str) -> AsyncIterator[Story]:
    async with played(database_url, now=MONDAY) as world:
        names = ("Mara Lind", "Tom Berg", "Cleo Park", "Dan Roth", "Cora Diaz")
        people = {
            name.split(" ")[0].lower(): world.slack.people.add(
                name.split(" ")[0].lower(), name, tz="Europe/Berlin", locale="en-GB"
            )
            for name in names
        }
        async with world.bot.storage.write() as uow:
            program = await open_program(uow, world.bot.workspace_id, world.now)
            ids = {}
            for name, who in people.items():
                person = await get_or_add_person(uow, program.workspace_id, who.id, world.now)
                profile = Profile(who.id, who.record.real_name, "Europe/Berlin", "en-GB")
                apply_profile(person, profile, world.now, country=None)
                ids[name] = person.id
            for name, role in ROLES.items():
                uow.role_holders.add(
                    RoleHolder(
                        id=uow.ids.new(),
                        program_id=program.id,
                        person_id=ids[name],
                        role=role,
                        state=NamedRoleState.ACCEPTED,
                        changed_at=world.now,
                    )
                )
            for name in ("mara", "tom"):
                who = people[name]
                part = await enrol(
                    uow,
                    program,
                    Joining(who.id, who.record.real_name, "Europe/Berlin", 1, (VIDEO,), (BUDGETS,)),
                    world.now,
                )
                if name == "tom":
                    part.manager_person_id = ids["cleo"]
        yield Story(world, people)


@pytest.mark.practice("P37")
async def test_concern_reaches_the_contact_who_alone_can_open_it(database_url):
    async with story_of(database_url) as story:
        await story.writes()
        story.mara.sees("Received by Cleo Park")
        assert "never take this" not in story.mara.screen()
        story.cleo.sees("A message in confidence waits for you")
        story.cleo.sees_not("Mara")
        story.cleo.sees_not(WORDS)
        await story.cleo.presses("Open the message")
        story.cleo.sees(WORDS, within="modal")
        story.cleo.sees("From Mara Lind", within="modal")
        await story.world.settle()
        await story.cleo.presses("Mark it as done")
        await story.cleo.closes()
        story.cleo.sees("You have opened this message in confidence")
        await story.world.advance(days=10)
        assert len(story.cleo.dms()) == 1
        for other in (story.tom, story.dan, story.cora):
            assert other.dms() == []
            other.sees_not("confidence waits")


@pytest.mark.practice("P37")
async def test_unopened_concern_is_repeated_and_goes_to_the_deputy_after_two_working_days(database_url):
    async with story_of(database_url) as story:
        await story.writes()
        await story.cleo.opens_home()
        await story.world.settle()
        story.cleo.sees("waits for you", within="home")
        await story.world.advance(days=1)
        assert len(story.cleo.dms()) == 2
        await story.world.advance(days=1)
        assert len(story.cleo.dms()) == 2
        story.dan.sees("A message in confidence waits for you")
        story.cleo.sees_not("waits for you")
        await story.dan.presses("Open the message")
        story.dan.sees(WORDS, within="modal")


@pytest.mark.practice("P37")
@pytest.mark.parametrize("about", ["cleo", "tom"])
async def test_concern_never_goes_to_somebody_concerned_or_in_their_reporting_line(database_url, about):
    async with story_of(database_url) as story:
        await story.writes(about)
        story.mara.sees("Received by Dan Roth")
        story.dan.sees("A message in confidence waits for you")
        await story.world.advance(days=8)
        assert story.cleo.dms() == []


@pytest.mark.practice("P37")
async def test_concern_goes_to_the_deputy_while_the_contact_is_away(database_url):
    async with story_of(database_url) as story:
        async with story.world.bot.storage.write() as uow:
            cleo = await story.person(uow, "cleo")
            cleo.away_from, cleo.away_until = date(2026, 9, 1), date(2026, 9, 30)
        await story.writes()
        story.mara.sees("Received by Dan Roth")


@pytest.mark.practice("P37")
async def test_concern_leaves_no_word_in_tables_or_log(database_url, capsys):
    async with story_of(database_url) as story:
        await story.writes()
        await story.cleo.presses("Open the message")
        await story.world.settle()
        async with story.world.bot.storage.read() as uow:
            mara = await story.person(uow, "mara")
            (concern,) = await uow.concerns.list_for_writer(mara.id)
            assert "canary" not in concern.text_sealed
            assert json.loads(uow.vault.open(concern.text_sealed))["text"] == WORDS
    said = capsys.readouterr()
    assert "canary" not in said.out + said.err
    assert "never take this" not in said.out + said.err


async def _announced(story: Story, title: str) -> None:
    """Cora sends an announcement to everybody who takes part."""
    async with story.world.bot.storage.write() as uow:
        program = await uow.programs.find_current(story.world.bot.workspace_id)
        cora = await story.person(uow, "cora")
        wording = Wording(title, "Some news.", "", "participants", None)
        announcement = await write_announcement(uow, program, cora, wording, story.world.now)
        refused = await send_announcement(uow, announcement, previewed_version=1, now=story.world.now)
        assert refused is None
    await story.world.advance(minutes=3)


async def test_footer_says_why_and_opens_help_in_confidence(database_url):
    async with story_of(database_url) as story:
        await _announced(story, "News")
        await story.mara.presses("Why this came")
        story.mara.sees("You take part, and a coordinator announced something.", within="modal")
        await story.mara.closes()
        await story.mara.presses("Help in confidence")
        await story.mara.writes("What is it about", WORDS)
        await story.mara.presses("Send in confidence")
        story.mara.sees("Received by Cleo Park")


async def test_footer_fewer_holds_counted_messages_for_a_fortnight_and_can_be_undone(database_url):
    async with story_of(database_url) as story:
        await _announced(story, "First news")
        await story.mara.presses("Fewer like this")
        story.mara.sees("You get fewer messages from now on.", within="modal")
        await story.mara.closes()
        await story.world.advance(days=8)
        await _announced(story, "Second news")
        assert [one for one in story.mara.dms() if "Second news" in one.text] == []
        assert [one for one in story.tom.dms() if "Second news" in one.text] != []
        await story.mara.presses("Fewer like this")
        await story.mara.presses("Go back to as before")
        await story.mara.closes()
        await story.world.advance(days=14)  # the second came on day 14, the third is written on day 22
        await _announced(story, "Third news")
        assert [one for one in story.mara.dms() if "Third news" in one.text] != []
