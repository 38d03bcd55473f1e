from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from mentoring.calendar import WorkingTime, at_local
from mentoring.participants import ParticipantState, Role
from mentoring.sessions import SessionState
from mentoring.trials import EndCause, PairState, TrialAnswer
from storage.tables import Workspace
from tests.pairing import BUDGETS, VIDEO, Joining, accepted, enrol, open_program
from usecases.cadence import plan_pairs
from usecases.pair_life import find_own
from usecases.pairs import end_pair, introduce_pair, keep_pair
from usecases.sessions import cancel_session, confirm_time, find_session, suggest_time
from usecases.trials import answer_trial

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WEDNESDAY = datetime(2026, 9, 9, 8, 0, tzinfo=UTC)


@dataclass
class Stage:
    storage: object
    pair_id: str
    people: dict[Role, str]

    async def own(self, uow, role):
        own = await find_own(uow, await uow.people.get(self.people[role]), self.pair_id)
        assert own is not None
        return own

    async def answer(self, role, answer, now=NOW):
        async with self.storage.write() as uow:
            return await answer_trial(uow, await self.own(uow, role), answer, now)

    async def agree_on(self, number, start, now=NOW):
        async with self.storage.write() as uow:
            session = await uow.sessions.find_numbered(self.pair_id, number)
            assert await suggest_time(uow, await self.own(uow, Role.MENTEE), session, start, now) is None
            assert await confirm_time(uow, await self.own(uow, Role.MENTOR), session, start, now)
        return session.id

    async def pair(self):
        async with self.storage.read() as uow:
            return await uow.pairs.get(self.pair_id)

    async def owed(self):
        async with self.storage.read() as uow:
            return sorted(
                (row.kind, row.recipient.partition(":")[0]) for row in await uow.outbox.list_waiting()
            )

    async def play(self, until, now=NOW):
        """Let the planner wake at each moment it names."""
        moment = now
        while True:
            due = await plan_pairs(self.storage, moment)
            if due is None or due > until:
                return due
            moment = max(due, moment)


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
        again = await introduce_pair(uow, program, proposal, NOW)
        assert again.id == pair.id
        people = {Role.MENTOR: mentor.person_id, Role.MENTEE: mentee.person_id}
    return Stage(storage, pair.id, people)


async def test_introducing_twice_makes_one_pair_one_first_chat_and_one_introduction(stage):
    assert await stage.owed() == [("introduction", "pair")]
    async with stage.storage.read() as uow:
        sessions = await uow.sessions.list_for_pair(stage.pair_id)
    assert [(one.number, one.minutes, one.window_until) for one in sessions] == [(0, 25, NOW + 14 * DAY)]
    assert (await stage.pair()).due_at == NOW + 7 * DAY


async def test_planning_twice_at_one_moment_owes_nothing_twice(stage):
    for _ in range(2):
        async with stage.storage.write() as uow:
            (await uow.pairs.get(stage.pair_id)).due_at = NOW
        await plan_pairs(stage.storage, NOW + 14 * DAY)
    assert [kind for kind, _ in await stage.owed()] == ["introduction", "trial.question", "trial.question"]


@pytest.mark.practice("P4")
async def test_both_continue_fixes_duties_number_and_end_and_plans_the_sessions(stage):
    await stage.answer(Role.MENTOR, TrialAnswer.CONTINUE)
    assert (await stage.pair()).state is PairState.TRIAL
    await stage.answer(Role.MENTEE, TrialAnswer.CONTINUE)
    pair = await stage.pair()
    assert (pair.state, pair.ends_on) == (PairState.AGREED, date(2027, 3, 8))
    async with stage.storage.read() as uow:
        sessions = await uow.sessions.list_for_pair(pair.id)
        ratings = await uow.ratings.list_for_pair(pair.id)
    assert [one.window_from for one in sessions[1:]] == [NOW + timedelta(weeks=4 * n) for n in range(6)]
    assert {(one.topic_id, one.moment, one.value) for one in ratings} == {
        (VIDEO, "before", 2),
        (BUDGETS, "before", 2),
    }
    assert ("trial.agreed", "pair") in await stage.owed()


