"""The folder of recorded runs: listing them, finding by the head of an id, removing, judging."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eval_traces import names
from eval_traces.otlp import Attribute, Event, RawSpan, event_line, parse_line
from eval_traces.trace import Evaluation
from eval_traces.trace_files import PARTIAL, SUFFIX, replace_lines
from eval_traces.trace_reader import read_trace
from listing.errors import BadInputError, NotFoundError


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


def list_traces(folder: Path) -> list[TraceSummary]:
    """Return the recorded runs of a folder, newest first; none if there is no such folder.

    Reads one line of each finished file. A file that cannot be read is listed as `unreadable`.
    """
    found = [_summary(path) for path in _files(folder)]
    return sorted(found, key=lambda s: (s.started, s.trace_id), reverse=True)


def find_trace(folder: Path, id_prefix: str) -> Path:
    """Return the file of the run whose id begins with `id_prefix`.

    NotFoundError if there is none, BadInputError if there are several.
    """
    wanted = id_prefix.strip().lower()
    found = [p for p in _files(folder) if wanted and _trace_id(p).startswith(wanted)]
    if not found:
        raise NotFoundError(
            f"trace {id_prefix!r}: no run in {folder} has an id that begins so; "
            "`vouch trace ls` lists them"
        )
    if len(found) > 1:
        some = ", ".join(_trace_id(p)[: len(wanted) + 6] for p in found[:3])
        raise BadInputError(
            f"trace {id_prefix!r}: {len(found)} runs begin so ({some}); give more of the id"
        )
    return found[0]


def remove_trace(folder: Path, id_prefix: str) -> Path:
    """Remove the run that `find_trace` finds, and return the path that it had."""
    path = find_trace(folder, id_prefix)
    path.unlink()
    if not any(path.parent.iterdir()):
        path.parent.rmdir()
    return path


def append_evaluations(path: Path, judged: Iterable[Evaluation]) -> None:
    """Add judgements to a finished trace file, as `gen_ai.evaluation.result` records.

    The file changes at once or not at all. BadInputError when it cannot be read, NotFoundError when
    a judged span is not in it.
    """
    trace = read_trace(path)
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


def _files(folder: Path) -> Iterator[Path]:
    """Finished files, and the partial ones that have no finished twin."""
    if not folder.is_dir():
        return
    for path in sorted(folder.glob(f"*/*{SUFFIX}*")):
        if path.name.startswith("."):
            continue
        if path.name.endswith(SUFFIX):
            yield path
        elif path.name.endswith(SUFFIX + PARTIAL):
            finished = path.with_name(path.name.removesuffix(PARTIAL))
            if not finished.exists():
                yield path


def _trace_id(path: Path) -> str:
    return path.name.removesuffix(PARTIAL).removesuffix(SUFFIX)


def _summary(path: Path) -> TraceSummary:
    try:
        root = _first_root(path)
        if root is None:
            return _from_tree(path)
        return _of_root(path, root.name, root.start, root.end, root.attributes, root.failed)
    except BadInputError:
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return TraceSummary(_trace_id(path), path, changed, "", "unreadable")


def _first_root(path: Path) -> RawSpan | None:
    """The root span if it is on the first line, where our writer puts it."""
    try:
        with path.open(encoding="utf-8") as stream:
            spans = parse_line(stream.readline()).spans
    except (OSError, ValueError) as error:
        raise BadInputError(f"{path}, line 1: {error}") from None
    return spans[0] if len(spans) == 1 and spans[0].parent_id is None else None


def _from_tree(path: Path) -> TraceSummary:
    root = read_trace(path).root
    return _of_root(path, root.name, root.start, root.end, root.attributes, root.failed)


def _of_root(
    path: Path,
    name: str,
    start: int,
    end: int | None,
    attributes: Mapping[str, Attribute],
    failed: bool,
) -> TraceSummary:
    ended = end is not None and not path.name.endswith(PARTIAL)
    document = _document(attributes.get(names.OUTPUT))
    otherwise = "error" if failed else "ended" if ended else "unfinished"
    return TraceSummary(
        trace_id=_trace_id(path),
        path=path,
        started=datetime.fromtimestamp(start / 1e9, UTC),
        name=name.partition(" ")[2] or name,
        status=str(attributes.get(names.STATUS) or otherwise),
        mode=str(attributes.get(names.MODE) or ""),
        duration_s=(end - start) / 1e9 if end is not None else None,
        thread_id=str(attributes.get(names.CONVERSATION_ID) or ""),
        category=_category(document),
        title=str(document.get("title") or ""),
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
