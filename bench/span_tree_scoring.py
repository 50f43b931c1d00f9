"""The straightforward way to score a recorded run, as a peer: json.loads and a tree of objects.

What one writes first: each line of the file through the standard library, each span an object of
pydantic-evals' `SpanTree` with its attributes decoded, JSON within them parsed where it is needed.
The evaluators are the same, so the scores must be; only what they stand on differs.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from pydantic_evals.otel.span_tree import SpanNode, SpanTree

from eval_traces import names
from eval_traces.evaluators import Evaluator, Score, ScoredRun
from eval_traces.names import SpanKind
from eval_traces.scoring.scan import ScannedTrace, scan_file
from eval_traces.scoring.scanned_span import ScannedSpan
from eval_traces.scoring.scores import RunScores, score_run, score_traces
from eval_traces.scoring.truth import TruthFile

_ERROR = 2


@dataclass(frozen=True)
class Peer:
    """Both ways over the same sample, in one process: milliseconds of processor time a trace."""

    sample: int
    tree_ms: float
    """json.loads and a tree, of which each evaluator takes what it needs."""
    shared_ms: float
    """The same, but what one evaluator parsed is there for the others: a stricter peer."""
    ours_ms: float
    tree_read_ms: float
    """Of reading alone: json.loads and the tree."""
    ours_read_ms: float
    alike: bool
    """Whether all scores were the same."""


def read_tree(path: Path) -> SpanTree:
    """Return the tree of a trace file."""
    nodes = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        request = json.loads(line) if line.strip() else {}
        for group in request.get("resourceSpans", ()):
            for scoped in group["scopeSpans"]:
                nodes += [_node(span) for span in scoped["spans"]]
    tree = SpanTree()
    tree.add_spans(nodes)
    return tree


def tree_run(path: Path, truth: TruthFile | None) -> ScoredRun:
    """Return a run to be scored that stands on a span tree."""
    return _run_of(read_tree(path), path, truth)


def tree_scores(
    path: Path, evaluators: Sequence[Evaluator], truth: TruthFile | None
) -> tuple[Score, ...]:
    """Return the scores where each evaluator is given the tree and nothing else, as there."""
    tree = read_tree(path)
    runs = ((evaluator, _run_of(tree, path, truth)) for evaluator in evaluators)
    return tuple(score for evaluator, run in runs for score in evaluator.evaluate(run))


def _run_of(tree: SpanTree, path: Path, truth: TruthFile | None) -> ScoredRun:
    spans = {f"{node.span_id:016x}": TreeSpan(node) for node in tree.nodes_by_id.values()}
    trace_id = f"{tree.roots[0].trace_id:032x}"
    held = cast(dict[str, ScannedSpan], spans)  # the same questions, answered by the tree's nodes
    return ScoredRun(ScannedTrace(trace_id, path, held), truth)


class TreeSpan:
    """Answers an evaluator's questions about one node; parses whenever it is asked."""

    def __init__(self, node: SpanNode) -> None:
        self._node = node
        self.name = node.name
        self.trace_id = f"{node.trace_id:032x}"
        self.span_id = f"{node.span_id:016x}"
        self.parent_id = f"{node.parent_span_id:016x}" if node.parent_span_id else None
        self.failed = node.status == "error"
        self.message = ""

    @property
    def start(self) -> int:
        """When it began, nanoseconds since 1970, to the microsecond that a datetime keeps."""
        return int(self._node.start_timestamp.timestamp() * 1e9)

    @property
    def end(self) -> int:
        """When it ended, nanoseconds since 1970."""
        return int(self._node.end_timestamp.timestamp() * 1e9)

    @property
    def duration_s(self) -> float:
        """Seconds from start to end."""
        return self._node.duration.total_seconds()

    @property
    def kind(self) -> SpanKind:
        """What the span stands for."""
        if names.NODE_NAME in self._node.attributes:
            return "node"
        operation = str(self._node.attributes.get(names.OPERATION))
        return names.KIND_OF_OPERATION.get(operation, "other")

    @property
    def label(self) -> str:
        """The name without the operation."""
        return self.name.partition(" ")[2] or self.name

    def get(self, key: str) -> Any:
        """Return an attribute or None."""
        return self._node.attributes.get(key)

    def text(self, key: str) -> str | None:
        """Return an attribute that is a text."""
        value = self.get(key)
        return value if isinstance(value, str) else None

    def number(self, key: str) -> float | None:
        """Return an attribute that is a number."""
        value = self.get(key)
        good = isinstance(value, int | float) and not isinstance(value, bool)
        return float(value) if good else None

    def json(self, key: str) -> Any:
        """Return an attribute that holds JSON, parsed."""
        value = self.get(key)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            return value

    @property
    def output(self) -> Any:
        """What came out."""
        keys = (names.TOOL_RESULT, names.DOCUMENTS, names.OUTPUT_MESSAGES, names.OUTPUT)
        return next((self.json(k) for k in keys if self.get(k) is not None), None)


