"""The report of an evaluation: what many scored runs come to, and how sure that is.

`build_report` reads scored runs once, as they come. The report is the one thing that the terminal,
the JSON and CSV files, the page and the comparison with a baseline are made from.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from eval_traces.report.aggregates import Aggregate, CalibrationBin, CalibrationError, shared
from eval_traces.report.declared import AGGREGATES, METRICS
from eval_traces.report.figures import Figure, Group, Measure, several
from eval_traces.report.metrics import MetricBook
from eval_traces.report.scored import RunLike
from eval_traces.report.statistics import LEVEL, RESAMPLES, Resampler
from eval_traces.report.table import Label, Problem, ScoreTable, collect

GROUPED_BY = ("mode", "status", "category", "control")


@dataclass(frozen=True)
class Report:
    """Figures over runs, overall and in groups."""

    generated: datetime
    measure: Measure
    runs: int
    unreadable: int
    """Files that gave no run; `problems` says why."""
    figures: Mapping[str, Figure]
    """By metric, in the order in which they are shown."""
    groups: Mapping[str, tuple[Group, ...]]
    """By mode, status, category and blind control; a field that no run has is left out."""
    calibration: Mapping[str, tuple[CalibrationBin, ...]]
    """Reliability curves, by the metric that sums each of them up."""
    problems: tuple[Problem, ...]
    recorded: Mapping[str, tuple[str, ...]]
    """What the runs say of themselves: model, code version; each with all its values."""
    labels: Mapping[str, tuple[Label, ...]]
    """By metric, what its scores above 0 were labelled with: why a node was degraded, say."""
    about: Mapping[str, str]
    """What the evaluation was made with: truth file, trajectories, evaluators, command."""
    table: ScoreTable | None = field(default=None, repr=False)
    """The runs; None for a report read from a file that was written without them."""

    @property
    def seed(self) -> int:
        """Of the resampling."""
        return self.measure.resampler.seed

    @property
    def book(self) -> MetricBook:
        """What is declared of the metrics."""
        return self.measure.book

    def by(self, field_name: str) -> tuple[Group, ...]:
        """Return the groups of any field of a run (`case` too), made anew if need be."""
        if field_name in self.groups or self.table is None:
            return self.groups.get(field_name, ())
        return self.measure.groups(self.table, field_name)


def build_report(
    runs: Iterable[RunLike],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
    book: MetricBook = METRICS,
    aggregates: Sequence[Aggregate] = AGGREGATES,
    about: Mapping[str, str] | None = None,
) -> Report:
    """Return the report of scored runs, which are read once and not kept.

    Args:
        runs: the scored runs.
        seed: of the resampling; the same runs and seed give the same report, in whatever order the
            runs come.
        resamples: how many times the runs are redrawn.
        level: of the intervals.
        book: what is known of the metrics.
        aggregates: figures made of several metrics over all runs.
        about: what the evaluation was made with, to be told beside the figures.
    """
    measure = Measure(book, Resampler(seed, resamples, level), aggregates)
    return report_of(collect(runs), measure, about or {})


def report_of(
    table: ScoreTable,
    measure: Measure,
    about: Mapping[str, str],
    generated: datetime | None = None,
) -> Report:
    """Return the report of runs that are in a table already."""
    fields = several(table, GROUPED_BY)
    return Report(
        generated=generated or datetime.now(UTC),
        measure=measure,
        runs=len(table.runs),
        unreadable=table.unreadable,
        figures=measure.figures(table),
        groups={name: measure.groups(table, name) for name in fields},
        calibration=_curves(table, measure.aggregates),
        problems=table.problems,
        recorded=table.recorded,
        labels=table.labels,
        about=dict(about),
        table=table,
    )


def _curves(
    table: ScoreTable, aggregates: Sequence[Aggregate]
) -> dict[str, tuple[CalibrationBin, ...]]:
    found = {}
    for aggregate in aggregates:
        if isinstance(aggregate, CalibrationError):
            curve = aggregate.curve(shared([table.column(name) for name in aggregate.inputs]))
            if curve:
                found[aggregate.name] = curve
    return found
