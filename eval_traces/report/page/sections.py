"""What stands where on the page: the report's figures picked, ordered and given their places.

A section that has nothing to show is empty, and the template leaves it out.
"""

from collections.abc import Mapping, Sequence

from eval_traces.report.compare import Comparison, Difference
from eval_traces.report.declared import DEGRADED, FAILED, HEADLINES, NODE_SECONDS, SPREADS
from eval_traces.report.figures import Figure, Group
from eval_traces.report.metrics import TOPIC_TITLES, TOPICS, Metric, Unit
from eval_traces.report.page.charts import (
    UNIT,
    Scale,
    around_zero,
    close_around,
    from_zero,
    histogram,
    parts,
    reliability,
    whisker,
)
from eval_traces.report.page.shown import (
    Cell,
    Change,
    Curve,
    Fault,
    GroupRow,
    NodeTime,
    Panel,
    Row,
    Shares,
    Spread,
    Topic,
)
from eval_traces.report.report import Report

SHOWN_GROUPS = 60
_MOST_SPREADS = 15
CODE = "version code"
"""What a run calls its code among the facts that it records."""
_MODES = ("reference", "template", "image_only", "manual")


def headline_names(report: Report) -> list[str]:
    """Return the headline metrics that the runs have."""
    found = (next((name for name in names if name in report.figures), None) for names in HEADLINES)
    return [name for name in found if name is not None]


def topics(report: Report, comparison: Comparison | None) -> tuple[Topic, ...]:
    """Return all metrics by topic, those included that only the baseline has."""
    against = _by_metric(comparison)
    metrics = report.book.sorted({*report.figures, *against})
    found = []
    for topic in TOPICS:
        mine = [m for m in metrics if m.topic == topic]
        scales = {unit: _scale(report, mine, unit) for unit in {m.unit for m in mine}}
        rows = tuple(_row(m, report, scales[m.unit], against.get(m.name)) for m in mine)
        if rows:
            tails = any(row.figure is not None and row.figure.p50 is not None for row in rows)
            found.append(Topic(TOPIC_TITLES[topic], rows, tails))
    return tuple(found)


def changes(report: Report, comparison: Comparison | None) -> tuple[Change, ...]:
    """Return what differs from the baseline beyond chance, the regressions first."""
    if comparison is None:
        return ()
    order = ("regressed", "improved", "changed", "worse within tolerance")
    shown = [d for d in comparison.differences if d.outcome in order]
    units = {report.book.of(d.metric).unit for d in shown}
    scales = {unit: around_zero(_reach(report, shown, unit)) for unit in units}
    found = []
    for difference in sorted(shown, key=lambda d: order.index(d.outcome)):
        metric = report.book.of(difference.metric)
        mark = None
        if difference.difference is not None:
            ends = difference.low, difference.high
            mark = whisker(difference.difference, *ends, scales[metric.unit])
        found.append(Change(metric, difference, mark))
    return tuple(found)


def panels(report: Report, field: str) -> tuple[Panel, ...]:
    """Return the headline metrics over the groups of a field, a panel a metric."""
    groups = _ordered(report.groups.get(field, ()))
    if len(groups) < 2:
        return ()
    found = []
    for name in headline_names(report):
        metric = report.book.of(name)
        figures = {g.key: g.figures[name] for g in groups if name in g.figures}
        ends = [e for f in figures.values() for e in (f.value, f.low, f.high) if e is not None]
        scale = close_around(ends, share=metric.unit == "share")
        rows = tuple(
            GroupRow(key or "none", f, whisker(f.value, f.low, f.high, scale))
            for key, f in figures.items()
        )
        found.append(Panel(metric, scale, rows))
    return tuple(found)


def cells(report: Report, group: Group) -> tuple[Cell, ...]:
    """Return the headline metrics of one group."""
    found = []
    for name in headline_names(report):
        metric, figure = report.book.of(name), group.figures.get(name)
        mark = None
        if figure is not None and metric.unit == "share":
            mark = whisker(figure.value, figure.low, figure.high, UNIT)
        found.append(Cell(metric, figure, mark))
    return tuple(found)


def spreads(report: Report) -> tuple[Spread, ...]:
    """Return the histograms of the headline metrics and what else takes many values."""
    if report.table is None:
        return ()
    others = [n for n in report.figures if n in SPREADS or report.book.of(n).topic == "other"]
    found: list[Spread] = []
    for name in dict.fromkeys([*headline_names(report), *others]):
        values = report.table.column(name).values
        # Two values are a share, which the tables tell better.
        if len(set(values[:1000].tolist())) > 2 and len(found) < _MOST_SPREADS:
            metric = report.book.of(name)
            drawn = histogram(values, share=metric.unit == "share")
            found.append(Spread(metric, report.figures[name], drawn))
    return tuple(found)


