"""Keeps finished runs in memory, for a replay that leaves no file."""

import threading
from dataclasses import dataclass, field

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span
from opentelemetry.trace import StatusCode

from eval_traces.otlp import Attribute, Event, RawSpan
from eval_traces.reading.build import assemble
from eval_traces.trace import Trace
from eval_traces.writing.sink import TraceSink
from listing.errors import NotFoundError


@dataclass
class _Kept:
    spans: dict[str, RawSpan] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    ended: bool = False


class TraceMemory(TraceSink):
    """Collects runs until they are taken."""

    def __init__(self) -> None:
        super().__init__()
        self._runs: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Note that a span began."""
        context = span.get_span_context()
        self._began(context.trace_id, context.span_id, span)
        if span.parent is None:
            with self._lock:
                self._runs[f"{context.trace_id:032x}"] = _Kept()

    def on_end(self, span: ReadableSpan) -> None:
        """Keep an ended span."""
        context = span.get_span_context()
        if context is None:
            return
        root = span.parent is None
        self._ended(context.trace_id, context.span_id, root=root)
        raw = raw_span(span)
        with self._lock:
            run = self._runs.get(raw.trace_id)
            if run is not None and not run.ended:
                run.spans[raw.span_id] = raw
                run.ended = root

    def add_event(self, event: Event) -> None:
        """Keep an event of a span whose run is still open."""
        with self._lock:
            run = self._runs.get(event.trace_id)
            if run is not None and not run.ended:
                run.events.append(event)

    def take(self, trace_id: str) -> Trace:
        """Return a finished run and forget it; NotFoundError where there is none of that id."""
        with self._lock:
            run = self._runs.get(trace_id)
            if run is None or not run.ended:
                raise NotFoundError(f"trace {trace_id}: no finished run of that id is kept here")
            del self._runs[trace_id]
        return assemble(run.spans, run.events)


def raw_span(span: ReadableSpan) -> RawSpan:
    """Return an ended span as it would be read from its line."""
    context = span.get_span_context()
    if context is None:
        raise ValueError(f"span {span.name!r} has no context")
    scope = span.instrumentation_scope
    failed = span.status.status_code is StatusCode.ERROR
    return RawSpan(
        trace_id=f"{context.trace_id:032x}",
        span_id=f"{context.span_id:016x}",
        parent_id=f"{span.parent.span_id:016x}" if span.parent else None,
        name=span.name,
        start=span.start_time or 0,
        end=span.end_time,
        attributes={k: _plain(v) for k, v in (span.attributes or {}).items()},
        failed=failed,
        message=span.status.description or "" if failed else "",
        scope=scope.name if scope else "",
    )


def _plain(value: object) -> Attribute:
    if isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [v for v in value if isinstance(v, str | bool | int | float)]
    return None
