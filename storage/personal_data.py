"""A person's data, found by walking every table that leads to them: what is stored of them, and its erasure.

Which tables those are follows from the foreign keys, and what becomes of a column from its privacy class; so a new
table is found, shown and erased without a word here, unless it is one of the few with a fate of its own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, or_, select, update

from mentoring.concerns import TaskState
from mentoring.deliveries import OPEN, DeliveryState
from mentoring.participants import Role
from mentoring.privacy import Privacy, StoredRow, StoredValue
from mentoring.proposals import OVER
from storage.tables import (
    Base,
    Conversation,
    Delivery,
    Pair,
    Participant,
    Person,
    Proposal,
    Task,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Column, Table
    from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

    from storage.vault import Vault

EXPORT_KIND = "privacy.export"

_OWNED = frozenset({Privacy.PRIVATE, Privacy.SECRET})

_NOT_OWNERS = frozenset({("concern", "reader_id")})
"""Keys to a person that do not make a row theirs: a concern is its writer's."""

_ALSO_OWNERS = {"audit": "actor_id"}
"""Columns that name a person without being a key, so that the row outlives them."""

_NOT_SHOWN = frozenset({"candidate"})
"""Drafts of rounds name people who were never proposed to each other; they are coordinators' working papers."""

_SHOWN_TECHNICAL = frozenset(
    {
        ("person", "slack_user_id"),
        ("person", "locale"),
        ("participant", "consented_at"),
        ("check_in", "answered_at"),
        ("feedback", "written_at"),
        ("rating", "moment"),
        ("rating", "rated_at"),
        ("pair", "introduced_at"),
        ("proposal", "mentor_asked_at"),
        ("proposal", "mentee_asked_at"),
    }
)
"""Columns for the machine that say something of the person all the same."""

_HIDDEN_KEYS = frozenset({"barred"})
"""Inside facts that two share: whether a rule came between them may be the other's secret."""

_DELETED = frozenset(
    {"candidate", "check_in", "concern", "draft", "feedback", "rating", "role_holder", "skill"}
)
"""Rows that are the person's alone (or a draft about them): deleted whole."""

_KEPT = frozenset({"announcement", "audit", "session", "home_view"})
"""Rows that hold nothing of the person's: what was posted for the program, who did what by id, the shared dates of a
pair. The Home is dealt with by its publisher."""

_STAYS = frozenset({("participant", "state"), ("participant", "joined_at"), ("participant", "left_at")})
"""That somebody took part, and when; not who."""


@dataclass(frozen=True, slots=True)
class Owned:
    """A table with a path to a person: the columns by which a row is theirs, each with the table it points to."""

    table: Table
    model: type[Any]
    via: tuple[tuple[Column[Any], str], ...]

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def is_shared(self) -> bool:
        """Rows in which two people stand, one on each side."""
        return {"mentor_id", "mentee_id"} <= set(self.table.columns.keys())


@lru_cache(maxsize=1)
def owned_tables() -> tuple[Owned, ...]:
    """Every table with a path to a person, parents first; by the shortest path, so that a row has one owner."""
    models = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
    person = Base.metadata.tables["person"]
    found = [Owned(person, Person, ())]
    reached = {"person"}
    while True:
        step = []
        for table in Base.metadata.sorted_tables:
            via = tuple(_keys_to(table, reached)) if table.name not in reached else ()
            if via:
                step.append(Owned(table, models[table], via))
        if not step:
            return tuple(found)
        found += step
        reached |= {one.name for one in step}


def _keys_to(table: Table, reached: set[str]) -> list[tuple[Column[Any], str]]:
    keys = [
        (column, key.column.table.name)
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in reached and (table.name, column.name) not in _NOT_OWNERS
    ]
    if table.name in _ALSO_OWNERS:
        keys.append((table.columns[_ALSO_OWNERS[table.name]], "person"))
    return keys


