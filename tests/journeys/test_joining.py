"""Joining, changing one's profile, and named roles, played through the sandbox on both engines."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from mentoring.participants import NamedRole, NamedRoleState, ParticipantState
from mentoring.program import ProgramState
from storage.tables import RoleHolder
from tests.kit import World, played
from tests.pairing import BUDGETS, VIDEO, open_program
from usecases.visits import get_or_add_person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.people import Someone

LEVEL = "How far do the decisions in your present work reach?"
AGREE = "I want to take part and agree to this"
JOIN = "See how it works and join"


# What such a scenario shows does not depend on the engine: words, faults under fields, who sees what.
one_engine = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass
class Sign:
    """An open program; Tom may join, Ada coordinates."""

    world: World
    ada: Someone
    tom: Someone
    program_id: str

    async def settled(self) -> None:
        await self.world.bot.door.settled()

    async def soon(self) -> None:
        await self.world.advance(minutes=1)

    async def submits(self, who: Someone) -> None:
        await who.submits()
        await self.settled()

    async def home_of(self, who: Someone) -> str:
        await who.opens_home()
        await self.soon()
        return who.screen("home")

    async def fills_in(
        self,
        who: Someone,
        *,
        shares: tuple[str, ...] = ("Short video", "Shared documents"),
        learns: tuple[str, ...] = ("How budgets are decided",),
        level: str = "Own area",
    ) -> None:
        """Everything that the first screen needs."""
        await who.picks("Topics you can share", list(shares))
        await who.picks("Topics you want to learn", list(learns))
        await who.picks(LEVEL, level)
        await who.picks("Your department", "Product")
        await who.picks("Who do you report to?", "ada")
        await who.picks("Your agreement", [AGREE])

    async def joins(self, who: Someone, **about: object) -> None:
        await who.types("/mentoring join")
        await self.fills_in(who, **about)
        await self.submits(who)
        await self.submits(who)
        assert who.modal is None
        await self.soon()

    async def part_of(self, who: Someone):
        async with self.world.bot.storage.read() as uow:
            person = await uow.people.find_by_slack_id(self.world.bot.workspace_id, who.id)
            return await uow.participants.find_one(self.program_id, person.id) if person else None

    async def topics_of(self, who: Someone) -> list[tuple[str, str, int]]:
        part = await self.part_of(who)
        async with self.world.bot.storage.read() as uow:
            return [(one.side, one.topic_id, one.rating) for one in await uow.skills.list_for([part.id])]

    async def draft_of(self, who: Someone):
        async with self.world.bot.storage.read() as uow:
            person = await uow.people.find_by_slack_id(self.world.bot.workspace_id, who.id)
            return await uow.drafts.find_one(person.id, f"intake:{self.program_id}")

    async def change_program(self, **values: object) -> None:
        async with self.world.bot.storage.write() as uow:
            program = await uow.programs.get(self.program_id)
            for name, value in values.items():
                setattr(program, name, value)


@asynccontextmanager
async def an_open_program(database_url: str) -> AsyncIterator[Sign]:
    async with played(database_url) as world:
        ada = world.slack.people.add("ada", "Ada Berg", tz="Europe/Berlin", locale="en-GB")
        tom = world.slack.people.add("tom", "Tom Okoro", tz="Europe/London", locale="en-GB")
        async with world.bot.storage.write() as uow:
            program = await open_program(uow, world.bot.workspace_id, world.now)
            program.goal = "Learn <from> each other & laugh"
            program.departments = ["Product", "Sales"]
            person = await get_or_add_person(uow, world.bot.workspace_id, ada.id, world.now)
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
            program_id = program.id
        yield Sign(world, ada, tom, program_id)


@pytest.mark.practice("P13", "P14", "P15")
async def test_joining_takes_two_screens_at_most_eight_required_inputs_and_twenty_taps(database_url):
    async with an_open_program(database_url) as sign:
        tom = sign.tom
        await sign.home_of(tom)
        tom.sees("Learn <from> each other & laugh")
        tom.counts_anew()
        await tom.presses(JOIN)
        kinds = {one.kind for one in tom.modal.required}
        required = len(tom.modal.required) + len(["topics", "manager"])
        assert "plain_text_input" not in kinds
        await sign.fills_in(tom)
        await sign.submits(tom)
        required += len(tom.modal.required)
        for topic, rating in (
            ("You share “Short video”", "4 Solid"),
            ("You learn “How budgets", "1 New to me"),
        ):
            await tom.picks(topic, rating)
        await sign.submits(tom)
        assert tom.modal is None
        assert required <= 8
        assert tom.taps <= 20
        assert tom.screens <= 3  # the loading view, and the two that take its place
        await sign.soon()
        assert [message.text for message in tom.dms()] == [
            "You are in: Upward Mentoring. Nothing to press until there is a possible learning partner."
        ]
        part = await sign.part_of(tom)
        assert (part.level, part.department, part.chain_known) == (2, "Product", True)
        assert (part.mentor_capacity, part.mentee_capacity) == (1, 0)
        assert await sign.topics_of(tom) == [
            ("learn", BUDGETS, 1), ("share", VIDEO, 4), ("share", "tools.shared_docs", 0),
        ]  # fmt: skip
        async with sign.world.bot.storage.read() as uow:
            manager = await uow.people.get(part.manager_person_id)
            person = await uow.people.get(part.person_id)
        assert manager.slack_user_id == sign.ada.id
        assert (person.work_start, person.work_end, person.work_days, person.country) == (
            "09:00", "17:00", "01234", "GB",
        )  # fmt: skip
        assert await sign.draft_of(tom) is None
        assert sign.ada.dms() == []  # the manager hears nothing


@one_engine
@pytest.mark.practice("P6")
async def test_the_first_screen_dispels_myths_and_says_what_is_kept_and_what_nobody_can_protect(database_url):
    async with an_open_program(database_url) as sign:
        await sign.tom.types("/mentoring join")
        for line in (
            "What you know counts, not your age: nobody is asked for it.",
            "Sharing needs no title, and wanting to learn is no weakness.",
            "A learning partner sees your name, department, topics, languages and working hours.",
            "The program team also sees your level, your manager and whether you are matched.",
            "When a pair ends, a partner may guess who wished it.",
            "may be able to read what I hold.",
        ):
            sign.tom.sees(line)
        words = sign.tom.screen("modal").lower()
        for banned in ("junior", "senior", "reverse", "young", "how old", "born", "!"):
            assert banned not in words


async def test_a_draft_survives_closing_and_is_all_that_is_left(database_url):
    async with an_open_program(database_url) as sign:
        tom = sign.tom
        await tom.types("/mentoring join")
        assert await sign.draft_of(tom) is None  # looking leaves nothing
        await tom.picks("Topics you can share", ["Short video"])
        await tom.picks(LEVEL, "One group")
        await tom.closes()
        draft = await sign.draft_of(tom)
        assert VIDEO not in draft.sealed
        assert await sign.part_of(tom) is None
        await sign.soon()
        assert tom.dms() == []
        await sign.world.advance(days=3)
        await tom.types("/mentoring join")
        tom.sees("Short video")
        await sign.fills_in(tom)
        await sign.submits(tom)
        await tom.picks("You learn “How budgets", "2 Tried it")
        await tom.picks("Your day starts (London time)", "08:00")
        await tom.closes()
        await tom.types("/mentoring join")
        await sign.submits(tom)
        tom.sees("08:00")
        await sign.submits(tom)
        assert (await sign.part_of(tom)).state is ParticipantState.ACTIVE


@one_engine
@pytest.mark.practice("P11")
async def test_people_with_little_time_get_a_word_of_their_own_and_not_now_leaves_no_trace(database_url):
    async with an_open_program(database_url) as sign:
        tom = sign.tom
        await tom.types("/mentoring join")
        await sign.fills_in(tom, level="Several groups")
        await sign.submits(tom)
        tom.sees("Bring one real task of your own; doing it yourself teaches more than watching.")
        tom.sees("Somebody else may book it: choose them at the end.")
        await tom.closes()
        await tom.types("/mentoring join")
        await tom.presses("Not now, keep nothing")
        tom.sees("Nothing was kept, and nobody hears of it.")
        await tom.closes()
        await sign.soon()
        assert await sign.draft_of(tom) is None
        assert await sign.part_of(tom) is None
        async with sign.world.bot.storage.read() as uow:
            assert await uow.audit.list_for_program(sign.program_id) == []
            assert await uow.outbox.count_by_state() == {}
        assert tom.dms() == sign.ada.dms() == []
        await tom.types("/mentoring join")
        tom.sees_not("Short video")


@one_engine
async def test_everything_wrong_is_named_at_once_under_its_field_and_nothing_is_lost(database_url):
    async with an_open_program(database_url) as sign:
        tom = sign.tom
        await tom.types("/mentoring join")
        await tom.picks(LEVEL, "Several groups")
        await tom.picks("Topics you can share", ["Short video"])
        await tom.picks("Your department", "Other")
        await tom.picks("Your agreement", [AGREE])
        await tom.submits()
        assert tom.modal.errors == {
            "learn": "With this answer on decisions you learn something. Please choose a topic.",
            "manager": "Please choose a person, or tick that it is nobody here.",
        }
        await tom.picks("Topics you want to learn", ["Short video"])
        await tom.picks("Who do you report to?", "tom")
        await tom.submits()
        assert tom.modal.errors == {
            "learn": "A topic stands on both sides. Please keep it on one.",
            "manager": "This is you. Please choose the person you report to.",
        }
        await tom.picks("Topics you want to learn", ["How budgets are decided"])
        await tom.picks("Who do you report to?", None)
        await tom.picks("Or", ["I report to nobody here"])
        await sign.submits(tom)
        await tom.picks("Your day ends (London time)", "08:00")
        await tom.picks("Days you work", [])
        await tom.writes("A page where people book time with you", "http://book.example.com/tom")
        await tom.submits()
        assert tom.modal.errors == {
            "work_end": "The day ends before it starts. Please choose a later time.",
            "booking_link": "Please give a link that starts with https://.",
        }
        await tom.picks("Your day ends (London time)", "16:00")
        await tom.submits()
        assert set(tom.modal.errors) == {"work_days", "booking_link"}
        await tom.picks("Days you work", ["Sunday", "Monday"])
        await tom.writes("A page where people book time with you", "https://book.example.com/tom")
        await sign.submits(tom)
        part = await sign.part_of(tom)
        assert (part.mentor_capacity, part.mentee_capacity) == (0, 1)
        assert (part.manager_person_id, part.chain_known) == (None, True)
        assert part.booking_link == "https://book.example.com/tom"


@one_engine
@pytest.mark.practice("P5")
async def test_topics_reach_beyond_technology_and_those_left_out_are_not_offered(database_url):
    async with an_open_program(database_url) as sign:
        await sign.change_program(charter={"screen": 3})
        await sign.home_of(sign.ada)
        await sign.ada.presses("Change the set-up")
        await sign.ada.presses("People and topics")
        await sign.settled()
        offered = sign.ada.options("Topics to leave out")
        assert {"How strategy is made", "Unspoken rules", "Negotiating", "Short video"} <= set(offered)
        await sign.ada.picks("Topics to leave out", ["Short video", "Posts worth reading"])
        await sign.submits(sign.ada)
        await sign.tom.types("/mentoring join")
        for label in ("Topics you can share", "Topics you want to learn"):
            assert set(offered) - set(sign.tom.options(label)) == {"Short video", "Posts worth reading"}


@one_engine
async def test_who_cannot_join_gets_a_kind_answer_and_nothing_is_kept(database_url):
    async with an_open_program(database_url) as sign:
        people = sign.world.slack.people
        guest = people.add("gus", "Gus Guest", is_guest=True)
        stranger = people.add("sid", "Sid Stranger", is_stranger=True)
        for person in (guest, stranger):
            await person.types("/mentoring join")
            person.sees("This mentoring program is for people of the company. Nothing was kept.")
            assert await sign.part_of(person) is None
        await sign.joins(sign.tom)
        await sign.tom.types("/mentoring join")
        sign.tom.sees("You take part already.")
        await sign.change_program(state=ProgramState.RUNNING)
        late = people.add("lea", "Lea Late")
        await late.types("/mentoring join")
        late.sees("Sign-up is closed for now. Nothing was kept.")
        await late.closes()
        assert JOIN not in await sign.home_of(late)
        await sign.change_program(state=ProgramState.DRAFT)
        await late.types("/mentoring join")
        late.sees("Sign-up is not open yet. Nothing was kept; the opening is announced.")


@one_engine
async def test_sign_up_that_closes_while_the_form_is_open_takes_nobody_in(database_url):
    async with an_open_program(database_url) as sign:
        await sign.tom.types("/mentoring join")
        await sign.fills_in(sign.tom)
        await sign.submits(sign.tom)
        await sign.change_program(state=ProgramState.RUNNING)
        await sign.submits(sign.tom)
        sign.tom.sees("Sign-up is closed for now.")
        assert await sign.part_of(sign.tom) is None


async def test_a_person_who_left_joins_again_under_the_same_row(database_url):
    async with an_open_program(database_url) as sign:
        await sign.joins(sign.tom)
        before = await sign.part_of(sign.tom)
        async with sign.world.bot.storage.write() as uow:
            part = await uow.participants.get(before.id)
            part.state, part.left_at = ParticipantState.LEFT, sign.world.now
        await sign.world.advance(days=1)
        await sign.joins(sign.tom, shares=("Small experiments",), learns=())
        after = await sign.part_of(sign.tom)
        assert (after.id, after.state, after.left_at) == (before.id, ParticipantState.ACTIVE, None)
        assert after.joined_at > before.joined_at
        assert [topic for _, topic, _ in await sign.topics_of(sign.tom)] == ["data.small_tests"]
        assert len(sign.tom.dms()) == 2  # a receipt for each time


@one_engine
async def test_the_profile_reuses_the_forms_and_keeps_what_is_not_changed(database_url):
    async with an_open_program(database_url) as sign:
        tom = sign.tom
        await sign.joins(tom)
        await tom.types("/mentoring profile")
        await tom.presses("Change hours and contact")
        await sign.settled()
        await tom.picks("You share “Short video”", "5 Go-to person")
        await tom.picks("Who books for you?", "ada")
        await tom.picks("Languages you can talk in", ["English", "German"])
        await sign.submits(tom)
        tom.sees("Saved.")
        await tom.presses("Change topics and work")
        tom.sees_not("Your agreement")
        await tom.picks("Topics you can share", ["Short video", "Small experiments"])
        await sign.submits(tom)
        assert await sign.topics_of(tom) == [
            ("learn", BUDGETS, 0), ("share", VIDEO, 5), ("share", "data.small_tests", 0),
        ]  # fmt: skip
        part = await sign.part_of(tom)
        assert (part.booker, part.languages, part.department) == (sign.ada.id, ["en", "de"], "Product")
        await tom.closes()
        await sign.soon()
        assert sign.ada.dms() == []
        assert len(tom.dms()) == 1


@pytest.mark.practice("P38")
async def test_private_wishes_are_sealed_shown_to_their_owner_alone_and_honoured(database_url):
    async with an_open_program(database_url) as sign:
        tom, ada = sign.tom, sign.ada
        await sign.joins(tom, level="One group")
        await tom.presses("Change my profile", within="You are in")
        await tom.presses("Change wishes and limits")
        await tom.picks("People you would rather not be paired with", ["ada"])
        await tom.picks("Topics you would rather not talk about", ["Short video"])
        await tom.submits()
        assert tom.modal.errors == {
            "off_limits": "You share or want to learn one of these. Please take it out here or there."
        }
        await tom.picks("Topics you would rather not talk about", ["Negotiating"])
        await tom.picks("Your role", "both, in different pairs")
        await tom.picks("Pairs at the same time", "2 pairs")
        await tom.picks("Goals", ["Decide better", "Be heard with my ideas"])
        await tom.picks("How do you like to work?", "Rather try first")
        await tom.picks("Hours a month you can give", "4 hours")
        await sign.submits(tom)
        tom.sees("Your role: both, in different pairs")
        tom.sees_not("Negotiating")
        await tom.presses("Change wishes and limits")
        tom.sees("Negotiating")
        await tom.closes()
        part = await sign.part_of(tom)
        assert (part.mentor_capacity, part.mentee_capacity) == (2, 2)
        assert (part.goals, part.work_style, part.hours_a_month) == (["decide_better", "be_heard"], 4, 4)
        vault = sign.world.bot.storage.vault
        assert "negotiating" not in part.off_limits_sealed
        assert json.loads(vault.open(part.off_limits_sealed)) == ["growth.negotiating"]
        async with sign.world.bot.storage.read() as uow:
            barred = await uow.people.find_by_slack_id(sign.world.bot.workspace_id, ada.id)
        assert json.loads(vault.open(part.do_not_pair_sealed)) == [barred.id]
        await tom.types("/mentoring profile")
        await tom.presses("Change topics and work")
        await tom.picks("Topics you want to learn", ["Negotiating"])
        await tom.submits()
        assert list(tom.modal.errors) == ["learn"]
        await tom.closes()
        for words in (await sign.home_of(tom), await sign.home_of(ada)):
            assert "Negotiating" not in words
            assert "rather not" not in words


@one_engine
async def test_a_profile_is_only_for_those_who_take_part(database_url):
    async with an_open_program(database_url) as sign:
        await sign.tom.types("/mentoring profile")
        sign.tom.sees("There is nothing to do here for you right now.")


async def test_a_coordinator_names_another_who_accepts_and_the_last_one_stays(database_url):
    async with an_open_program(database_url) as sign:
        ada, tom = sign.ada, sign.tom
        await sign.change_program(charter={"screen": 3})
        await sign.home_of(ada)
        await ada.presses("Step down as coordinator")
        ada.sees("A program keeps at least one coordinator. Name another one first; nothing was changed.")
        await ada.closes()
        await ada.presses("Change the set-up")
        await ada.presses("Named roles")
        await ada.picks("Name somebody", "tom")
        await ada.picks("Role", "coordinator")
        await sign.submits(ada)
        ada.sees("@Tom · coordinator, has not answered")
        await ada.picks("Name somebody", "tom")
        await ada.picks("Role", "deputy")
        await ada.submits()
        assert list(ada.modal.errors) == ["person"]
        await ada.closes()
        assert "desk" not in await sign.home_of(tom)
        await tom.types("/mentoring setup")
        tom.sees("There is nothing to do here for you right now.")
        await tom.closes()
        await tom.presses("Accept as coordinator")
        await tom.closes()
        assert "Your desk as a coordinator" in await sign.home_of(tom)
        await ada.presses("Step down as coordinator")
        ada.sees("You are no longer the coordinator.")
        await ada.closes()
        assert "desk" not in await sign.home_of(ada)
        await tom.presses("Change the set-up")
        await tom.presses("Named roles")
        await tom.presses("End: coordinator")
        tom.sees("A program keeps at least one coordinator.")
        async with sign.world.bot.storage.read() as uow:
            acts = [row.act for row in await uow.audit.list_for_program(sign.program_id)]
        assert acts == ["role.named", "role.accepted", "role.ended"]


async def test_a_new_contact_takes_over_on_accepting_and_nobody_else_can_accept(database_url):
    async with an_open_program(database_url) as sign:
        ada, tom = sign.ada, sign.tom
        bo = sign.world.slack.people.add("bo", "Bo Lee")
        await sign.change_program(charter={"screen": 3})
        for person in (tom, bo):
            await sign.home_of(ada)
            await ada.presses("Change the set-up")
            await ada.presses("Named roles")
            await ada.picks("Name somebody", person.record.name)
            await ada.picks("Role", "concern contact")
            await sign.submits(ada)
            await ada.closes()
            assert "Accept as concern contact" in await sign.home_of(person)
            if person is bo:
                async with sign.world.bot.storage.read() as uow:
                    holders = await uow.role_holders.list_for_program(
                        sign.program_id, NamedRole.CONCERN_CONTACT
                    )
                assert sorted(one.state for one in holders) == ["accepted", "named"]
            await person.presses("Accept as concern contact")
            await person.closes()
        async with sign.world.bot.storage.read() as uow:
            holders = await uow.role_holders.list_for_program(sign.program_id, NamedRole.CONCERN_CONTACT)
        assert sorted(one.state for one in holders) == ["accepted", "ended"]
        assert "You are the concern contact" in await sign.home_of(bo)
        assert "concern contact" not in await sign.home_of(tom)
