"""Two reports side by side: what got better, what got worse, and what cannot be told.

Runs of the same trace, else of the same case, are paired, in the order in which they began; a
metric's difference is taken over the pairs that both have it, and resampled pair by pair. Only
where a metric has no pair are the two sets compared as strangers, and that is said. A metric has
regressed when its interval lies wholly on the bad side of 0 and the difference is beyond the
tolerance.
"""

import dataclasses
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from eval_traces.report.figures import Figure, Measure
from eval_traces.report.metrics import Metric
from eval_traces.report.pairing import NO_PAIRS, Pairs, Rows, pair_runs
from eval_traces.report.report import Report
from eval_traces.report.statistics import Floats, Interval
from eval_traces.report.table import ScoreTable
from listing.errors import BadInputError

Outcome = Literal[
    "regressed", "worse within tolerance", "improved", "changed", "unchanged", "undecided",
    "only here", "only in the baseline",
]  # fmt: skip
"""`changed` has no better direction; `undecided` has too few runs for an interval."""
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Difference:
    """One metric against the baseline."""

    metric: str
    outcome: Outcome
    before: float | None
    after: float | None
    """Over the runs compared: the pairs, or all runs of each side where `paired` is False."""
    difference: float | None = None
    """`after` minus `before`."""
    low: float | None = None
    high: float | None = None
    n: int = 0
    """Pairs, or the smaller side."""
    paired: bool = True
    lost: int = 0
    """Pairs of which only the baseline's run has the metric."""
    gained: int = 0
    """Pairs of which only today's run has it."""
    tolerance: float = 0.0


@dataclass(frozen=True)
class Comparison:
    """All metrics of two reports against each other."""

    baseline: str
    """What it was compared with, in words."""
    differences: tuple[Difference, ...]
    pairs: int
    only_here: int
    """Runs without a partner in the baseline."""
    only_there: int
    """Runs of the baseline without a partner here."""
    rows_known: bool = True
    """False when one of the reports was written without its runs: nothing could be paired."""

    @property
    def regressions(self) -> tuple[Difference, ...]:
        """The metrics that got worse, beyond chance and beyond their tolerance."""
        return tuple(d for d in self.differences if d.outcome == "regressed")

    @property
    def improvements(self) -> tuple[Difference, ...]:
        """The metrics that got better, beyond chance."""
        return tuple(d for d in self.differences if d.outcome == "improved")

    @property
    def vanished(self) -> tuple[Difference, ...]:
        """The metrics that only the baseline has: nobody knows whether they got worse."""
        return tuple(d for d in self.differences if d.outcome == "only in the baseline")

    @property
    def judged(self) -> int:
        """How many metrics could have been called regressed."""
        return sum(d.low is not None and d.outcome != "changed" for d in self.differences)


def compare(
    report: Report,
    baseline: Report,
    tolerances: Mapping[str, float] | None = None,
    *,
    name: str = "",
) -> Comparison:
    """Return today's report against a baseline.

    Args:
        report: today's.
        baseline: the earlier one.
        tolerances: by metric, or by a pattern with `*` (`seconds.*`), how much worse is borne, in
            the metric's own unit; a name goes before a pattern, a longer pattern before a shorter
            one; 0 for the rest.
        name: what to call the baseline.

    Raises:
        BadInputError: a tolerance is below 0, or of a metric that neither report has.
    """
    allowed = dict(tolerances or {})
    known = {*report.figures, *baseline.figures}
    _check(allowed, known)
    pairs = NO_PAIRS
    if report.table is not None and baseline.table is not None:
        pairs = pair_runs(baseline.table, report.table)
    found = []
    for metric in report.book.sorted(known):
        tolerance = _tolerance(metric.name, allowed)
        found.append(_difference(metric, report, baseline, pairs, tolerance))
    return Comparison(
        baseline=name or f"the report of {baseline.generated:%Y-%m-%d %H:%M} UTC",
        differences=tuple(found),
        pairs=len(pairs),
        only_here=report.runs - len(pairs),
        only_there=baseline.runs - len(pairs),
        rows_known=report.table is not None and baseline.table is not None,
    )