@pytest.mark.practice("P25")
async def test_a_swap_ends_the_pair_on_the_common_date_in_the_same_words_and_gives_both_priority(stage):
    assert await stage.answer(Role.MENTEE, TrialAnswer.SWAP)
    pair = await stage.pair()
    assert (pair.state, pair.end_cause, pair.ends_on) == (PairState.ENDING, EndCause.SWAP, date(2026, 9, 21))
    assert not await stage.answer(Role.MENTEE, TrialAnswer.CONTINUE)
    assert await stage.answer(Role.MENTOR, TrialAnswer.CONTINUE)
    await stage.play(NOW + 20 * DAY)
    pair = await stage.pair()
    assert pair.state is PairState.ENDED
    async with stage.storage.read() as uow:
        for participant_id in (pair.mentor_id, pair.mentee_id):
            assert (await uow.participants.get(participant_id)).waiting_rounds == 1
        ended = [row for row in await uow.outbox.list_waiting() if row.kind == "pair.ended"]
    assert [dict(row.refs) for row in ended] == [{"pair": pair.id}] * 2
    assert {row.not_before for row in ended} == {
        at_local(date(2026, 9, 21), WorkingTime().start, WorkingTime("Europe/Berlin").zone)
    }


async def test_ending_a_second_time_changes_nothing(stage):
    for cause in (EndCause.COORDINATOR, EndCause.LEFT):
        async with stage.storage.write() as uow:
            await end_pair(uow, await uow.pairs.get(stage.pair_id), cause, asked_by=None, now=NOW)
    assert (await stage.pair()).end_cause is EndCause.COORDINATOR


async def test_a_session_before_the_common_date_is_moved_by_the_program(stage):
    session_id = await stage.agree_on(0, WEDNESDAY)
    await stage.answer(Role.MENTEE, TrialAnswer.SWAP)
    async with stage.storage.read() as uow:
        session = await uow.sessions.get(session_id)
        assert (session.state, session.cancelled_by) == (SessionState.CANCELLED, None)
        cancelled = [row for row in await uow.outbox.list_waiting() if row.kind == "session.cancelled"]
    assert [row.refs["by"] for row in cancelled] == ["program"]
    async with stage.storage.write() as uow:
        session = await uow.sessions.get(session_id)
        own = await stage.own(uow, Role.MENTOR)
        assert await suggest_time(uow, own, session, WEDNESDAY + DAY, NOW) is not None
        assert await suggest_time(uow, own, session, WEDNESDAY + 14 * DAY, NOW) is None


async def test_nobody_else_finds_the_pair_or_its_sessions(stage):
    async with stage.storage.write() as uow:
        program = await uow.programs.find_current("w")
        third = await enrol(uow, program, Joining("U3", "Ines", "Europe/Berlin", 1, (VIDEO,), ()), NOW)
        fourth = await enrol(uow, program, Joining("U4", "Paul", "Europe/Berlin", 4, (), (VIDEO,)), NOW)
        other = await introduce_pair(uow, program, await accepted(uow, program, third, fourth, NOW), NOW)
        theirs = await uow.sessions.find_numbered(other.id, 0)
        assert await find_own(uow, await uow.people.get(third.person_id), stage.pair_id) is None
        assert await find_session(uow, await stage.own(uow, Role.MENTOR), theirs.id) is None


async def test_a_moved_session_withdraws_what_was_owed_for_its_old_time(stage):
    await stage.answer(Role.MENTOR, TrialAnswer.CONTINUE)
    await stage.answer(Role.MENTEE, TrialAnswer.CONTINUE)
    start = WEDNESDAY + 14 * DAY
    session_id = await stage.agree_on(1, start)
    await stage.play(start - DAY)
    assert [kind for kind, _ in await stage.owed()].count("session.reminder") == 2
    await stage.agree_on(1, start + 7 * DAY, now=start - DAY)
    assert "session.reminder" not in [kind for kind, _ in await stage.owed()]
    async with stage.storage.read() as uow:
        session = await uow.sessions.get(session_id)
    assert (session.moves, session.calendar_sequence, session.state) == (1, 1, SessionState.AGREED)


async def test_cancelling_tells_the_partner_once(stage):
    session_id = await stage.agree_on(0, WEDNESDAY)
    async with stage.storage.write() as uow:
        own, session = await stage.own(uow, Role.MENTOR), await uow.sessions.get(session_id)
        assert await cancel_session(uow, own, session, NOW)
        assert not await cancel_session(uow, own, session, NOW)
    assert [kind for kind, _ in await stage.owed()].count("session.cancelled") == 1


