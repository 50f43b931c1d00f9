"""Writes each run's spans to a file of its own: `<folder>/<day>/<trace id>.otlp.jsonl`.

Until the root span ends the file is called `.partial` and holds what is known so far, so that a
crash leaves a record; then the finished file appears at once, by a rename. A disk that fails costs
the record of the run, never the run.
"""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span

from eval_traces import names
from eval_traces.otlp import Attribute, Event, event_line
from eval_traces.reading.folder import PARTIAL, SUFFIX, private_file, replace_lines
from eval_traces.writing.otlp_encode import span_line
from eval_traces.writing.retention import Sweeper
from eval_traces.writing.sink import TraceSink

_log = logging.getLogger(__name__)


@dataclass
class _OpenTrace:
    path: Path
    stream: TextIO | None = None
    spans: list[tuple[int, str]] = field(default_factory=list)
    events: list[str] = field(default_factory=list)


class TraceFiles(TraceSink):
    """Collects the spans of every open run; with `folder` None it writes nothing."""

    def __init__(self, folder: Path | None, sweeper: Sweeper | None = None) -> None:
        """Write to `folder`; `sweeper` is told whenever a run has ended."""
        super().__init__()
        self._folder = folder
        self._sweeper = sweeper
        self._open: dict[int, _OpenTrace] = {}
        self._lock = threading.Lock()

    def path_of(self, trace_id: str, started: int) -> Path | None:
        """Return where the finished file of a trace that started at `started` ns will be."""
        return None if self._folder is None else _path(trace_id, started, self._folder)

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Note that a span began; a root span opens its file."""
        if self._folder is None:
            return
        context = span.get_span_context()
        line = event_line(_started(span))
        with self._lock:
            if span.parent is None:
                path = _path(f"{context.trace_id:032x}", span.start_time or 0, self._folder)
                self._open[context.trace_id] = _begin(path)
            trace = self._open.get(context.trace_id)
            if trace is None:
                return
            self._began(context.trace_id, context.span_id, span)
            _append(trace, line)

    def on_end(self, span: ReadableSpan) -> None:
        """Record an ended span; the end of the root finishes the file."""
        context = span.get_span_context()
        if context is None or context.trace_id not in self._open:
            return
        line = span_line(span)
        root = span.parent is None
        with self._lock:
            trace = self._open.get(context.trace_id)
            if trace is None:
                return
            self._ended(context.trace_id, context.span_id, root=root)
            trace.spans.append((span.start_time or 0, line))
            _append(trace, line)
            if root:
                del self._open[context.trace_id]
        if root:
            _finish(trace)
            if self._sweeper is not None:
                self._sweeper.run_ended()

    def add_event(self, event: Event) -> None:
        """Record an event of a span whose run is still open."""
        line = event_line(event)
        with self._lock:
            trace = self._open.get(int(event.trace_id, 16))
            if trace is not None:
                trace.events.append(line)
                _append(trace, line)

    def shutdown(self) -> None:
        """Close the files of runs that are still open; their `.partial` files stay."""
        with self._lock:
            for trace in self._open.values():
                _close(trace)
            self._open.clear()
        if self._sweeper is not None:
            self._sweeper.close()


def _path(trace_id: str, started: int, folder: Path) -> Path:
    day = datetime.fromtimestamp(started / 1e9, UTC).date().isoformat()
    return folder / day / f"{trace_id}{SUFFIX}"


def _started(span: Span) -> Event:
    context = span.get_span_context()
    parent = f"{span.parent.span_id:016x}" if span.parent else ""
    given: Mapping[str, object] = span.attributes or {}
    known: dict[str, Attribute] = {
        k: v for k, v in given.items() if isinstance(v, str | bool | int | float)
    }
    return Event(
        name=names.STARTED_EVENT,
        trace_id=f"{context.trace_id:032x}",
        span_id=f"{context.span_id:016x}",
        time=span.start_time or 0,
        attributes={names.STARTED_NAME: span.name, names.STARTED_PARENT: parent, **known},
    )


def _begin(path: Path) -> _OpenTrace:
    trace = _OpenTrace(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        trace.stream = private_file(path.with_name(path.name + PARTIAL))
    except OSError as error:
        _log.error("no trace is recorded: %s", error)
    return trace


def _append(trace: _OpenTrace, line: str) -> None:
    if trace.stream is None:
        return
    try:
        trace.stream.write(line + "\n")
        trace.stream.flush()
    except OSError as error:
        _log.error("the trace file %s cannot be written: %s", trace.path, error)
        _close(trace)


def _close(trace: _OpenTrace) -> None:
    stream, trace.stream = trace.stream, None
    if stream is None:
        return
    try:
        stream.close()
    except OSError as error:
        _log.error("the trace file %s cannot be closed: %s", trace.path, error)


def _finish(trace: _OpenTrace) -> None:
    _close(trace)
    spans = [line for _, line in sorted(trace.spans, key=lambda s: s[0])]
    try:
        replace_lines(trace.path, [*spans, *trace.events], durable=False)
        trace.path.with_name(trace.path.name + PARTIAL).unlink(missing_ok=True)
    except OSError as error:
        _log.error("the trace file %s cannot be written: %s", trace.path, error)
