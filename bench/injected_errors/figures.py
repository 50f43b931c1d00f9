"""Figures over many drafts: a share with its n and its interval, by bootstrap over listings.

Rule: a figure is sum(part) / sum(whole); listings are drawn, since drafts of one go together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bench.injected_errors.tally import Tally

_DRAWS = 1000
ALL = "all"


@dataclass(frozen=True)
class Figure:
    """One figure of the table; `n` is what was counted, `listings` how many it comes from."""

    name: str
    group: str
    value: float
    low: float
    high: float
    n: int
    listings: int


def figures(tallies: Iterable[Tally], groups: Sequence[str], names: Sequence[str]) -> list[Figure]:
    """Return each named figure for each group and for all; those without a case are left out."""
    found, all_of = [], list(tallies)
    for name in names:
        for group in (*groups, ALL):
            chosen = [t for t in all_of if group in (ALL, t.group)]
            one = figure(name, group, chosen)
            if one is not None:
                found.append(one)
    return found


def figure(name: str, group: str, tallies: Iterable[Tally], seed: int = 0) -> Figure | None:
    """Return one figure with its 95 % interval; None where nothing was counted."""
    parts: dict[str, list[float]] = {}
    for tally in tallies:
        for share in tally.shares:
            if share.figure == name and share.whole:
                sums = parts.setdefault(tally.listing, [0.0, 0.0])
                sums[0] += share.part
                sums[1] += share.whole
    if not parts:
        return None
    table = np.array(list(parts.values()))
    picks = np.random.default_rng(seed).integers(0, len(table), (_DRAWS, len(table)))
    drawn = table[picks].sum(axis=1)
    low, high = np.quantile(drawn[:, 0] / drawn[:, 1], (0.025, 0.975))
    part, whole = table.sum(axis=0)
    return Figure(
        name, group, float(part / whole), float(low), float(high), round(whole), len(table)
    )