async def test_a_silent_trial_brings_one_task_to_coordinators(stage):
    await stage.play(NOW + 30 * DAY)
    async with stage.storage.read() as uow:
        program = await uow.programs.find_current("w")
        tasks = await uow.tasks.list_open(program.id)
    assert [(task.kind, task.subject, task.due_on) for task in tasks] == [
        ("trial_without_chat", stage.pair_id, date(2026, 10, 1))
    ]


async def test_a_quiet_pair_is_concluded_kindly_and_one_word_keeps_it(stage):
    await stage.answer(Role.MENTOR, TrialAnswer.CONTINUE)
    await stage.answer(Role.MENTEE, TrialAnswer.CONTINUE)
    await stage.play(NOW + 61 * DAY)
    pair = await stage.pair()
    assert (pair.state, pair.end_cause) == (PairState.ENDING, EndCause.SILENCE)
    async with stage.storage.write() as uow:
        assert await keep_pair(uow, await uow.pairs.get(stage.pair_id), NOW + 61 * DAY)
    pair = await stage.pair()
    assert (pair.state, pair.end_cause, pair.ends_on) == (PairState.AGREED, None, date(2027, 3, 8))


async def test_a_swap_cannot_be_undone_by_the_word_that_keeps_a_quiet_pair(stage):
    await stage.answer(Role.MENTEE, TrialAnswer.SWAP)
    async with stage.storage.write() as uow:
        assert not await keep_pair(uow, await uow.pairs.get(stage.pair_id), NOW)


async def test_an_agreed_pair_is_closed_with_thanks_on_its_end_date(stage):
    await stage.answer(Role.MENTOR, TrialAnswer.CONTINUE)
    await stage.answer(Role.MENTEE, TrialAnswer.CONTINUE)
    async with stage.storage.write() as uow:
        pair = await uow.pairs.get(stage.pair_id)
        pair.active_at = pair.due_at = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
    await stage.play(datetime(2027, 3, 9, 8, 0, tzinfo=UTC), now=datetime(2027, 3, 8, 8, 0, tzinfo=UTC))
    assert (await stage.pair()).state is PairState.CLOSED
    assert [kind for kind, _ in await stage.owed()].count("pair.closed") == 2
    assert (await stage.pair()).due_at is None


async def test_somebody_who_left_is_owed_nothing_when_the_pair_ends(stage):
    async with stage.storage.write() as uow:
        pair = await uow.pairs.get(stage.pair_id)
        (await uow.participants.get(pair.mentor_id)).state = ParticipantState.LEFT
        await end_pair(uow, pair, EndCause.LEFT, asked_by=pair.mentor_id, now=NOW)
    await stage.play(NOW + 20 * DAY)
    async with stage.storage.read() as uow:
        ended = [row for row in await uow.outbox.list_waiting() if row.kind == "pair.ended"]
    assert [row.person_id for row in ended] == [stage.people[Role.MENTEE]]


async def test_one_pair_that_fails_holds_up_no_other(stage, monkeypatch):
    async with stage.storage.write() as uow:
        program = await uow.programs.find_current("w")
        third = await enrol(uow, program, Joining("U3", "Ines", "Europe/Berlin", 1, (VIDEO,), ()), NOW)
        fourth = await enrol(uow, program, Joining("U4", "Paul", "Nowhere/Land", 4, (), (VIDEO,)), NOW)
        pair = await uow.pairs.get(stage.pair_id)
        other = await introduce_pair(
            uow, program, await accepted(uow, program, third, await _in_berlin(uow, fourth), NOW), NOW
        )
        (await uow.people.get(fourth.person_id)).timezone = "Nowhere/Land"
        other.due_at, pair.due_at = NOW, NOW + timedelta(seconds=1)
    await plan_pairs(stage.storage, NOW + 14 * DAY)
    assert [kind for kind, _ in await stage.owed()].count("trial.question") == 2
    async with stage.storage.read() as uow:
        assert (await uow.pairs.get(other.id)).due_at == NOW + 14 * DAY + timedelta(hours=1)


async def _in_berlin(uow, participant):
    (await uow.people.get(participant.person_id)).timezone = "Europe/Berlin"
    return participant
