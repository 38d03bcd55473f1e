"""Seeded invented people for simulations: names, zones, titles, how far their decisions reach, what they share."""

from __future__ import annotations

import random
from dataclasses import dataclass

GIVEN = (
    "Ada", "Ben", "Chiara", "David", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jan", "Kavya", "Luca", "Maja",
    "Noor", "Oskar", "Paula", "Quentin", "Rosa", "Samir", "Tara", "Uwe", "Vera", "Wanda", "Yusuf", "Zoe",
)  # fmt: skip
FAMILY = (
    "Abel", "Brandt", "Costa", "Dahl", "Evans", "Ferrari", "Garcia", "Haas", "Ito", "Jansen", "Khan", "Lopez",
    "Meyer", "Novak", "Olsen", "Patel", "Quist", "Rossi", "Silva", "Tanaka", "Urban", "Vogel", "Weiss", "Young",
)  # fmt: skip
ZONES = ("Europe/Berlin", "Europe/Berlin", "Europe/Paris", "Europe/London", "Europe/Lisbon", "Asia/Kolkata")
NEAR_WORK = ("Own work", "Own area")
FAR_REACHING = ("Several groups", "Whole organisation")
TITLES = {
    "Own work": ("Developer", "Customer Support", "Apprentice, Workshop"),
    "Own area": ("Data Analyst", "Product Operations", "Designer"),
    "Several groups": ("Finance Director", "Head of Production", "Sales Director"),
    "Whole organisation": ("Chief Operating Officer", "Head of Operations", "General Counsel"),
}
TOPICS = ("Short video", "Posts worth reading", "First useful tasks for AI", "Written-first work")


@dataclass(frozen=True, slots=True)
class Invented:
    """Somebody who will join: whoever works near the work shares a topic, whoever decides far wants to learn one."""

    handle: str
    name: str
    title: str
    zone: str
    level: str
    topics: tuple[str, ...]

    @property
    def is_mentor(self) -> bool:
        """Whether this person shares rather than learns."""
        return self.level in NEAR_WORK


def population(count: int, seed: int) -> list[Invented]:
    """Invent so many people with names that differ, half of them sharing, half learning."""
    draws = random.Random(f"population {seed}")
    return [_invented(number, draws) for number in range(count)]


def _invented(number: int, draws: random.Random) -> Invented:
    given, family = GIVEN[number % len(GIVEN)], FAMILY[number // len(GIVEN) % len(FAMILY)]
    again = number // (len(GIVEN) * len(FAMILY))
    name = f"{given} {family}" + (f" {again + 1}" if again else "")
    level = draws.choice(FAR_REACHING if number % 2 else NEAR_WORK)
    return Invented(
        handle=f"{given.lower()}{number}",
        name=name,
        title=draws.choice(TITLES[level]),
        zone=draws.choice(ZONES),
        level=level,
        topics=tuple(draws.sample(TOPICS, k=draws.randint(1, 2))),
    )
