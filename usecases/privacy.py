"""A person's own data: seeing them, getting a copy as a file, and deleting them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mentoring.facts import ExportFacts, Facts, NotNeeded
from mentoring.participants import NamedRoleState
from mentoring.privacy import FILE_HOURS, BeforeErasure, Erasure, MyData, StoredRow, StoredValue
from storage.personal_data import EXPORT_KIND, empty_log
from usecases.pair_life import as_told
from usecases.pausing import leave_program
from usecases.rounds import mark_round_changed
from usecases.unit import Audit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from usecases.unit import Delivery, Person, Storage, UnitOfWork

ONE_COPY_IN = timedelta(minutes=10)
"""Asked for again within this time, the copy that is on its way is enough."""


# ------------------------------------------------------------------ seeing


async def my_data(uow: UnitOfWork, person: Person, now: datetime) -> MyData:
    """Everything stored of this person, as they may see it: no answer of another, no end that was not told yet."""
    await uow.flush()
    rows = [await _as_told(uow, row) for row in await uow.personal_data.read(person.id)]
    names = await _names(uow, rows)
    return MyData(person.slack_user_id, now, tuple(_named(row, names) for row in rows))


async def _as_told(uow: UnitOfWork, row: StoredRow) -> StoredRow:
    """A pair that will end looks like any other until both are told; so does its end date."""
    if row.table != "pair" or row.role is None:
        return row
    _, ends_on = await as_told(uow, await uow.pairs.get(row.id), row.role)
    told = ends_on.isoformat() if ends_on is not None else None
    values = tuple(replace(one, value=told) if one.column == "ends_on" else one for one in row.values)
    return replace(row, values=tuple(one for one in values if one.value is not None))


_PEOPLE = frozenset({"manager_person_id", "do_not_pair_sealed", "reader_id"})
"""Columns that hold ids of people of ours, shown by name."""


async def _names(uow: UnitOfWork, rows: Sequence[StoredRow]) -> Mapping[str, str]:
    """Names by our ids of people and participants, of everybody these rows speak of."""
    people = {
        str(one)
        for row in rows
        for value in row.values
        if value.column in _PEOPLE
        for one in (value.value if isinstance(value.value, list) else [value.value])
    }
    partners = {row.partner_id for row in rows if row.partner_id}
    names = {person.id: person.name for person in await uow.people.list_by_ids(sorted(people))}
    for participant, person in await uow.participants.list_by_ids(sorted(partners)):
        names[participant.id] = person.name
    return names


def _named(row: StoredRow, names: Mapping[str, str]) -> StoredRow:
    def name(value: StoredValue) -> StoredValue:
        if value.column not in _PEOPLE:
            return value
        if isinstance(value.value, list):
            return replace(value, value=[names.get(str(one), "") for one in value.value])
        return replace(value, value=names.get(str(value.value), ""))

    return replace(
        row, values=tuple(name(one) for one in row.values), partner_id=names.get(row.partner_id, "")
    )


# ------------------------------------------------------------------ a copy


async def owe_export(uow: UnitOfWork, person: Person, now: datetime) -> None:
    """Owe this person a file with their data; asked for again within ten minutes, the one under way is enough."""
    slot = int(now.timestamp() // ONE_COPY_IN.total_seconds())
    await uow.outbox.owe(
        EXPORT_KIND,
        new_id=uow.ids.new(),
        workspace_id=person.workspace_id,
        person_id=person.id,
        recipient=f"person:{person.id}",
        series=f"export:{person.id}",
        occurrence=str(slot),
        now=now,
    )


async def load_export_facts(uow: UnitOfWork, delivery: Delivery, base: Facts) -> Facts | NotNeeded:
    """The reader's own data as they stand now; none once they were erased."""
    person = await uow.people.find(delivery.person_id or "")
    if person is None or person.erased_at is not None:
        return NotNeeded("nobody to tell")
    if delivery.slack_ts is not None:
        return NotNeeded("a file is not drawn again")
    return ExportFacts(
        delivery_id=base.delivery_id,
        kind=base.kind,
        now=base.now,
        reader=base.reader,
        program=base.program,
        refs=base.refs,
        maybe_second_copy=base.maybe_second_copy,
        document=document_of(await my_data(uow, person, base.now)),
    )


