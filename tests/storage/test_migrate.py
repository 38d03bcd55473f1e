"""The migrations lead to exactly the tables the code works with, on both engines."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from mentoring.privacy import Privacy
from storage import migrate
from storage.database import open_engine
from storage.errors import DatabaseAwayError, SchemaTooNewError, SchemaTooOldError
from storage.tables import Base


async def test_migrations_and_tables_agree(database_url):
    engine = open_engine(database_url)
    async with engine.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), Base.metadata)
        )
    await engine.dispose()
    assert differences == []


async def test_upgrade_of_an_upgraded_database_does_nothing(database_url):
    engine = open_engine(database_url)
    assert await migrate.upgrade(engine) is False
    await migrate.check(engine)
    await engine.dispose()


async def test_newer_database_is_refused_untouched(database_url):
    engine = open_engine(database_url)
    async with engine.execution_options(turnabout_write=True).begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaTooNewError, match="later release"):
        await migrate.upgrade(engine)
    with pytest.raises(SchemaTooNewError, match="9999"):
        await migrate.check(engine)
    await engine.dispose()


async def test_empty_database_is_named(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(SchemaTooOldError, match="turnabout db upgrade"):
        await migrate.check(engine)
    await engine.dispose()


async def test_unusable_path_is_named(tmp_path):
    (tmp_path / "turnabout.db").write_text(
        "this is not a database, but a text that somebody put in its place"
    )
    engine = open_engine(f"sqlite:///{tmp_path / 'turnabout.db'}")
    with pytest.raises(DatabaseAwayError):
        await migrate.check(engine)
    await engine.dispose()


def test_every_column_says_who_may_read_it():
    unclassified = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if not isinstance(column.info.get("privacy"), Privacy)
    ]
    assert unclassified == []