class PersonalData:
    """Reads and erases one person's data across all tables."""

    def __init__(self, session: AsyncSession, vault: Vault) -> None:
        self._session = session
        self._vault = vault

    async def read(self, person_id: str) -> Sequence[StoredRow]:
        """Everything of this person that they may see, in the order of the tables.

        Left out: ids and moments that only the machine needs, the other side's answers in rows that two share, and
        proposals this person was never asked about.
        """
        rows = await self._rows(person_id)
        mine = {row.id for row in rows["participant"]}
        found = []
        for owned in owned_tables():
            if owned.name in _NOT_SHOWN:
                continue
            for row in rows[owned.name]:
                shown = self._shown(owned, row, mine)
                if shown is not None and shown.values:
                    found.append(shown)
        return found

    async def _rows(self, person_id: str) -> dict[str, Sequence[Any]]:
        """This person's rows by table."""
        rows: dict[str, Sequence[Any]] = {}
        for owned in owned_tables():
            key = next(iter(owned.table.primary_key.columns))
            query = select(owned.model)
            if owned.name == "person":
                query = query.where(key == person_id)
            else:
                theirs = [
                    column.in_([getattr(row, _key_of(parent)) for row in rows[parent]])
                    for column, parent in owned.via
                ]
                query = query.where(or_(*theirs))
            rows[owned.name] = (await self._session.execute(query.order_by(key))).scalars().all()
        return rows

    def _shown(self, owned: Owned, row: Any, mine: set[str]) -> StoredRow | None:
        role = _role_in(owned, row, mine)
        if role is not None and getattr(row, f"{role.value}_asked_at", True) is None:
            return None
        values = [
            StoredValue(column.name, _class_of(owned, column), self._plain(column, getattr(row, column.name)))
            for column in owned.table.columns
            if _is_shown(owned, column, role) and getattr(row, column.name) not in (None, "", [], {})
        ]
        if isinstance(row, Pair) and set((row.end_asked_by or "").split()) & mine:
            values.append(StoredValue("end_asked_by", Privacy.SECRET, True))
        partner = ""
        if role is not None:
            partner = str(getattr(row, f"{role.other.value}_id", "") or "")
        return StoredRow(owned.name, str(getattr(row, _key_of(owned.name))), tuple(values), role, partner)

    def _plain(self, column: Column[Any], value: Any) -> Any:
        """A value as plain JSON, sealed text opened."""
        if column.name.endswith("sealed"):
            text = self._vault.open(value)
            try:
                return json.loads(text)
            except ValueError:
                return text  # most sealed values are what somebody typed, the rest are lists
        if isinstance(value, datetime | date):
            return value.isoformat()
        if isinstance(value, dict):
            return {key: one for key, one in value.items() if key not in _HIDDEN_KEYS}
        return value

    async def erase(self, person_id: str, now: datetime) -> None:
        """Erase this person everywhere; what another person shares stays theirs, with nobody's name in it.

        Rows that are theirs alone are deleted. The person and their parts stay as empty rows, because pairs point to
        them. Calling it again changes nothing.
        """
        await self._session.flush()
        rows = await self._rows(person_id)
        mine = {row.id for row in rows["participant"]}
        slack_user_ids = [row.slack_user_id for row in rows["person"]]
        for owned in reversed(owned_tables()):
            for row in rows[owned.name]:
                if owned.name in _DELETED:
                    await self._session.delete(row)
                elif owned.name not in _KEPT:
                    self._blank(owned, row, mine, now)
        await self._session.execute(
            delete(Conversation).where(Conversation.recipient == f"person:{person_id}")
        )
        await self._session.execute(
            update(Participant)
            .where(Participant.booker.in_(slack_user_ids))
            .values(booker="")
            .execution_options(synchronize_session="fetch")
        )
        await self._session.flush()

    def _blank(self, owned: Owned, row: Any, mine: set[str], now: datetime) -> None:
        match row:
            case Delivery():
                _blank_delivery(row)
            case Task():
                row.participant_id, row.outcome = None, ""
                if row.state is TaskState.OPEN:
                    row.state, row.closed_at = TaskState.DONE, now
            case Proposal() if row.state not in OVER:
                pass  # it runs on to its end as after a silence, and holds no answer of theirs any more
            case Proposal() | Pair():
                row.facts = {}
                _blank_side(owned, row, mine)
            case _:
                _blank_row(owned, row)
                if isinstance(row, Person):
                    _make_nobody(row, now)


