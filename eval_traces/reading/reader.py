"""Reads trace files into trees, as far as is honest: what had to be left out is in `warnings`.

A line that cannot be read costs itself alone. Only a file that holds nothing of use is refused.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from eval_traces import names
from eval_traces.otlp import Event, RawSpan
from eval_traces.reading.build import assemble
from eval_traces.reading.folder import PARTIAL
from eval_traces.reading.source import Piece, read_pieces
from eval_traces.trace import Trace
from listing.errors import BadInputError

_TOLD = 3
"""So many lines that cannot be read are told one by one."""


def read_trace(path: str | Path) -> Trace:
    """Read the file of one run: OTLP JSON lines, or one OTLP JSON document, gzipped or not.

    A `.partial` file gives the tree of what was recorded, `complete` False. BadInputError where
    the file cannot be opened, holds no span that can be read, or holds several traces.
    """
    path = Path(path)
    spans: dict[str, RawSpan] = {}
    events: list[Event] = []
    problems: list[Piece] = []
    trace_ids: set[str] = set()
    for piece in read_pieces(path):
        if piece.problem:
            problems.append(piece)
        for span in piece.line.spans:
            spans[span.span_id] = span
            trace_ids.add(span.trace_id)
        events += piece.line.events
    trace_ids |= {e.trace_id for e in events if e.name == names.STARTED_EVENT}
    if len(trace_ids) > 1:
        raise BadInputError(
            f"{path}: holds {len(trace_ids)} traces; a trace file holds the spans of one run"
        )
    if not trace_ids:
        raise BadInputError(f"{path}: {_nothing(problems)}")
    ended = not path.name.endswith(PARTIAL)
    return assemble(spans, events, path=path, ended=ended, lost=_told(problems))


def read_traces(path: str | Path) -> Iterator[Trace]:
    """Yield the traces of a file that may hold many, each when its last line has been read.

    The file is read twice, so that no more traces are in memory at once than lie interleaved.
    What could not be read is told in the warnings of the trace that comes next, or of the last
    one. BadInputError where the file cannot be opened or holds no span that can be read.
    """
    path = Path(path)
    last = _last_lines(path)
    held: dict[str, _Held] = defaultdict(_Held)
    problems: list[Piece] = []
    ready: _Held | None = None
    ended = not path.name.endswith(PARTIAL)
    for position, piece in enumerate(read_pieces(path)):
        if piece.problem:
            problems.append(piece)
        for span in piece.line.spans:
            held[span.trace_id].spans[span.span_id] = span
        for event in piece.line.events:
            held[event.trace_id].events.append(event)
        for trace_id in last.get(position, ()):
            done = held.pop(trace_id, None)
            if done is None or not done.holds_spans:
                continue
            if ready is not None:
                yield assemble(ready.spans, ready.events, path=path, ended=ended, lost=ready.lost)
            done.lost, problems = _told(problems), []
            ready = done
    if ready is None:
        raise BadInputError(f"{path}: {_nothing(problems)}")
    lost = [*ready.lost, *_told(problems)]
    yield assemble(ready.spans, ready.events, path=path, ended=ended, lost=lost)


@dataclass
class _Held:
    """What has been read of a trace whose last line is still to come."""

    spans: dict[str, RawSpan] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @property
    def holds_spans(self) -> bool:
        return bool(self.spans) or any(e.name == names.STARTED_EVENT for e in self.events)


def _last_lines(path: Path) -> dict[int, list[str]]:
    """Which traces end with which piece of the file."""
    last: dict[str, int] = {}
    for position, piece in enumerate(read_pieces(path)):
        for span in piece.line.spans:
            last[span.trace_id] = position
        for event in piece.line.events:
            last[event.trace_id] = position
    ends: dict[int, list[str]] = defaultdict(list)
    for trace_id, position in last.items():
        ends[position].append(trace_id)
    return ends


def _nothing(problems: Sequence[Piece]) -> str:
    if not problems:
        return "holds no span; a trace file is OTLP JSON, one export request a line"
    first = problems[0]
    lines = "no line" if len(problems) > 1 else "nothing"
    return f"{lines} of it can be read as OTLP JSON; line {first.number}: {first.problem}"


def _told(problems: Sequence[Piece]) -> list[str]:
    told = [f"line {p.number} was left out: {p.problem}" for p in problems[:_TOLD]]
    if len(problems) > _TOLD:
        numbers = f"{problems[_TOLD].number} to {problems[-1].number}"
        told.append(f"{len(problems) - _TOLD} more lines were left out, among lines {numbers}")
    return told
