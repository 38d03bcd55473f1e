"""What can be wrong with a value handed to the rules. A person's refusal is a result and has no place here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class MentoringError(Exception):
    """Root of everything this package raises on purpose."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one setting: its name, and a sentence with the value got and what is allowed."""

    setting: str
    text: str

    def __str__(self) -> str:
        return self.text


class SettingsError(MentoringError):
    """Program settings that are out of range or contradict each other; carries every fault, not the first."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.text for fault in self.faults))


class NaiveMomentError(MentoringError, ValueError):
    """A moment without a zone, or not in UTC, where only an aware UTC instant says which moment is meant."""


class CalendarError(MentoringError, ValueError):
    """Working time that cannot be: an unknown zone or country, no working day, an end before its start."""
