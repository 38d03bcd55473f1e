"""Set-up, named roles, drafts and joining on both engines."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from mentoring.deliveries import DeliveryState
from mentoring.participants import About, NamedRole, NamedRoleState, NamingRefusal, Offer, Role
from mentoring.program import Direction, ProgramState
from mentoring.setup import ChannelState, Charter, Measure, Need
from tests.pairing import BUDGETS, VIDEO
from usecases.candidates import load_candidates
from usecases.drafts import drop_draft, load_draft, save_draft
from usecases.joining import (
    More,
    Wishes,
    change_about,
    change_wishes,
    do_not_pair_of,
    join_program,
    off_limits_of,
)
from usecases.roles import answer_role, end_role, name_people, name_person, standing_roles
from usecases.setup import (
    Basics,
    change_settings,
    channel_series,
    channel_state,
    claim_program,
    has_coordinator,
    may_try_code,
    note_wrong_code,
    open_sign_up,
    plan_programs,
    save_basics,
    save_charter,
    setup_desk,
)
from usecases.visits import ensure_workspace, get_or_add_person

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
TODAY = date(2026, 9, 7)
ABOUT = About(
    shares=(VIDEO,), learns=(BUDGETS,), level=2, department="Product", manager="UMGR", nobody_here=False
)
MORE = More(
    ratings={(Role.MENTOR, VIDEO): 4},
    languages=("en", "sv"),
    work_start="08:00",
    work_end="16:00",
    work_days=(0, 1, 2, 3),
    country="SE",
    booking_link="https://book.example.com",
    booker="UASST",
)


class Office:
    """One workspace with a draft program; people by their Slack ids."""

    def __init__(self, storage, workspace_id, program_id):
        self.storage = storage
        self.workspace_id = workspace_id
        self.program_id = program_id

    async def person(self, uow, slack_user_id):
        return await get_or_add_person(uow, self.workspace_id, slack_user_id, NOW)

    async def program(self, uow):
        return await uow.programs.get(self.program_id)


@pytest.fixture
async def office(storage):
    workspace_id = await ensure_workspace(
        storage, slack_team_id="T1", name="Acme", bot_user_id="UBOT", now=NOW
    )
    async with storage.write() as uow:
        ada = await get_or_add_person(uow, workspace_id, "UADA", NOW)
        ada.timezone = "Europe/Berlin"
        program = await claim_program(uow, workspace_id, ada, NOW)
    return Office(storage, workspace_id, program.id)


async def seat(office, slack_user_id, role):
    async with office.storage.write() as uow:
        program, ada = await office.program(uow), await office.person(uow, "UADA")
        person = await office.person(uow, slack_user_id)
        holder = await name_person(uow, program, ada, person, role, NOW)
        assert await answer_role(uow, holder, person, NOW, accepts=True)


async def basics(office, **changes):
    values = {
        "name": "Upward",
        "goal": "Learn",
        "direction": Direction.REVERSE,
        "channel_id": "C1",
        "signup_closes_on": TODAY + timedelta(days=14),
        "starts_on": TODAY + timedelta(days=21),
    }
    async with office.storage.write() as uow:
        program, ada = await office.program(uow), await office.person(uow, "UADA")
        await save_basics(uow, program, ada, Basics(**{**values, **changes}), NOW)


async def greeting(office, state):
    """The greeting of the channel ends in this state."""
    async with office.storage.write() as uow:
        program = await office.program(uow)
        rows = await uow.outbox.list_series(channel_series(program))
        max(rows, key=lambda row: int(row.occurrence)).state = state


async def test_the_first_coordinator_gets_a_draft_in_their_own_zone(office):
    async with office.storage.read() as uow:
        program = await office.program(uow)
        assert (program.state, program.timezone) == (ProgramState.DRAFT, "Europe/Berlin")
        assert await has_coordinator(uow, office.workspace_id)


async def test_wrong_codes_are_counted_by_person_and_hour(office):
    async with office.storage.write() as uow:
        ada, tom = await office.person(uow, "UADA"), await office.person(uow, "UTOM")
        for minute in range(5):
            assert await may_try_code(uow, office.workspace_id, tom, NOW)
            note_wrong_code(uow, office.workspace_id, tom, NOW - timedelta(minutes=minute))
            await uow.flush()
        assert not await may_try_code(uow, office.workspace_id, tom, NOW)
        assert await may_try_code(uow, office.workspace_id, ada, NOW)
        assert await may_try_code(uow, office.workspace_id, tom, NOW + timedelta(minutes=57))


@pytest.mark.parametrize(
    ("delivery", "channel"),
    [
        (DeliveryState.DUE, ChannelState.CHECKING),
        (DeliveryState.UNKNOWN, ChannelState.CHECKING),
        (DeliveryState.SENT, ChannelState.REACHED),
        (DeliveryState.DEAD, ChannelState.NOT_IN),
        (DeliveryState.SKIPPED, ChannelState.NOT_IN),
        (DeliveryState.PARKED, ChannelState.IN_DOUBT),
    ],
)
async def test_the_channel_stands_as_its_greeting_ended(office, delivery, channel):
    await basics(office)
    await greeting(office, delivery)
    async with office.storage.read() as uow:
        assert await channel_state(uow, await office.program(uow)) is channel


async def test_saving_the_same_channel_again_owes_no_second_greeting(office):
    await basics(office)
    await basics(office, name="Renamed")
    async with office.storage.read() as uow:
        assert len(await uow.outbox.list_series(channel_series(await office.program(uow)))) == 1


async def test_the_planner_looks_while_the_channel_is_checked_and_rests_then_until_sign_up_closes(office):
    await basics(office)
    assert await plan_programs(office.storage, NOW) == NOW + timedelta(seconds=5)
    await greeting(office, DeliveryState.SENT)
    assert await plan_programs(office.storage, NOW) is None
    async with office.storage.write() as uow:
        program = await office.program(uow)
        assert program.channel_checked_at == NOW
        view = await uow.homes.find((await office.person(uow, "UADA")).id)
        assert view.dirty


@pytest.mark.practice("P1", "P2", "P3")
async def test_sign_up_opens_when_nothing_is_missing_and_closes_after_its_last_day(office):
    await basics(office)
    await greeting(office, DeliveryState.SENT)
    async with office.storage.write() as uow:
        program, ada = await office.program(uow), await office.person(uow, "UADA")
        left = await open_sign_up(uow, program, ada, NOW)
        assert left == (
            Need.SKILLS, Need.CULTURE, Need.METRIC, Need.MEASURES, Need.CONTACT, Need.DEPUTY,
        )  # fmt: skip
        assert program.state is ProgramState.DRAFT
        lines = Charter(skills="a", culture="b", metric="c", measures=(Measure.SESSIONS_HELD,))
        await save_charter(uow, program, ada, lines, NOW)
    await seat(office, "UBO", NamedRole.CONCERN_CONTACT)
    await seat(office, "UCY", NamedRole.DEPUTY)
    async with office.storage.write() as uow:
        program, ada = await office.program(uow), await office.person(uow, "UADA")
        assert await open_sign_up(uow, program, ada, NOW) == ()
        assert program.state is ProgramState.OPEN
        closes = program.due_at
    assert closes == datetime(2026, 9, 21, 22, 0, tzinfo=UTC)
    assert await plan_programs(office.storage, closes - timedelta(seconds=1)) is not None
    # After an outage of weeks it is closed once, and stays closed.
    assert await plan_programs(office.storage, closes + timedelta(days=30)) is None
    async with office.storage.read() as uow:
        assert (await office.program(uow)).state is ProgramState.RUNNING


async def test_the_charter_keeps_direction_and_place_when_its_lines_change(office):
    await basics(office, direction=Direction.PEER)
    async with office.storage.write() as uow:
        program, ada = await office.program(uow), await office.person(uow, "UADA")
        await save_charter(uow, program, ada, Charter(skills="x"), NOW)
        charter = Charter.from_json(program.charter)
        assert (charter.direction, charter.screen, charter.skills) == (Direction.PEER, 2, "x")
        assert program.settings["level_gap"] == 1
        await save_basics(
            uow,
            program,
            ada,
            Basics("N", "g", Direction.REVERSE, "C1", TODAY, TODAY),
            NOW,
        )
        assert program.settings["level_gap"] == 2
        assert Charter.from_json(program.charter).screen == 2


async def test_settings_with_faults_change_nothing(office):
    async with office.storage.write() as uow:
        program, ada = await office.program(uow), await office.person(uow, "UADA")
        faults = await change_settings(
            uow, program, ada, {"trial_days": "0", "proposal_days": "5", "nonsense": 1}, NOW
        )
        assert {fault.setting for fault in faults} == {"trial_days", "nonsense"}
        assert program.settings == {}
        assert await change_settings(uow, program, ada, {"trial_days": "10"}, NOW) == ()
        assert program.settings["trial_days"] == 10
        acts = [row for row in await uow.audit.list_for_program(program.id) if row.act == "settings.changed"]
    assert [row.subject for row in acts] == ["trial_days"]


@pytest.mark.practice("P37")
async def test_named_people_answer_for_themselves_only(office):
    async with office.storage.write() as uow:
        program, ada = await office.program(uow), await office.person(uow, "UADA")
        bo, cy = await office.person(uow, "UBO"), await office.person(uow, "UCY")
        holder = await name_person(uow, program, ada, bo, NamedRole.CONCERN_CONTACT, NOW)
        assert not await answer_role(uow, holder, cy, NOW, accepts=True)
        assert not await answer_role(uow, holder, ada, NOW, accepts=True)
        assert await answer_role(uow, holder, bo, NOW, accepts=False)
        assert not await answer_role(uow, holder, bo, NOW, accepts=True)
        assert holder.state is NamedRoleState.DECLINED
        assert await name_person(uow, program, ada, bo, NamedRole.CONCERN_CONTACT, NOW) is holder
        assert await answer_role(uow, holder, bo, NOW, accepts=True)
        refused = await name_person(uow, program, bo, ada, NamedRole.DEPUTY, NOW)
        assert refused is NamingRefusal.COORDINATES
        assert await uow.outbox.count_by_state() == {}


async def test_a_form_names_everybody_or_nobody(office):
    async with office.storage.write() as uow:
        program, ada = await office.program(uow), await office.person(uow, "UADA")
        bo, cy = await office.person(uow, "UBO"), await office.person(uow, "UCY")
        both = {NamedRole.CONCERN_CONTACT: bo, NamedRole.DEPUTY: bo}
        assert await name_people(uow, program, ada, both, NOW) == {
            NamedRole.DEPUTY: NamingRefusal.SAME_PERSON
        }
        assert len(await standing_roles(uow, program)) == 1
        assert await name_people(uow, program, ada, {**both, NamedRole.DEPUTY: cy}, NOW) == {}
        swapped = {NamedRole.CONCERN_CONTACT: cy, NamedRole.DEPUTY: bo}
        assert await name_people(uow, program, ada, swapped, NOW) == {}
        named = {one.role: one.person_id for one in await standing_roles(uow, program)}
        assert named[NamedRole.CONCERN_CONTACT] == cy.id
        assert named[NamedRole.DEPUTY] == bo.id
        assert await name_people(uow, program, ada, swapped, NOW) == {}  # sent twice, the same


async def test_the_last_coordinator_stays(office):
    async with office.storage.write() as uow:
        program, ada = await office.program(uow), await office.person(uow, "UADA")
        (own,) = await standing_roles(uow, program)
        assert not await end_role(uow, program, ada, own, NOW)
    await seat(office, "UTOM", NamedRole.COORDINATOR)
    async with office.storage.write() as uow:
        program, ada = await office.program(uow), await office.person(uow, "UADA")
        own = await uow.role_holders.find_one(program.id, ada.id, NamedRole.COORDINATOR)
        assert await end_role(uow, program, ada, own, NOW)
        assert not await end_role(uow, program, ada, own, NOW)
        assert await has_coordinator(uow, office.workspace_id)
        desk = await setup_desk(uow, program, NOW)
    assert [(one.slack_user_id, one.role) for one in desk.named] == [("UTOM", NamedRole.COORDINATOR)]


async def test_a_draft_is_sealed_adds_up_over_screens_and_goes_when_dropped(office):
    async with office.storage.write() as uow:
        tom, ada = await office.person(uow, "UTOM"), await office.person(uow, "UADA")
        await save_draft(uow, tom, "form", {"share": ["canary"], "level": ["2"]}, NOW)
        await save_draft(uow, tom, "form", {"level": [], "country": ["SE"]}, NOW)
        assert await load_draft(uow, tom, "form") == {"share": ("canary",), "level": (), "country": ("SE",)}
        assert "canary" not in (await uow.drafts.find_one(tom.id, "form")).sealed
        assert await load_draft(uow, ada, "form") == {}
        assert await load_draft(uow, tom, "another") == {}
        await drop_draft(uow, tom, "form")
        await drop_draft(uow, ada, "form")
        await uow.flush()
        assert await load_draft(uow, tom, "form") == {}


@pytest.mark.practice("P13", "P14")
async def test_joining_keeps_what_was_said_and_the_matching_reads_it(office):
    async with office.storage.write() as uow:
        program, tom = await office.program(uow), await office.person(uow, "UTOM")
        part = await join_program(uow, program, tom, ABOUT, MORE, NOW)
        await uow.flush()
        (candidate,) = (await load_candidates(uow, program, [(part, tom)], NOW)).values()
        manager = await uow.people.find_by_slack_id(office.workspace_id, "UMGR")
    assert candidate.can_share == {VIDEO: 4}
    assert candidate.wants_to_learn == {BUDGETS: None}  # chosen, not rated
    assert candidate.chain == (manager.id,)
    assert candidate.chain_known
    assert (candidate.mentor_capacity, candidate.mentee_capacity) == (1, 0)
    assert candidate.languages == {"en", "sv"}
    assert (tom.work_start, tom.work_days, tom.country) == ("08:00", "0123", "SE")
    assert (part.booker, part.booking_link) == ("UASST", "https://book.example.com")


async def test_a_change_of_level_keeps_the_role_while_it_is_possible(office):
    async with office.storage.write() as uow:
        program, tom = await office.program(uow), await office.person(uow, "UTOM")
        part = await join_program(uow, program, tom, ABOUT, MORE, NOW)

        async def at_level(level):
            about = About(
                shares=(VIDEO,), learns=(BUDGETS,), level=level, department=None, manager="", nobody_here=True
            )
            await change_about(uow, program, tom, part, about, NOW)
            return part.mentor_capacity, part.mentee_capacity

        assert await at_level(3) == (1, 0)
        wishes = Wishes(Offer.MENTEE, 2, (), (), None, None, (), ())
        await change_wishes(uow, program, tom, part, wishes, NOW)
        assert await at_level(3) == (0, 2)  # what they chose stays
        assert await at_level(5) == (0, 2)
        assert await at_level(1) == (2, 0)  # a mentee cannot be met here: the role they would start with
        assert (part.department, part.manager_person_id, part.chain_known) == ("Product", None, True)


@pytest.mark.practice("P38")
async def test_limits_are_sealed_and_bar_what_they_name(office):
    async with office.storage.write() as uow:
        program, tom = await office.program(uow), await office.person(uow, "UTOM")
        part = await join_program(uow, program, tom, ABOUT, MORE, NOW)
        wishes = Wishes(
            Offer.MENTOR, 1, ("decide_better",), ("books",), 3, 4, ("UBO", "UBO", "UTOM"), (BUDGETS,)
        )
        await change_wishes(uow, program, tom, part, wishes, NOW)
        bo = await uow.people.find_by_slack_id(office.workspace_id, "UBO")
        assert json.loads(uow.vault.open(part.do_not_pair_sealed)) == [bo.id]  # never oneself
        assert BUDGETS not in part.off_limits_sealed
        assert await do_not_pair_of(uow, part) == ("UBO",)
        assert off_limits_of(uow, part) == (BUDGETS,)
        (candidate,) = (await load_candidates(uow, program, [(part, tom)], NOW)).values()
        assert candidate.off_limits == {BUDGETS}
        assert candidate.do_not_pair == {bo.id}
        await change_wishes(uow, program, tom, part, Wishes(Offer.MENTOR, 1, (), (), None, None, (), ()), NOW)
        assert (part.off_limits_sealed, part.do_not_pair_sealed) == (None, None)
