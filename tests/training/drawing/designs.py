"""Designs for the tests: the n-th model of a kind, alike in every process."""

from training.marketplace.drawing import Design
from training.marketplace.drawing.design import stable_rng

ACCENTS = ((230, 80, 50), (30, 60, 120), (250, 210, 60), (40, 40, 46), (240, 240, 235))


def model(kind: str, number: int, silhouette: int | None = None) -> Design:
    """Returns the design of the n-th model of a kind."""
    rng = stable_rng("test", kind, number)
    return Design(
        kind=kind,
        silhouette=number % 4 if silhouette is None else silhouette,
        shape=tuple(float(value) for value in rng.random(6)),
        accent=ACCENTS[rng.integers(len(ACCENTS))],
        motif=int(rng.integers(8)),
        mark=int(rng.integers(40)),
        brand="Varno",
        model=f"K{number}",
    )
