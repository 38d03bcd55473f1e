"""Runs the matching in a process of its own: the loop never waits for it, and its memory goes back when it ends.

The same module is both ends: `solve_in_worker` starts it, `python -m scheduling.matching_worker` is the worker. What
comes out of it is saved by a use case; nothing here knows the database.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
from typing import TYPE_CHECKING, Any, BinaryIO

from mentoring.matching.errors import CandidateError, MatchingTimeoutError, SolverError, WorkerError

if TYPE_CHECKING:
    from mentoring.matching.model import MatchingTask, MatchResult

NICENESS = 5
"""The worker gives way to the process that answers people."""

_PASSED_ON = (
    "PATH",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "SYSTEMROOT",
    "TMPDIR",
    "PYTHONHOME",
    "PYTHONTZPATH",
)
_DONE, _CANDIDATES, _SOLVER = "done", "candidates", "solver"


async def solve_in_worker(task: MatchingTask, *, seconds: float = 900) -> MatchResult:
    """The result of one run, worked out beside the loop. Cancelling it, or its time running out, ends the worker.

    Args:
        task: Everything the run needs.
        seconds: How long it may take; 10,000 people take about 5.

    Raises:
        CandidateError: for candidates that cannot be read.
        SolverError: if the answer did not pass our own check.
        MatchingTimeoutError: if the time is up.
        WorkerError: if the worker died, for want of memory for instance.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "scheduling.matching_worker",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=_environment(),
    )
    try:
        async with asyncio.timeout(seconds):
            answer, said = await process.communicate(pickle.dumps(task))
    except TimeoutError as error:
        raise MatchingTimeoutError(
            f"matching took longer than {seconds:g} seconds and was stopped"
        ) from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode or not answer:
        last = said.decode(errors="replace").strip().rpartition("\n")[2]
        raise WorkerError(f"the matching worker ended with {process.returncode}: {last or 'nothing said'}")
    return _read(pickle.loads(answer))  # noqa: S301 -- from our own child


def _environment() -> dict[str, str]:
    """What the worker needs and nothing more: no token or key of ours belongs into a process that does arithmetic."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    # One thread leaves the other cores to the loop; the answer is the same with any number.
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(entry or "." for entry in sys.path),
        "OPENBLAS_NUM_THREADS": "1",
    }


def _read(outcome: tuple[str, Any]) -> MatchResult:
    match outcome:
        case (kind, faults) if kind == _CANDIDATES:
            raise CandidateError(faults)
        case (kind, text) if kind == _SOLVER:
            raise SolverError(text)
        case (_, result):
            answer: MatchResult = result
            return answer


def _work(task: MatchingTask) -> tuple[str, Any]:
    from mentoring.matching.solve import solve  # noqa: PLC0415 -- numpy and OR-Tools load in the worker only

    try:
        return _DONE, solve(task)
    except CandidateError as error:
        return _CANDIDATES, error.faults
    except SolverError as error:
        return _SOLVER, str(error)


def _main(source: BinaryIO, target: BinaryIO) -> None:
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    target.write(pickle.dumps(_work(pickle.load(source))))  # noqa: S301 -- from our own parent
    target.flush()


if __name__ == "__main__":
    # Whatever a library prints must not get between the bytes of the answer.
    answer_pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _main(sys.stdin.buffer, answer_pipe)
