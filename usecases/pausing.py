"""People in command of themselves: pausing, resuming, asking for another partner, and leaving.

Nobody is asked for a reason and nobody approves. What the other side of a pair may notice is decided where pairs and
proposals live; here nothing is ever told to them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentoring.budget import PAUSED
from mentoring.calendar import local_date, named_zone
from mentoring.deliveries import KINDS, DeliveryState
from mentoring.participants import ParticipantState
from mentoring.pausing import due_at
from mentoring.trials import EndCause, PairState, TrialAnswer
from usecases.pair_life import replan_pairs_of
from usecases.pairs import end_pair
from usecases.proposals import withdraw_proposals_of
from usecases.trials import answer_trial

if TYPE_CHECKING:
    from datetime import date, datetime

    from usecases.pair_life import Own
    from usecases.unit import Pair, Participant, Person, Storage, UnitOfWork

CHUNK = 200

OF_A_PARTICIPANT = frozenset({"person", "pair", "session", "proposal"})
"""Shapes of facts that concern somebody as a participant; what they get in a named role has others."""


def today_of(person: Person, now: datetime) -> date:
    """The date where the person is."""
    return local_date(now, named_zone(person.timezone))


# ------------------------------------------------------------------ pausing


async def pause(uow: UnitOfWork, participant: Participant, until: date, now: datetime) -> None:
    """Send nothing to this participant through the last day of the pause, what is queued included.

    Open proposals are withdrawn without a word; pairs stand, and their steps wait. Pausing again moves the end.
    """
    participant.state, participant.paused_until = ParticipantState.PAUSED, until
    await uow.outbox.cancel_series(_series(participant), reason="paused anew")
    await withdraw_proposals_of(uow, participant, now)
    await _changed(uow, participant, now)


async def resume(uow: UnitOfWork, participant: Participant, now: datetime) -> bool:
    """End a pause now; what was held back and is still useful goes out. Whether there was one."""
    if participant.state is not ParticipantState.PAUSED:
        return False
    participant.state, participant.paused_until = ParticipantState.ACTIVE, None
    await _changed(uow, participant, now)
    return True


async def _changed(uow: UnitOfWork, participant: Participant, now: datetime) -> None:
    """What follows any change of a pause: when it is over, what is held back, the pairs' steps, Home."""
    person = await uow.people.get(participant.person_id)
    participant.due_at = due_at(participant.state, participant.paused_until, named_zone(person.timezone))
    await uow.flush()
    pairs = await uow.pairs.list_for_participant(participant.id)
    recipients = [f"person:{person.id}", *(f"pair:{pair.id}" for pair in pairs)]
    await uow.outbox.release(recipients, reason=PAUSED, now=now)
    await replan_pairs_of(uow, participant.id, now)
    await uow.homes.mark(person.id)


def _series(participant: Participant) -> str:
    return f"pause:{participant.id}"


async def plan_pauses(storage: Storage, now: datetime) -> datetime | None:
    """End the pauses that are over, each with one notice; when the next one is."""
    async with storage.read() as uow:
        due = [participant.id for participant in await uow.participants.list_due(now, CHUNK)]
    for participant_id in due:
        async with storage.write() as uow:
            participant = await uow.participants.get(participant_id, lock=True)
            await _end_if_over(uow, participant, now)
    async with storage.read() as uow:
        return await uow.participants.next_due_at()


async def _end_if_over(uow: UnitOfWork, participant: Participant, now: datetime) -> None:
    person = await uow.people.get(participant.person_id)
    until = participant.paused_until
    # Derived again, because the person's zone may have changed since the pause began.
    participant.due_at = due_at(participant.state, until, named_zone(person.timezone))
    if until is None or participant.due_at is None or participant.due_at > now:
        return
    await resume(uow, participant, now)
    program = await uow.programs.get(participant.program_id)
    await uow.outbox.owe(
        "pause.over",
        new_id=uow.ids.new(),
        workspace_id=program.workspace_id,
        program_id=program.id,
        person_id=person.id,
        recipient=f"person:{person.id}",
        series=_series(participant),
        occurrence=until.isoformat(),
        now=now,
    )


# ------------------------------------------------------------------ another partner


async def swap_partner(uow: UnitOfWork, own: Own, now: datetime) -> date | None:
    """Let the pair end on the next common date because this side asked; nobody learns who did.

    If the other side asked before, the answer and everything that follows are the same for this one.

    Returns:
        The common date; None when there is no pair to end.
    """
    pair, me = own.pair, own.me.participant
    if not pair.state.is_going:
        return None
    if pair.agreed_at is None:
        await answer_trial(uow, own, TrialAnswer.SWAP, now)
    if pair.state is PairState.ENDING:
        _note_asker(pair, me)
    else:
        await end_pair(uow, pair, EndCause.SWAP, asked_by=me.id, now=now)
    await uow.homes.mark(own.me.person.id)
    return pair.ends_on


def _note_asker(pair: Pair, participant: Participant) -> None:
    """Keep that this side asked, too, for the end of a pair that is ending already."""
    pair.end_asked_by = " ".join(dict.fromkeys([*(pair.end_asked_by or "").split(), participant.id]))


# ------------------------------------------------------------------ leaving


async def leave_program(uow: UnitOfWork, participant: Participant, now: datetime) -> bool:
    """Leave at once: proposals are withdrawn, pairs end in neutral words, nothing more is sent but these endings.

    The partners come first in the next round; the one who left does not. Whether they took part at all.
    """
    if participant.state is ParticipantState.LEFT:
        return False
    # First of all, so that no step below counts the leaver among those who wait for a partner.
    participant.state, participant.left_at = ParticipantState.LEFT, now
    participant.paused_until = participant.due_at = None
    participant.waiting_rounds = 0
    await withdraw_proposals_of(uow, participant, now)
    for pair in await uow.pairs.list_for_participant(participant.id, going_only=True):
        if pair.state is PairState.ENDING:
            _note_asker(pair, participant)
        await end_pair(uow, pair, EndCause.LEFT, asked_by=participant.id, now=now)
    await uow.flush()
    await _withdraw_messages(uow, participant)
    await uow.homes.mark(participant.person_id)
    return True


async def _withdraw_messages(uow: UnitOfWork, participant: Participant) -> None:
    """What was owed to them as a participant is not sent any more; what they get in a named role stays."""
    for delivery in await uow.outbox.list_waiting_for(participant.person_id):
        kind = KINDS.get(delivery.kind)
        mine = delivery.program_id == participant.program_id
        if mine and kind is not None and kind.facts in OF_A_PARTICIPANT:
            delivery.state, delivery.reason = DeliveryState.CANCELLED, "left the program"
