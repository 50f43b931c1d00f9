"""A report as files in a folder: the page, its audit pages, JSON, CSV; each whole or not at all."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from eval_traces.report.compare import Comparison
from eval_traces.report.declared import WORST
from eval_traces.report.document import FILE, to_bytes
from eval_traces.report.page import render_report_page
from eval_traces.report.report import Report
from eval_traces.report.tables import FIGURES_FILE, RUNS_FILE, write_figures, write_runs
from eval_traces.report.worst import WorstRun, audited, worst_lists
from listing.errors import BadInputError, VouchError

PAGE, AUDITS = "report.html", "audit"
AUDITED = 20

AuditPage = Callable[[Path], str]
"""Turns a trace file into its audit page; a VouchError leaves the run without one."""


def write_report(
    report: Report,
    folder: str | Path,
    comparison: Comparison | None = None,
    audit_pages: AuditPage | None = None,
    *,
    rows: bool = True,
) -> Path:
    """Write `report.html`, `report.json`, `figures.csv`, `runs.csv` and `audit/*.html`.

    Args:
        report: what is written.
        folder: made if it is not there; files of an earlier report in it are replaced.
        comparison: with a baseline, if there is one.
        audit_pages: makes the pages of the worst runs, `AUDITED` at most; none without it.
        rows: whether the JSON has every run's scores, which a paired comparison needs later.

    Returns:
        The page's path.

    Raises:
        BadInputError: the folder cannot be written.
    """
    place = Path(folder)
    worst = worst_lists(report, WORST)
    try:
        place.mkdir(parents=True, exist_ok=True)
        links = {}
        if audit_pages is not None:
            links = _write_audits(audited(worst, AUDITED), place, audit_pages)
        page = render_report_page(report, comparison, worst=worst, links=links)
        _put(place / FILE, lambda path: path.write_bytes(to_bytes(report, comparison, rows=rows)))
        _put(place / FIGURES_FILE, lambda path: write_figures(report, path))
        if report.table is not None:
            _put(place / RUNS_FILE, lambda path: write_runs(report, path))
        _put(place / PAGE, lambda path: path.write_text(page, encoding="utf-8"))
    except OSError as error:
        raise BadInputError(f"{place}: cannot be written: {error.strerror}") from None
    return place / PAGE


def _write_audits(runs: Iterable[WorstRun], place: Path, audit_pages: AuditPage) -> dict[str, str]:
    """The audit pages of the runs; by trace id, their addresses as the page beside them links."""
    (place / AUDITS).mkdir(exist_ok=True)
    links = {}
    for run in runs:
        try:
            page = audit_pages(run.path)
        except VouchError:
            continue
        name = "".join(sign for sign in run.trace_id if sign.isalnum())
        (place / AUDITS / f"{name}.html").write_text(page, encoding="utf-8")
        links[run.trace_id] = f"{AUDITS}/{name}.html"
    return links


def _put(path: Path, write: Callable[[Path], object]) -> None:
    """Write beside the path, then put in its place."""
    partial = path.with_name(f".{path.name}.partial")
    write(partial)
    os.replace(partial, path)
