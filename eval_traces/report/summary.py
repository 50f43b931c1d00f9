"""The report for a terminal: a table a topic, what regressed first, what was not counted last."""

import re

from rich.console import Group as Lines
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from eval_traces.report.compare import Comparison, Difference
from eval_traces.report.metrics import TOPIC_TITLES, TOPICS, Metric
from eval_traces.report.report import Report
from eval_traces.report.wording import (
    MARKS,
    by_chance,
    count,
    interval,
    number,
    pairing,
    signed,
    signed_interval,
)

_STYLE = {
    "regressed": "bold red",
    "worse within tolerance": "yellow",
    "improved": "green",
    "only in the baseline": "yellow",
}
_SHOWN_PROBLEMS = 12
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")


def render_summary(report: Report, comparison: Comparison | None = None) -> RenderableType:
    """Return what rich prints: readable without colour and at 100 columns."""
    parts: list[RenderableType] = [_headline(report)]
    against = {} if comparison is None else {d.metric: d for d in comparison.differences}
    metrics = report.book.sorted({*report.figures, *against})
    told = [m for m in metrics if _tells(m, report, against.get(m.name))]
    for topic in TOPICS:
        mine = [metric for metric in told if metric.topic == topic]
        if mine and comparison is None:
            parts += [Text(), _figures(TOPIC_TITLES[topic], mine, report)]
        elif mine and comparison is not None:
            parts += [Text(), _changes(TOPIC_TITLES[topic], mine, report, comparison)]
    if len(told) < len(metrics):
        hidden = count(len(metrics) - len(told), "metric")
        parts.append(Text(f"\n{hidden} of things that never happened not shown", style="dim"))
    if comparison is not None:
        parts += [Text(), _verdict(comparison, report)]
    if report.problems:
        parts += [Text(), _problems(report)]
    return Lines(*parts)


def _tells(metric: Metric, report: Report, difference: Difference | None) -> bool:
    """Whether a row is worth its line: not one of a thing to be avoided that did not happen."""
    figure = report.figures.get(metric.name)
    never = metric.topic == "ladder" and figure is not None and figure.value == 0
    return not never or (difference is not None and difference.outcome in _STYLE)


def _headline(report: Report) -> Text:
    resampler = report.measure.resampler
    text = Text(count(report.runs, "run"), style="bold")
    if report.unreadable:
        text.append(f", {count(report.unreadable, 'file')} not read", style="yellow")
    told = [
        f"{name.removeprefix('version ')} {', '.join(values[:2])}"
        for name, values in report.recorded.items()
        if not name.startswith("prompt ")
    ]
    told.append(f"{resampler.level:.0%} intervals, {resampler.resamples:,} resamples")
    told.append(f"seed {resampler.seed}")
    text.append(_plain("  " + "  ".join(told)), style="dim")
    for field, groups in report.groups.items():
        shares = ", ".join(f"{g.key or 'none'} {g.runs:,}" for g in groups[:8])
        more = f", and {len(groups) - 8} more" if len(groups) > 8 else ""
        text.append(_plain(f"\n{field}: {shares}{more}", breaks=True))
    return text


def _figures(title: str, metrics: list[Metric], report: Report) -> Table:
    tails = any(report.figures[metric.name].p50 for metric in metrics)
    level = f"{report.measure.resampler.level:.0%} interval"
    table = _table(title, ["value", level, "n", *(["p50", "p95"] if tails else [])])
    for metric in metrics:
        figure, unit = report.figures[metric.name], metric.unit
        cells = [number(figure.value, unit), interval(figure.low, figure.high, unit)]
        cells.append(f"{figure.n:,}")
        if tails:
            cells += ["" if q is None else number(q.value, unit) for q in (figure.p50, figure.p95)]
        table.add_row(_name(metric), *map(Text, cells))
    return table


def _changes(title: str, metrics: list[Metric], report: Report, comparison: Comparison) -> Table:
    against = {difference.metric: difference for difference in comparison.differences}
    level = f"{report.measure.resampler.level:.0%} interval"
    table = _table(title, ["baseline", "now", "change", level, "n"])
    table.add_column("", overflow="fold")
    for metric in metrics:
        difference, unit = against[metric.name], metric.unit
        style = _STYLE.get(difference.outcome, "")
        cells = [number(difference.before, unit), number(difference.after, unit)]
        cells += [signed(difference.difference, unit), signed_interval(difference, unit)]
        cells.append(f"{difference.n:,}")
        outcome = MARKS[difference.outcome]
        if difference.outcome != "unchanged":
            outcome += f" {difference.outcome}"
        if difference.difference is not None and not difference.paired and comparison.pairs:
            outcome += ", not paired"
        table.add_row(_name(metric), *(Text(cell, style) for cell in (*cells, outcome)))
    return table


def _table(title: str, numbers: list[str]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("", min_width=30, overflow="fold")
    for column in numbers:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _name(metric: Metric) -> Text:
    arrow = {"higher": " ↑", "lower": " ↓"}.get(metric.better, "")
    return Text(_plain(metric.title + arrow))


def _verdict(comparison: Comparison, report: Report) -> Text:
    text = Text(_plain(f"Against {comparison.baseline}: {pairing(comparison)}.\n", breaks=True))
    regressed = [report.book.of(d.metric).title for d in comparison.regressions]
    if regressed:
        text.append(f"✗ regressed: {', '.join(regressed)}", style="bold red")
    else:
        text.append("no metric regressed", style="green")
    text.append(f"; improved: {len(comparison.improvements)}")
    if comparison.vanished:
        gone = ", ".join(report.book.of(d.metric).title for d in comparison.vanished)
        text.append(f"; not measured any more: {gone}", style="yellow")
    text.append("\n" + by_chance(comparison, report.measure.resampler.level), style="dim")
    return text


def _problems(report: Report) -> Text:
    text = Text("Not counted:", style="bold yellow")
    for problem in report.problems[:_SHOWN_PROBLEMS]:
        text.append(_plain(f"\n  {problem.runs:,} x {problem.text}", breaks=True), style="not bold")
        if problem.example not in problem.text:
            text.append(_plain(f"  (first: {problem.example})"), style="not bold dim")
    hidden = len(report.problems) - _SHOWN_PROBLEMS
    if hidden > 0:
        text.append(f"\n  and {hidden} more kinds; --json has all", style="not bold")
    return text


def _plain(text: str, *, breaks: bool = False) -> str:
    """A recorded text without what a terminal would obey; one leading line break may stay."""
    head = "\n" if breaks and text.startswith("\n") else ""
    tail = "\n" if breaks and text.endswith("\n") else ""
    return head + _CONTROL.sub(" ", text.strip("\n")) + tail