def _check(tolerances: Mapping[str, float], known: Iterable[str]) -> None:
    metrics = list(known)
    for name, tolerance in tolerances.items():
        if not any(fnmatchcase(metric, name) for metric in metrics):
            raise BadInputError(
                f"tolerance {name}: neither report has such a metric; they have "
                f"{', '.join(sorted(metrics)) or 'none'}"
            )
        if not tolerance >= 0:
            raise BadInputError(f"tolerance {name}: {tolerance} is not a number of 0 or more")


def _tolerance(metric: str, tolerances: Mapping[str, float]) -> float:
    if metric in tolerances:
        return tolerances[metric]
    patterns = sorted((name for name in tolerances if fnmatchcase(metric, name)), key=len)
    return tolerances[patterns[-1]] if patterns else 0.0


def _difference(
    metric: Metric, report: Report, baseline: Report, pairs: Pairs, tolerance: float
) -> Difference:
    now, then = report.figures.get(metric.name), baseline.figures.get(metric.name)
    if now is None or then is None:
        outcome: Outcome = "only here" if then is None else "only in the baseline"
        before, after = (None if f is None else f.value for f in (then, now))
        return Difference(metric.name, outcome, before, after, tolerance=tolerance)
    if report.table is None or baseline.table is None:
        found = _of_intervals(now, then)
        return _told(metric, tolerance, (then.value, now.value), found, min(now.n, then.n), False)
    old = _Side.of(report.measure, baseline.table, metric.name)
    new = _Side.of(report.measure, report.table, metric.name)
    has_old, has_new = old.has(pairs.before), new.has(pairs.after)
    both = has_old & has_new
    paired = bool(both.any())
    rows = old.summands, new.summands
    if paired:
        rows = old.rows(pairs.before[both]), new.rows(pairs.after[both])
    combine = report.measure.combine(metric.name)
    found = report.measure.resampler.difference(*rows, combine, paired=paired)
    values = float(combine(rows[0].sum(axis=0))), float(combine(rows[1].sum(axis=0)))
    told = _told(metric, tolerance, values, found, min(map(len, rows)), paired)
    lost, gained = int((has_old & ~has_new).sum()), int((has_new & ~has_old).sum())
    return dataclasses.replace(told, lost=lost, gained=gained)


@dataclass(frozen=True)
class _Side:
    """The summands of a metric on one side, and where each run's stand; -1 for none."""

    summands: Floats
    place: Rows

    @classmethod
    def of(cls, measure: Measure, table: ScoreTable, metric: str) -> "_Side":
        runs, summands = measure.summands(table, metric)
        place = np.full(len(table.runs), -1, np.int64)
        place[runs] = np.arange(len(runs))
        return cls(summands, place)

    def has(self, runs: Rows) -> NDArray[np.bool_]:
        return np.asarray(self.place[runs] >= 0)

    def rows(self, runs: Rows) -> Floats:
        return np.asarray(self.summands[self.place[runs]])


def _told(
    metric: Metric,
    tolerance: float,
    values: tuple[float, float],
    found: Interval | None,
    n: int,
    paired: bool,
) -> Difference:
    before, after = values
    change = after - before
    return Difference(
        metric=metric.name,
        outcome=_outcome(metric, change, found, tolerance),
        before=before,
        after=after,
        difference=change,
        low=found.low if found else None,
        high=found.high if found else None,
        n=n,
        paired=paired,
        tolerance=tolerance,
    )


def _of_intervals(now: Figure, then: Figure) -> Interval | None:
    """From the two intervals alone, as of independent sets (Newcombe 1998, method 10)."""
    if now.low is None or now.high is None or then.low is None or then.high is None:
        return None
    change = now.value - then.value
    below = math.hypot(now.value - now.low, then.high - then.value)
    above = math.hypot(now.high - now.value, then.value - then.low)
    return Interval(change - below, change + above, "normal")


def _outcome(metric: Metric, change: float, found: Interval | None, tolerance: float) -> Outcome:
    if found is None:
        return "undecided"
    if found.low <= _ROUNDING and found.high >= -_ROUNDING:
        return "unchanged"
    if metric.better == "neither":
        return "changed"
    if (change > 0) == (metric.better == "higher"):
        return "improved"
    return "regressed" if abs(change) > tolerance else "worse within tolerance"
