"""Copies and restores as the real command: nothing is overwritten, nothing is sent before somebody confirmed."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from storage.copies import check_copy, make_copy, put_back
from storage.errors import CopyRefusedError
from usecases.delivering import give_back_sender_role, take_sender_role
from usecases.operating import confirm_sending, end_life, hold_sending, look, show_life

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)


async def test_upgrade_makes_the_database_and_says_so_once(offline):
    first = await offline.run("db", "upgrade")
    second = await offline.run("db", "upgrade")

    assert first[0] == second[0] == 0
    assert "The database stands at" in first[1]
    assert second[1].startswith("Nothing to do")


async def test_older_database_is_copied_before_it_is_upgraded(tmp_path, sqlite_template, monkeypatch):
    from bot.backup import upgrade_database
    from bot.settings import load_settings
    from storage import migrate

    data = tmp_path / "data"
    data.mkdir()
    (data / "turnabout.db").write_bytes(sqlite_template.read_bytes())
    newest, done = migrate.newest_revision(), []

    async def upgrade(engine):
        done.append([path.name for path in (data / "backups").iterdir()])
        return True

    # There is only one revision yet, so the next one is pretended.
    monkeypatch.setattr(migrate, "newest_revision", lambda: "next")
    monkeypatch.setattr(migrate, "upgrade", upgrade)
    settings = load_settings({"TURNABOUT_DATABASE_URL": f"sqlite:///{data}/turnabout.db"}, tokens=False)
    await upgrade_database(settings)

    ((name,),) = done
    assert name.startswith(f"turnabout-{newest}-")
    check_copy(data / "backups" / name)


async def test_restored_copy_holds_everything_until_confirmed(offline, tmp_path):
    await offline.run("db", "upgrade")
    copied = await offline.run("db", "backup", "copy.db")
    again = await offline.run("db", "backup", "copy.db")
    restored = await offline.run("db", "restore", "copy.db")
    held = await offline.run("outbox")
    confirmed = await offline.run("db", "confirm")
    free = await offline.run("outbox")

    assert copied[0] == restored[0] == confirmed[0] == 0
    assert again[0] == 1
    assert "exists already" in again[2]
    assert "sends nothing yet" in restored[1]
    assert "Held" in held[1]
    assert "Held" not in free[1]


async def test_something_else_than_a_copy_is_refused_and_the_database_stays(offline, tmp_path):
    await offline.run("db", "upgrade")
    database = tmp_path / "data" / "turnabout.db"
    before = database.read_bytes()
    (tmp_path / "letter.db").write_text("Dear operator, this is no database at all, however long it goes on.")

    code, _, err = await offline.run("db", "restore", "letter.db")

    assert code == 1
    assert "is not a copy of a Turnabout database" in err
    assert database.read_bytes() == before


async def test_restore_is_refused_while_a_bot_runs(turnabout):
    from tests.bot.test_run import ended, wait_until_ready

    process = await turnabout.start("run")
    await wait_until_ready(turnabout.environment["TURNABOUT_HTTP"])
    copied = await turnabout.run("db", "backup", "copy.db")
    code, _, err = await turnabout.run("db", "restore", "copy.db")
    await ended(process)
    after = await turnabout.run("db", "restore", "copy.db")

    assert copied[0] == 0
    assert code == 1
    assert "stop it first" in err
    assert after[0] == 0


async def test_held_storage_gives_the_senders_role_to_nobody(storage):
    await hold_sending(storage)
    during = await take_sender_role(storage, "one")
    standing = await look(storage, NOW)
    confirmed = await confirm_sending(storage), await confirm_sending(storage)
    after = await take_sender_role(storage, "one")
    await give_back_sender_role(storage, "one")

    assert during is None
    assert (standing.is_held, standing.sender) == (True, "")
    assert confirmed == (True, False)
    assert after is not None


async def test_hold_takes_the_role_from_whoever_has_it(storage):
    await take_sender_role(storage, "one")
    await hold_sending(storage)

    assert await take_sender_role(storage, "one") is None


async def test_processes_show_life_for_ninety_seconds(storage):
    await show_life(storage, "one", NOW)
    await show_life(storage, "two", NOW - timedelta(seconds=89))
    await show_life(storage, "three", NOW - timedelta(seconds=91))
    lively = (await look(storage, NOW)).processes
    await end_life(storage, "one")

    assert sorted(lively) == ["one", "two"]
    assert (await look(storage, NOW)).processes == ("two",)


def test_copy_of_a_database_in_use_holds_what_was_committed(tmp_path):
    source = tmp_path / "source.db"
    with sqlite3.connect(source) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE alembic_version (version_num TEXT)")
        database.execute("INSERT INTO alembic_version VALUES ('0001')")
        database.commit()
        make_copy(source, tmp_path / "copy.db")
    database.close()
    put_back(tmp_path / "copy.db", tmp_path / "there" / "again.db")

    check_copy(tmp_path / "there" / "again.db")
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["again.db"]


def test_missing_database_is_named(tmp_path):
    with pytest.raises(CopyRefusedError, match="no database"):
        make_copy(tmp_path / "none.db", tmp_path / "copy.db")
