"""An announcement from its form to its report, played through the sandbox on both engines."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mentoring.participants import NamedRole, NamedRoleState
from sandbox.errors import NotOnScreenError
from sandbox.faults import CallFault
from storage.tables import RoleHolder
from tests.kit import World, played
from tests.pairing import BUDGETS, VIDEO, Joining, enrol, open_program
from usecases.visits import Profile, apply_profile, get_or_add_person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.people import Someone

MONDAY = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
TITLE = "Upward Mentoring opens today"
TEXT = "Joining is your choice. Sign-up closes on Friday 18 September."


@dataclass
class Story:
    """Cora coordinates; Mara mentors and Tom is mentored; Otto only reads the channel."""

    world: World
    cora: Someone
    mara: Someone
    tom: Someone
    otto: Someone

    async def writes(self, audience: str = "", title: str = TITLE, text: str = TEXT) -> None:
        await self.cora.types("/mentoring announce")
        await self.cora.writes("Title", title)
        await self.cora.writes("Text", text)
        if audience:
            await self.cora.picks("Who gets it", audience)
        await self.cora.presses("Show me the preview")
        await self.world.settle()
        await self.cora.closes()

    async def act(self, label: str) -> None:
        await self.cora.presses(label)
        await self.world.advance(minutes=3)


@asynccontextmanager
async def coordinated(database_url: str, *, bot_is_there: bool = True) -> AsyncIterator[Story]:
    async with played(database_url, now=MONDAY) as world:
        about = {"tz": "Europe/Berlin", "locale": "en-GB"}
        cora, mara, tom, otto = (
            world.slack.people.add(name.split(" ")[0].lower(), name, **about)
            for name in ("Cora Diaz", "Mara Lind", "Tom Berg", "Otto Weiss")
        )
        everyone = [one.id for one in (cora, mara, tom, otto)]
        channel = world.slack.workspace.add_channel("mentoring", everyone, with_bot=bot_is_there)
        async with world.bot.storage.write() as uow:
            program = await open_program(uow, world.bot.workspace_id, world.now)
            program.channel_id = channel.id
            person = await get_or_add_person(uow, program.workspace_id, cora.id, world.now)
            apply_profile(
                person, Profile(cora.id, "Cora Diaz", "Europe/Berlin", "en-GB"), world.now, country=None
            )
            uow.role_holders.add(
                RoleHolder(
                    id=uow.ids.new(),
                    program_id=program.id,
                    person_id=person.id,
                    role=NamedRole.COORDINATOR,
                    state=NamedRoleState.ACCEPTED,
                    changed_at=world.now,
                )
            )
            for who, level in ((mara, 1), (tom, 4)):
                participant = await enrol(
                    uow,
                    program,
                    Joining(who.id, who.record.real_name, "Europe/Berlin", level, (VIDEO,), (BUDGETS,)),
                    world.now,
                )
                participant.mentor_capacity, participant.mentee_capacity = (1, 0) if level == 1 else (0, 1)
        yield Story(world, cora, mara, tom, otto)


@pytest.mark.practice("P12")
async def test_announcement_goes_to_the_channel_after_its_preview_within_five_taps(database_url):
    async with coordinated(database_url) as story:
        story.cora.counts_anew()
        await story.writes()
        story.cora.sees("Nothing is sent yet", within="directmessage")
        assert story.otto.messages("mentoring") == []
        await story.act("Send it")
        assert story.cora.taps <= 5
        story.otto.sees(TEXT, within="mentoring")
        assert "See how it works and join" in story.otto.buttons(within="mentoring")
        story.cora.sees("Sent: 1 message.", within="directmessage")
        assert len(story.cora.dms()) == 1  # preview and report are one message
        assert story.mara.dms() == story.otto.dms() == []


@pytest.mark.practice("P12")
async def test_announcement_looks_in_the_preview_as_it_looks_to_others(database_url):
    async with coordinated(database_url) as story:
        await story.writes()
        await story.act("Send it")
        (post,) = story.otto.messages("mentoring")
        (preview,) = story.cora.dms()
        kinds = [block["type"] for block in post.blocks]
        start = [block["type"] for block in preview.blocks].index("header")
        shown = preview.blocks[start : start + len(kinds)]
        assert [_without_ids(block) for block in shown] == [_without_ids(block) for block in post.blocks]


def _without_ids(block):
    return {key: value for key, value in block.items() if key != "block_id"}


@pytest.mark.practice("P12")
async def test_announcement_changed_after_its_preview_needs_the_new_preview(database_url):
    async with coordinated(database_url) as story:
        await story.writes()
        (old,) = story.cora.dms()
        old_blocks = old.blocks
        await story.cora.presses("Change it")
        await story.cora.writes("Text", "The date has moved.")
        await story.cora.presses("Show me the preview")
        value = next(
            element["value"]
            for block in old_blocks
            if block["type"] == "actions"
            for element in block["elements"]
            if element["action_id"] == "announcement.send.v1"
        )
        assert value.endswith("version:1")
        # The old preview is still on the screen until the sender redraws it; its button sends nothing.
        await story.cora.closes()
        await story.cora.presses("Send it")
        story.cora.sees("The text has changed since this preview")
        await story.world.settle()
        assert story.otto.messages("mentoring") == []
        story.cora.sees("The date has moved.", within="directmessage")
        await story.act("Send it")
        story.otto.sees("The date has moved.", within="mentoring")


@pytest.mark.practice("P12")
async def test_announcement_to_mentors_reaches_opted_in_mentors_only_and_counts_held_ones(database_url):
    async with coordinated(database_url) as story:
        await story.writes("all mentors")
        await story.act("Send it")
        story.mara.sees(TEXT, within="directmessage")
        assert story.tom.dms() == story.otto.dms() == []
        await story.writes("all who take part", title="One more")
        await story.act("Send it")
        story.cora.sees("Held: 1, because they had a message this week already.", within="One more")
        story.cora.sees("Sent: 1 message.", within="One more")
        await story.world.advance(days=8)
        story.cora.sees("Sent: 2 messages.", within="One more")
        assert len(story.mara.dms()) == 2


async def test_announcement_at_a_later_moment_waits_for_it_and_can_be_stopped(database_url):
    async with coordinated(database_url) as story:
        await story.cora.types("/mentoring announce")
        await story.cora.writes("Title", TITLE)
        await story.cora.writes("Text", TEXT)
        await story.cora.picks("Send at", story.world.now + timedelta(days=2))
        await story.cora.presses("Show me the preview")
        await story.cora.closes()
        await story.world.settle()
        await story.act("Send it")
        await story.world.advance(days=1)
        story.cora.sees("Goes out on Wednesday 9 September")
        assert story.otto.messages("mentoring") == []
        await story.act("Stop it")
        await story.world.advance(days=3)
        story.cora.sees("Stopped. Nothing more goes out.")
        assert story.otto.messages("mentoring") == []


async def test_announcement_in_a_channel_without_the_bot_says_why_and_can_be_sent_again(database_url):
    async with coordinated(database_url, bot_is_there=False) as story:
        await story.writes()
        await story.act("Send it")
        story.cora.sees("Not sent: 1, because I am not in the channel")
        channel = next(
            one for one in story.world.slack.workspace.conversations.values() if one.name == "mentoring"
        )
        story.world.slack.workspace.join(channel.id, story.world.slack.workspace.bot.id)
        await story.act("Send it again")
        story.otto.sees(TEXT, within="mentoring")
        story.cora.sees("Sent: 1 message.")


@pytest.mark.parametrize(
    "hostile", ["<!channel> hello", "<@U0001> & <https://evil.example|here>", "*b* `c` @here"]
)
async def test_announcement_text_calls_and_links_nobody(database_url, hostile):
    async with coordinated(database_url) as story:
        await story.writes(title=hostile, text=hostile)
        await story.act("Send it")
        (post,) = story.otto.messages("mentoring")
        assert "<" not in post.text
        for block in post.blocks:
            if block["type"] in {"section", "header"}:
                assert block["text"]["type"] == "plain_text"


@pytest.mark.practice("P12")
@pytest.mark.parametrize("arrived", [True, False])
async def test_post_in_doubt_is_never_repeated_before_somebody_looked_in_the_channel(database_url, arrived):
    async with coordinated(database_url) as story:
        await story.writes()
        fault = CallFault.DROPPED_AFTER if arrived else CallFault.DROPPED_BEFORE
        story.world.slack.faults.next(fault, "chat.postMessage")
        await story.act("Send it")
        await story.world.advance(days=2)
        assert len(story.otto.messages("mentoring")) == int(arrived)
        story.cora.sees("Slack gave no clear answer; please look in the channel")
        await story.act("It is there" if arrived else "Send it again")
        assert len(story.otto.messages("mentoring")) == 1
        story.cora.sees("Sent: 1 message.")


async def test_coordinator_removed_meanwhile_sends_nothing(database_url):
    async with coordinated(database_url) as story:
        await story.writes()
        async with story.world.bot.storage.write() as uow:
            program = await uow.programs.find_current(story.world.bot.workspace_id)
            for holder in await uow.role_holders.list_for_program(program.id):
                holder.state = NamedRoleState.ENDED
        await story.act("Send it")
        assert story.otto.messages("mentoring") == []


@pytest.mark.parametrize(
    ("title", "text"),
    [("\u200b\u2060", TEXT), (TITLE, "\u202e\u200b")],
)
async def test_text_that_nobody_could_see_is_asked_for_again(database_url, title, text):
    async with coordinated(database_url) as story:
        await story.cora.types("/mentoring announce")
        await story.cora.writes("Title", title)
        await story.cora.writes("Text", text)
        await story.cora.presses("Show me the preview")
        story.cora.sees("Please write something here.", within="modal")


async def test_longest_text_of_wide_characters_still_arrives(database_url):
    async with coordinated(database_url) as story:
        await story.writes(title="\U0001f331" * 120, text="\U0001f331" * 1800)
        await story.act("Send it")
        story.cora.sees("Sent: 1 message.")


@pytest.mark.practice("P7")
async def test_form_proposes_the_sponsors_name_and_shows_it_in_the_text(database_url):
    async with coordinated(database_url) as story:
        async with story.world.bot.storage.write() as uow:
            program = await uow.programs.find_current(story.world.bot.workspace_id)
            otto = await get_or_add_person(uow, program.workspace_id, story.otto.id, story.world.now)
            otto.name = "Otto Weiss"
            uow.role_holders.add(
                RoleHolder(
                    id=uow.ids.new(),
                    program_id=program.id,
                    person_id=otto.id,
                    role=NamedRole.SPONSOR,
                    state=NamedRoleState.ACCEPTED,
                    changed_at=story.world.now,
                )
            )
        await story.writes()
        await story.act("Send it")
        story.otto.sees("From Otto Weiss", within="mentoring")


async def test_announce_from_home(database_url):
    async with coordinated(database_url) as story:
        await story.cora.opens_home()
        await story.world.settle()
        await story.cora.presses("Write an announcement")
        story.cora.sees("First you get a preview", within="modal")


async def test_announce_is_for_coordinators_only(database_url):
    async with coordinated(database_url) as story:
        await story.mara.types("/mentoring announce")
        story.mara.sees("There is nothing to do here for you right now")
        with pytest.raises(NotOnScreenError):
            await story.mara.writes("Title", TITLE)
