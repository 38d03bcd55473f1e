"""A person's data across all tables: every personal column is shown to them, and none outlives their erasure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Date, DateTime, Enum, Float, Integer, String, make_url
from sqlalchemy.types import JSON

from mentoring.privacy import Privacy
from mentoring.proposals import ProposalState
from storage.personal_data import _DELETED, _KEPT, _NOT_SHOWN, _STAYS, empty_log, owned_tables
from storage.tables import Base
from storage.types import UtcDateTime

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
MODELS = {mapper.local_table.name: mapper.class_ for mapper in Base.registry.mappers}
PLAIN = (
    ((UtcDateTime, DateTime), NOW),
    (Date, date(2026, 9, 7)),
    (Boolean, True),
    ((Integer, Float), 4),
)
NAMES_NOBODY = {("task", "kind"), ("task", "subject")}  # a word of ours and an id


@dataclass
class Writer:
    """Makes one row of every table, each text in it unlike any other; `who` marks whose it is."""

    uow: Any
    who: str
    shared: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    ciphers: list[str] = field(default_factory=list)

    async def add(self, table: str, **given: Any) -> Any:
        model = MODELS[table]
        values = {column.name: self._value(table, column) for column in model.__table__.columns}
        for name in given:
            self.texts.pop((table, name), None)
        row = model(**{**values, **given})
        self.uow.people.add(row)
        await self.uow.flush()
        key = next(iter(model.__table__.primary_key.columns)).name
        self.ids[table] = getattr(row, key)
        return row

    def _value(self, table: str, column: Any) -> Any:
        for key in column.foreign_keys:
            parent = key.column.table.name
            return self.ids.get(parent) or self.shared.get(parent)
        if column.primary_key:
            return f"{self.who}-{table}"
        if isinstance(column.type, Enum):
            return column.type.enums[-1]
        for kind, value in PLAIN:
            if isinstance(column.type, kind):
                return value
        return self._text(table, column)

    def _text(self, table: str, column: Any) -> Any:
        text = f"zq{self.who}{table}{column.name}".replace("_", "")
        self.texts[table, column.name] = text
        if isinstance(column.type, JSON):
            return {"word": text} if _is_dict(column) else [text]
        assert isinstance(column.type, String), column
        if not column.name.endswith("sealed"):
            return text
        self.ciphers.append(self.uow.vault.seal(text))
        return self.ciphers[-1]


def _is_dict(column: Any) -> bool:
    default = column.default
    made = default.arg(None) if default is not None and default.is_callable else None
    return isinstance(made, dict)


async def filled(uow) -> dict[str, Writer]:
    """Two people in one pair, with a row of everything for each."""
    common = Writer(uow, "common")
    for table in ("workspace", "program", "round"):
        await common.add(table)
    found = {}
    for who in ("ada", "ben"):
        writer = Writer(uow, who, shared=common.ids)
        await writer.add("person")
        await writer.add("participant")
        found[who] = writer
    ada, ben = found["ada"], found["ben"]
    sides = {"mentor_id": ada.ids["participant"], "mentee_id": ben.ids["participant"]}
    for table in ("candidate", "proposal", "pair"):
        given: dict[str, Any] = {"state": ProposalState.INTRODUCED} if table == "proposal" else {}
        if table == "pair":
            given["end_asked_by"] = ada.ids["participant"]
        await common.add(table, **sides, **given)
    await common.add("session")
    for writer in found.values():
        writer.shared |= common.ids
        for owned in owned_tables():
            if owned.name in writer.ids or owned.name in {"candidate", "proposal", "pair", "session"}:
                continue
            given = {"actor_id": writer.ids["person"]} if owned.name == "audit" else {}
            if owned.name == "delivery":
                given = {"recipient": f"person:{writer.ids['person']}"}
            await writer.add(owned.name, **given)
    return found


def personal(owned) -> list[str]:
    return [
        column.name
        for column in owned.table.columns
        if column.info["privacy"] is not Privacy.TECHNICAL and not column.foreign_keys
    ]


async def test_every_table_that_names_a_person_is_found_by_its_keys():
    found = {owned.name for owned in owned_tables()}
    pointing = {
        table.name
        for table in Base.metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name in {"person", "participant", "pair", "session"}
    }
    assert pointing <= found
    assert found - pointing == {"person", "audit"}


def test_every_fate_of_its_own_is_of_a_table_that_stands():
    tables = {owned.name for owned in owned_tables()}
    assert tables >= _DELETED
    assert tables >= _KEPT
    assert tables >= _NOT_SHOWN
    assert not _DELETED & _KEPT


async def test_each_sees_every_personal_column_of_their_own_and_no_text_of_the_other(storage):
    async with storage.write() as uow:
        people = await filled(uow)
        for who, other in (("ada", "ben"), ("ben", "ada")):
            rows = await uow.personal_data.read(people[who].ids["person"])
            shown = {(row.table, one.column): str(one.value) for row in rows for one in row.values}
            for owned in owned_tables():
                if owned.name in _NOT_SHOWN or owned.is_shared or owned.name == "session":
                    continue
                for column in personal(owned):
                    assert (owned.name, column) in shown, (owned.name, column)
                    text = people[who].texts.get((owned.name, column))
                    assert text is None or text in shown[owned.name, column]
            assert f"zq{other}" not in str(shown)


async def test_of_rows_that_two_share_each_sees_their_own_answers_alone(storage):
    async with storage.write() as uow:
        people = await filled(uow)
        shown = {}
        for who in ("ada", "ben"):
            rows = await uow.personal_data.read(people[who].ids["person"])
            shown[who] = {(row.table, one.column) for row in rows for one in row.values}
    assert {("pair", "mentor_trial"), ("proposal", "mentor_answer"), ("pair", "end_asked_by")} <= shown["ada"]
    assert {("pair", "mentee_trial"), ("proposal", "mentee_answer")} <= shown["ben"]
    assert not {
        name for name in shown["ada"] if name[1].startswith("mentee_") and name[0] in {"pair", "proposal"}
    }
    assert not {
        name for name in shown["ben"] if name[1].startswith("mentor_") and name[0] in {"pair", "proposal"}
    }
    assert ("pair", "end_asked_by") not in shown["ben"]
    assert not {name for both in shown.values() for name in both if name == ("pair", "end_cause")}


async def test_a_proposal_that_somebody_was_not_asked_about_is_not_shown_to_them(storage):
    async with storage.write() as uow:
        people = await filled(uow)
        (await uow.proposals.get("common-proposal")).mentee_asked_at = None
        await uow.flush()
        for who, seen in (("ada", True), ("ben", False)):
            rows = await uow.personal_data.read(people[who].ids["person"])
            assert ("proposal" in {row.table for row in rows}) is seen


async def test_erasing_twice_leaves_nothing_of_the_one_and_everything_of_the_other(storage):
    async with storage.write() as uow:
        people = await filled(uow)
        person_id = people["ada"].ids["person"]
        before = await uow.personal_data.read(people["ben"].ids["person"])
    for _ in range(2):
        async with storage.write() as uow:
            await uow.personal_data.erase(person_id, NOW)
    async with storage.read() as uow:
        after = await uow.personal_data.read(people["ben"].ids["person"])
        left = await uow.personal_data.read(person_id)

    def told(rows):
        return {(row.table, row.id): [one for one in row.values if one.column != "facts"] for row in rows}

    assert told(after) == told(before)
    held = " ".join(str(one.value) for row in left if row.table not in _KEPT for one in row.values)
    gone = {
        name: text
        for name, text in people["ada"].texts.items()
        if name[0] not in _KEPT and name not in NAMES_NOBODY
    }
    assert not [name for name, text in gone.items() if text in held]
    kept = {(row.table, one.column) for row in left for one in row.values if row.table == "participant"}
    assert kept >= _STAYS
    if storage.engine.dialect.name == "sqlite":
        assert await empty_log(storage.engine)
        path = Path(make_url(str(storage.engine.url)).database)
        files = [one for one in path.parent.iterdir() if one.name.startswith(path.name)]
        content = b"".join(one.read_bytes() for one in files)
        for_the_machine = {
            (owned.name, column.name)
            for owned in owned_tables()
            for column in owned.table.columns
            if column.info["privacy"] is Privacy.TECHNICAL
        } - {("person", "slack_user_id"), ("delivery", "slack_ts"), ("delivery", "slack_channel_id")}
        remains = [
            name for name, text in gone.items() if name not in for_the_machine and text.encode() in content
        ]
        assert remains == []
        assert people["ada"].ciphers
        assert not [cipher for cipher in people["ada"].ciphers if cipher.encode() in content]
        assert people["ben"].texts["person", "name"].encode() in content


@pytest.mark.parametrize("owned", owned_tables(), ids=lambda owned: owned.name)
def test_what_is_emptied_takes_the_value_of_a_fresh_row(owned):
    """A column that may not be empty and has no default must be of a type whose empty value fits its check."""
    if owned.name in _DELETED | _KEPT or owned.is_shared:
        return
    for column in owned.table.columns:
        if column.info["privacy"] is Privacy.TECHNICAL or (owned.name, column.name) in _STAYS:
            continue
        fills = (
            column.nullable or column.default is not None or column.type.python_type in {str, int, dict, list}
        )
        is_handled = owned.name in {"task", "delivery"}
        assert fills or is_handled, (owned.name, column.name)
