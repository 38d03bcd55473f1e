"""One flow problem over chosen pairs: the best flow, prices that prove it, and a bound over all pairs.

Pairs and people are plain numbers here; who they are and which pairs are worth looking at is in `solve.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mentoring.matching.errors import SolverError

if TYPE_CHECKING:
    Array = np.ndarray[Any, np.dtype[Any]]

UNREACHED = np.int64(1) << 60
MOST_COST = 1 << 62


@dataclass(frozen=True)
class Side:
    """One side's people: how many pairs each may have, and what the first of them pays besides its worth.

    Attributes:
        capacity: Pairs, 1 or more each.
        reward: For being covered at all; 0 for somebody who is covered already.
    """

    capacity: Array
    reward: Array

    def __len__(self) -> int:
        return len(self.capacity)

    def tiers(self) -> tuple[tuple[Array, Array], ...]:
        """A concave reward: the first pair pays, further ones do not, so that "people first" needs no second run."""
        one = np.minimum(self.capacity, 1)
        return (one, self.reward), (self.capacity - one, np.zeros_like(self.reward))

    def best_use(self, price: Array) -> int:
        """The most that all these people together can gain if each pair they take adds `price`.

        A person gains nothing without a pair, reward and price with one, and the price again with each further one.
        """
        first = self.reward + price
        return int(np.maximum(0, np.maximum(first, first + price * (self.capacity - 1))).sum())

    def uses_at(self, price: Array) -> tuple[Array, Array]:
        """The fewest and the most pairs each person has in any best choice at these prices."""
        first = self.reward + price
        low = np.where(first > 0, 1, 0)
        high = np.where(first >= 0, 1, 0)
        low = np.where((low == 1) & (price > 0), self.capacity, low)
        high = np.where((high == 1) & (price >= 0), self.capacity, high)
        return low, high


@dataclass(frozen=True)
class Limits:
    """One side's people, of whom each must have at least `low` and may have at most `high` pairs.

    `reward` stands for "must": it is more than everything that could be gained by leaving a place empty.
    """

    low: Array
    high: Array
    reward: int

    def __len__(self) -> int:
        return len(self.high)

    @property
    def capacity(self) -> Array:
        """The most pairs each may have."""
        return self.high

    def tiers(self) -> tuple[tuple[Array, Array], ...]:
        """The pairs that must be pay, those that may be do not."""
        return (self.low, np.full(len(self), self.reward)), (
            self.high - self.low,
            np.zeros(len(self), np.int64),
        )


@dataclass(frozen=True)
class Edges:
    """Pairs as (row, column, worth), sorted by row, then column."""

    row: Array
    column: Array
    worth: Array

    def __len__(self) -> int:
        return len(self.row)

    def take(self, chosen: Array) -> Edges:
        """Those of a mask or of places."""
        return Edges(self.row[chosen], self.column[chosen], self.worth[chosen])

    def with_more(self, other: Edges, width: int) -> Edges:
        """Both, each pair once."""
        row, column, worth = (
            np.concatenate(both)
            for both in (
                (self.row, other.row),
                (self.column, other.column),
                (self.worth, other.worth),
            )
        )
        key = row.astype(np.int64) * width + column
        order = np.argsort(key, kind="stable")
        key = key[order]
        first = order[np.r_[True, key[1:] != key[:-1]]] if len(key) else order
        return Edges(row[first], column[first], worth[first])

    def without(self, other: Edges, width: int) -> Edges:
        """Those that are not among the other pairs."""
        if not len(other):
            return self
        known = other.row.astype(np.int64) * width + other.column
        key = self.row.astype(np.int64) * width + self.column
        place = np.minimum(np.searchsorted(known, key), len(known) - 1)
        return self.take(known[place] != key)


def best_flow(edges: Edges, mentors: Side | Limits, mentees: Side | Limits) -> Array:
    """A mask over `edges`: the choice with the greatest worth and rewards, exact over these edges.

    Raises:
        SolverError: if the numbers do not fit, or the solver says it did not succeed.
    """
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415 -- 40 MB that only a worker should load

    rows, columns = len(mentors), len(mentees)
    source, sink = rows + columns, rows + columns + 1
    row_node, column_node = np.arange(rows), np.arange(rows, source)
    units = int(min(mentors.capacity.sum(), mentees.capacity.sum()))
    arcs = [(edges.row, edges.column + rows, np.ones(len(edges), np.int64), -edges.worth)]
    for capacity, reward in mentors.tiers():
        arcs.append((np.full(rows, source), row_node, capacity, -reward))
    for capacity, reward in mentees.tiers():
        arcs.append((column_node, np.full(columns, sink), capacity, -reward))
    highest = max(int(abs(cost).max(initial=1)) for *_, cost in arcs)
    if highest * (sink + 2) * 2 >= MOST_COST:
        raise SolverError(f"rewards up to {highest} for {rows + columns} people do not fit into 63 bits")
    flow = min_cost_flow.SimpleMinCostFlow()
    for tail, head, capacity, cost in arcs:
        some = np.flatnonzero(capacity)
        if len(some):
            flow.add_arcs_with_capacity_and_unit_cost(
                tail[some].astype(np.int32),
                head[some].astype(np.int32),
                capacity[some].astype(np.int64),
                cost[some].astype(np.int64),
            )
    flow.add_arc_with_capacity_and_unit_cost(source, sink, units, 0)
    flow.set_node_supply(source, units)
    flow.set_node_supply(sink, -units)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise SolverError(f"the flow solver ended with {status}")
    if not len(edges):
        return np.zeros(0, np.bool_)
    chosen: Array = flow.flows(np.arange(len(edges), dtype=np.int32)) > 0
    return chosen


def prices(edges: Edges, used: Array, mentors: Side, mentees: Side) -> tuple[Array, Array]:
    """Whole-number prices of mentors and mentees that make every used pair break even, from the residual graph.

    Source and sink are one node, the root. Shortest distances from the root and to it are both prices that prove the
    flow; their mean lies between and leaves fewer other pairs that seem better.

    Raises:
        SolverError: if the graph holds a gainful cycle, so that the flow was not the best.
    """
    rows, columns = len(mentors), len(mentees)
    root = rows + columns
    free, taken = edges.take(~used), edges.take(used)
    arcs = [
        (free.row, free.column + rows, -free.worth),
        (taken.column + rows, taken.row, taken.worth),
    ]
    for side, first, places, is_source in (
        (mentors, 0, taken.row, True),
        (mentees, rows, taken.column, False),
    ):
        count = np.bincount(places, minlength=len(side))
        node = first + np.arange(len(side))
        for mask, cost, is_forward in (
            (count == 0, -side.reward, True),
            ((count > 0) & (count < side.capacity), np.zeros_like(side.reward), True),
            (count == 1, side.reward, False),
            (count > 1, np.zeros_like(side.reward), False),
        ):
            people = node[mask]
            end = np.full(len(people), root)
            arcs.append((end, people, cost[mask]) if is_forward == is_source else (people, end, cost[mask]))
    tail, head, cost = (np.concatenate(each).astype(np.int64) for each in zip(*arcs, strict=True))
    out = _distances(tail, head, cost, root)
    back = -_distances(head, tail, cost, root)
    mean = (out + back) >> 1
    price = np.where(out >= UNREACHED // 2, back, np.where(back <= -UNREACHED // 2, out, mean))
    # Somebody without any pair is reached from one side only; if from none, any price will do.
    most = 2 * int(max(mentors.reward.max(initial=0), mentees.reward.max(initial=0), 1))
    price = np.clip(price, -most, most)
    return price[:rows], -price[rows:root]


def _distances(tail: Array, head: Array, cost: Array, root: int) -> Array:
    """Shortest distances from the root to every node, by rounds over all arcs."""
    order = np.argsort(head, kind="stable")
    tail, head, cost = tail[order], head[order], cost[order]
    first = np.flatnonzero(np.r_[True, head[1:] != head[:-1]])
    node = head[first]
    distance = np.full(root + 1, UNREACHED)
    distance[root] = 0
    for _ in range(2 * (root + 2)):
        nearer = np.minimum.reduceat(distance[tail] + cost, first)
        better = nearer < distance[node]
        if not better.any():
            return distance
        distance[node[better]] = nearer[better]
    raise SolverError("the flow solver's answer can be bettered")
