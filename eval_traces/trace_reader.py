"""Reads a trace file into a tree, and says which line is wrong where it cannot."""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from eval_traces import names
from eval_traces.names import SpanKind
from eval_traces.otlp import Event, RawSpan, parse_line
from eval_traces.trace import Evaluation, Span, Trace
from eval_traces.trace_files import PARTIAL
from listing.errors import BadInputError


def read_trace(path: str | Path) -> Trace:
    """Read a trace file. BadInputError names file and line when it cannot be read.

    A `.partial` file gives the tree of what was recorded, `complete` False; its last line may be
    cut short.
    """
    path = Path(path)
    partial = path.name.endswith(PARTIAL)
    spans: dict[str, RawSpan] = {}
    events: list[Event] = []
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise BadInputError(f"{path}: cannot be read: {error.strerror}") from None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            parsed = parse_line(line.decode())
        except ValueError as error:
            if partial and number >= len(lines):
                break
            raise BadInputError(f"{path}, line {number}: {error}") from None
        spans |= {s.span_id: s for s in parsed.spans}
        events += parsed.events
    return _assemble(path, spans, events, complete=not partial)


def _assemble(
    path: Path, spans: dict[str, RawSpan], events: list[Event], *, complete: bool
) -> Trace:
    for event in events:
        if event.name == names.STARTED_EVENT and event.span_id not in spans:
            spans[event.span_id] = _under_way(event)
    trace_ids = {s.trace_id for s in spans.values()}
    if len(trace_ids) != 1:
        raise BadInputError(
            f"{path}: holds {len(trace_ids)} traces; a trace file holds the spans of one run"
        )
    roots = [s for s in spans.values() if s.parent_id is None]
    if len(roots) != 1:
        raise BadInputError(f"{path}: {len(roots)} root spans; a run has one")
    root = _tree(roots[0], spans)
    if sum(1 for _ in root.walk()) != len(spans):
        raise BadInputError(f"{path}: spans name each other as parents in a circle")
    judged = tuple(_evaluation(e) for e in events if e.name == names.EVALUATION_EVENT)
    ended = complete and root.end is not None
    return Trace(trace_ids.pop(), root, ended, judged, path)


def _tree(root: RawSpan, spans: Mapping[str, RawSpan]) -> Span:
    """Children whose parent is not in the file hang from the root."""
    below: dict[str, list[RawSpan]] = defaultdict(list)
    for raw in sorted(spans.values(), key=lambda s: s.start):
        if raw is not root:
            below[_parent_of(raw, root, spans)].append(raw)
    order = [root]
    for raw in order:
        order += below[raw.span_id]
    built: dict[str, Span] = {}
    for raw in reversed(order):
        children = tuple(built[child.span_id] for child in below[raw.span_id])
        built[raw.span_id] = _span(raw, children)
    return built[root.span_id]


def _parent_of(raw: RawSpan, root: RawSpan, spans: Mapping[str, RawSpan]) -> str:
    return raw.parent_id if raw.parent_id in spans and raw.parent_id else root.span_id


def _span(raw: RawSpan, children: tuple[Span, ...]) -> Span:
    operation = raw.attributes.get(names.OPERATION)
    kind: SpanKind = names.KIND_OF_OPERATION.get(str(operation), "other")
    if names.NODE_NAME in raw.attributes:
        kind = "node"
    return Span(
        raw.span_id, raw.parent_id, raw.name, kind, raw.start, raw.end, raw.attributes,
        raw.failed, raw.message, children,
    )  # fmt: skip


def _under_way(event: Event) -> RawSpan:
    own = (names.STARTED_NAME, names.STARTED_PARENT)
    return RawSpan(
        trace_id=event.trace_id,
        span_id=event.span_id,
        parent_id=str(event.attributes.get(names.STARTED_PARENT) or "") or None,
        name=str(event.attributes.get(names.STARTED_NAME) or ""),
        start=event.time,
        end=None,
        attributes={k: v for k, v in event.attributes.items() if k not in own},
        failed=False,
        message="",
    )


def _evaluation(event: Event) -> Evaluation:
    score = event.attributes.get(names.EVALUATION_SCORE)
    label = event.attributes.get(names.EVALUATION_LABEL)
    why = event.attributes.get(names.EVALUATION_EXPLANATION)
    return Evaluation(
        span_id=event.span_id,
        name=str(event.attributes.get(names.EVALUATION_NAME) or ""),
        score=float(score) if isinstance(score, int | float) else None,
        label=label if isinstance(label, str) else None,
        explanation=why if isinstance(why, str) else None,
    )
