"""The smallest evidence that entails a claim: no item is cited that the rest can do without."""

from collections.abc import Sequence
from itertools import combinations

from tools.audit.stances import Voice

_EXACT = 14
"""Up to so many items every combination is tried; beyond it the worst ranked are left out."""


def smallest(parts: Sequence[Sequence[Voice]]) -> list[Voice]:
    """Return the fewest voices such that each part is stated by one of them, best ranked first.

    `parts` holds, for each part of a claim, the voices that state it; none may be empty. Of sets
    of equal size the one with the best ranks wins, then the earliest in the ledger's order.
    """
    stated: dict[str, set[int]] = {}
    best: dict[str, Voice] = {}
    for number, voices in enumerate(parts):
        for voice in voices:
            stated.setdefault(voice.evidence.id, set()).add(number)
            best.setdefault(voice.evidence.id, voice)
    order = sorted(best, key=lambda n: (best[n].rank, not best[n].plain, best[n].place))
    needed = {next(n for n in order if number in stated[n]) for number in range(len(parts))}
    order = [n for i, n in enumerate(order) if i < _EXACT or n in needed]
    for size in range(1, len(parts) + 1):
        sets = [
            names
            for names in combinations(order, size)
            if set().union(*(stated[n] for n in names)) == set(range(len(parts)))
        ]
        if sets:
            # Combinations come in the order of rank: the first of the best is the answer.
            chosen = min(sets, key=lambda names: sorted(best[n].rank for n in names))
            return [best[name] for name in chosen]
    return []
