"""What the page's sections are made of: figures, each with its place on an axis."""

from dataclasses import dataclass

from eval_traces.report.compare import Difference
from eval_traces.report.figures import Figure
from eval_traces.report.metrics import Metric
from eval_traces.report.page.charts import Dot, Histogram, Part, Scale, Whisker
from eval_traces.report.table import Label


@dataclass(frozen=True)
class Row:
    """A metric with its figure, its place on the topic's axis, and its change."""

    metric: Metric
    figure: Figure | None
    mark: Whisker | None
    difference: Difference | None


@dataclass(frozen=True)
class Topic:
    """The metrics of one topic."""

    title: str
    rows: tuple[Row, ...]
    tails: bool
    """Whether any of them has a middle and a tail to show."""


@dataclass(frozen=True)
class Change:
    """A metric's difference from the baseline, on the axis of its unit."""

    metric: Metric
    difference: Difference
    mark: Whisker | None


@dataclass(frozen=True)
class GroupRow:
    """One group in one panel."""

    key: str
    figure: Figure
    mark: Whisker


@dataclass(frozen=True)
class Panel:
    """One metric over the groups of a field."""

    metric: Metric
    scale: Scale
    rows: tuple[GroupRow, ...]


@dataclass(frozen=True)
class Cell:
    """One metric of one group in a table."""

    metric: Metric
    figure: Figure | None
    mark: Whisker | None


@dataclass(frozen=True)
class Spread:
    """A metric's histogram."""

    metric: Metric
    figure: Figure
    drawn: Histogram


@dataclass(frozen=True)
class NodeTime:
    """How long a node took: its middle, its tail and the whole, on one axis."""

    name: str
    figure: Figure
    p50: float
    p95: float


@dataclass(frozen=True)
class Curve:
    """A reliability curve with the figure that sums it up."""

    metric: Metric
    figure: Figure | None
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class Fault:
    """A node that did not do all it should in some runs."""

    node: str
    kind: str
    figure: Figure
    mark: Whisker
    reasons: tuple[Label, ...]


@dataclass(frozen=True)
class Shares:
    """How the runs spread over the values of a field."""

    field: str
    parts: tuple[Part, ...]
