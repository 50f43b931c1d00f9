"""Exact nearest listings over a table of photo vectors.

The rule: the scan in float32 only proposes; the order is made by scores computed in float64 and
rounded, so that it does not depend on where a row lies or by which way it was found.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tools.visual_search.protocol import Vectors

Positions = NDArray[np.int64]

DECIMALS = 6
# A float32 dot product of unit vectors is off by about 1e-7; this is on the safe side by far.
_MARGIN = 1e-5


@dataclass(frozen=True)
class Table:
    """Photos in the order in which they came; the photos of a listing lie together.

    `base` and `tail` are one matrix in two pieces, so that what is new can be appended to a
    memory-mapped file. Arrays are never written after they are made: searches need no lock.
    """

    rows: Positions
    """(n,) row of each photo in the database, ascending."""
    listings: Positions
    """(n,) number of its listing, ascending."""
    categories: NDArray[np.int32]
    """(n,) code of its category."""
    codes: dict[str, int]
    """Category id to code; "" for listings without one."""
    alive: NDArray[np.bool_]
    """(n,) False for photos deleted since they were loaded."""
    base: Vectors
    tail: Vectors

    def __len__(self) -> int:
        return len(self.rows)

    def gather(self, positions: Positions) -> Vectors:
        """Return the vectors at `positions`, (m, d)."""
        edge = len(self.base)
        if len(self.tail) == 0:
            return np.asarray(self.base[positions])
        out = np.empty((len(positions), self.base.shape[1]), dtype=np.float32)
        in_base = positions < edge
        out[in_base] = self.base[positions[in_base]]
        out[~in_base] = self.tail[positions[~in_base] - edge]
        return out

    def in_categories(self, category_ids: frozenset[str]) -> Positions:
        """Return the positions of living photos whose listing is in one of the categories."""
        allowed = np.zeros(len(self.codes) + 1, dtype=np.bool_)
        for name in category_ids:
            if name in self.codes:
                allowed[self.codes[name]] = True
        return np.flatnonzero(allowed[self.categories] & self.alive)

    def scores(self, query: Vectors, positions: Positions | None) -> Vectors:
        """Return approximate scores: of `positions`, or of all (-inf for the dead) when None."""
        if positions is not None and len(positions) < len(self) // 4:
            return self.gather(positions) @ query
        every = np.concatenate([self.base @ query, self.tail @ query])
        if positions is not None:
            return every[positions]
        every[~self.alive] = -np.inf
        return every


class Proposer(Protocol):
    """A cache that proposes positions of the first part of a table, near to a query."""

    def propose(self, query: Vectors, count: int) -> Positions:
        """Return up to `count` positions, nearest first, perhaps with some near ones missing."""
        ...


@dataclass(frozen=True)
class Ranked:
    """The best photos of the best listings, still without their ids."""

    rows: Positions
    scores: NDArray[np.float64]


def nearest(
    table: Table,
    query: Vectors,
    k: int,
    *,
    positions: Positions | None = None,
    excluded: Positions | None = None,
) -> Ranked:
    """Return one photo for each of the `k` nearest listings, exactly.

    With ties in score at the k-th place all tied listings are returned, for the caller to order
    by id. `positions` narrows the search; `excluded` names listing numbers to leave out.
    """
    scores = table.scores(query, positions)
    if excluded is not None and len(excluded):
        numbers = table.listings if positions is None else table.listings[positions]
        scores[np.isin(numbers, excluded)] = -np.inf
    chosen = _leaders(scores, table.listings if positions is None else table.listings[positions], k)
    return _ordered(table, query, chosen if positions is None else positions[chosen], k)


def _leaders(scores: Vectors, listings: Positions, k: int) -> Positions:
    """Return all positions that may belong to the best photos of the best k listings."""
    count = len(scores)
    size = min(count, 4 * k + 32)
    while size:
        top = np.argpartition(scores, count - size)[count - size :]
        top = top[np.argsort(-scores[top], kind="stable")]
        _, first = np.unique(listings[top], return_index=True)
        if len(first) >= k or size == count:
            place = np.sort(first)[min(k, len(first)) - 1]
            floor = scores[top[place]]
            if floor == -np.inf:
                return np.flatnonzero(scores > -np.inf)
            return np.flatnonzero(scores >= floor - _MARGIN)
        size = min(count, size * 4)
    return np.empty(0, dtype=np.int64)


def _ordered(table: Table, query: Vectors, positions: Positions, k: int) -> Ranked:
    """Score exactly, keep the best photo of each listing, and cut after the k-th, ties kept."""
    products = table.gather(positions).astype(np.float64) * query.astype(np.float64)
    scores = np.round(products.sum(axis=1), DECIMALS)
    order = np.lexsort((positions, -scores))
    positions, scores = positions[order], scores[order]
    _, first = np.unique(table.listings[positions], return_index=True)
    best = np.sort(first)
    positions, scores = positions[best], scores[best]
    if len(scores) > k:
        kept = scores >= scores[k - 1]
        positions, scores = positions[kept], scores[kept]
    return Ranked(table.rows[positions], scores)


def proposed(
    table: Table,
    proposer: Proposer,
    query: Vectors,
    k: int,
    excluded: Positions | None,
) -> Ranked | None:
    """Return the nearest listings among a cache's proposals and all that is newer than the cache.

    Scores are exact; a near listing may be missing. None when the proposals hold fewer than `k`
    listings, where the caller has to scan.
    """
    fresh = np.arange(len(table.base), len(table), dtype=np.int64)
    found = proposer.propose(query, 10 * k + 100)
    positions = np.concatenate([found[table.alive[found]], fresh[table.alive[fresh]]])
    positions = np.sort(positions)
    if excluded is not None and len(excluded):
        positions = positions[~np.isin(table.listings[positions], excluded)]
    ranked = nearest(table, query, k, positions=positions)
    return ranked if len(ranked.rows) >= k else None
