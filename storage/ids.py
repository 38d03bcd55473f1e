"""Our own ids: opaque, unguessable in service, and drawn from a seed where a run must repeat byte for byte."""

from __future__ import annotations

import random
import secrets
from typing import Protocol

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # no l, o, 0, 1: ids are read aloud on the phone
_LENGTH = 16  # 80 bits


class Ids(Protocol):
    """Where new ids come from."""

    def new(self) -> str:
        """An id nobody has seen before."""
        ...


class RandomIds:
    """Unguessable ids."""

    def new(self) -> str:
        return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


class SeededIds:
    """The same ids in the same order for the same seed: for simulation and tests only."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose, never used in service

    def new(self) -> str:
        return "".join(self._random.choices(_ALPHABET, k=_LENGTH))
