"""Proposals: asking in turn or together, answers and their undo, and the one end that a no and a silence share.

Nothing here tells one side what the other said: messages, Homes and moments that somebody else can see follow from
the end of the window alone.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from mentoring.calendar import WorkingTime, shared_windows
from mentoring.deliveries import OPEN, DeliveryState
from mentoring.errors import CalendarError
from mentoring.facts import Facts, NotNeeded, ProposalCard, ProposalFacts
from mentoring.participants import ParticipantState, Role
from mentoring.proposals import (
    OVER,
    UNDO_WINDOW,
    AnswerWindow,
    ProposalAnswer,
    ProposalState,
    ProposalView,
    Side,
    Standing,
    Step,
    answer_window,
    answered,
    asked_first,
    asked_mentee,
    can_undo,
    closed,
    closes_at,
    first_asked,
    next_step,
    next_step_at,
    prolonged,
    told_at_close,
    undone,
    view_of,
    withdrawn,
)
from usecases.candidates import is_still_allowed
from usecases.cards import person_card, settings_of, working_time
from usecases.pairs import introduce_pair
from usecases.rounds import mark_round_changed
from usecases.unit import Owed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from usecases.unit import Delivery, Participant, Person, Program, Proposal, Storage, UnitOfWork

STEPS_A_TURN = 200
"""Proposals one turn of the planner takes; the rest wait for the next, so that no turn takes long."""

ASKED_TOGETHER = 50
"""First questions written in one transaction; see `rounds.STEP`."""

_OVERLAP_DAYS = timedelta(days=14)
_ON_HOME = frozenset({ProposalView.ASKED, ProposalView.SAID_YES, ProposalView.SAID_NO})
_NOT_BEGUN = frozenset({DeliveryState.PLANNED, DeliveryState.DUE})


def proposal_series(proposal_id: str) -> str:
    """The series of everything that is said about a proposal, to either side."""
    return f"proposal:{proposal_id}"


def standing_of(row: Proposal) -> Standing:
    """What decides about a proposal, read from its row."""
    return Standing(
        state=row.state,
        created_at=row.created_at,
        mentor=Side(row.mentor_asked_at, row.mentor_answer_by, row.mentor_answer, row.mentor_answered_at),
        mentee=Side(row.mentee_asked_at, row.mentee_answer_by, row.mentee_answer, row.mentee_answered_at),
        is_barred=bool(row.facts.get("barred")),
    )


def _save(row: Proposal, standing: Standing) -> None:
    """Write a standing down, with the moment at which the planner must look again."""
    row.state = standing.state
    mentor, mentee = standing.mentor, standing.mentee
    row.mentor_asked_at, row.mentor_answer_by = mentor.asked_at, mentor.answer_by
    row.mentor_answer, row.mentor_answered_at = mentor.answer, mentor.answered_at
    row.mentee_asked_at, row.mentee_answer_by = mentee.asked_at, mentee.answer_by
    row.mentee_answer, row.mentee_answered_at = mentee.answer, mentee.answered_at
    if standing.is_barred:
        row.facts = {**row.facts, "barred": True}
    row.due_at = next_step_at(standing)


# ------------------------------------------------------------------ what the two do


@dataclass(frozen=True, slots=True)
class OwnProposal:
    """A proposal and the side of it that somebody is."""

    row: Proposal
    role: Role
    participant: Participant


async def find_own_proposal(uow: UnitOfWork, person: Person, proposal_id: str) -> OwnProposal | None:
    """The person's own proposal that they were asked about; None when it is not theirs or does not exist.

    The row is held until the unit ends, so that two presses at once are dealt with one after the other.
    """
    row = await uow.proposals.find(proposal_id, lock=True) if proposal_id else None
    if row is None:
        return None
    participant = await uow.participants.find_one(row.program_id, person.id)
    if participant is None or participant.id not in {row.mentor_id, row.mentee_id}:
        return None
    role = Role.MENTOR if participant.id == row.mentor_id else Role.MENTEE
    asked = standing_of(row).side(role).asked_at is not None
    return OwnProposal(row, role, participant) if asked else None


async def answer_proposal(uow: UnitOfWork, own: OwnProposal, answer: ProposalAnswer, now: datetime) -> bool:
    """Take down one side's answer; whether it counts. The other side's screen does not change by it."""
    before = standing_of(own.row)
    after = answered(before, own.role, answer, now)
    if after == before:
        return before.side(own.role).answer is answer
    _save(own.row, after)
    await _own_screen(uow, own.row, own.participant)
    return True


async def undo_answer(uow: UnitOfWork, own: OwnProposal, now: datetime) -> bool:
    """Take an answer back, as long as the next step has not begun; whether it could be."""
    before = standing_of(own.row)
    after = undone(before, own.role, now)
    if after == before:
        return False
    _save(own.row, after)
    await _own_screen(uow, own.row, own.participant)
    return True


async def withdraw_proposals_of(uow: UnitOfWork, participant: Participant, now: datetime) -> None:
    """Somebody leaves, pauses or is erased: what is open with them ends without a word about them.

    Whoever was asked already notices nothing before the end of the window; what nobody has seen yet is not sent.
    """
    for row in await uow.proposals.list_for_participant(participant.id):
        if row.state in OVER:
            continue
        role = Role.MENTOR if row.mentor_id == participant.id else Role.MENTEE
        before = standing_of(row)
        if before.side(role).answer is ProposalAnswer.WITHDRAWN:
            continue
        after = withdrawn(before, role, now)
        if after.state not in OVER and not await _has_reached_anybody(uow, row):
            await uow.outbox.cancel_series(proposal_series(row.id), reason="not needed any more")
            after = closed(after)
        _save(row, after)
        if after.state is ProposalState.CLOSED:
            row.closed_at = now
            await _let_wait(uow, row)
        await _own_screen(uow, row, participant)


async def _has_reached_anybody(uow: UnitOfWork, row: Proposal) -> bool:
    owed = await uow.outbox.list_series(proposal_series(row.id))
    return any(delivery.state not in _NOT_BEGUN for delivery in owed)


async def _own_screen(uow: UnitOfWork, row: Proposal, participant: Participant) -> None:
    """Only the one who acted sees a change."""
    await uow.flush()
    await uow.outbox.mark_redraw(series=proposal_series(row.id), recipient=f"person:{participant.person_id}")
    await uow.homes.mark(participant.person_id)


# ------------------------------------------------------------------ what the planner does


async def plan_proposals(storage: Storage, now: datetime) -> datetime | None:
    """Ask, introduce and close what is due; when to look again. One proposal that fails holds up no other.

    Raises:
        ExceptionGroup: after everything else was done, if a step failed; it is tried again with the next turn.
    """
    async with storage.read() as uow:
        due = await uow.proposals.list_due(now, STEPS_A_TURN)
    fresh = [proposal_id for proposal_id, state in due if state is ProposalState.WAITING]
    failures: list[Exception] = []
    for start in range(0, len(fresh), ASKED_TOGETHER):
        async with storage.write() as uow:
            await _ask_first(uow, fresh[start : start + ASKED_TOGETHER], now)
    for proposal_id, state in due:
        if state is ProposalState.WAITING:
            continue
        try:
            async with storage.write() as uow:
                await _take_step(uow, proposal_id, now)
        except Exception as error:  # noqa: BLE001 - raised below, when the others have had their turn
            failures.append(error)
    if failures:
        raise ExceptionGroup("proposals whose step failed", failures)
    async with storage.read() as uow:
        return await uow.proposals.next_due_at()


async def _ask_first(uow: UnitOfWork, ids: Sequence[str], now: datetime) -> None:
    """Ask the mentors of fresh proposals, or both sides where they are asked together."""
    rows = await uow.proposals.hold(ids)
    sides = {side for row in rows for side in (row.mentor_id, row.mentee_id)}
    people = {
        found.id: (found, person) for found, person in await uow.participants.list_by_ids(sorted(sides))
    }
    owed: list[Owed] = []
    asked: list[str] = []
    for row in rows:
        if next_step(standing_of(row), now) is not Step.ASK_FIRST:
            continue
        program = await uow.programs.get(row.program_id)
        windows = {}
        for role in first_asked(settings_of(program).proposal_mode):
            _, person = people[_side_id(row, role)]
            windows[role] = _window(program, person, now)
            owed += _questions(uow, program, row, person, windows[role])
            asked.append(person.id)
        _save(row, asked_first(standing_of(row), windows, now))
    await uow.outbox.owe_all(owed, now)
    await uow.homes.mark_all(asked)


async def _take_step(uow: UnitOfWork, proposal_id: str, now: datetime) -> None:
    held = await uow.proposals.hold([proposal_id])
    if not held:
        return
    row = held[0]
    match next_step(standing_of(row), now):
        case Step.ASK_MENTEE:
            await _ask_mentee(uow, row, now)
        case Step.INTRODUCE:
            await _introduce(uow, row, now)
        case Step.CLOSE:
            await _close(uow, row, now)
        case _:
            row.due_at = next_step_at(standing_of(row))


async def _ask_mentee(uow: UnitOfWork, row: Proposal, now: datetime) -> None:
    """The mentor's yes stands: the mentee is asked, unless the firewall or their own absence bars it by now.

    Then their window runs all the same, and the mentor cannot tell.
    """
    program = await uow.programs.get(row.program_id)
    standing = standing_of(row)
    if standing.mentee.answer is None and not await is_still_allowed(uow, program, row, now):
        standing = withdrawn(standing, Role.MENTEE, now)
    mentor, mentee = await _people(uow, row)
    window = _window(program, mentee, now)
    standing = asked_mentee(standing, window, now)
    _save(row, standing)
    if standing.mentee.answer is None:
        await uow.outbox.owe_all(_questions(uow, program, row, mentee, window), now)
        await uow.homes.mark(mentee.id)
    await _redraw(uow, row, [mentor])


async def _introduce(uow: UnitOfWork, row: Proposal, now: datetime) -> None:
    """Both said yes and may not take it back any more: a pair is made, unless the firewall bars it by now (P26)."""
    program = await uow.programs.get(row.program_id)
    if not await is_still_allowed(uow, program, row, now):
        row.facts = {**row.facts, "barred": True}
        row.due_at = next_step_at(standing_of(row))
        return
    row.state = ProposalState.ACCEPTED
    await uow.flush()
    await introduce_pair(uow, program, row, now)
    row.state = ProposalState.INTRODUCED
    row.closed_at = now
    row.due_at = None
    await _redraw(uow, row, await _people(uow, row))
    if row.round_id is not None:
        await mark_round_changed(uow, await uow.rounds.get(row.round_id))


async def _close(uow: UnitOfWork, row: Proposal, now: datetime) -> None:
    """The window is over. Whoever said yes hears that it did not come about; nobody hears why."""
    program = await uow.programs.get(row.program_id)
    people = dict(zip(Role, await _people(uow, row), strict=True))
    standing = standing_of(row)
    for role, person in people.items():
        if await _is_still_under_way(uow, row, standing, role, person):
            # The question could not be brought to them in time: our delay is not their silence.
            _save(row, prolonged(standing, role, _window(program, person, now)))
            return
    told = told_at_close(standing)
    _save(row, closed(standing))
    row.closed_at = now
    words = [_owed(uow, program, row, people[role], "proposal.closed") for role in told]
    await uow.outbox.owe_all(words, now)
    await _let_wait(uow, row)
    await _redraw(uow, row, list(people.values()))


async def _is_still_under_way(
    uow: UnitOfWork, row: Proposal, standing: Standing, role: Role, person: Person
) -> bool:
    side = standing.side(role)
    if side.answer is not None or side.asked_at is None:
        return False
    owed = await uow.outbox.list_series(proposal_series(row.id))
    return any(
        delivery.kind == "proposal.question"
        and delivery.recipient == f"person:{person.id}"
        and delivery.state in OPEN
        for delivery in owed
    )


async def _let_wait(uow: UnitOfWork, row: Proposal) -> None:
    """Both come first in the next round, unless they have or may yet get another partner."""
    await uow.flush()
    for participant_id in (row.mentor_id, row.mentee_id):
        participant = await uow.participants.get(participant_id)
        if participant.state is ParticipantState.LEFT:
            continue
        going = await uow.pairs.list_for_participant(participant_id, going_only=True)
        proposals = await uow.proposals.list_for_participant(participant_id)
        if not going and all(other.state in OVER for other in proposals):
            participant.waiting_rounds += 1


async def _redraw(uow: UnitOfWork, row: Proposal, people: Sequence[Person]) -> None:
    await uow.flush()
    for person in people:
        await uow.outbox.mark_redraw(series=proposal_series(row.id), recipient=f"person:{person.id}")
        await uow.homes.mark(person.id)


async def _people(uow: UnitOfWork, row: Proposal) -> tuple[Person, Person]:
    """Mentor and mentee."""
    found = {
        participant.id: person
        for participant, person in await uow.participants.list_by_ids([row.mentor_id, row.mentee_id])
    }
    return found[row.mentor_id], found[row.mentee_id]


def _side_id(row: Proposal, role: Role) -> str:
    return row.mentor_id if role is Role.MENTOR else row.mentee_id


def _window(program: Program, person: Person, now: datetime) -> AnswerWindow:
    """Somebody's time to answer; a person who never works again gets an ordinary one, since it must end for both."""
    settings = settings_of(program)
    days, reminder_days = settings.proposal_days, settings.proposal_reminder_days
    with suppress(CalendarError):
        return answer_window(working_time(person, program), now, days=days, reminder_days=reminder_days)
    return answer_window(WorkingTime(), now, days=days, reminder_days=0)