def node_times(report: Report) -> tuple[NodeTime, ...]:
    """Return the nodes' times, the longest tail first."""
    figures = [f for name, f in report.figures.items() if name.startswith(NODE_SECONDS)]
    found = [(f, f.p50.value, f.p95.value) for f in figures if f.p50 and f.p95]
    scale = from_zero([tail for _, _, tail in found])
    found.sort(key=lambda part: -part[2])
    return tuple(
        NodeTime(f.metric.removeprefix(NODE_SECONDS), f, scale.at(p50), scale.at(p95))
        for f, p50, p95 in found
    )


def curves(report: Report) -> tuple[Curve, ...]:
    """Return the reliability curves."""
    return tuple(
        Curve(report.book.of(name), report.figures.get(name), reliability(bins))
        for name, bins in report.calibration.items()
    )


def shares(report: Report) -> tuple[Shares, ...]:
    """Return how the runs spread over modes and over outcomes."""
    found = []
    for field in ("mode", "status"):
        groups = _ordered(report.groups.get(field, ()))
        if groups:
            found.append(Shares(field, parts([(g.key or "none", g.runs) for g in groups])))
    return tuple(found)


def faults(report: Report) -> tuple[Fault, ...]:
    """Return the nodes that were degraded or failed in any run, the most frequent first."""
    found = []
    for head, kind in ((DEGRADED, "degraded"), (FAILED, "failed")):
        for name, figure in report.figures.items():
            if name.startswith(head) and figure.value > 0:
                mark = whisker(figure.value, figure.low, figure.high, UNIT)
                labels = report.labels.get(name, ())
                found.append(Fault(name.removeprefix(head), kind, figure, mark, labels[:3]))
    return tuple(sorted(found, key=lambda fault: -fault.figure.value))


def facts(report: Report) -> str:
    """Return what every figure is to be read with: model, code, seed."""
    told = []
    for name, word in (("model", "model"), (CODE, "code")):
        values = report.recorded.get(name, ())
        more = " and others" if len(values) > 2 else ""
        told.append(f"{word} {', '.join(values[:2])}{more}" if values else f"{word} not recorded")
    return ", ".join([*told, f"seed {report.seed}"])


def recorded(report: Report) -> list[tuple[str, str]]:
    """Return what the runs recorded of themselves, the prompts in one line."""
    told, prompts = [], []
    for name, values in report.recorded.items():
        more = f" and {len(values) - 4} more" if len(values) > 4 else ""
        text = ", ".join(values[:4]) + more
        if name.startswith("prompt "):
            prompts.append(f"{name.removeprefix('prompt ')} {text}")
        else:
            told.append((name.removeprefix("version "), text))
    return [*told, ("prompts", "; ".join(prompts))] if prompts else told


def _row(metric: Metric, report: Report, scale: Scale | None, difference: Difference | None) -> Row:
    figure = report.figures.get(metric.name)
    mark = None
    if figure is not None and scale is not None:
        mark = whisker(figure.value, figure.low, figure.high, scale)
    return Row(metric, figure, mark, difference)


def _scale(report: Report, metrics: Sequence[Metric], unit: Unit) -> Scale | None:
    """One axis for the metrics of a unit within a topic; none for points, which share nothing."""
    if unit == "points":
        return None
    found = [report.figures[m.name] for m in metrics if m.unit == unit and m.name in report.figures]
    return _axis(unit, found)


def _axis(unit: Unit, figures: Sequence[Figure]) -> Scale:
    if unit == "share":
        return UNIT
    return from_zero([f.value if f.high is None else f.high for f in figures])


def _reach(report: Report, differences: Sequence[Difference], unit: Unit) -> list[float]:
    mine = [d for d in differences if report.book.of(d.metric).unit == unit]
    ends = [(d.low, d.high, d.difference) for d in mine]
    return [end for three in ends for end in three if end is not None]


def _by_metric(comparison: Comparison | None) -> Mapping[str, Difference]:
    return {} if comparison is None else {d.metric: d for d in comparison.differences}


def _ordered(groups: Sequence[Group]) -> list[Group]:
    """The modes down the ladder; other groups as they are, by number of runs."""
    if all(g.key in (*_MODES, "") for g in groups):
        return sorted(groups, key=lambda g: (*_MODES, "").index(g.key))
    return list(groups)
