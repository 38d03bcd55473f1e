"""Rounds from the dry run to the publication, played through the sandbox on both engines."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from mentoring.participants import ParticipantState
from mentoring.proposals import ProposalState
from mentoring.rounds import RoundState
from tests.company import POSTS, Colleague, boss, company
from usecases.rounds import hold_round, publish_step

MARA, NILS = Colleague("mara", "Mara Lind"), Colleague("nils", "Nils Holm", shares=(POSTS,))
TOM, EVA = boss("tom", "Tom Berg"), boss("eva", "Eva Roth", learns=(POSTS,))
DM = "directmessage"


async def round_row(one):
    async with one.world.bot.storage.read() as uow:
        return await uow.rounds.find_latest(one.program_id)


async def proposals(one):
    async with one.world.bot.storage.read() as uow:
        return await uow.proposals.list_for_program(one.program_id)


async def pairs_of(one) -> set[tuple[str, str]]:
    """The pairs of the draft, by name."""
    row = await round_row(one)
    async with one.world.bot.storage.read() as uow:
        names = {
            participant.id: person.name
            for participant, person in await uow.participants.list_with_people(one.program_id)
        }
        lines = await uow.candidates.list_for_round(row.id)
    return {(names[line.mentor_id], names[line.mentee_id]) for line in lines if line.is_pair}


async def change(one, handle, **values):
    """Something about a participant changes after the dry run."""
    found = await one.participant(handle)
    async with one.world.bot.storage.write() as uow:
        row = await uow.participants.get(found.id)
        for name, value in values.items():
            setattr(row, name, value)
    return found


async def test_a_dry_run_takes_one_line_and_reaches_nobody_else(database_url):
    async with company(database_url, [MARA, NILS, TOM], worker=True) as one:
        await one.cora.types("/mentoring round")
        one.cora.sees("The dry run of round 1 is being computed")
        await one.world.advance(minutes=1)
        one.cora.sees("Round 1, dry run: 1 pair, 1 person left over.", within=DM)
        await one.cora.opens_home()
        await one.world.settle()
        one.cora.sees("Round 1, dry run: 1 pair, 1 person left over.", within="home")
        for handle in ("mara", "nils", "tom"):
            assert one.person(handle).dms() == []


async def test_the_review_gives_each_pair_its_reasons_and_each_left_over_person_the_rule(database_url):
    async with company(database_url, [MARA, NILS, TOM]) as one:
        await one.dry_run()
        await one.act(one.cora, "Review the pairs")
        one.cora.sees("Mara Lind and Tom Berg", within="modal")
        one.cora.sees("Mara Lind shares Short video.", within="modal")
        one.cora.sees("Tom Berg gives back How budgets are decided.", within="modal")
        one.cora.sees("They share 40 working hours a week.", within="modal")
        await one.act(one.cora, "People left over")
        one.cora.sees("Nils Holm, as mentor", within="modal")
        one.cora.sees("1 without a common topic", within="modal")
        one.cora.sees("Nearest: Tom Berg.", within="modal")
        for secret in ("level 1", "rating"):
            one.cora.sees_not(secret, within="modal")


async def test_a_long_review_is_paged_within_what_a_modal_takes(database_url):
    mentors = [Colleague(f"m{n}", f"Mentor {n:02}") for n in range(23)]
    mentees = [boss(f"t{n}", f"Mentee {n:02}") for n in range(23)]
    async with company(database_url, [*mentors, *mentees]) as one:
        await one.dry_run()
        await one.act(one.cora, "Review the pairs")
        one.cora.sees("23 pairs, page 1 of 2", within="modal")
        await one.act(one.cora, "Next page")
        one.cora.sees("23 pairs, page 2 of 2", within="modal")
        await one.act(one.cora, "Previous page")
        one.cora.sees("page 1 of 2", within="modal")


async def test_publishing_takes_two_taps_names_the_counts_and_can_be_stopped_for_ten_minutes(database_url):
    async with company(database_url, [MARA, NILS, TOM]) as one:
        await one.dry_run()
        await one.world.advance(minutes=1)
        card = next(block for block in one.cora.dms()[-1].blocks if block["type"] == "actions")
        question = card["elements"][0]["confirm"]
        assert "1 pair; 1 of the mentors is asked first; 1 person left over." in question["text"]["text"]
        assert "10 minutes" in question["text"]["text"]
        one.cora.counts_anew()
        await one.cora.presses("Publish round 1", within=DM)
        assert one.cora.taps == 2
        await one.world.advance(minutes=9)
        assert one.person("mara").dms() == []
        assert await proposals(one) == []
        await one.act(one.cora, "Stop round 1", within=DM)
        await one.world.advance(hours=1)
        assert (await round_row(one)).state is RoundState.DRAFT
        assert one.person("mara").dms() == []
        await one.act(one.cora, "Publish round 1", within=DM)
        await one.world.advance(minutes=11)
        one.cora.sees("Round 1 was published on Monday 7 September: 1 pair proposed.", within=DM)
        one.person("mara").sees("A possible learning partner: Tom Berg")


async def test_a_press_on_a_version_that_was_not_reviewed_publishes_nothing(database_url):
    async with company(database_url, [MARA, TOM]) as one:
        await one.dry_run()
        async with one.world.bot.storage.write() as uow:
            row = await uow.rounds.find_latest(one.program_id)
            row.version += 1  # somebody else ran it again while this card was looked at
        await one.act(one.cora, "Publish round 1", within=DM)
        one.cora.sees("The draft changed since you saw it. Nothing was published.")
        assert (await round_row(one)).state is RoundState.DRAFT


async def test_running_again_takes_in_who_joined_meanwhile(database_url):
    async with company(database_url, [MARA, NILS, TOM, replace(EVA, learns=("ways.feedback",))]) as one:
        await one.dry_run()
        assert await pairs_of(one) == {("Mara Lind", "Tom Berg")}
        eva = await one.participant("eva")
        async with one.world.bot.storage.write() as uow:
            (wish,) = [skill for skill in await uow.skills.list_for([eva.id]) if skill.side == "learn"]
            wish.topic_id = POSTS
        await one.world.advance(minutes=1)
        await one.act(one.cora, "Run it again", within=DM)
        assert await pairs_of(one) == {("Mara Lind", "Tom Berg"), ("Nils Holm", "Eva Roth")}
        assert (await round_row(one)).version == 2


async def test_people_who_left_or_paused_since_the_review_are_dropped_and_named(database_url):
    people = [MARA, NILS, Colleague("ole", "Ole Dahl", shares=("ways.feedback",)), TOM, EVA]
    async with company(database_url, [*people, boss("ida", "Ida Falk", learns=("ways.feedback",))]) as one:
        await one.dry_run()
        await one.act(one.cora, "Publish round 1", within=DM)
        await change(
            one, "tom", state=ParticipantState.PAUSED, paused_until=one.world.now.date() + timedelta(days=20)
        )
        await change(one, "nils", state=ParticipantState.LEFT, left_at=one.world.now)
        await one.world.advance(minutes=11)
        one.cora.sees("Round 1 was published on Monday 7 September: 1 pair proposed.", within=DM)
        one.cora.sees("Mara Lind and Tom Berg: Tom Berg pauses", within=DM)
        one.cora.sees("Nils Holm and Eva Roth: Nils Holm left", within=DM)
        assert one.person("mara").dms() == []
        assert one.person("ole").sees("A possible learning partner: Ida Falk")
        # Those whose partner fell away wait, and come first in the next round.
        assert (await one.participant("mara")).waiting_rounds == 1
        assert (await one.participant("tom")).waiting_rounds == 0


async def test_a_crash_in_the_middle_of_publishing_sends_nothing_and_resumes(database_url):
    mentors = [Colleague(f"m{n}", f"Mentor {n:02}") for n in range(55)]
    mentees = [boss(f"t{n}", f"Mentee {n:02}") for n in range(55)]
    async with company(database_url, [*mentors, *mentees]) as one:
        await one.dry_run()
        async with one.world.bot.storage.write() as uow:
            row = await uow.rounds.find_latest(one.program_id)
            program = await uow.programs.get(one.program_id)
            assert await hold_round(uow, program, row, reviewed_version=1, now=one.world.now) is None
        at = one.world.now + timedelta(minutes=10)
        for _ in range(2):  # into publishing, and the first step of the lines; then the process dies
            async with one.world.bot.storage.write() as uow:
                (row,) = await uow.rounds.list_due(at, 1)
                await publish_step(uow, row, at)
        assert len(await proposals(one)) == 50
        async with one.world.bot.storage.read() as uow:
            assert await uow.proposals.list_due(at + timedelta(days=9), 200) == []
            assert await uow.proposals.next_due_at() is None
        await one.world.advance(minutes=11)
        rows = await proposals(one)
        assert len(rows) == len({(row.mentor_id, row.mentee_id) for row in rows}) == 55
        assert {row.state for row in rows} == {ProposalState.ASKING_MENTOR}


@pytest.mark.practice("P16", "P20", "P21", "P22", "P26")
async def test_a_round_keeps_every_hard_rule(database_url):
    """Topics, hours, levels and reporting lines decide who is proposed at all; another department is preferred."""
    people = [
        MARA,
        Colleague("peer", "Per Even", level=3, capacity=0),
        Colleague("night", "Noor Night", zone="Pacific/Auckland"),
        Colleague("under", "Uma Under", manager="tom"),
        Colleague("unknown", "Una Known", chain_known=False),
        NILS,
        TOM,
    ]
    async with company(database_url, people) as one:
        await one.dry_run()
        # Five could guide Tom by number; four of them are barred by one rule each.
        assert await pairs_of(one) == {("Mara Lind", "Tom Berg")}
        await change(one, "mara", mentor_capacity=0)
        await one.world.advance(minutes=1)
        await one.act(one.cora, "Run it again", within=DM)
        assert await pairs_of(one) == set()


@pytest.mark.practice("P22")
async def test_two_departments_are_preferred_to_one(database_url):
    people = [replace(MARA, department="Finance"), Colleague("lea", "Lea Ost", department="Product"), TOM]
    async with company(database_url, people) as one:
        await one.dry_run()
        assert await pairs_of(one) == {("Lea Ost", "Tom Berg")}


@pytest.mark.practice("P17", "P19")
async def test_shared_goals_and_interests_decide_between_equals(database_url):
    shared = {"goals": ("lead_change",), "interests": ("music", "travel")}
    people = [MARA, Colleague("lea", "Lea Ost", **shared), boss("tom", "Tom Berg", **shared)]
    async with company(database_url, people) as one:
        await one.dry_run()
        assert await pairs_of(one) == {("Lea Ost", "Tom Berg")}
        await one.act(one.cora, "Review the pairs", within=DM)
        one.cora.sees("Both named Lead a change.", within="modal")
        await one.cora.closes()
        await one.publish()
        one.person("lea").sees("Both of you named Lead a change and Music.")


@pytest.mark.practice("P25")
async def test_whoever_waited_longer_comes_first(database_url):
    people = [
        MARA,
        Colleague("lea", "Lea Ost", interests=("music",)),
        boss("tom", "Tom Berg", interests=("music",)),
    ]
    async with company(database_url, people) as one:
        await one.dry_run()
        assert await pairs_of(one) == {("Lea Ost", "Tom Berg")}
        await change(one, "mara", waiting_rounds=1)
        await one.world.advance(minutes=1)
        await one.act(one.cora, "Run it again", within=DM)
        assert await pairs_of(one) == {("Mara Lind", "Tom Berg")}


async def test_a_private_wish_keeps_two_apart_and_its_cause_is_nowhere_to_be_read(database_url):
    async with company(database_url, [MARA, TOM]) as one:
        mara = await one.participant("mara")
        sealed = one.world.bot.storage.vault.seal(json.dumps([mara.person_id]))
        await change(one, "tom", do_not_pair_sealed=sealed)
        await one.dry_run()
        assert await pairs_of(one) == set()
        await one.act(one.cora, "Review the pairs")
        await one.act(one.cora, "People left over")
        for word in ("not available", "do not pair", "Nearest"):
            one.cora.sees_not(word, within="modal")


async def test_the_round_is_for_coordinators_only(database_url):
    async with company(database_url, [MARA, TOM]) as one:
        await one.person("mara").types("/mentoring round")
        await one.world.settle()
        one.person("mara").sees("There is nothing to do here for you right now.")
        assert await round_row(one) is None


async def test_pairs_that_did_not_come_about_are_not_proposed_again(database_url):
    async with company(database_url, [MARA, TOM]) as one:
        await one.publish()
        await one.world.advance(days=8)
        assert {row.state for row in await proposals(one)} == {ProposalState.CLOSED}
        assert (await one.participant("mara")).waiting_rounds == 1
        await one.dry_run()
        assert (await round_row(one)).number == 2
        assert await pairs_of(one) == set()
