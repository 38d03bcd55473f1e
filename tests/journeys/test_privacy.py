"""A person's own data: seen, taken away as a file, and deleted, played on both engines."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import make_url

from mentoring.deliveries import DeliveryState
from mentoring.participants import NamedRole, NamedRoleState, ParticipantState
from mentoring.trials import EndCause
from tests.kit import World, played
from tests.pairing import BUDGETS, VIDEO, Joining, accepted, enrol, open_program
from usecases.pairs import end_pair, introduce_pair
from usecases.unit import CheckIn, Concern, Feedback, Rating, RoleHolder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.people import Someone

MONDAY = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
CANARIES = ("zq-department", "zq-site", "zq-goal", "zq-interest", "https://zq.example/book", "zq@example.com")


@dataclass
class Story:
    """Mara mentors Tom; Tom is the one whose data it is about."""

    world: World
    mara: Someone
    tom: Someone
    pair_id: str
    ids: dict[str, str]
    database_url: str

    async def read(self, name: str):
        async with self.world.bot.storage.read() as uow:
            participant = await uow.participants.get(self.ids[name])
            return participant, await uow.people.get(participant.person_id)

    async def files(self) -> list[bytes]:
        return [file.content for file in self.world.slack.workspace.files.values() if "my-data" in file.name]


@asynccontextmanager
async def known(database_url: str) -> AsyncIterator[Story]:
    async with played(database_url, now=MONDAY) as world:
        mara = world.slack.people.add("mara", "Mara Lind", tz="Europe/Berlin", locale="en-GB")
        tom = world.slack.people.add(
            "tom", "Tom Zqberg", tz="Europe/Berlin", locale="en-GB", email="zq@example.com"
        )
        async with world.bot.storage.write() as uow:
            program = await open_program(uow, world.bot.workspace_id, world.now)
            mentor = await enrol(
                uow,
                program,
                Joining(mara.id, "Mara Lind", "Europe/Berlin", 1, (VIDEO,), (BUDGETS,)),
                world.now,
            )
            mentee = await enrol(
                uow,
                program,
                Joining(tom.id, "Tom Zqberg", "Europe/Berlin", 4, (BUDGETS,), (VIDEO,)),
                world.now,
            )
            mentee.department, mentee.site, mentee.booking_link = CANARIES[0], CANARIES[1], CANARIES[4]
            mentee.goals, mentee.interests = [CANARIES[2]], [CANARIES[3]]
            mentee.do_not_pair_sealed = uow.vault.seal(json.dumps([mentor.person_id]))
            mentor.booker = tom.id
            proposal = await accepted(uow, program, mentor, mentee, world.now)
            pair = await introduce_pair(uow, program, proposal, world.now)
            pair.mentor_trial, pair_id = "continue", pair.id
            chat = await uow.sessions.find_numbered(pair.id, 0)
            for number, who in enumerate((mentor, mentee)):
                uow.check_ins.add(
                    CheckIn(
                        id=uow.ids.new(),
                        session_id=chat.id,
                        participant_id=who.id,
                        asked_at=world.now,
                        met="yes",
                        usefulness=5 - number,
                        editable_until=world.now,
                    )
                )
                uow.feedbacks.add(
                    Feedback(
                        id=uow.ids.new(),
                        session_id=chat.id,
                        participant_id=who.id,
                        learned_sealed=uow.vault.seal(f"learned {number}"),
                        readers="nobody",
                        written_at=world.now,
                    )
                )
                uow.ratings.add(
                    Rating(
                        id=uow.ids.new(),
                        participant_id=who.id,
                        pair_id=pair.id,
                        topic_id=VIDEO,
                        moment="before",
                        value=2 + number,
                        rated_at=world.now,
                    )
                )
            uow.concerns.add(
                Concern(
                    id=uow.ids.new(),
                    program_id=program.id,
                    writer_id=mentee.person_id,
                    reader_id=mentor.person_id,
                    text_sealed=uow.vault.seal(json.dumps({"text": "a private worry", "about": []})),
                    state="sent",
                    written_at=world.now,
                )
            )
            ids = {"mara": mentor.id, "tom": mentee.id}
        await world.settle()
        async with world.bot.storage.write() as uow:
            (await uow.people.find_by_slack_id(world.bot.workspace_id, tom.id)).email = "zq@example.com"
        yield Story(world, mara, tom, pair_id, ids, database_url)


# ------------------------------------------------------------------ seeing


async def test_the_list_shows_by_class_what_is_stored_and_nothing_of_the_other_side(database_url):
    async with known(database_url) as story:
        await story.tom.types("/mentoring privacy of Mara Lind, please")
        screen = story.tom.screen(within="modal")
        for said in (
            "A partner of yours may see",
            "name: Tom Zqberg",
            "Coordinators may see",
            "e-mail: zq@example.com",
            "reports to",
        )[:4]:
            assert said in screen, screen
        assert "topic: Short video" in screen
        assert "not to be paired with: Mara Lind" in screen
        assert "what you learned: learned 1" in screen
        assert "a private worry" in screen
        assert "with Mara Lind" in screen
        assert "learned 0" not in screen
        assert "continue" not in screen
        assert story.tom.screens == 1


async def test_somebody_who_only_pressed_something_sees_the_little_there_is(database_url):
    async with known(database_url) as story:
        una = story.world.slack.people.add("una", "Una Roy", tz="Europe/Berlin", locale="en-GB")
        await una.types("/mentoring privacy")
        una.sees("name: Una Roy", within="modal")
        una.sees_not("Zqberg", within="modal")


@pytest.mark.practice("P41")
async def test_an_end_that_was_not_told_yet_shows_neither_in_the_list_nor_in_the_copy(database_url):
    async with known(database_url) as story:
        await story.tom.types("/mentoring privacy")
        before = story.tom.screen(within="modal")
        await story.tom.closes()
        async with story.world.bot.storage.write() as uow:
            pair = await uow.pairs.get(story.pair_id)
            await end_pair(uow, pair, EndCause.SWAP, asked_by=story.ids["mara"], now=story.world.now)
        await story.tom.types("/mentoring privacy")
        assert story.tom.screen(within="modal") == before


# ------------------------------------------------------------------ a copy


async def test_a_copy_takes_one_tap_arrives_as_a_file_and_leaves_slack_after_a_day(database_url):
    async with known(database_url) as story:
        await story.tom.types("/mentoring privacy")
        story.tom.counts_anew()
        await story.tom.presses("Send me a copy")
        await story.tom.presses("Send me a copy")
        assert story.tom.taps == 2
        story.tom.sees("The file is on its way to you.", within="modal")
        await story.tom.closes()
        await story.world.advance(minutes=2)
        (content,) = await story.files()
        document = json.loads(content)
        text = content.decode()
        for canary in CANARIES:
            assert canary in text
        assert document["data"]["feedback"][0]["learned"] == "learned 1"
        assert document["data"]["participant"][0]["do_not_pair"] == ["Mara Lind"]
        assert document["data"]["pair"][0]["partner"] == "Mara Lind"
        assert document["who_may_see"]["feedback.learned"] == "private"
        assert "learned 0" not in text
        assert "continue" not in text
        story.tom.sees("It is removed from Slack after 24 hours.")
        await story.world.advance(hours=23)
        assert len(await story.files()) == 1
        await story.world.advance(hours=2)
        assert await story.files() == []


async def test_a_copy_is_sent_to_somebody_who_is_paused(database_url):
    async with known(database_url) as story:
        await story.tom.types("/mentoring pause 2 weeks")
        await story.tom.closes()
        await story.tom.types("/mentoring privacy")
        await story.tom.presses("Send me a copy")
        await story.world.advance(minutes=2)
        assert len(await story.files()) == 1


# ------------------------------------------------------------------ deleting


async def test_deleting_takes_two_taps_and_leaves_no_byte_of_the_person_in_the_database(database_url):
    async with known(database_url) as story:
        await story.tom.opens_home()
        await story.world.advance(minutes=1)
        await story.tom.types("/mentoring privacy")
        await story.tom.presses("Send me a copy")
        await story.world.advance(minutes=1)
        before, _ = await story.read("mara")
        story.tom.counts_anew()
        await story.tom.presses("Delete my data")
        story.tom.sees("This stays, and why", within="modal")
        await story.tom.submits()
        assert story.tom.taps == 2
        story.tom.sees("Your data are deleted.", within="modal")
        story.tom.sees("Reference of this deletion:", within="modal")
        story.tom.sees_not("Zqberg", within="modal")
        await story.tom.closes()
        await story.world.advance(minutes=1)
        assert await story.files() == []
        story.tom.sees("See how it works and join", within="home")
        story.tom.sees_not("With Mara Lind", within="home")
        participant, person = await story.read("tom")
        assert (participant.state, participant.goals, person.name) == (ParticipantState.LEFT, [], "")
        async with story.world.bot.storage.read() as uow:
            assert await uow.check_ins.list_for_participant(participant.id) == []
            assert await uow.feedbacks.list_for_participant(participant.id) == []
            assert await uow.ratings.list_for_participant(participant.id) == []
            assert await uow.concerns.list_for_writer(person.id) == []
            assert await uow.skills.list_for([participant.id]) == []
            theirs = await uow.feedbacks.list_for_participant(story.ids["mara"])
            assert uow.vault.open(theirs[0].learned_sealed) == "learned 0"
            assert len(await uow.check_ins.list_for_participant(story.ids["mara"])) == 1
            assert len(await uow.ratings.list_for_participant(story.ids["mara"])) == 1
            assert (await uow.pairs.get(story.pair_id)).mentor_trial == "continue"
        after, mara = await story.read("mara")
        assert (after.department, after.level, mara.name) == (before.department, before.level, "Mara Lind")
        assert after.booker == ""
        if database_url.startswith("sqlite"):
            path = Path(make_url(database_url).database)
            held = b"".join(
                one.read_bytes() for one in sorted(path.parent.iterdir()) if one.name.startswith(path.name)
            )
            assert b"Mara Lind" in held
            for canary in (*CANARIES, "Zqberg", story.tom.id):
                assert canary.encode() not in held, canary


async def test_the_partner_of_somebody_erased_reads_the_neutral_words_and_no_empty_name(database_url):
    async with known(database_url) as story:
        await story.tom.presses("Option 1")
        await story.world.advance(minutes=1)
        await story.mara.presses("Works for me")
        await story.world.advance(minutes=1)
        heard = len(story.tom.dms())
        await story.tom.types("/mentoring privacy")
        await story.tom.presses("Delete my data")
        await story.tom.submits()
        await story.tom.closes()
        await story.world.advance(minutes=2)
        story.mara.sees("The program moves your first chat.")
        await story.mara.opens_home()
        await story.world.advance(minutes=1)
        story.mara.sees("With your learning partner", within="home")
        await story.world.until(datetime(2026, 9, 21, 8, 0, tzinfo=UTC))
        assert story.mara.dms()[-1].text.startswith(
            "Your pair with your learning partner has come to an end."
        )
        assert len(story.tom.dms()) == heard
        participant, _ = await story.read("mara")
        assert participant.waiting_rounds == 1


async def test_whoever_comes_back_after_deleting_starts_as_a_stranger(database_url):
    async with known(database_url) as story:
        await story.tom.types("/mentoring privacy")
        await story.tom.presses("Delete my data")
        await story.tom.submits()
        await story.tom.closes()
        await story.tom.types("/mentoring status")
        story.tom.sees("You do not take part in Upward Mentoring.")
        await story.tom.types("/mentoring privacy")
        story.tom.sees("name: Tom Zqberg", within="modal")
        story.tom.sees_not("learned 1", within="modal")
        await story.world.advance(hours=2)
        _, person = await story.read("tom")
        assert person.name == ""


async def test_without_the_scope_for_files_the_copy_is_shown_to_the_operator_and_nothing_else_waits(
    database_url,
):
    async with known(database_url) as story:
        workspace = story.world.slack.workspace
        workspace.installation = replace(
            workspace.installation,
            scopes=tuple(one for one in workspace.installation.scopes if one != "files:write"),
        )
        await story.tom.types("/mentoring privacy")
        await story.tom.presses("Send me a copy")
        await story.tom.closes()
        await story.tom.types("/mentoring pause tomorrow")
        await story.tom.closes()
        await story.world.advance(days=3)
        assert await story.files() == []
        assert story.tom.dms()[-1].text.startswith("Your pause is over")
        async with story.world.bot.storage.read() as uow:
            (dead,) = await uow.outbox.list_in_states([DeliveryState.DEAD])
        assert (dead.kind, dead.reason) == ("privacy.export", "missing_scope: files:write")


async def test_a_role_that_ends_with_the_data_is_named_before(database_url):
    async with known(database_url) as story:
        participant, person = await story.read("tom")
        async with story.world.bot.storage.write() as uow:
            uow.role_holders.add(
                RoleHolder(
                    id="r",
                    program_id=participant.program_id,
                    person_id=person.id,
                    role=NamedRole.COORDINATOR,
                    state=NamedRoleState.ACCEPTED,
                    changed_at=story.world.now,
                )
            )
        await story.tom.types("/mentoring privacy")
        await story.tom.presses("Delete my data")
        story.tom.sees("You hold a role in the program.", within="modal")
        await story.tom.presses("Keep my data")
        _, person = await story.read("tom")
        assert person.name == "Tom Zqberg"
        await story.tom.types("/mentoring privacy")
        await story.tom.presses("Delete my data")
        await story.tom.submits()
        async with story.world.bot.storage.read() as uow:
            assert await uow.role_holders.list_for_program(participant.program_id) == []
            assert (await uow.people.get(person.id)).erased_at == story.world.now