def document_of(data: MyData) -> Mapping[str, Any]:
    """The data as one JSON document: rows by table, and who may see each column."""
    tables: dict[str, list[dict[str, Any]]] = {}
    who_sees: dict[str, str] = {}
    for row in data.rows:
        entry: dict[str, Any] = {value.column.removesuffix("_sealed"): value.value for value in row.values}
        if row.role is not None:
            entry |= {"my_role": row.role.value, "partner": row.partner_id}
        tables.setdefault(row.table, []).append(entry)
        who_sees |= {
            f"{row.table}.{one.column.removesuffix('_sealed')}": one.privacy.value for one in row.values
        }
    return {
        "format": 1,
        "slack_user_id": data.slack_user_id,
        "made_at": data.at.isoformat(),
        "left_out": [
            "ids and moments that only the machine needs",
            "answers of other people",
            "drafts of rounds, which name people who were never proposed to each other",
            "what stands in Slack itself",
        ],
        "who_may_see": who_sees,
        "data": tables,
    }


@dataclass(frozen=True, slots=True)
class FileToRemove:
    """A file with somebody's data that has stood in Slack long enough."""

    delivery_id: str
    file_id: str


async def list_files_to_remove(
    storage: Storage, now: datetime
) -> tuple[Sequence[FileToRemove], datetime | None]:
    """The files that are to go from Slack now, and when the next one is; of erased people they go at once."""
    due, later = [], []
    async with storage.read() as uow:
        for delivery in await uow.outbox.list_files(EXPORT_KIND):
            person = await uow.people.find(delivery.person_id or "")
            goes_at = (delivery.sent_at or now) + timedelta(hours=FILE_HOURS)
            if person is None or person.erased_at is not None or goes_at <= now:
                due.append(FileToRemove(delivery.id, delivery.slack_ts or ""))
            else:
                later.append(goes_at)
    return due, min(later, default=None)


async def note_file_removed(storage: Storage, delivery_id: str) -> None:
    """The file is gone from Slack."""
    async with storage.write() as uow:
        delivery = await uow.outbox.get(delivery_id)
        delivery.slack_ts = delivery.slack_channel_id = None
        delivery.reason = "file removed"


# ------------------------------------------------------------------ deleting


async def before_erasure(uow: UnitOfWork, person: Person) -> BeforeErasure:
    """What ends with the data: going pairs, and roles that are held."""
    pairs = 0
    for participant in await uow.participants.list_for_person(person.id):
        pairs += len(await uow.pairs.list_for_participant(participant.id, going_only=True))
    roles = tuple(
        row.role
        for row in await uow.role_holders.list_for_person(person.id)
        if row.state is NamedRoleState.ACCEPTED
    )
    return BeforeErasure(pairs, roles)


async def erase_person(uow: UnitOfWork, person: Person, now: datetime) -> Erasure:
    """Leave every program, then erase this person everywhere; pairs end in the same neutral words as any other.

    What the other side wrote and answered stays theirs. The Home is drawn once more, as a stranger's.
    """
    found = await before_erasure(uow, person)
    slack_user_id = person.slack_user_id
    await uow.homes.mark(person.id)
    for participant in await uow.participants.list_for_person(person.id):
        await leave_program(uow, participant, now)
    await uow.personal_data.erase(person.id, now)
    view = await uow.homes.get(person.id)
    view.dirty, view.slack_user_id = True, slack_user_id
    for program in await uow.programs.list_for_workspace(person.workspace_id):
        round_ = await uow.rounds.find_open(program.id)
        if round_ is not None:
            await mark_round_changed(uow, round_)
    reference = uow.ids.new()
    uow.audit.add(
        Audit(
            id=reference,
            workspace_id=person.workspace_id,
            actor_id=person.id,
            act="person.erased",
            subject=person.id,
            at=now,
        )
    )
    await uow.flush()
    return Erasure(reference, now, found.pairs)


async def last_erased_at(storage: Storage) -> datetime | None:
    """When somebody was erased last; None when nobody ever was."""
    async with storage.read() as uow:
        return await uow.people.last_erased_at()


async def empty_database_log(storage: Storage) -> bool:
    """Let nothing that was erased stand in the database's log; whether it was done."""
    return await empty_log(storage.engine)
