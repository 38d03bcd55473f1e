"""Measures the matching on invented companies: people covered, points, proof, time, memory, and what others reach.

Every size runs in a process of its own, so that time and peak memory are its own.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from bench.rows import Row, at_least, at_most

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SIZES = (100, 1_000, 10_000)
"""100,000 people take minutes and are measured on request only."""

# People: CPU seconds, peak MB, people covered, total score. An exact solver has to reach the last two to the point.
TARGETS: dict[int, tuple[float, float, int, int]] = {
    100: (0.25, 100, 95, 244_632),
    1_000: (0.25, 100, 1_071, 3_502_944),
    10_000: (4, 400, 10_834, 39_866_616),
    20_000: (15, 800, 21_256, 80_780_108),
    100_000: (600, 3_000, 106_363, 423_476_876),
}
MOST_GROWTH = 1.9
"""Exponent of time over people, from 1,000 people to the largest size."""

_COMPARED = 1_000


def rows(sizes: Sequence[int] = SIZES) -> list[Row]:
    """All rows of the matching; each is named `match.<people>.<what>`."""
    measured = {people: _in_own_process(people) for people in sizes}
    found = [row for people in sizes for row in _rows_of(people, measured[people])]
    if _COMPARED in measured and max(sizes) > _COMPARED:
        largest = max(sizes)
        growth = math.log(measured[largest]["cpu_s"] / measured[_COMPARED]["cpu_s"], largest / _COMPARED)
        found.append(at_most("match.growth", round(growth, 2), "exponent", MOST_GROWTH))
    return found


def _rows_of(people: int, got: dict[str, Any]) -> Iterator[Row]:
    name = f"match.{people}"
    seconds, megabytes, covered, score = TARGETS.get(people, (math.inf, math.inf, 0, 0))
    yield Row(f"{name}.cpu", got["cpu_s"], "s", *_limit(got["cpu_s"], seconds))
    yield Row(f"{name}.peak", got["peak_mb"], "MB", *_limit(got["peak_mb"], megabytes))
    for what, unit, target in (("covered", "people", covered), ("score", "points", score)):
        # A best choice has exactly these figures: more would be as wrong as less.
        yield Row(f"{name}.{what}", got[what], unit, target or None, got[what] == (target or got[what]))
    yield Row(f"{name}.value", got["value"], "units", got["bound"], got["value"] == got["bound"])
    yield at_most(f"{name}.rounds", got["rounds"], "rounds", 5)
    yield at_most(f"{name}.broken_rules", got["broken"], "rules", 0)
    for peer, other in got["peers"].items():
        yield at_least(f"{name}.ahead_of_{peer}", got["covered"] - other, "people", 1)


def _limit(value: float, most: float) -> tuple[float | None, bool]:
    return (None, True) if math.isinf(most) else (most, value <= most)


def _in_own_process(people: int) -> dict[str, Any]:
    run = subprocess.run(  # noqa: S603 -- ourselves, with a number
        [sys.executable, "-m", "bench.matching", "--people", str(people)],
        check=True,
        stdout=subprocess.PIPE,
        env={
            **os.environ,
            "OPENBLAS_NUM_THREADS": "1",
            "PYTHONPATH": os.pathsep.join(p or "." for p in sys.path),
        },
    )
    answer: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return answer


def measure(people: int) -> dict[str, Any]:
    """One run, solver loaded beforehand, scoring and explanations included."""
    from ortools.graph.python import min_cost_flow  # noqa: F401, PLC0415 -- loaded before the clock starts

    from bench.populations import make_population, settings_of  # noqa: PLC0415 -- for the measuring process only
    from mentoring.matching.model import MatchingTask  # noqa: PLC0415 -- as above
    from mentoring.matching.rules import broken_rules  # noqa: PLC0415 -- as above
    from mentoring.matching.solve import solve  # noqa: PLC0415 -- as above

    crowd, settings = make_population(people), settings_of()
    started = time.process_time()
    result = solve(MatchingTask(tuple(crowd), settings))
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    by_id = {person.id: person for person in crowd}
    return {
        "cpu_s": round(seconds, 3),
        "peak_mb": round(peak),
        "covered": result.covered,
        "score": result.total_score,
        "value": result.value,
        "bound": result.bound,
        "rounds": len(result.rounds),
        "broken": sum(
            len(broken_rules(by_id[pair.mentor_id], by_id[pair.mentee_id], settings)) for pair in result.pairs
        ),
        "peers": _peers(crowd, settings) if people == _COMPARED else {},
    }


def _peers(crowd: Sequence[Any], settings: Any) -> dict[str, int]:
    from bench.peers import PEERS, Company, covered  # noqa: PLC0415 -- for the measuring process only

    company = Company(crowd, settings)
    return {name: covered(peer(company)) for name, peer in PEERS.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure one matching run; prints JSON.")
    parser.add_argument("--people", type=int, required=True)
    print(json.dumps(measure(parser.parse_args().people)))
