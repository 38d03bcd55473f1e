"""One measured row, the same for every measurement. What is measured lives in the other files."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """A name with a dot, a value with its unit, and the target it is held against (None where there is none)."""

    name: str
    value: float
    unit: str
    target: float | None = None
    ok: bool = True

    def as_json(self) -> dict[str, Any]:
        """The row as `bench --json` prints it."""
        return asdict(self)


def at_most(name: str, value: float, unit: str, target: float) -> Row:
    """A row whose value should not exceed its target."""
    return Row(name, value, unit, target, value <= target)


def at_least(name: str, value: float, unit: str, target: float) -> Row:
    """A row whose value should reach its target."""
    return Row(name, value, unit, target, value >= target)
