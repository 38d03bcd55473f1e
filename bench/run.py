"""`turnabout bench`: every measured row beside its target, in one run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from bench import matching

if TYPE_CHECKING:
    from collections.abc import Sequence


def run_bench(sizes: Sequence[int], *, as_json: bool) -> int:
    """Measure and print; 0 when every row reaches its target, else 1.

    Args:
        sizes: people in the companies that are matched.
        as_json: print `{"rows": [...]}` as the last line instead of a table.
    """
    rows = matching.rows(sizes)
    if as_json:
        print(json.dumps({"rows": [row.as_json() for row in rows]}))
    else:
        table = Table("what", "value", "unit", "target", "reached")
        for row in rows:
            target = "" if row.target is None else f"{row.target:g}"
            table.add_row(row.name, f"{row.value:g}", row.unit, target, "yes" if row.ok else "no")
        Console().print(table)
    return 0 if all(row.ok for row in rows) else 1
