"""The record of everything that passed between people, stand-in and bot: one JSON line per happening."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from sandbox.clock import Clock

Kind = Literal["call", "envelope", "ack", "click", "clock"]

ADDRESS = "stand-in.invalid"
"""What stands in a journal for the host and port really listened on, which differ from run to run."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal.

    `kind` says who acted: the bot (call, ack), the stand-in (envelope), a person (click), the clock.
    `person` is the id of whom it concerns, or None.
    """

    at: str
    person: str | None
    kind: Kind
    method: str
    args: Any
    answer: Any


class Journal:
    """Keeps the lines in memory, writes them to a file if one is named, and hashes them as they come.

    Args:
        clock: gives each line its moment
        path: a file that is written anew, line by line
        keep: whether the lines stay in memory; a long simulation needs only the hash
    """

    def __init__(self, clock: Clock, *, path: Path | None = None, keep: bool = True) -> None:
        self._clock = clock
        self._keep = keep
        self._lines: list[str] = []
        self._count = 0
        self._hash = hashlib.sha256()
        self._address = ""
        self._file = path.open("w", encoding="utf-8") if path is not None else None

    def listens_on(self, address: str) -> None:
        """Say which address to replace by one that is the same in every run."""
        self._address = address

    def write(
        self,
        kind: Kind,
        method: str,
        args: Any,
        answer: Any = None,
        *,
        person: str | None = None,
        at: datetime | None = None,
    ) -> None:
        """Add one line; the values are copied as JSON at once, so later changes do not show."""
        line = json.dumps(
            {
                "at": (at or self._clock.now()).isoformat(),
                "person": person,
                "kind": kind,
                "method": method,
                "args": args,
                "answer": answer,
            },
            separators=(",", ":"),
        )
        if self._address:
            line = line.replace(self._address, ADDRESS)
        self._hash.update(line.encode())
        self._hash.update(b"\n")
        self._count += 1
        if self._keep:
            self._lines.append(line)
        if self._file is not None:
            self._file.write(line + "\n")

    def sha256(self) -> str:
        """Return the hash over all lines so far: equal for two runs that went the same way."""
        return self._hash.hexdigest()

    @property
    def count(self) -> int:
        """Return the number of lines written, kept or not."""
        return self._count

    def lines(self) -> tuple[str, ...]:
        """Return the kept lines as they were written."""
        return tuple(self._lines)

    def entries(
        self, kind: Kind | None = None, method: str | None = None, *, person: str | None = None
    ) -> list[Entry]:
        """Return the kept lines of one kind, method or person, oldest first."""
        return [
            entry
            for entry in self._parsed()
            if (kind is None or entry.kind == kind)
            and (method is None or entry.method == method)
            and (person is None or entry.person == person)
        ]

    def calls(self, method: str | None = None) -> list[Entry]:
        """Return the Web API calls that the bot made, oldest first."""
        return self.entries("call", method)

    def close(self) -> None:
        """Close the file; the lines in memory stay."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _parsed(self) -> Iterator[Entry]:
        for line in self._lines:
            yield Entry(**json.loads(line))
