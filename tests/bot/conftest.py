"""The real command as a process, against the stand-in for Slack."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sandbox.clock import MovableClock
from sandbox.server import StandIn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

ROOT = Path(__file__).resolve().parents[2]
KEY = "0Hn1Vb0q1kVQ0y2kq3m1b0l3v3nq8Vd0l9u3wK3yZ7E="


@dataclass
class Command:
    """`turnabout …` in a folder of its own, with only the environment that is given."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    async def start(self, *words: str, env: Mapping[str, str | None] | None = None, module: bool = True):
        merged = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **self.environment, **(env or {})}
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *(("-m", "bot") if module else ()),
            *words,
            cwd=self.folder,
            env={name: value for name, value in merged.items() if value is not None},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def run(self, *words: str, env: Mapping[str, str | None] | None = None):
        """Run to the end; exit code, standard output, standard error."""
        process = await self.start(*words, env=env)
        async with asyncio.timeout(40):
            out, err = await process.communicate()
        return process.returncode, out.decode(), err.decode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
async def slack() -> AsyncIterator[StandIn]:
    clock = MovableClock(datetime.now(UTC))
    clock.run()
    async with StandIn(clock=clock, seed=7) as stand_in:
        yield stand_in


@pytest.fixture
def turnabout(tmp_path, slack) -> Command:
    return Command(
        tmp_path,
        {
            **slack.environment,
            "TURNABOUT_DATABASE_URL": f"sqlite:///{tmp_path}/data/turnabout.db",
            "TURNABOUT_DATA_KEYS": KEY,
            "TURNABOUT_HTTP": f"127.0.0.1:{free_port()}",
        },
    )


@pytest.fixture
def offline(tmp_path) -> Command:
    """No Slack, no tokens: commands that touch only the database."""
    return Command(tmp_path, {"TURNABOUT_DATABASE_URL": f"sqlite:///{tmp_path}/data/turnabout.db"})
