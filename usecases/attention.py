"""A person's wish for fewer unasked messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from usecases.unit import Person


def ask_for_fewer(person: Person, *, fewer: bool) -> None:
    """Keep whether this person wants at most one counted message a fortnight; the sender looks at it each time."""
    person.fewer = fewer
