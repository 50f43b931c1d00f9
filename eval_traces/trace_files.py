"""Writes each run's spans to a file of its own: `<folder>/<day>/<trace id>.otlp.jsonl`.

Until the root span ends the file is called `.partial` and holds what is known so far, so that a
crash leaves a record; then the finished file appears at once, by a rename. A disk that fails costs
the record of the run, never the run.
"""

import logging
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor

from eval_traces import names
from eval_traces.otlp import Attribute, Event, event_line, span_line

SUFFIX = ".otlp.jsonl"
PARTIAL = ".partial"
_log = logging.getLogger(__name__)


@dataclass
class _OpenTrace:
    path: Path
    stream: TextIO | None = None
    spans: list[tuple[int, str]] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    live: dict[int, Span] = field(default_factory=dict)


class TraceFiles(SpanProcessor):
    """Collects the spans of every open trace; with `folder` None it writes nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._open: dict[int, _OpenTrace] = {}
        self._lock = threading.Lock()

    def path_of(self, trace_id: str, started: int) -> Path | None:
        """Return where the finished file of a trace that started at `started` ns will be."""
        if self._folder is None:
            return None
        day = datetime.fromtimestamp(started / 1e9, UTC).date().isoformat()
        return self._folder / day / f"{trace_id}{SUFFIX}"

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Note that a span began; a root span opens its file."""
        context = span.get_span_context()
        started = span.start_time or 0
        path = self.path_of(f"{context.trace_id:032x}", started)
        if path is None:
            return
        with self._lock:
            if span.parent is None:
                self._open[context.trace_id] = _begin(path)
            trace = self._open.get(context.trace_id)
            if trace is None:
                return
            trace.live[context.span_id] = span
            _append(trace, event_line(_started(span)))

    def on_end(self, span: ReadableSpan) -> None:
        """Record an ended span; the end of the root finishes the file."""
        context = span.get_span_context()
        if context is None or context.trace_id not in self._open:
            return
        line = span_line(span)
        with self._lock:
            trace = self._open.get(context.trace_id)
            if trace is None:
                return
            trace.live.pop(context.span_id, None)
            trace.spans.append((span.start_time or 0, line))
            _append(trace, line)
            if span.parent is None:
                del self._open[context.trace_id]
                _finish(trace)

    def add_event(self, event: Event) -> None:
        """Record an event of a span whose run is still open."""
        line = event_line(event)
        with self._lock:
            trace = self._open.get(int(event.trace_id, 16))
            if trace is not None:
                trace.events.append(line)
                _append(trace, line)

    def end_leftovers(self, root: int, trace_id: int) -> None:
        """End every span of the trace but `root`: abandoned streams, threads that still run."""
        with self._lock:
            trace = self._open.get(trace_id)
            left = [s for i, s in trace.live.items() if i != root] if trace else []
        for span in reversed(left):
            span.set_attribute(names.UNFINISHED, True)
            span.end()

    def shutdown(self) -> None:
        """Close the files of runs that are still open; their `.partial` files stay."""
        with self._lock:
            for trace in self._open.values():
                if trace.stream is not None:
                    trace.stream.close()
            self._open.clear()


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
        replace_lines(trace.path, [*spans, *trace.events])
        trace.path.with_name(trace.path.name + PARTIAL).unlink(missing_ok=True)
    except OSError as error:
        _log.error("the trace file %s cannot be written: %s", trace.path, error)


def replace_lines(path: Path, lines: list[str]) -> None:
    """Write a whole file so that it is seen complete or not at all; OSError where it cannot be."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with private_file(fresh) as stream:
            stream.writelines(line + "\n" for line in lines)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def private_file(path: Path) -> TextIO:
    """Open a file for writing that only its owner may read: traces hold sellers' words."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    return os.fdopen(descriptor, "w", encoding="utf-8")
