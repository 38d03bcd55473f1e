"""How others match, rebuilt in a few lines each: best pair first, first come, deferred acceptance. For comparison only.

Every one gets the same allowed pairs and scores as our own solver, so that only the way of choosing differs.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Any

import numpy as np

from mentoring.matching.columns import Columns
from mentoring.matching.scores import PARTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentoring.matching.model import Candidate, MatchingSettings

    Array = np.ndarray[Any, np.dtype[Any]]

_MENTEE_SIDE = frozenset({"topics", "goals", "work_style", "hours_mentee"})


class Company:
    """Allowed pairs of a population with their scores, whole and by side; -1 where a pair is not allowed."""

    def __init__(self, people: Sequence[Candidate], settings: MatchingSettings) -> None:
        mentors = [person for person in people if person.mentor_capacity]
        mentees = [person for person in people if person.mentee_capacity]
        block = Columns(mentors, mentees, settings).whole()
        barred = block.barred()
        self.capacity = (
            [person.mentor_capacity for person in mentors],
            [person.mentee_capacity for person in mentees],
        )
        self.scores = np.where(barred, -1, block.scores())
        sides = [np.zeros(barred.shape, np.int32), np.zeros(barred.shape, np.int32)]
        for part in PARTS:
            sides[part.name in _MENTEE_SIDE] += (settings.weights[part.name] * part.of_block(block)).astype(
                int
            )
        self.mentor_likes, self.mentee_likes = (np.where(barred, -1, side) for side in sides)


def covered(pairs: Sequence[tuple[int, int]]) -> int:
    """People in a role with at least one pair."""
    return len({row for row, _ in pairs}) + len({column for _, column in pairs})


def best_pair_first(company: Company) -> list[tuple[int, int]]:
    """The highest score of all who still have a place, again and again."""
    rows, columns = np.nonzero(company.scores >= 0)
    order = np.argsort(-company.scores[rows, columns], kind="stable")
    left = tuple(list(side) for side in company.capacity)
    pairs = []
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        if left[0][row] and left[1][column]:
            left[0][row] -= 1
            left[1][column] -= 1
            pairs.append((row, column))
    return pairs


def first_come(company: Company, seed: int = 1) -> list[tuple[int, int]]:
    """Mentees in the order they signed up take the best mentor still free."""
    left = np.array(company.capacity[0])
    open_scores = company.scores.T.copy()
    pairs = []
    for column in np.random.default_rng(seed).permutation(len(company.capacity[1])).tolist():
        for _ in range(company.capacity[1][column]):
            choice = np.where(left > 0, open_scores[column], -1)
            row = int(choice.argmax())
            if choice[row] < 0:
                break
            left[row] -= 1
            open_scores[column, row] = -1
            pairs.append((row, column))
    return pairs


def deferred_acceptance(company: Company) -> list[tuple[int, int]]:
    """Mentees propose, mentors keep whom they like best: stable, and blind to who stays without anybody."""
    order = np.argsort(-company.mentee_likes.T, axis=1, kind="stable")
    willing = (company.mentee_likes >= 0).sum(0)
    asked = [0] * len(willing)
    need = list(company.capacity[1])
    held: list[list[tuple[int, int]]] = [[] for _ in company.capacity[0]]
    waiting = list(range(len(willing)))[::-1]
    while waiting:
        column = waiting.pop()
        while need[column] and asked[column] < willing[column]:
            row = int(order[column, asked[column]])
            asked[column] += 1
            offer = (int(company.mentor_likes[row, column]), -column)
            if len(held[row]) < company.capacity[0][row]:
                heapq.heappush(held[row], offer)
                need[column] -= 1
            elif offer > held[row][0]:
                lost = -heapq.heappushpop(held[row], offer)[1]
                need[column] -= 1
                need[lost] += 1
                waiting.append(lost)
    return [(row, -column) for row, offers in enumerate(held) for _, column in offers]


PEERS = {
    "best_pair_first": best_pair_first,
    "first_come": first_come,
    "deferred_acceptance": deferred_acceptance,
}