def _blank_delivery(row: Delivery) -> None:
    """Ids of Slack's go, but for a file that is still to be removed there; what waits is not sent."""
    if row.state in OPEN and row.state not in {DeliveryState.SENDING, DeliveryState.UNKNOWN}:
        row.state, row.reason = DeliveryState.CANCELLED, "erased"
        row.owner = row.lease_until = None
        row.fence += 1
    row.redraw = False
    row.request_hash = None
    if row.kind != EXPORT_KIND:
        row.slack_channel_id = row.slack_ts = None


def _blank_side(owned: Owned, row: Any, mine: set[str]) -> None:
    role = _role_in(owned, row, mine)
    for column in owned.table.columns:
        is_own = role is not None and column.name.startswith(f"{role.value}_")
        if is_own and _privacy(column) in _OWNED and column.nullable:
            setattr(row, column.name, None)


def _blank_row(owned: Owned, row: Any) -> None:
    """Empty every column that is not for the machine: nothing, else what a fresh row would hold."""
    for column in owned.table.columns:
        if _privacy(column) is Privacy.TECHNICAL or (owned.name, column.name) in _STAYS:
            continue
        setattr(row, column.name, _empty(column))


def _empty(column: Column[Any]) -> Any:
    if column.nullable:
        return None
    default: Any = column.default
    if default is not None:
        return default.arg(None) if default.is_callable else default.arg
    return column.type.python_type()


def _make_nobody(person: Person, now: datetime) -> None:
    person.slack_user_id = f"erased:{person.id}"
    person.locale = "en"
    person.synced_at = None
    person.is_guest = person.is_external = person.is_bot = person.is_deactivated = False
    person.erased_at = person.erased_at or now


def _role_in(owned: Owned, row: Any, mine: set[str]) -> Role | None:
    if not owned.is_shared:
        return None
    return Role.MENTOR if row.mentor_id in mine else Role.MENTEE


def _is_shown(owned: Owned, column: Column[Any], role: Role | None) -> bool:
    privacy = _privacy(column)
    if privacy is Privacy.TECHNICAL and (owned.name, column.name) not in _SHOWN_TECHNICAL:
        return False
    if role is None:
        return True
    if column.name.startswith(f"{role.other.value}_"):
        return False
    return privacy not in _OWNED or column.name.startswith(f"{role.value}_")


def _class_of(owned: Owned, column: Column[Any]) -> Privacy:
    if _privacy(column) is not Privacy.TECHNICAL:
        return _privacy(column)
    return Privacy.PARTNER if owned.is_shared else Privacy.PRIVATE


def _privacy(column: Column[Any]) -> Privacy:
    found: Privacy = column.info["privacy"]
    return found


def _key_of(table: str) -> str:
    return next(iter(Base.metadata.tables[table].primary_key.columns)).name


async def empty_log(engine: AsyncEngine) -> bool:
    """On SQLite, write the log back into the file and empty it, so that erased text stands nowhere on the disk.

    Returns:
        Whether it was done; a reader may be in the way, then it is to be tried again. True on other engines, which
        reuse the space by themselves.
    """
    if engine.dialect.name != "sqlite":
        return True
    async with engine.connect() as connection:
        # Past SQLAlchemy, whose transaction the checkpoint could not run in.
        raw = await connection.get_raw_connection()
        cursor = await raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr] # aiosqlite's own connection
        busy, _, _ = await cursor.fetchone()
        await cursor.close()
    return not busy
