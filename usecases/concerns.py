"""Concerns: a private word to the named contact or the deputy, sealed, and owed to its reader until it is opened."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mentoring.calendar import is_away, local_date
from mentoring.concerns import (
    Candidate,
    ConcernState,
    asked_again_at,
    choose_next_reader,
    choose_reader,
    may_write_another,
    overdue_at,
)
from mentoring.facts import ConcernCard, ConcernFacts, Facts, NotNeeded
from mentoring.participants import NamedRole, NamedRoleState
from usecases.cards import working_time
from usecases.unit import Concern

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from usecases.unit import Delivery, Person, Program, Storage, UnitOfWork

LIST_LIMIT = 200
_LONGEST_LINE = 20
_TAKERS = (NamedRole.CONCERN_CONTACT, NamedRole.DEPUTY)


@dataclass(frozen=True, slots=True)
class Takers:
    """Who takes concerns in a program, by name; empty names where nobody accepted."""

    contact: str
    deputy: str


@dataclass(frozen=True, slots=True)
class ReadConcern:
    """A concern opened by its reader."""

    id: str
    writer: str
    text: str
    about: tuple[str, ...]
    written_at: datetime


async def takers_of(uow: UnitOfWork, program: Program) -> Takers:
    """The names the form shows before anything is typed."""
    names = {}
    for role in _TAKERS:
        holders = [
            one
            for one in await uow.role_holders.list_for_program(program.id, role)
            if one.state is NamedRoleState.ACCEPTED
        ]
        names[role] = (await uow.people.get(holders[0].person_id)).name if holders else ""
    return Takers(names[NamedRole.CONCERN_CONTACT], names[NamedRole.DEPUTY])


async def may_write(uow: UnitOfWork, person: Person, now: datetime) -> bool:
    """Whether this person may write another concern today."""
    written = await uow.concerns.list_for_writer(person.id)
    return may_write_another([one.written_at for one in written], now=now)


async def write_concern(
    uow: UnitOfWork, program: Program, writer: Person, text: str, about: Sequence[str], now: datetime
) -> str | None:
    """Seal a concern and owe it to whoever stands outside of it. Source: P37.

    Args:
        uow: the unit of work.
        program: whose contact takes it.
        writer: who writes.
        text: what they wrote.
        about: Slack ids of the people it is about.
        now: the present moment.

    Returns:
        The name of who gets it; None when nobody may.
    """
    reader = choose_reader(await _candidates(uow, program, writer, about, now))
    if reader is None:
        return None
    person = await uow.people.get(reader.person_id)
    concern = uow.concerns.add(
        Concern(
            id=uow.ids.new(),
            program_id=program.id,
            writer_id=writer.id,
            reader_id=person.id,
            text_sealed=uow.vault.seal(json.dumps({"text": text, "about": list(about)}, ensure_ascii=False)),
            state=ConcernState.SENT,
            written_at=now,
        )
    )
    await uow.flush()
    await _owe(uow, program, concern, person, now)
    return person.name


async def _owe(uow: UnitOfWork, program: Program, concern: Concern, reader: Person, now: datetime) -> None:
    works = working_time(reader, program)
    await uow.outbox.owe(
        "concern.waiting",
        new_id=uow.ids.new(),
        workspace_id=program.workspace_id,
        program_id=program.id,
        person_id=reader.id,
        recipient=f"person:{reader.id}",
        series=concern_series(concern.id),
        occurrence=local_date(now, works.zone).isoformat(),
        refs={"concern": concern.id},
        now=now,
    )
    concern.due_at = asked_again_at(works, now)
    await uow.homes.mark(reader.id)


def concern_series(concern_id: str) -> str:
    return f"concern:{concern_id}"


async def find_own_concern(uow: UnitOfWork, reader: Person, concern_id: str) -> Concern | None:
    """A concern that this very person is to read; None for everybody else, its writer included."""
    concern = await uow.concerns.find(concern_id, lock=True) if concern_id else None
    return concern if concern is not None and concern.reader_id == reader.id else None


async def open_concern(uow: UnitOfWork, concern: Concern, now: datetime) -> ReadConcern:
    """Show a concern to its reader; from then on it is not owed any more."""
    if concern.state is ConcernState.SENT:
        concern.state, concern.opened_at, concern.due_at = ConcernState.OPENED, now, None
        await _changed(uow, concern)
    sealed = json.loads(uow.vault.open(concern.text_sealed))
    writer = await uow.people.get(concern.writer_id)
    program = await uow.programs.get(concern.program_id)
    named = [
        await uow.people.find_by_slack_id(program.workspace_id, str(slack_id)) for slack_id in sealed["about"]
    ]
    return ReadConcern(
        id=concern.id,
        writer=writer.name,
        text=str(sealed["text"]),
        about=tuple(
            person.name if person is not None and person.name else str(slack_id)
            for person, slack_id in zip(named, sealed["about"], strict=True)
        ),
        written_at=concern.written_at,
    )


async def close_concern(uow: UnitOfWork, concern: Concern) -> None:
    """It leaves its reader's Home; an unopened one cannot be closed."""
    if concern.state is ConcernState.OPENED:
        concern.state = ConcernState.CLOSED
        await _changed(uow, concern)


