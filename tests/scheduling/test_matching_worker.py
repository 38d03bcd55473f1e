"""The matching beside the loop: same answer, errors carried over, stopped in time, no secrets handed on."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from mentoring.matching.errors import CandidateError, MatchingTimeoutError, WorkerError
from mentoring.matching.model import MatchingTask
from mentoring.matching.solve import solve
from scheduling import matching_worker
from scheduling.matching_worker import solve_in_worker
from tests.mentoring.matching.crowd import crowd, person

TASK = MatchingTask(tuple(crowd(2, 9, strict=False)), separations=1)


async def test_the_worker_gives_the_answer_and_the_loop_runs_on():
    beats = 0

    async def beat():
        nonlocal beats
        while True:
            await asyncio.sleep(0.01)
            beats += 1

    heart = asyncio.create_task(beat())
    answer = await solve_in_worker(TASK)
    heart.cancel()

    assert answer == solve(TASK)
    assert beats > 3


async def test_faults_of_candidates_come_back_as_they_are():
    twice = MatchingTask((person("m1"), person("m1")))

    with pytest.raises(CandidateError) as caught:
        await solve_in_worker(twice)

    assert caught.value.faults == ("candidate id 'm1' is used 2 times",)


async def test_a_worker_whose_time_is_up_is_stopped():
    before = time.monotonic()

    with pytest.raises(MatchingTimeoutError, match=r"longer than 0\.01 seconds"):
        await solve_in_worker(TASK, seconds=0.01)

    assert time.monotonic() - before < 5


async def test_cancelling_ends_the_worker(monkeypatch):
    running = asyncio.get_running_loop().create_future()
    spawn = asyncio.create_subprocess_exec

    async def watched(*args, **kwargs):
        process = await spawn(*args, **kwargs)
        running.set_result(process)
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", watched)
    work = asyncio.create_task(solve_in_worker(TASK))
    process = await running

    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work

    assert process.returncode == -9


async def test_a_worker_that_dies_says_so():
    broken = MatchingTask((replace(person("m1"), level="high"), person("x1", 5)))

    with pytest.raises(WorkerError, match="ended with 1: ValueError"):
        await solve_in_worker(broken)


def test_the_worker_gets_no_token_and_no_key(monkeypatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("TURNABOUT_DATA_KEYS", "k")

    handed = matching_worker._environment()

    assert not [name for name in handed if name.startswith(("SLACK", "TURNABOUT"))]