def _node(span: Mapping[str, Any]) -> SpanNode:
    parent = span.get("parentSpanId")
    return SpanNode(
        name=span["name"],
        trace_id=int(span["traceId"], 16),
        span_id=int(span["spanId"], 16),
        parent_span_id=int(parent, 16) if parent else None,
        start_timestamp=_time(span["startTimeUnixNano"]),
        end_timestamp=_time(span["endTimeUnixNano"]),
        attributes={pair["key"]: _value(pair["value"]) for pair in span["attributes"]},
        status="error" if span.get("status", {}).get("code") == _ERROR else "unset",
    )


def _time(nanoseconds: str) -> datetime:
    return datetime.fromtimestamp(int(nanoseconds) / 1e9, UTC)


def _value(value: Mapping[str, Any]) -> Any:
    if "arrayValue" in value:
        return [_value(item) for item in value["arrayValue"].get("values", ())]
    if "intValue" in value:
        return int(value["intValue"])
    return next(iter(value.values()), None)


def compare(files: Sequence[Path], evaluators: Sequence[Evaluator], truth: TruthFile) -> Peer:
    """Both ways over the sample in turns, three rounds, the fastest counts; processor time."""

    def by_tree() -> Iterator[tuple[Score, ...]]:
        return (tree_scores(path, evaluators, truth) for path in files)

    def shared() -> Iterator[RunScores]:
        return (score_run(tree_run(path, truth), evaluators) for path in files)

    def ours() -> Iterator[RunScores]:
        return score_traces(files, evaluators, truth=truth)

    alike = all(_same(a.scores, b) for a, b in zip(ours(), by_tree(), strict=True))
    ways: tuple[Callable[[], Iterator[object]], ...] = (
        by_tree,
        shared,
        ours,
        lambda: (tree_run(path, None) for path in files),
        lambda: (ScoredRun(trace) for path in files for trace in scan_file(path)),
    )
    rounds = [[_spent(way) for way in ways] for _ in range(3)]
    tree, common, mine, tree_read, read = (
        1000 * min(times) / len(files) for times in zip(*rounds, strict=True)
    )
    return Peer(len(files), tree, common, mine, tree_read, read, alike)


def _spent(way: Callable[[], Iterator[object]]) -> float:
    """Seconds of processor time to go through what a way yields, nothing of it kept."""
    began = time.process_time()
    for _ in way():
        pass
    return time.process_time() - began


def _same(a: Sequence[Score], b: Sequence[Score]) -> bool:
    """Whether the scores agree; a datetime keeps microseconds, so times may differ by as much."""
    return len(a) == len(b) > 0 and all(map(_alike, a, b))


def _alike(a: Score, b: Score) -> bool:
    return a.name == b.name and a.weight == b.weight and abs(a.value - b.value) < 1e-4
