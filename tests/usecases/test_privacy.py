"""A person's own data on both engines: one copy at a time, files that are to go, and erasure amid a round."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from mentoring.deliveries import DeliveryState
from mentoring.participants import ParticipantState
from mentoring.privacy import BeforeErasure
from mentoring.proposals import ProposalAnswer, ProposalState
from mentoring.rounds import RoundState
from mentoring.trials import EndCause, PairState
from storage.tables import Candidate, Proposal, Round, Workspace
from tests.pairing import BUDGETS, VIDEO, Joining, accepted, enrol, open_program
from usecases.delivering import Held, claim_due, prepare, record_sent
from usecases.pairs import introduce_pair
from usecases.privacy import (
    before_erasure,
    erase_person,
    last_erased_at,
    list_files_to_remove,
    my_data,
    note_file_removed,
    owe_export,
)
from usecases.rounds import review_page
from usecases.visits import get_or_add_person

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Stage:
    storage: object
    person_id: str
    partner_id: str
    participant_id: str
    program_id: str
    pair_id: str

    async def erase(self, now=NOW):
        async with self.storage.write() as uow:
            return await erase_person(uow, await uow.people.get(self.person_id), now)

    async def export(self, now=NOW):
        async with self.storage.write() as uow:
            await owe_export(uow, await uow.people.get(self.person_id), now)

    async def copies(self):
        async with self.storage.read() as uow:
            return await uow.outbox.list_series(f"export:{self.person_id}")

    async def send_copy(self, now=NOW, file_id="F1"):
        """The file reaches Slack."""
        async with self.storage.write() as uow:
            (row,) = [one for one in await uow.outbox.list_waiting() if one.kind == "privacy.export"]
            row.state, row.fence = DeliveryState.SENDING, 1
            held = Held(row.id, 1, row.kind, row.recipient, row.lane)
        await record_sent(self.storage, held, "D1", file_id, now)


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
        ids = (mentee.person_id, mentor.person_id, mentee.id, program.id, pair.id)
    return Stage(storage, *ids)


async def test_a_copy_asked_for_twice_in_ten_minutes_is_owed_once(stage):
    await stage.export()
    await stage.export(NOW + timedelta(minutes=5))
    assert len(await stage.copies()) == 1
    await stage.export(NOW + timedelta(minutes=20))
    assert len(await stage.copies()) == 2


async def test_a_copy_goes_to_somebody_without_any_part_in_a_program(stage):
    async with stage.storage.write() as uow:
        person = await get_or_add_person(uow, "w", "U9", NOW)
        await owe_export(uow, person, NOW)
        data = await my_data(uow, person, NOW)
    assert [row.table for row in data.rows] == ["person"]
    (held,) = [one for one in await claim_due(stage.storage, "x", NOW) if one.kind == "privacy.export"]
    ready = await prepare(stage.storage, held, NOW)
    assert ready.facts.document["data"].keys() == {"person"}


async def test_a_file_goes_after_a_day_and_at_once_when_its_person_is_erased(stage):
    await stage.export()
    await stage.send_copy()
    assert await list_files_to_remove(stage.storage, NOW + 23 * HOUR) == ([], NOW + 24 * HOUR)
    due, later = await list_files_to_remove(stage.storage, NOW + 24 * HOUR)
    assert ([one.file_id for one in due], later) == (["F1"], None)
    await stage.erase(NOW + HOUR)
    due, _ = await list_files_to_remove(stage.storage, NOW + HOUR)
    assert [one.file_id for one in due] == ["F1"]
    await note_file_removed(stage.storage, due[0].delivery_id)
    assert await list_files_to_remove(stage.storage, NOW + 48 * HOUR) == ([], None)


async def test_what_waits_for_somebody_erased_is_not_sent(stage):
    await stage.export()
    await stage.erase()
    assert [one.state for one in await stage.copies()] == [DeliveryState.CANCELLED]
    assert await last_erased_at(stage.storage) == NOW


async def test_before_erasure_the_pairs_that_end_are_counted(stage):
    async with stage.storage.write() as uow:
        assert await before_erasure(uow, await uow.people.get(stage.person_id)) == BeforeErasure(1, ())
    erasure = await stage.erase()
    async with stage.storage.read() as uow:
        pair = await uow.pairs.get(stage.pair_id)
        entry = await uow.audit.get(erasure.reference)
    assert (erasure.pairs, pair.state, pair.end_cause) == (1, PairState.ENDING, EndCause.LEFT)
    assert (entry.act, entry.actor_id, entry.reason) == ("person.erased", stage.person_id, "")


async def test_erasing_again_is_harmless_and_the_same_person_may_come_back_as_another(stage):
    await stage.erase()
    await stage.erase(NOW + HOUR)
    async with stage.storage.write() as uow:
        assert (await uow.people.get(stage.person_id)).erased_at == NOW
        again = await get_or_add_person(uow, "w", "U2", NOW)
        assert again.id != stage.person_id


async def test_somebody_erased_amid_a_round_is_gone_from_its_draft_and_from_open_proposals(stage):
    async with stage.storage.write() as uow:
        other = await enrol(
            uow,
            await uow.programs.get(stage.program_id),
            Joining("U3", "Uma", "Europe/Berlin", 1, (VIDEO,), (BUDGETS,)),
            NOW,
        )
        round_ = uow.rounds.add(
            Round(
                id="r",
                program_id=stage.program_id,
                number=1,
                state=RoundState.DRAFT,
                started_by=stage.partner_id,
                created_at=NOW,
                result={"pairs": 1, "left_over": 0, "paused": 0},
            )
        )
        await uow.flush()
        uow.candidates.add(
            Candidate(
                id="c",
                round_id=round_.id,
                mentor_id=other.id,
                mentee_id=stage.participant_id,
                is_pair=True,
                facts={"reasons": []},
            )
        )
        uow.proposals.add(
            Proposal(
                id="p",
                program_id=stage.program_id,
                mentor_id=other.id,
                mentee_id=stage.participant_id,
                state=ProposalState.ASKING_MENTOR,
                mentor_asked_at=NOW,
                mentor_answer_by=NOW + 72 * HOUR,
                created_at=NOW,
            )
        )
    await stage.erase()
    async with stage.storage.read() as uow:
        page = await review_page(uow, await uow.rounds.get("r"), pairs=True, page=1)
        proposal = await uow.proposals.get("p")
        participant = await uow.participants.get(stage.participant_id)
    assert page.pairs == ()
    assert proposal.mentee_answer in {ProposalAnswer.WITHDRAWN, None}
    assert participant.state is ParticipantState.LEFT
