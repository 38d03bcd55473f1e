"""How invented people behave: how soon they answer, how often not at all, and what they press when they do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random


@dataclass(frozen=True, slots=True)
class Temperament:
    """One way to behave; every chance is drawn from the person's own seeded generator.

    Attributes:
        hours: shortest and longest time between a message and the look at it.
        answers: chance that a message is answered at all.
        declines: chance of "Not this one" to a possible partner.
        moves: chance to suggest another time instead of agreeing.
        cancels: chance to call an agreed session off.
        swaps: chance to ask for a new partner after the trial.
        missed: chance to say that a session did not happen.
        pauses: whether they pause once for two weeks.
        leaves: whether they leave at some time.
    """

    name: str
    hours: tuple[float, float]
    answers: float
    declines: float = 0.05
    moves: float = 0.05
    cancels: float = 0.0
    swaps: float = 0.05
    missed: float = 0.1
    pauses: bool = False
    leaves: bool = False


_TABLE = (
    (0.40, Temperament("prompt", (0.1, 4), 1.0)),
    (0.20, Temperament("slow", (20, 60), 0.9)),
    (0.08, Temperament("silent", (10, 60), 0.15)),
    (0.06, Temperament("choosy", (1, 20), 1.0, declines=0.7, swaps=0.5)),
    (0.08, Temperament("mover", (1, 10), 1.0, moves=0.5)),
    (0.06, Temperament("canceller", (1, 10), 1.0, cancels=0.4)),
    (0.07, Temperament("pausing", (1, 20), 0.9, pauses=True)),
    (0.05, Temperament("leaving", (1, 20), 0.9, leaves=True)),
)


def drawn(draws: random.Random) -> Temperament:
    """Return a temperament by chance."""
    weights = [weight for weight, _ in _TABLE]
    return draws.choices([one for _, one in _TABLE], weights)[0]
