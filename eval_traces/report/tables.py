"""A report as CSV: one file of runs x metrics, one of figures, for programs and spreadsheets."""

import csv
from pathlib import Path

import polars as pl

from eval_traces.report.report import Report

RUNS_FILE, FIGURES_FILE = "runs.csv", "figures.csv"
_HEAD = (
    "group", "key", "runs", "metric", "topic", "better", "unit", "value", "low", "high", "n",
    "method", "p50", "p95",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_runs(report: Report, path: Path) -> None:
    """Write a row a run: its fields, then each metric's value, empty where it has none.

    A report without its runs gives no file. Texts that a spreadsheet would run as a formula are
    quoted with an apostrophe.
    """
    if report.table is not None:
        frame = report.table.dense
        texts = frame.columns[: len(report.table.runs.columns)]
        starts = "^[" + "".join(rf"\x{ord(sign):02x}" for sign in _FORMULA) + "]"
        safe = [pl.col(name).str.replace(starts, "'${0}") for name in texts]
        frame.with_columns(safe).write_csv(path)


def write_figures(report: Report, path: Path) -> None:
    """Write a row a figure: those over all runs (group `all`), then those of every group."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(_HEAD)
        sets = [("all", "", report.runs, report.figures)]
        for field, groups in report.groups.items():
            sets += [(field, _safe(g.key), g.runs, g.figures) for g in groups]
        for group, key, runs, figures in sets:
            for figure in figures.values():
                about = report.book.of(figure.metric)
                tails = [None if q is None else q.value for q in (figure.p50, figure.p95)]
                declared = about.topic, about.better, about.unit
                found = figure.value, figure.low, figure.high, figure.n, figure.method
                rows.writerow([group, key, runs, _safe(figure.metric), *declared, *found, *tails])


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
