"""A report and a comparison as JSON, schema `vouch.eval/1`, and a report read back from it.

The runs go in by column: a list a field and a list a metric, null where a run has no score. Numbers
are written whole, so that a report read back compares as the one that was written.
"""

import dataclasses
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eval_traces.report.aggregates import CalibrationBin
from eval_traces.report.compare import Comparison
from eval_traces.report.declared import AGGREGATES, METRICS
from eval_traces.report.figures import Figure, Group, Measure
from eval_traces.report.report import Report
from eval_traces.report.statistics import Resampler
from eval_traces.report.table import RUN_FIELDS, Column, Label, Problem, ScoreTable
from listing.errors import BadInputError

SCHEMA = "vouch.eval/1"
FILE = "report.json"


class _Scores(BaseModel):
    values: list[float | None]
    weights: list[float | None] | None = None
    """None where every weight is 1."""


class _Rows(BaseModel):
    runs: dict[str, list[str | None]]
    scores: dict[str, _Scores]


class _Group(BaseModel):
    key: str
    runs: int
    figures: list[Figure]


class _Document(BaseModel):
    """What a reader needs of the file; what else is in it is for other programs."""

    model_config = ConfigDict(extra="ignore")

    generated: datetime
    runs: int
    unreadable: int = 0
    seed: int
    resamples: int
    level: float
    metrics: list[Figure]
    groups: dict[str, list[_Group]] = Field(default_factory=dict)
    calibration: dict[str, list[CalibrationBin]] = Field(default_factory=dict)
    problems: list[Problem] = Field(default_factory=list)
    recorded: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    labels: dict[str, tuple[Label, ...]] = Field(default_factory=dict)
    about: dict[str, str] = Field(default_factory=dict)
    rows: _Rows | None = None


def to_document(
    report: Report, comparison: Comparison | None = None, *, rows: bool = False
) -> dict[str, Any]:
    """Return the report as plain JSON values, with each run's scores if `rows` is set."""
    written = orjson.loads(to_bytes(report, comparison, rows=rows))
    assert isinstance(written, dict)
    return written


def to_bytes(report: Report, comparison: Comparison | None = None, *, rows: bool = False) -> bytes:
    """Return the same document encoded; memory stays near the size of the text."""
    resampler = report.measure.resampler
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "generated": report.generated.isoformat(),
        "runs": report.runs,
        "unreadable": report.unreadable,
        "seed": resampler.seed,
        "resamples": resampler.resamples,
        "level": resampler.level,
        "recorded": report.recorded,
        "about": report.about,
        "metrics": [_metric(report, figure) for figure in report.figures.values()],
        "groups": {name: [_group(g) for g in groups] for name, groups in report.groups.items()},
        "calibration": report.calibration,
        "labels": report.labels,
        "problems": report.problems,
    }
    if comparison is not None:
        document["comparison"] = comparison_document(comparison)
    if rows and report.table is not None:
        document["rows"] = _rows(report.table)
    return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)


def comparison_document(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as JSON values; `regressions` names the metrics that regressed."""
    document = dataclasses.asdict(comparison)
    document["regressions"] = [d.metric for d in comparison.regressions]
    return document


def find_report(path: Path) -> Path | None:
    """Return the report file that a path means: a `.json` file, or a folder with one in it."""
    if path.is_dir() and (path / FILE).is_file():
        return path / FILE
    return path if path.suffix == ".json" and path.is_file() else None


def load_report(path: str | Path) -> Report:
    """Return a report that was written as JSON; `path` may be its folder.

    Raises:
        BadInputError: it cannot be read, or is no report of this schema; the message says which.
    """
    place = find_report(Path(path)) or Path(path)
    try:
        raw = orjson.loads(place.read_bytes())
    except OSError as error:
        raise BadInputError(f"{place}: cannot be read: {error.strerror}") from None
    except orjson.JSONDecodeError as error:
        raise BadInputError(f"{place}: not JSON ({error}); give a report.json") from None
    _check_schema(raw, place)
    try:
        document = _Document.model_validate(raw)
        table = None if document.rows is None else _table(document.rows, document)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise BadInputError(f"{place}: {key}: {first['msg']}; make the report anew") from None
    except (KeyError, ValueError) as error:
        raise BadInputError(f"{place}: rows: {error}; make the report anew") from None
    resampler = Resampler(document.seed, document.resamples, document.level)
    return Report(
        generated=document.generated,
        measure=Measure(METRICS, resampler, AGGREGATES),
        runs=document.runs,
        unreadable=document.unreadable,
        figures={figure.metric: figure for figure in document.metrics},
        groups={
            name: tuple(Group(g.key, g.runs, {f.metric: f for f in g.figures}) for g in groups)
            for name, groups in document.groups.items()
        },
        calibration={name: tuple(bins) for name, bins in document.calibration.items()},
        problems=tuple(document.problems),
        recorded=document.recorded,
        labels=document.labels,
        about=document.about,
        table=table,
    )


def _check_schema(raw: Any, place: Path) -> None:
    said = raw.get("schema") if isinstance(raw, dict) else None
    if said == SCHEMA:
        return
    if isinstance(said, str) and said.startswith("vouch.eval/"):
        raise BadInputError(
            f"{place}: schema {said!r} is of another version, this one reads {SCHEMA!r}; "
            "use the version that wrote it, or score the traces anew"
        )
    raise BadInputError(f"{place}: no evaluation report (schema {said!r}, wanted {SCHEMA!r})")


def _metric(report: Report, figure: Figure) -> dict[str, Any]:
    about = report.book.of(figure.metric)
    said = {"title": about.title, "topic": about.topic, "better": about.better, "unit": about.unit}
    return dataclasses.asdict(figure) | said


def _group(group: Group) -> dict[str, Any]:
    return {"key": group.key, "runs": group.runs, "figures": list(group.figures.values())}


def _rows(table: ScoreTable) -> dict[str, Any]:
    count = len(table.runs)
    scores = {}
    for name, column in table.columns.items():
        weighted = bool((column.weights != 1).any())
        scores[name] = {
            "values": _spread(column.runs, column.values, count),
            "weights": _spread(column.runs, column.weights, count) if weighted else None,
        }
    return {"runs": {f: table.runs[f].to_list() for f in RUN_FIELDS}, "scores": scores}


def _spread(rows: np.ndarray[Any, Any], values: np.ndarray[Any, Any], count: int) -> Any:
    """The values at their runs' places, NaN (null in JSON) elsewhere."""
    spread = np.full(count, np.nan)
    spread[rows] = values
    return spread


def _table(rows: _Rows, document: _Document) -> ScoreTable:
    runs = pl.DataFrame(
        {name: rows.runs[name] for name in RUN_FIELDS},
        schema={name: pl.String for name in RUN_FIELDS},
    )
    if len(runs) != document.runs:
        raise ValueError(f"{len(runs)} runs, but the report is of {document.runs}")
    columns = {}
    for name, scores in rows.scores.items():
        values = np.array(scores.values, np.float64)
        weights = np.ones_like(values)
        if scores.weights is not None:
            weights = np.array(scores.weights, np.float64)
        if not len(values) == len(weights) == len(runs):
            raise ValueError(f"{name} has {len(values)} values for {len(runs)} runs")
        has = np.isfinite(values) & np.isfinite(weights)
        columns[name] = Column(np.flatnonzero(has).astype(np.uint32), values[has], weights[has])
    problems = tuple(document.problems)
    return ScoreTable(
        runs, columns, problems, document.recorded, document.unreadable, document.labels
    )