async def _changed(uow: UnitOfWork, concern: Concern) -> None:
    await uow.outbox.cancel_series(concern_series(concern.id), reason="opened")
    await uow.outbox.mark_redraw(series=concern_series(concern.id))
    await uow.homes.mark(concern.reader_id)


async def plan_concerns(storage: Storage, now: datetime) -> datetime | None:
    """Ask again about unopened concerns, and hand them to the deputy when it is time; when one is due next."""
    async with storage.read() as uow:
        due = [row.id for row in await uow.concerns.list_due(now, LIST_LIMIT)]
    for concern_id in due:
        async with storage.write() as uow:
            concern = await uow.concerns.get(concern_id, lock=True)
            if concern.due_at is not None and concern.due_at <= now:
                await _ask_again(uow, concern, now)
    async with storage.read() as uow:
        return await uow.concerns.next_due_at()


async def _ask_again(uow: UnitOfWork, concern: Concern, now: datetime) -> None:
    program = await uow.programs.get(concern.program_id)
    reader = await uow.people.get(concern.reader_id)
    is_overdue = now >= overdue_at(working_time(reader, program), concern.written_at)
    about = [str(one) for one in json.loads(uow.vault.open(concern.text_sealed))["about"]]
    writer = await uow.people.get(concern.writer_id)
    following = choose_next_reader(
        await _candidates(uow, program, writer, about, now), reader_id=reader.id, is_overdue=is_overdue
    )
    if following is not None:
        await uow.outbox.cancel_series(concern_series(concern.id), reason="handed on")
        await uow.outbox.mark_redraw(series=concern_series(concern.id))
        await uow.homes.mark(reader.id)
        reader = await uow.people.get(following.person_id)
        concern.reader_id = reader.id
    await _owe(uow, program, concern, reader, now)


async def _candidates(
    uow: UnitOfWork, program: Program, writer: Person, about: Sequence[str], now: datetime
) -> list[Candidate]:
    """Everybody who accepted to take concerns, and whether they stand outside this one."""
    inside = await _inside(uow, program, writer, about)
    found = []
    for role in _TAKERS:
        for holder in await uow.role_holders.list_for_program(program.id, role):
            person = await uow.people.get(holder.person_id)
            if holder.state is NamedRoleState.ACCEPTED and not person.is_deactivated:
                works = working_time(person, program)
                found.append(
                    Candidate(
                        person_id=person.id,
                        is_deputy=role is NamedRole.DEPUTY,
                        is_outside=person.id not in inside and person.slack_user_id not in about,
                        is_away=is_away(works, local_date(now, works.zone)),
                    )
                )
    return found


async def _inside(uow: UnitOfWork, program: Program, writer: Person, about: Sequence[str]) -> set[str]:
    """Writer, partners, those it is about, and everybody in their reporting lines; partners may take no concern."""
    people = [writer.id]
    for slack_id in about:
        known = await uow.people.find_by_slack_id(program.workspace_id, slack_id)
        if known is not None:
            people.append(known.id)
    part = await uow.participants.find_one(program.id, writer.id)
    if part is not None:
        for pair in await uow.pairs.list_for_participant(part.id, going_only=True):
            other = pair.mentee_id if pair.mentor_id == part.id else pair.mentor_id
            people.append((await uow.participants.get(other)).person_id)
    inside = set(people)
    for person_id in people:
        above: str | None = person_id
        for _ in range(_LONGEST_LINE):
            participant = await uow.participants.find_one(program.id, above) if above is not None else None
            above = participant.manager_person_id if participant is not None else None
            if above is None:
                break
            inside.add(above)
    return inside


async def load_concern_facts(uow: UnitOfWork, delivery: Delivery, base: Facts) -> Facts | NotNeeded:
    """Whether a concern still waits for this reader; neither its text nor its writer is loaded."""
    concern = await uow.concerns.find(str(delivery.refs.get("concern", "")))
    if concern is None:
        return NotNeeded("no such concern")
    waits = concern.state is ConcernState.SENT and concern.reader_id == delivery.person_id
    if not waits and delivery.slack_ts is None:
        return NotNeeded("opened or handed on")
    return ConcernFacts(
        delivery_id=base.delivery_id,
        kind=base.kind,
        now=base.now,
        reader=base.reader,
        program=base.program,
        refs=base.refs,
        maybe_second_copy=base.maybe_second_copy,
        waits=waits,
        is_theirs=concern.reader_id == delivery.person_id,
    )


async def home_concerns(uow: UnitOfWork, person: Person) -> tuple[ConcernCard, ...]:
    """What stands on a contact's Home until it is done."""
    return tuple(
        ConcernCard(one.id, one.state is ConcernState.OPENED, one.written_at)
        for one in await uow.concerns.list_for_reader(person.id)
    )
