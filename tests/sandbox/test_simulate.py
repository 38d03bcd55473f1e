"""A whole program at full speed: nothing that must never happen happens, and one seed is one run on both engines."""

from __future__ import annotations

import json

import pytest

from bot.errors import BotError
from sandbox.invariants import NAMES
from sandbox.simulate import run_simulation

FIGURES = {
    "people", "weeks", "seed", "joined", "pairs", "sessions_planned", "sessions_held", "check_ins_asked",
    "check_ins_answered", "deliveries", "invariants", "log_sha256", "wall_s",
}  # fmt: skip


async def played(people: int, weeks: int, *, database: str = "", faults: float = 0.0):
    printed = await run_simulation(
        people=people, weeks=weeks, seed=1, database=database, faults=faults, journal=None, as_json=True
    )
    return json.loads(printed.splitlines()[-1])


async def test_a_short_program_breaks_nothing():
    figures = await played(4, 3)
    assert set(figures) == FIGURES
    assert figures["joined"] == 4
    assert figures["pairs"] >= 1
    assert figures["invariants"] == dict.fromkeys(NAMES, 0)


@pytest.mark.parametrize(("people", "weeks", "faults"), [(1, 3, 0.0), (4, 2, 0.0), (4, 3, 1.5)])
async def test_figures_that_make_no_program_are_refused_in_one_line(people, weeks, faults):
    with pytest.raises(BotError):
        await played(people, weeks, faults=faults)


@pytest.mark.prove
async def test_one_seed_is_one_run_twice_and_on_both_engines(fresh_urls):
    first, again, fresh = (
        await played(6, 6),
        await played(6, 6),
        await played(6, 6, database=await fresh_urls()),
    )
    assert first["log_sha256"] == again["log_sha256"] == fresh["log_sha256"]
    assert first["invariants"] == fresh["invariants"] == dict.fromkeys(NAMES, 0)
