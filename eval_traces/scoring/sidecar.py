"""Scores written back: `gen_ai.evaluation.result` records in a file beside the recorded run.

One rule: a recorded trace is never touched. Each run has one sidecar, `<trace id>.eval.jsonl`; a
new evaluation replaces it whole, at once.
"""

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from eval_traces import names
from eval_traces.evaluators.run import ScoredRun
from eval_traces.evaluators.score import Score
from eval_traces.otlp import parse_line
from eval_traces.reading.folder import private_file
from listing.errors import BadInputError

SUFFIX = ".eval.jsonl"
_SEVERITY_INFO = 9


def sidecar_path(folder: Path, trace_id: str) -> Path:
    """Return where the scores of a run are in a folder."""
    return folder / f"{trace_id}{SUFFIX}"


def write_sidecar(run: ScoredRun, scores: Iterable[Score], folder: Path | None = None) -> Path:
    """Write a run's scores, each parented to the span it judges, and return the file.

    A score of the run as a whole belongs to its root. The file goes into `folder`, by default
    beside the trace. OSError when it cannot be written; what was there then stays.
    """
    path = sidecar_path(folder or run.path.parent, run.trace_id)
    now = str(time.time_ns())
    root = run.root.span_id if run.root is not None else ""
    records = [_record(score, run.trace_id, score.span_id or root, now) for score in scores]
    service = {"key": names.SERVICE_NAME, "value": {"stringValue": "vouch"}}
    logs = {"scope": {"name": names.SCOPE}, "logRecords": records}
    line = {"resourceLogs": [{"resource": {"attributes": [service]}, "scopeLogs": [logs]}]}
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with private_file(fresh) as stream:
            stream.write(orjson.dumps(line).decode() + "\n")
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return path


def read_sidecar(path: str | Path) -> tuple[Score, ...]:
    """Return the scores of a sidecar file, each with the span it judges.

    Raises:
        BadInputError: the file cannot be read or is no sidecar; the message has path and line.
    """
    found: list[Score] = []
    try:
        with Path(path).open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                found += _scores(line, f"{path}, line {number}")
    except OSError as error:
        raise BadInputError(f"{path}: cannot be read: {error.strerror}") from None
    return tuple(found)


def _scores(line: bytes, where: str) -> list[Score]:
    try:
        events = parse_line(line).events
    except ValueError as error:
        raise BadInputError(f"{where}: {error}") from None
    found = []
    for event in events:
        said = event.attributes
        value, weight = said.get(names.EVALUATION_SCORE), said.get(names.EVALUATION_WEIGHT, 1.0)
        if event.name == names.EVALUATION_EVENT and isinstance(value, int | float):
            label, why = said.get(names.EVALUATION_LABEL), said.get(names.EVALUATION_EXPLANATION)
            found.append(
                Score(
                    str(said.get(names.EVALUATION_NAME) or ""),
                    float(value),
                    float(weight) if isinstance(weight, int | float) else 1.0,
                    event.span_id or None,
                    label if isinstance(label, str) else None,
                    why if isinstance(why, str) else None,
                )
            )
    return found


def _record(score: Score, trace_id: str, span_id: str, now: str) -> dict[str, Any]:
    said: list[dict[str, Any]] = [
        {"key": names.EVALUATION_NAME, "value": {"stringValue": score.name}},
        {"key": names.EVALUATION_SCORE, "value": {"doubleValue": float(score.value)}},
    ]
    if score.weight != 1.0:
        weight = {"doubleValue": float(score.weight)}
        said.append({"key": names.EVALUATION_WEIGHT, "value": weight})
    if score.label is not None:
        said.append({"key": names.EVALUATION_LABEL, "value": {"stringValue": score.label}})
    if score.explanation is not None:
        text = {"stringValue": score.explanation}
        said.append({"key": names.EVALUATION_EXPLANATION, "value": text})
    return {
        "timeUnixNano": now,
        "observedTimeUnixNano": now,
        "severityNumber": _SEVERITY_INFO,
        "eventName": names.EVALUATION_EVENT,
        "traceId": trace_id,
        "spanId": span_id,
        "attributes": said,
    }
