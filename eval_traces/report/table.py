"""Scores of many runs in columns: one row a run, one (value, weight) a run and metric.

A run is read, put away in flat arrays and forgotten: 12 bytes a score (20 in a metric whose weights
differ) and some 500 a run, so 100,000 runs of 60 metrics stay near 130 MB. A score that is no
finite number, or has a weight below 0, is not counted and is said to be a problem; several scores
of one name in one run become their weighted mean.
"""

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from eval_traces.report.scored import RunLike
from eval_traces.report.statistics import Floats

RUN_FIELDS = ("trace_id", "path", "case", "mode", "status", "category", "started", "control")
"""`control` is `grey` for a blind control, a run whose photo was replaced by grey."""
UNREADABLE = "unreadable"
"""Status of what stands for a file that gave no run."""
GREY = "control.grey"
"""The metric that marks a blind control."""
KEPT_PROBLEMS = 500
_KEPT_LABELS, _SHOWN_LABELS = 200, 20


@dataclass(frozen=True)
class Problem:
    """Something that was not counted, how often, and where first."""

    text: str
    runs: int
    example: str
    """Path or id of the first run that had it."""
    whole: bool = False
    """Whether it cost the whole run (an unreadable file), not only some of its scores."""


@dataclass(frozen=True)
class Label:
    """A score's label and how many runs gave it."""

    text: str
    runs: int


@dataclass(frozen=True)
class Column:
    """One metric over the runs that have it, in the order of the runs."""

    runs: NDArray[np.uint32]
    """Row numbers in the table of runs."""
    values: Floats
    weights: Floats

    @property
    def summands(self) -> Floats:
        """`(n, 2)`: value x weight, and weight."""
        return np.column_stack([self.values * self.weights, self.weights])

    def within(self, chosen: NDArray[np.bool_]) -> "Column":
        """Return the column of the runs that `chosen`, `(runs,)`, marks."""
        kept = chosen[self.runs]
        return Column(self.runs[kept], self.values[kept], self.weights[kept])


EMPTY = Column(np.empty(0, np.uint32), np.empty(0), np.empty(0))


@dataclass(frozen=True)
class ScoreTable:
    """All runs, and a column a metric."""

    runs: pl.DataFrame
    """`RUN_FIELDS`, one row a run, in the order in which they came."""
    columns: Mapping[str, Column]
    problems: tuple[Problem, ...] = ()
    recorded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Facts that the runs recorded of themselves (model, code): each with all its values."""
    unreadable: int = 0
    """Files that gave no run."""
    labels: Mapping[str, tuple[Label, ...]] = field(default_factory=dict)
    """By metric, what the scores above 0 were labelled with, the most frequent first."""

    def column(self, metric: str) -> Column:
        """Return a metric's column; an empty one if no run has it."""
        return self.columns.get(metric, EMPTY)

    def values(self, field_name: str) -> list[str]:
        """Return a field of all runs as texts, empty where it was not recorded."""
        return [value or "" for value in self.runs[field_name].to_list()]

    @cached_property
    def dense(self) -> pl.DataFrame:
        """One row a run: its fields, then each metric's value, null where the run has none."""
        filled = {}
        for name, column in self.columns.items():
            values = np.full(len(self.runs), np.nan)
            values[column.runs] = column.values
            filled[name] = pl.Series(name, values, nan_to_null=True)
        return self.runs.hstack(list(filled.values()))


class _Growing:
    """A metric's column under way; its weights are kept only once one is not 1."""

    def __init__(self) -> None:
        self._runs, self._values = array("I"), array("d")
        self._weights: array[float] | None = None

    def add(self, run: int, value: float, weight: float) -> None:
        """Append the value of a run."""
        if weight != 1.0 and self._weights is None:
            self._weights = array("d", [1.0]) * len(self._runs)
        self._runs.append(run)
        self._values.append(value)
        if self._weights is not None:
            self._weights.append(weight)

    def column(self, place: NDArray[np.uint32]) -> Column:
        """Return the column with each run at its `place`, `(runs,)`, in their order."""
        runs = place[np.frombuffer(self._runs, np.uint32)]
        rows = np.argsort(runs)
        weights: Floats = np.broadcast_to(np.float64(1), len(rows))
        if self._weights is not None:
            weights = np.frombuffer(self._weights, np.float64)[rows]
        return Column(runs[rows], np.frombuffer(self._values, np.float64)[rows], weights)


