"""Where a tracer's spans go: what files and memory have in common, the spans that are still open.

A sink that fails loses the record of a run, never the run.
"""

import threading
from abc import ABC, abstractmethod
from pathlib import Path

from opentelemetry.sdk.trace import Span, SpanProcessor

from eval_traces import names
from eval_traces.otlp import Event


class TraceSink(SpanProcessor, ABC):
    """Takes the spans and events of any number of runs at once."""

    def __init__(self) -> None:
        self._live: dict[int, dict[int, Span]] = {}
        self._live_lock = threading.Lock()

    @abstractmethod
    def add_event(self, event: Event) -> None:
        """Record an event of a span whose run is still open."""

    def path_of(self, trace_id: str, started: int) -> Path | None:
        """Return the file-to-be of a run that started at `started` ns; None where there is none."""
        return None

    def end_leftovers(self, root: int, trace_id: int) -> None:
        """End every span of the trace but `root`: abandoned streams, threads that still run."""
        with self._live_lock:
            left = [s for i, s in self._live.get(trace_id, {}).items() if i != root]
        for span in reversed(left):
            span.set_attribute(names.UNFINISHED, True)
            span.end()

    def _began(self, trace_id: int, span_id: int, span: Span) -> None:
        with self._live_lock:
            self._live.setdefault(trace_id, {})[span_id] = span

    def _ended(self, trace_id: int, span_id: int, *, root: bool) -> None:
        with self._live_lock:
            self._live.get(trace_id, {}).pop(span_id, None)
            if root:
                self._live.pop(trace_id, None)
