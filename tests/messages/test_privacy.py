"""Words for a person's own data: every column has one, and the screen holds at its fullest."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from mentoring.facts import ExportFacts, Reader
from mentoring.participants import NamedRole, Role
from mentoring.privacy import SHOWN, BeforeErasure, Erasure, MyData, Privacy, StoredRow, StoredValue
from messages import privacy
from messages.validator import check_message, check_view
from messages.voice import PSEUDO_LONG, PSEUDO_SHORT, Voice
from storage.personal_data import _NOT_SHOWN, owned_tables

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)


def shown_columns() -> list[tuple[str, str, Privacy]]:
    return [
        (owned.name, column.name, column.info["privacy"])
        for owned in owned_tables()
        if owned.name not in _NOT_SHOWN
        for column in owned.table.columns
        if column.info["privacy"] in SHOWN
        and f"{owned.name}.{column.name}" not in privacy.NOT_SAID
        and column.name != "end_cause"  # shown to nobody
    ]


def test_every_table_and_column_that_a_person_may_see_has_a_word():
    columns = shown_columns()
    assert {table for table, _, _ in columns} - privacy.TABLES.keys() == set()
    assert {column for _, column, _ in columns} - privacy.COLUMNS.keys() == set()


def fullest(value, rows: int) -> MyData:
    tables: dict[str, list[StoredValue]] = {}
    for table, column, kind in shown_columns():
        tables.setdefault(table, []).append(StoredValue(column, kind, value))
    return MyData(
        "U1",
        NOW,
        tuple(
            StoredRow(table, f"{table}{number}", tuple(values), Role.MENTOR, "Mara <b> & *Lind*")
            for table, values in tables.items()
            for number in range(rows)
        ),
    )


@pytest.mark.parametrize("locale", ["en", PSEUDO_LONG, PSEUDO_SHORT])
@pytest.mark.parametrize(
    "value",
    ["x" * 5_000, "<!channel> & <@U1>", ["online.short_video"] * 90, {"text": "w " * 3_000, "about": []}],
)
def test_the_list_holds_whatever_is_stored(locale, value):
    view = privacy.data_view(Voice(locale=locale), fullest(value, 40), on_its_way=True)
    assert check_view(view, "modal") == []
    assert "<!channel>" not in json.dumps(view)


def test_nothing_stored_is_said_in_words():
    view = privacy.data_view(Voice(), MyData("U1", NOW, ()))
    assert "Nothing is stored about you." in json.dumps(view)


@pytest.mark.parametrize("locale", ["en", PSEUDO_LONG])
def test_deleting_says_what_goes_and_what_stays_and_gives_a_receipt(locale):
    voice = Voice(locale=locale)
    for before in (BeforeErasure(0, ()), BeforeErasure(2, (NamedRole.COORDINATOR,))):
        assert check_view(privacy.delete_view(voice, before), "modal") == []
    assert check_view(privacy.receipt_view(voice, Erasure("ab12", NOW, 1)), "modal") == []


def test_the_file_is_json_with_a_name_a_title_and_words_of_its_own():
    facts = ExportFacts(
        delivery_id="d",
        kind="privacy.export",
        now=NOW,
        reader=Reader("en", "UTC", "p"),
        program=None,
        document={"name": "Zoë “Z”"},
    )
    message = privacy.export(facts, Voice())
    assert check_message(message.payload()) == []
    assert message.attachment is not None
    assert json.loads(message.attachment.content) == {"name": "Zoë “Z”"}
    assert message.attachment.filename == "my-data-2026-09-07.json"
    assert len(message.text) <= 300
