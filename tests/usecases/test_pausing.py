"""Pausing, swapping and leaving on both engines: what is held, let go, withdrawn, and who learns nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from mentoring.budget import PAUSED
from mentoring.deliveries import DeliveryState
from mentoring.participants import NamedRole, NamedRoleState, ParticipantState, Role
from mentoring.trials import EndCause, PairState, TrialAnswer
from storage.tables import RoleHolder, Workspace
from tests.pairing import BUDGETS, VIDEO, Joining, accepted, enrol, open_program
from usecases.delivering import claim_due, prepare
from usecases.pair_life import find_own, home_pairs, load_members, owe_member
from usecases.pairs import end_pair, introduce_pair, keep_pair
from usecases.pausing import leave_program, pause, plan_pauses, resume, swap_partner
from usecases.trials import answer_trial

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
UNTIL = date(2026, 9, 21)
OVER = datetime(2026, 9, 21, 22, 0, tzinfo=UTC)  # midnight in Berlin


@dataclass
class Stage:
    storage: object
    pair_id: str
    ids: dict[Role, str]
    people: dict[Role, str]

    async def own(self, uow, role):
        own = await find_own(uow, await uow.people.get(self.people[role]), self.pair_id)
        assert own is not None
        return own

    async def pair(self):
        async with self.storage.read() as uow:
            return await uow.pairs.get(self.pair_id)

    async def participant(self, role=Role.MENTEE):
        async with self.storage.read() as uow:
            return await uow.participants.get(self.ids[role])

    async def owe_quiet(self, role=Role.MENTEE, now=NOW):
        async with self.storage.write() as uow:
            pair = await uow.pairs.get(self.pair_id)
            program = await uow.programs.get(pair.program_id)
            member = (await load_members(uow, pair))[role]
            await owe_member(uow, program, pair, member, "pair.quiet", series=f"quiet:{role}", now=now)

    async def pause(self, until=UNTIL, now=NOW, role=Role.MENTEE):
        async with self.storage.write() as uow:
            await pause(uow, await uow.participants.get(self.ids[role]), until, now)

    async def deliveries(self, series):
        async with self.storage.read() as uow:
            return await uow.outbox.list_series(series)

    async def send(self, now):
        """Let the sender look at everything that is due, up to the call."""
        for held in await claim_due(self.storage, "test", now, limit=50):
            await prepare(self.storage, held, now)


@pytest.fixture
async def stage(storage):
    async with storage.write() as uow:
        uow.workspaces.add(Workspace(id="w", slack_team_id="T1", created_at=NOW))
        await uow.flush()
        program = await open_program(uow, "w", NOW)
        mentor = await enrol(
            uow, program, Joining("U1", "Mara", "Europe/Berlin", 1, (VIDEO,), (BUDGETS,)), NOW
        )
        mentee = await enrol(
            uow, program, Joining("U2", "Tom", "Europe/Berlin", 4, (BUDGETS,), (VIDEO,)), NOW
        )
        proposal = await accepted(uow, program, mentor, mentee, NOW)
        pair = await introduce_pair(uow, program, proposal, NOW)
        ids = {Role.MENTOR: mentor.id, Role.MENTEE: mentee.id}
        people = {Role.MENTOR: mentor.person_id, Role.MENTEE: mentee.person_id}
    return Stage(storage, pair.id, ids, people)


# ------------------------------------------------------------------ pausing


async def test_a_pause_ends_by_itself_once_and_owes_one_notice(stage):
    await stage.pause()
    assert await plan_pauses(stage.storage, NOW) == OVER
    assert await plan_pauses(stage.storage, OVER - timedelta(seconds=1)) == OVER
    for _ in range(2):
        assert await plan_pauses(stage.storage, OVER + timedelta(days=3)) is None
    participant = await stage.participant()
    assert (participant.state, participant.paused_until) == (ParticipantState.ACTIVE, None)
    (notice,) = await stage.deliveries(f"pause:{participant.id}")
    assert (notice.kind, notice.occurrence) == ("pause.over", "2026-09-21")


async def test_what_is_queued_is_held_by_a_pause_and_let_go_when_it_ends_early(stage):
    await stage.owe_quiet()
    await stage.pause()
    await stage.send(NOW)
    (held,) = await stage.deliveries("quiet:mentee")
    assert (held.state, held.not_before, held.reason) == (DeliveryState.DUE, OVER, PAUSED)
    later = NOW + timedelta(days=1)
    async with stage.storage.write() as uow:
        assert await resume(uow, await uow.participants.get(stage.ids[Role.MENTEE]), later)
        assert not await resume(uow, await uow.participants.get(stage.ids[Role.MENTEE]), later)
    (free,) = await stage.deliveries("quiet:mentee")
    assert free.not_before == later


async def test_a_group_message_waits_for_whichever_of_the_two_is_paused(stage):
    await stage.pause(role=Role.MENTOR)
    await stage.send(NOW)
    async with stage.storage.read() as uow:
        (introduction,) = [
            one for one in await uow.outbox.list_waiting() if one.recipient == f"pair:{stage.pair_id}"
        ]
    assert (introduction.not_before, introduction.reason) == (OVER, PAUSED)


async def test_a_pause_that_is_moved_ends_when_it_was_moved_to(stage):
    await stage.pause()
    await stage.pause(until=date(2026, 9, 9), now=NOW + timedelta(hours=1))
    assert await plan_pauses(stage.storage, NOW) == datetime(2026, 9, 9, 22, 0, tzinfo=UTC)


async def test_the_words_of_an_end_outlast_a_long_pause(stage):
    await stage.pause(until=date(2026, 11, 30))
    async with stage.storage.write() as uow:
        pair = await uow.pairs.get(stage.pair_id)
        program = await uow.programs.get(pair.program_id)
        member = (await load_members(uow, pair))[Role.MENTEE]
        await owe_member(uow, program, pair, member, "pair.ended", series="ended", now=NOW)
    await stage.send(NOW)
    (ended,) = await stage.deliveries("ended")
    assert ended.reason == PAUSED
    assert ended.expires_at > ended.not_before > datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


# ------------------------------------------------------------------ another partner


@pytest.mark.practice("P25")
@pytest.mark.parametrize("agreed", [False, True])
async def test_a_swap_is_kept_to_the_one_who_asked_and_asking_twice_is_asking_once(stage, agreed):
    if agreed:
        for role in Role:
            async with stage.storage.write() as uow:
                await answer_trial(uow, await stage.own(uow, role), TrialAnswer.CONTINUE, NOW)
    for _ in range(2):
        async with stage.storage.write() as uow:
            assert await swap_partner(uow, await stage.own(uow, Role.MENTEE), NOW) == UNTIL
    pair = await stage.pair()
    assert (pair.state, pair.end_cause, pair.end_asked_by) == (
        PairState.ENDING,
        EndCause.SWAP,
        stage.ids[Role.MENTEE],
    )
    async with stage.storage.read() as uow:
        shown = {
            role: (await home_pairs(uow, await uow.participants.get(stage.ids[role]), NOW))[0].ends_on
            for role in Role
        }
    assert shown == {Role.MENTEE: UNTIL, Role.MENTOR: None}
    assert [(await stage.participant(role)).waiting_rounds for role in Role] == [1, 1]


async def test_an_over_pair_cannot_be_swapped(stage):
    async with stage.storage.write() as uow:
        (await uow.pairs.get(stage.pair_id)).state = PairState.ENDED
    async with stage.storage.write() as uow:
        assert await swap_partner(uow, await stage.own(uow, Role.MENTEE), NOW) is None


async def test_a_quiet_pair_that_one_keeps_ends_all_the_same_when_the_other_asked_for_it(stage):
    async with stage.storage.write() as uow:
        pair = await uow.pairs.get(stage.pair_id)
        await end_pair(uow, pair, EndCause.SILENCE, asked_by=None, now=NOW)
    async with stage.storage.write() as uow:
        await swap_partner(uow, await stage.own(uow, Role.MENTEE), NOW)
    async with stage.storage.write() as uow:
        assert await keep_pair(uow, await uow.pairs.get(stage.pair_id), NOW)
    pair = await stage.pair()
    assert (pair.state, pair.end_cause, pair.end_asked_by) == (
        PairState.ENDING,
        EndCause.SWAP,
        stage.ids[Role.MENTEE],
    )


# ------------------------------------------------------------------ leaving


async def test_leaving_withdraws_what_is_owed_and_gives_the_partner_priority(stage):
    await stage.owe_quiet()
    await stage.owe_quiet(Role.MENTOR)
    for _ in range(2):
        async with stage.storage.write() as uow:
            await leave_program(uow, await uow.participants.get(stage.ids[Role.MENTEE]), NOW)
    left = await stage.participant()
    assert (left.state, left.left_at, left.waiting_rounds) == (ParticipantState.LEFT, NOW, 0)
    assert (await stage.participant(Role.MENTOR)).waiting_rounds == 1
    assert [one.state for one in await stage.deliveries("quiet:mentee")] == [DeliveryState.CANCELLED]
    assert [one.state for one in await stage.deliveries("quiet:mentor")] == [DeliveryState.DUE]
    pair = await stage.pair()
    assert (pair.state, pair.ends_on) == (PairState.ENDING, UNTIL)


async def test_a_coordinator_who_leaves_as_a_participant_stays_a_coordinator_and_gets_no_pair_mail(stage):
    async with stage.storage.write() as uow:
        participant = await uow.participants.get(stage.ids[Role.MENTEE])
        uow.role_holders.add(
            RoleHolder(
                id="r",
                program_id=participant.program_id,
                person_id=participant.person_id,
                role=NamedRole.COORDINATOR,
                state=NamedRoleState.ACCEPTED,
                changed_at=NOW,
            )
        )
    await stage.owe_quiet()
    async with stage.storage.write() as uow:
        await leave_program(uow, await uow.participants.get(stage.ids[Role.MENTEE]), NOW)
    assert [one.state for one in await stage.deliveries("quiet:mentee")] == [DeliveryState.CANCELLED]
    left = await stage.participant()
    async with stage.storage.read() as uow:
        assert await uow.role_holders.holds(left.program_id, left.person_id, NamedRole.COORDINATOR)


async def test_leaving_during_a_kind_conclusion_cannot_be_undone_by_the_partner_alone(stage):
    async with stage.storage.write() as uow:
        pair = await uow.pairs.get(stage.pair_id)
        await end_pair(uow, pair, EndCause.SILENCE, asked_by=None, now=NOW)
    async with stage.storage.write() as uow:
        await leave_program(uow, await uow.participants.get(stage.ids[Role.MENTEE]), NOW)
    async with stage.storage.write() as uow:
        assert await keep_pair(uow, await uow.pairs.get(stage.pair_id), NOW)
    assert (await stage.pair()).state is PairState.ENDING