class TableBuilder:
    """Takes scored runs one by one; what a run held is free for collection afterwards."""

    def __init__(self) -> None:
        self._fields: dict[str, list[str | None]] = {name: [] for name in RUN_FIELDS}
        self._seen: set[str] = set()
        self._columns: dict[str, _Growing] = {}
        self._problems: dict[str, Problem] = {}
        self._recorded: dict[str, dict[str, None]] = {}
        self._unreadable = 0
        self._labels: dict[str, Counter[str]] = {}

    def add(self, run: RunLike) -> None:
        """Put a run away.

        A file that could not be read is a problem and no run; a trace that was added before is a
        problem and counts once.
        """
        where = str(run.path or run.trace_id)
        if run.status == UNREADABLE:
            self._unreadable += 1
            for problem in run.problems or ("cannot be read",):
                self._note(problem, where, whole=True)
            return
        if run.trace_id in self._seen:
            self._note("the same trace was given again; it counts once", where, whole=True)
            return
        self._seen.add(run.trace_id)
        number = len(self._fields["trace_id"])
        for name in RUN_FIELDS:
            self._fields[name].append(_text(getattr(run, name, None)))
        if any(score.name == GREY and score.value for score in run.scores):
            self._fields["control"][-1] = "grey"
        for problem in run.problems:
            self._note(problem, where)
        for name, fact in run.recorded.items():
            self._recorded.setdefault(name, {}).setdefault(fact)
        for name, (total, weight) in self._sums(run, where).items():
            if name not in self._columns:
                self._columns[name] = _Growing()
            self._columns[name].add(number, total / weight, weight)
        for name, label in {(s.name, s.label) for s in run.scores if s.label and s.value > 0}:
            self._label(name, str(label))

    def table(self) -> ScoreTable:
        """Return what was added, in columns; runs by trace id, in whatever order they came."""
        fields = pl.DataFrame(self._fields, schema={name: pl.String for name in RUN_FIELDS})
        order = fields["trace_id"].arg_sort().to_numpy()
        place = np.empty(len(order), np.uint32)
        place[order] = np.arange(len(order), dtype=np.uint32)
        columns = {name: self._columns[name].column(place) for name in sorted(self._columns)}
        problems = sorted(self._problems.values(), key=lambda p: (-p.runs, p.text, p.example))
        recorded = {name: tuple(sorted(values)) for name, values in self._recorded.items()}
        labels = {
            name: tuple(Label(text, runs) for text, runs in counted.most_common(_SHOWN_LABELS))
            for name, counted in sorted(self._labels.items())
        }
        return ScoreTable(
            fields[order], columns, tuple(problems), recorded, self._unreadable, labels
        )

    def _sums(self, run: RunLike, where: str) -> dict[str, tuple[float, float]]:
        """Per metric the run's sums of value x weight and of weight; only where weight > 0."""
        sums: dict[str, tuple[float, float]] = {}
        for score in run.scores:
            if not (math.isfinite(score.value) and math.isfinite(score.weight)):
                self._note(f"{score.name}: value or weight is not a finite number", where)
            elif score.weight < 0:
                self._note(f"{score.name}: its weight is below 0", where)
            elif score.weight > 0:
                total, weight = sums.get(score.name, (0.0, 0.0))
                sums[score.name] = (total + score.value * score.weight, weight + score.weight)
        return sums

    def _label(self, name: str, label: str) -> None:
        counted = self._labels.setdefault(name, Counter())
        if label in counted or len(counted) < _KEPT_LABELS:
            counted[label] += 1

    def _note(self, text: str, where: str, *, whole: bool = False) -> None:
        if text not in self._problems and len(self._problems) >= KEPT_PROBLEMS:
            text = "further problems, each of its own kind"
        known = self._problems.get(text, Problem(text, 0, where, whole))
        self._problems[text] = Problem(text, known.runs + 1, known.example, whole)


def collect(runs: Iterable[RunLike]) -> ScoreTable:
    """Return the table of the runs, read once as they come."""
    builder = TableBuilder()
    for run in runs:
        builder.add(run)
    return builder.table()


def _text(value: object) -> str | None:
    if value is None or value == "":
        return None
    return value.isoformat() if isinstance(value, datetime) else str(value)