def _questions(
    uow: UnitOfWork, program: Program, row: Proposal, person: Person, window: AnswerWindow
) -> list[Owed]:
    """The question, and the one reminder, which has nothing to say once there is an answer."""
    question = _owed(uow, program, row, person, "proposal.question")
    if window.remind_at is None:
        return [question]
    reminder = _owed(uow, program, row, person, "proposal.reminder")
    return [question, replace(reminder, not_before=window.remind_at, expires_at=window.answer_by)]


def _owed(uow: UnitOfWork, program: Program, row: Proposal, person: Person, kind: str) -> Owed:
    return Owed(
        kind=kind,
        new_id=uow.ids.new(),
        workspace_id=program.workspace_id,
        program_id=program.id,
        person_id=person.id,
        recipient=f"person:{person.id}",
        series=proposal_series(row.id),
        occurrence=kind,
        refs={"proposal": row.id},
    )


# ------------------------------------------------------------------ what is shown


async def load_proposal_facts(uow: UnitOfWork, delivery: Delivery, base: Facts) -> Facts | NotNeeded:
    """A proposal as the reader may know it; a question that was answered or ended unseen has nothing left to say."""
    row = await uow.proposals.find(str(delivery.refs.get("proposal", "")))
    if row is None or base.program is None or delivery.person_id is None:
        return NotNeeded("no such proposal")
    participant = await uow.participants.find_one(row.program_id, delivery.person_id)
    if participant is None or participant.id not in {row.mentor_id, row.mentee_id}:
        return NotNeeded("not theirs")
    card = await proposal_card(uow, row, participant, base.now)
    if card is None:
        return NotNeeded("nobody was asked")
    if (
        delivery.slack_ts is None
        and delivery.kind != "proposal.closed"
        and card.view is not ProposalView.ASKED
    ):
        return NotNeeded("answered or over")
    if delivery.kind == "proposal.reminder" and not await _question_arrived(uow, row, delivery):
        return NotNeeded("they were not asked yet")
    return ProposalFacts(
        delivery_id=base.delivery_id,
        kind=base.kind,
        now=base.now,
        reader=base.reader,
        program=base.program,
        refs=base.refs,
        maybe_second_copy=base.maybe_second_copy,
        proposal=card,
    )


