"""The runs to look at first: those that a metric puts at the bad end, and those that failed."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from eval_traces.report.metrics import WorstBy
from eval_traces.report.report import Report
from eval_traces.report.table import ScoreTable

EACH = 6
_ENDED_WELL = ("drafted", "refused", "halted", "manual", "ended")


@dataclass(frozen=True)
class WorstRun:
    """One run to look at."""

    trace_id: str
    path: Path
    case: str
    mode: str
    status: str
    category: str
    value: float | None
    """Of the metric of the list; None in the list of failures."""
    weight: float = 1.0


@dataclass(frozen=True)
class WorstList:
    """The runs at one bad end, worst first."""

    title: str
    metric: str | None
    runs: tuple[WorstRun, ...]
    more: int = 0
    """How many are past the limit, or failed, beside those listed."""


def worst_lists(
    report: Report, wanted: Iterable[WorstBy], each: int = EACH
) -> tuple[WorstList, ...]:
    """Return the lists that have runs: by each wanted metric, then the runs that failed."""
    table = report.table
    if table is None:
        return ()
    found = [_by_metric(table, by, each) for by in wanted]
    return tuple(part for part in (*found, _failed(table, each)) if part.runs)


def audited(lists: Iterable[WorstList], most: int) -> list[WorstRun]:
    """Return the runs to have an audit page, each once: the worst of every list first."""
    rows = [part.runs for part in lists]
    deepest = max((len(runs) for runs in rows), default=0)
    ordered = [runs[i] for i in range(deepest) for runs in rows if i < len(runs)]
    return list({run.trace_id: run for run in ordered}.values())[:most]


def _by_metric(table: ScoreTable, by: WorstBy, each: int) -> WorstList:
    column = table.column(by.metric)
    keys = -column.values if by.highest else column.values
    bad = np.ones(len(keys), bool)
    if by.beyond is not None:
        bad = column.values > by.beyond if by.highest else column.values < by.beyond
    # Of equal figures, the one over more claims is the worse.
    order = np.lexsort((column.runs, -column.weights, keys))
    order = order[bad[order]]
    runs = tuple(
        _run(table, int(column.runs[i]), float(column.values[i]), float(column.weights[i]))
        for i in order[:each]
    )
    more = 0 if by.beyond is None else max(0, len(order) - each)
    return WorstList(by.title, by.metric, runs, more)


def _failed(table: ScoreTable, each: int) -> WorstList:
    status = table.runs["status"].fill_null("")
    rows = (~status.is_in(pl.Series([*_ENDED_WELL, ""]).implode())).arg_true().to_list()
    runs = tuple(_run(table, row, None, 1.0) for row in rows[:each])
    return WorstList("Failed or unfinished", None, runs, max(0, len(rows) - each))


def _run(table: ScoreTable, row: int, value: float | None, weight: float) -> WorstRun:
    run = {name: said or "" for name, said in table.runs.row(row, named=True).items()}
    return WorstRun(
        run["trace_id"],
        Path(run["path"]),
        run["case"],
        run["mode"],
        run["status"],
        run["category"],
        value,
        weight,
    )
