"""Figures that one run cannot have: a function of several metrics over all runs.

An aggregate says which metrics it needs of a run, which summands `(n, k)` a run adds, and how the
sums become the figure; so the same resampling gives its interval, within every group too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from eval_traces.report.statistics import Floats
from eval_traces.report.table import Column


class Aggregate(Protocol):
    """One figure over runs, made of sums over them."""

    @property
    def name(self) -> str:
        """The metric that it yields."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """The metrics that a run must have to count."""

    @property
    def basic(self) -> bool:
        """Whether resampling shifts the figure, so that its interval is the mirrored one."""

    def summands(self, columns: Sequence[Column]) -> Floats:
        """Return `(n, k)`: what each run adds; columns of `inputs`, over the same n runs."""

    def combine(self, sums: Floats) -> Floats:
        """Return the figure of sums `(..., k)`."""


@dataclass(frozen=True)
class CalibrationBin:
    """The runs whose confidence lay between `low` and `high`."""

    low: float
    high: float
    n: int
    confidence: float
    """Their mean confidence."""
    correct: float
    """The share of them that was right."""


@dataclass(frozen=True)
class CalibrationError:
    """Expected calibration error over equal bins (Naeini et al. 2015; Guo et al. 2017, eq. 3)."""

    name: str
    confidence: str
    correct: str
    bins: int = 10
    basic: bool = True

    @property
    def inputs(self) -> tuple[str, ...]:
        """Confidence in [0, 1], and 1 or 0 for right or wrong."""
        return self.confidence, self.correct

    def summands(self, columns: Sequence[Column]) -> Floats:
        """Return `(n, bins + 1)`: confidence minus right in the run's bin, and a 1 to count by."""
        confidence, correct = (column.values for column in columns)
        rows = np.zeros((len(confidence), self.bins + 1))
        rows[np.arange(len(rows)), self._bin(confidence)] = confidence - correct
        rows[:, -1] = 1.0
        return rows

    def combine(self, sums: Floats) -> Floats:
        """Return the sum over bins of |confidences - rights| by the number of runs."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.abs(sums[..., :-1]).sum(axis=-1) / sums[..., -1])

    def curve(self, columns: Sequence[Column]) -> tuple[CalibrationBin, ...]:
        """Return the bins that have runs, by rising confidence."""
        confidence, correct = (column.values for column in columns)
        where = self._bin(confidence)
        edges = np.linspace(0, 1, self.bins + 1)
        found = []
        for place in np.unique(where):
            inside = where == place
            found.append(
                CalibrationBin(
                    float(edges[place]),
                    float(edges[place + 1]),
                    int(inside.sum()),
                    float(confidence[inside].mean()),
                    float(correct[inside].mean()),
                )
            )
        return tuple(found)

    def _bin(self, confidence: Floats) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        return np.clip((confidence * self.bins).astype(np.intp), 0, self.bins - 1)


def shared(columns: Sequence[Column]) -> list[Column]:
    """Return the columns of the runs that all of them have, in the same order."""
    both = columns[0].runs
    for column in columns[1:]:
        both = np.intersect1d(both, column.runs, assume_unique=True)
    picked = []
    for column in columns:
        rows = np.searchsorted(column.runs, both)
        picked.append(Column(both, column.values[rows], column.weights[rows]))
    return picked
