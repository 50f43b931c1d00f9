"""The folder of recorded runs: listing them, finding by the head of an id, removing, judging."""

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eval_traces import names
from eval_traces.otlp import Attribute, Event, RawSpan, event_line, parse_line
from eval_traces.reading.build import schema_warnings
from eval_traces.reading.folder import PARTIAL, files_of_run, replace_lines, run_files, trace_id_of
from eval_traces.reading.reader import read_trace
from eval_traces.reading.source import CUT_SHORT, open_bytes
from eval_traces.trace import Evaluation, Span
from listing.errors import BadInputError, NotFoundError

_HEX = re.compile(r"[0-9A-Fa-f]+")


@dataclass(frozen=True)
class TraceSummary:
    """What `vouch trace ls` tells of one run."""

    trace_id: str
    path: Path
    started: datetime
    name: str
    """`listing`, `assistant`."""
    status: str
    """As the run set it; `error`, `unfinished` or `unreadable` where it did not come to that."""
    mode: str = ""
    duration_s: float | None = None
    thread_id: str = ""
    category: str = ""
    title: str = ""
    warnings: tuple[str, ...] = ()
    """What is wrong with the file, as far as listing it shows that; `read_trace` tells all."""


def list_traces(folder: Path) -> list[TraceSummary]:
    """Return the recorded runs of a folder, newest first; none if there is no such folder.

    Reads one line of each finished file. A file that cannot be read is listed as `unreadable`.
    """
    found = [_summary(path) for path in run_files(folder)]
    return sorted(found, key=lambda s: (s.started, s.trace_id), reverse=True)


def find_trace(folder: Path, id_or_path: str) -> Path:
    """Return the file of the run whose id begins with `id_or_path`, or the file of that path.

    NotFoundError if there is none, BadInputError if there are several.
    """
    if not _HEX.fullmatch(id_or_path.strip()) and Path(id_or_path).is_file():
        return Path(id_or_path)
    return _find_run(folder, id_or_path)


def _find_run(folder: Path, id_prefix: str) -> Path:
    wanted = id_prefix.strip().lower()
    found = [p for p in run_files(folder) if wanted and trace_id_of(p).startswith(wanted)]
    if not found:
        raise NotFoundError(
            f"trace {id_prefix!r}: no run in {folder} has an id that begins so; "
            "`vouch trace ls` lists them"
        )
    if len(found) > 1:
        some = ", ".join(trace_id_of(p)[: len(wanted) + 6] for p in found[:3])
        raise BadInputError(
            f"trace {id_prefix!r}: {len(found)} runs begin so ({some}); give more of the id"
        )
    return found[0]


def remove_trace(folder: Path, id_prefix: str) -> Path:
    """Remove the run whose id begins with `id_prefix`, with its scores; return the path it had.

    NotFoundError if there is none, BadInputError if there are several.
    """
    path = _find_run(folder, id_prefix)
    for file in files_of_run(path):
        file.unlink(missing_ok=True)
    if not any(path.parent.iterdir()):
        path.parent.rmdir()
    return path


def append_evaluations(path: Path, judged: Iterable[Evaluation]) -> None:
    """Add judgements to a finished trace file, as `gen_ai.evaluation.result` records.

    The file changes at once or not at all. BadInputError when it cannot be read or is damaged,
    NotFoundError when a judged span is not in it.
    """
    trace = read_trace(path)
    if trace.warnings:
        raise BadInputError(f"{path}: is left as it is, for {trace.warnings[0]}")
    now = int(datetime.now(UTC).timestamp() * 1e9)
    added = []
    for judgement in judged:
        given: dict[str, Attribute] = {
            names.EVALUATION_NAME: judgement.name,
            names.EVALUATION_SCORE: judgement.score,
            names.EVALUATION_LABEL: judgement.label,
            names.EVALUATION_EXPLANATION: judgement.explanation,
        }
        said = {k: v for k, v in given.items() if v is not None}
        span_id = trace.span(judgement.span_id).span_id
        added.append(event_line(Event(names.EVALUATION_EVENT, trace.trace_id, span_id, now, said)))
    lines = path.read_text(encoding="utf-8").split("\n")
    replace_lines(path, [line for line in lines if line.strip()] + added)


def _summary(path: Path) -> TraceSummary:
    try:
        root = _first_root(path)
        if root is None:
            trace = read_trace(path)
            return _of_root(path, trace.root, trace.warnings)
        warnings = (CUT_SHORT,) if _cut_short(path) else ()
        schema = root.attributes.get(names.TRACE_SCHEMA) or names.SCHEMA
        return _of_root(path, root, (*warnings, *schema_warnings(str(schema), root.attributes)))
    except BadInputError as error:
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        told = str(error).removeprefix(f"{path}: ")
        return TraceSummary(trace_id_of(path), path, changed, "", "unreadable", warnings=(told,))


def _first_root(path: Path) -> RawSpan | None:
    """The root span if it is on the first line, where our writer puts it."""
    with open_bytes(path) as stream:
        try:
            spans = parse_line(stream.readline()).spans
        except (OSError, ValueError):
            return None
    return spans[0] if len(spans) == 1 and spans[0].parent_id is None else None


def _cut_short(path: Path) -> bool:
    with path.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read(1) != b"\n"


def _of_root(path: Path, root: RawSpan | Span, warnings: tuple[str, ...]) -> TraceSummary:
    ended = root.end is not None and not path.name.endswith(PARTIAL)
    document = _document(root.attributes.get(names.OUTPUT))
    otherwise = "error" if root.failed else "ended" if ended else "unfinished"
    return TraceSummary(
        trace_id=trace_id_of(path),
        path=path,
        started=datetime.fromtimestamp(root.start / 1e9, UTC),
        name=root.name.partition(" ")[2] or root.name,
        status=str(root.attributes.get(names.STATUS) or otherwise),
        mode=str(root.attributes.get(names.MODE) or ""),
        duration_s=(root.end - root.start) / 1e9 if root.end is not None else None,
        thread_id=str(root.attributes.get(names.CONVERSATION_ID) or ""),
        category=_category(document),
        title=str(document.get("title") or ""),
        warnings=warnings,
    )


def _document(text: Attribute) -> dict[str, Any]:
    try:
        document = json.loads(text) if isinstance(text, str) else {}
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _category(document: Mapping[str, Any]) -> str:
    category = document.get("category")
    path = category.get("path") if isinstance(category, dict) else None
    return str(path[-1]) if isinstance(path, list) and path else ""
