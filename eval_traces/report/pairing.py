"""Which run of one evaluation belongs to which run of another.

The same trace goes with itself; of the rest, runs of one case go together in the order in which
they began, the first with the first. What is left has no partner, and is counted.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval_traces.report.table import ScoreTable

Rows = NDArray[np.int64]
_NONE = np.empty(0, np.int64)


@dataclass(frozen=True)
class Pairs:
    """Row numbers of runs that belong together, `(pairs,)` each."""

    before: Rows
    after: Rows

    def __len__(self) -> int:
        return len(self.before)


NO_PAIRS = Pairs(_NONE, _NONE)


def pair_runs(before: ScoreTable, after: ScoreTable) -> Pairs:
    """Return the pairs of two tables: by trace, then by case; a run is in one pair at most."""
    same = _match(before.values("trace_id"), after.values("trace_id"))
    old, new = _others(before, same.before), _others(after, same.after)
    alike = _match(_cases(before, old), _cases(after, new))
    return Pairs(
        np.concatenate([same.before, old[alike.before]]),
        np.concatenate([same.after, new[alike.after]]),
    )


def _match(before: list[str], after: list[str]) -> Pairs:
    """Where equal keys stand on both sides, each occurrence with the same occurrence."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, key in reversed(list(enumerate(before))):
        if key:
            places[key].append(place)
    found = [(places[key].pop(), place) for place, key in enumerate(after) if places.get(key)]
    both = np.array(found, np.int64).reshape(-1, 2)
    return Pairs(both[:, 0], both[:, 1])


def _others(table: ScoreTable, taken: Rows) -> Rows:
    """The rows that are not taken, by when their runs began."""
    started = table.values("started")
    free = set(range(len(started))).difference(taken.tolist())
    return np.array(sorted(free, key=lambda row: (started[row], row)), np.int64)


def _cases(table: ScoreTable, rows: Rows) -> list[str]:
    cases = table.values("case")
    return [cases[row] for row in rows]
