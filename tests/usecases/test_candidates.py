"""Rows as the matching sees them: reporting lines, places left, former partners, and who takes no part."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mentoring.matching.model import Inactivity
from mentoring.matching.rules import ReasonCode, broken_rules
from mentoring.participants import ParticipantState
from mentoring.proposals import ProposalState
from mentoring.trials import PairState
from storage.tables import Pair, Proposal, Workspace
from tests.company import Colleague, boss, join
from tests.kit import MONDAY
from tests.pairing import open_program
from usecases.candidates import is_still_allowed, load_candidates, matching_settings

PEOPLE = (Colleague("mara", "Mara Lind"), boss("lead", "Lea Lead", level=3), boss("tom", "Tom Berg"))


async def enrolled(uow, *people: Colleague):
    """A program and its participants by handle."""
    uow.workspaces.add(Workspace(id="w", slack_team_id="T1", created_at=MONDAY))
    await uow.flush()
    program = await open_program(uow, "w", MONDAY)
    made = {one.handle: await join(uow, program, one, f"U{one.handle}".upper(), MONDAY) for one in people}
    for one in people:
        if one.manager:
            made[one.handle].manager_person_id = made[one.manager].person_id
    await uow.flush()
    return program, made


async def candidates(uow, program, made):
    ids = [participant.id for participant in made.values()]
    loaded = await load_candidates(uow, program, await uow.participants.list_by_ids(ids), MONDAY)
    return {handle: loaded[participant.id] for handle, participant in made.items()}


def proposal(uow, program, made, state=ProposalState.ASKING_MENTOR):
    return uow.proposals.add(
        Proposal(
            id=uow.ids.new(),
            program_id=program.id,
            mentor_id=made["mara"].id,
            mentee_id=made["tom"].id,
            state=state,
            created_at=MONDAY,
        )
    )


@pytest.mark.practice("P26")
async def test_a_reporting_line_is_followed_through_people_who_take_part(storage):
    people = (
        Colleague("mara", "Mara Lind", manager="lead"),
        boss("lead", "Lea Lead", level=3, manager="tom"),
        boss("tom", "Tom Berg"),
    )
    async with storage.write() as uow:
        program, made = await enrolled(uow, *people)
        found = await candidates(uow, program, made)
        assert found["mara"].chain == (made["lead"].person_id, made["tom"].person_id)
        broken = broken_rules(found["mara"], found["tom"], matching_settings(program))
        assert [rule.code for rule in broken] == [ReasonCode.REPORTING_LINE]


@pytest.mark.practice("P26")
async def test_a_manager_who_takes_part_and_did_not_answer_leaves_the_line_unknown(storage):
    people = (
        Colleague("mara", "Mara Lind", manager="lead"),
        boss("lead", "Lea Lead", level=3, chain_known=False),
        boss("tom", "Tom Berg"),
    )
    async with storage.write() as uow:
        program, made = await enrolled(uow, *people)
        found = await candidates(uow, program, made)
        broken = broken_rules(found["mara"], found["tom"], matching_settings(program))
        assert [rule.code for rule in broken] == [ReasonCode.CHAIN_UNKNOWN]


async def test_open_proposals_and_pairs_going_on_hold_places(storage):
    async with storage.write() as uow:
        program, made = await enrolled(uow, *PEOPLE)
        row = proposal(uow, program, made)
        await uow.flush()
        assert (await candidates(uow, program, made))["mara"].mentor_capacity == 0
        assert await is_still_allowed(uow, program, row, MONDAY)  # it does not stand in its own way
        row.state = ProposalState.CLOSED
        await uow.flush()
        assert (await candidates(uow, program, made))["mara"].mentor_capacity == 1


@pytest.mark.parametrize(("months_ago", "is_recent"), [(1, True), (30, False)])
async def test_former_partners_count_within_the_cooldown(storage, months_ago, is_recent):
    ended = MONDAY - timedelta(days=30.44 * months_ago)
    async with storage.write() as uow:
        program, made = await enrolled(uow, *PEOPLE)
        uow.pairs.add(
            Pair(
                id=uow.ids.new(),
                program_id=program.id,
                mentor_id=made["mara"].id,
                mentee_id=made["tom"].id,
                state=PairState.ENDED,
                introduced_at=ended - timedelta(days=90),
                active_at=ended,
                ended_at=ended,
            )
        )
        await uow.flush()
        found = await candidates(uow, program, made)
        assert (made["tom"].person_id in found["mara"].recent_partners) == is_recent
        assert found["mara"].mentor_capacity == 1


@pytest.mark.parametrize(
    ("values", "because"),
    [
        ({"state": ParticipantState.LEFT}, Inactivity.LEAVING),
        ({"state": ParticipantState.PAUSED, "paused_until": date(2026, 9, 30)}, Inactivity.PAUSED),
        ({"state": ParticipantState.PAUSED, "paused_until": date(2026, 9, 1)}, None),
        ({}, None),
    ],
)
async def test_who_takes_no_part_is_left_out_with_the_reason(storage, values, because):
    async with storage.write() as uow:
        program, made = await enrolled(uow, *PEOPLE)
        for name, value in values.items():
            setattr(made["mara"], name, value)
        await uow.flush()
        assert (await candidates(uow, program, made))["mara"].inactive_because is because


async def test_guests_and_people_gone_from_slack_are_not_brought_together(storage):
    async with storage.write() as uow:
        program, made = await enrolled(uow, *PEOPLE)
        row = proposal(uow, program, made)
        person = await uow.people.get(made["tom"].person_id)
        person.is_guest = True
        await uow.flush()
        assert not await is_still_allowed(uow, program, row, MONDAY)
        person.is_guest, person.is_deactivated = False, True
        await uow.flush()
        assert not await is_still_allowed(uow, program, row, MONDAY)