async def _question_arrived(uow: UnitOfWork, row: Proposal, reminder: Delivery) -> bool:
    """After an outage both fall due at once; somebody who just got the question is not reminded of it."""
    return any(
        delivery.kind == "proposal.question"
        and delivery.recipient == reminder.recipient
        and delivery.state is DeliveryState.SENT
        for delivery in await uow.outbox.list_series(proposal_series(row.id))
    )


async def home_proposals(
    uow: UnitOfWork, participant: Participant, now: datetime
) -> tuple[ProposalCard, ...]:
    """The proposals on somebody's Home: those that wait for their answer, and those they answered and are open."""
    cards = [
        await proposal_card(uow, row, participant, now)
        for row in await uow.proposals.list_for_participant(participant.id)
        if row.state not in OVER
    ]
    return tuple(card for card in cards if card is not None and card.view in _ON_HOME)


async def proposal_card(
    uow: UnitOfWork, row: Proposal, participant: Participant, now: datetime
) -> ProposalCard | None:
    """A proposal as one side may know it; None before they are asked."""
    role = Role.MENTOR if row.mentor_id == participant.id else Role.MENTEE
    standing = standing_of(row)
    view = view_of(standing, role, now)
    answer_by = standing.side(role).answer_by
    if view is ProposalView.HIDDEN or answer_by is None:
        return None
    program = await uow.programs.get(row.program_id)
    own = await uow.people.get(participant.person_id)
    partner = await uow.participants.get(_side_id(row, role.other))
    partner_person = await uow.people.get(partner.person_id)
    mentor_gives = tuple(str(topic) for topic in row.facts.get("topics", ()))
    mentee_gives = tuple(str(topic) for topic in row.facts.get("return_topics", ()))
    is_mentor = role is Role.MENTOR
    return ProposalCard(
        id=row.id,
        view=view,
        role=role,
        partner=person_card(partner_person, partner, await uow.skills.list_for([partner.id])),
        gives=mentor_gives if is_mentor else mentee_gives,
        gets=mentee_gives if is_mentor else mentor_gives,
        common=tuple(str(one) for name in ("goals", "interests") for one in row.facts.get(name, ())),
        overlap=_overlap(program, own, partner_person, now),
        answer_by=answer_by,
        hear_by=_hear_by(program, standing, role, partner_person, now),
        can_undo=can_undo(standing, role, now),
    )


def _hear_by(program: Program, standing: Standing, role: Role, partner: Person, now: datetime) -> datetime:
    """When the reader hears at the latest; a mentor whose partner is still to be asked is told of the time that takes.

    The partner's calendar decides, never whether they have been asked or what they said.
    """
    side = standing.side(role)
    ends = closes_at(standing)
    if standing.state is ProposalState.ASKING_MENTOR:
        begins = side.answered_at + UNDO_WINDOW if side.answered_at is not None else now
        return _window(program, partner, begins).answer_by
    return ends or side.answer_by or now


def _overlap(
    program: Program, own: Person, partner: Person, now: datetime
) -> tuple[datetime, datetime] | None:
    """The longest stretch of an ordinary day in which both work, within the next two weeks."""
    windows = shared_windows(
        working_time(own, program), working_time(partner, program), now, now + _OVERLAP_DAYS
    )
    longest = max(
        windows, key=lambda window: (window.end - window.start, -window.start.timestamp()), default=None
    )
    return None if longest is None else (longest.start, longest.end)
