"""The figures of a set of runs: one a metric, over all runs and within groups of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from eval_traces.report.aggregates import Aggregate, shared
from eval_traces.report.metrics import MetricBook
from eval_traces.report.statistics import (
    Combine,
    Floats,
    Interval,
    Method,
    Resampler,
    quantile_interval,
    ratio,
)
from eval_traces.report.table import Column, ScoreTable

WITH_QUANTILES = frozenset({"seconds", "tokens", "money", "count"})
"""Units whose middle and tail say more than their mean."""


@dataclass(frozen=True)
class Quantile:
    """A quantile over runs; the ends are None where the runs are too few to bound it."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Figure:
    """One metric over runs."""

    metric: str
    value: float
    n: int
    """Runs that have it."""
    low: float | None = None
    high: float | None = None
    """Ends of the interval; None for a single run."""
    method: Method | None = None
    p50: Quantile | None = None
    p95: Quantile | None = None
    """Over the runs' values, unweighted; only for times, tokens, money and counts."""


@dataclass(frozen=True)
class Group:
    """The figures of the runs that share a field's value."""

    key: str
    runs: int
    figures: Mapping[str, Figure]


@dataclass(frozen=True)
class Measure:
    """How figures are taken: the declared metrics, the aggregates over runs, the resampling."""

    book: MetricBook
    resampler: Resampler
    aggregates: Sequence[Aggregate] = ()
    _by_name: Mapping[str, Aggregate] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {a.name: a for a in self.aggregates})

    def metrics(self, table: ScoreTable) -> list[str]:
        """Return the metrics that the runs of the table have between them, in the book's order."""
        possible = [
            a.name for a in self.aggregates if all(name in table.columns for name in a.inputs)
        ]
        return [m.name for m in self.book.sorted({*table.columns, *possible})]

    def summands(self, table: ScoreTable, metric: str) -> tuple[NDArray[np.uint32], Floats]:
        """Return the runs that have the metric, and the `(n, k)` that each adds to its sums."""
        aggregate = self._by_name.get(metric)
        if aggregate is None:
            column = table.column(metric)
            return column.runs, column.summands
        columns = shared([table.column(name) for name in aggregate.inputs])
        return columns[0].runs, aggregate.summands(columns)

    def combine(self, metric: str) -> Combine:
        """Return what turns the sums of a metric into its figure."""
        aggregate = self._by_name.get(metric)
        return ratio if aggregate is None else aggregate.combine

    def figure(
        self, table: ScoreTable, metric: str, chosen: NDArray[np.bool_] | None = None
    ) -> Figure | None:
        """Return the figure over the `chosen` runs, or over all; None if none of them has it."""
        runs, rows = self.summands(table, metric)
        if chosen is not None:
            rows = rows[chosen[runs]]
        if not len(rows):
            return None
        aggregate = self._by_name.get(metric)
        unit = self.book.of(metric).unit
        combine = self.combine(metric)
        found = self.resampler.interval(
            rows,
            combine,
            share=unit == "share" and aggregate is None,
            basic=aggregate is not None and aggregate.basic,
        )
        low, high = _within_unit(found, unit)
        p50 = p95 = None
        if aggregate is None and unit in WITH_QUANTILES:
            column = table.column(metric)
            p50, p95 = _quantiles(column if chosen is None else column.within(chosen))
        method = found.method if found else None
        value = float(combine(rows.sum(axis=0)))
        return Figure(metric, value, len(rows), low, high, method, p50, p95)

    def figures(
        self, table: ScoreTable, chosen: NDArray[np.bool_] | None = None
    ) -> dict[str, Figure]:
        """Return the figure of each metric that a chosen run has."""
        found = (self.figure(table, metric, chosen) for metric in self.metrics(table))
        return {figure.metric: figure for figure in found if figure is not None}

    def groups(self, table: ScoreTable, field_name: str) -> tuple[Group, ...]:
        """Return the figures of each value of a field, the values with most runs first."""
        values = table.runs[field_name].fill_null("")
        counted = values.value_counts().sort(["count", field_name], descending=[True, False])
        found = []
        for key, runs in counted.iter_rows():
            chosen = (values == key).to_numpy()
            found.append(Group(key, runs, self.figures(table, chosen)))
        return tuple(found)


def several(table: ScoreTable, fields: Iterable[str]) -> list[str]:
    """Return those fields that any run has a value of."""
    return [name for name in fields if table.runs[name].drop_nulls().len()]


def _within_unit(found: Interval | None, unit: str) -> tuple[float | None, float | None]:
    """The ends, never below 0 for what cannot be below it."""
    if found is None:
        return None, None
    return (found.low if unit == "points" else max(0.0, found.low)), found.high


def _quantiles(column: Column) -> tuple[Quantile, Quantile]:
    ordered = np.sort(column.values)
    p50, p95 = (_quantile(ordered, share) for share in (0.5, 0.95))
    return p50, p95


def _quantile(ordered: Floats, share: float) -> Quantile:
    found = quantile_interval(ordered, share)
    value = float(np.quantile(ordered, share))
    return Quantile(value, found.low if found else None, found.high if found else None)
