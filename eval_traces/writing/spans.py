"""Spans while they are open: what a run, a node or a tool says of itself, filtered as it is said.

A span of a run that is not recorded (no run is open) takes every call and keeps nothing; its
`span_id` is empty.
"""

import sys
import time
from asyncio import CancelledError
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from opentelemetry.sdk.trace import Span as SdkSpan
from opentelemetry.trace import Status, StatusCode

from eval_traces import names
from eval_traces.otlp import Attribute, Event, Scalar
from eval_traces.writing.content import ContentFilter
from eval_traces.writing.sink import TraceSink
from listing.errors import GenerationCancelled

_MAX_MESSAGE = 2000
_BARE = ("id", "score", "match")
"""What is told of a found listing whose content is not to be recorded."""
_CANCELLED = (CancelledError, GeneratorExit, KeyboardInterrupt, SystemExit, GenerationCancelled)


@dataclass(frozen=True)
class Recorder:
    """What a span needs of its tracer."""

    content: ContentFilter
    sinks: tuple[TraceSink, ...]
    captured: bool = True
    """Whether inputs, outputs and messages are recorded."""

    def keeps(self, key: str) -> bool:
        """Tell whether an attribute is recorded."""
        return self.captured or key not in names.CONTENT


@dataclass(frozen=True)
class Place:
    """What a span is and where it hangs."""

    name: str
    kind: names.SpanKind
    parent: "OpenSpan | None" = None


class OpenSpan:
    """A span under way."""

    output_key = names.OUTPUT

    def __init__(self, recorder: Recorder, span: SdkSpan | None, place: Place) -> None:
        self._recorder = recorder
        self.sdk_span = span
        self.name = place.name
        self.kind = place.kind
        """`node`, `tool`, `chat`, ...: what the span stands for."""
        self.parent = place.parent
        """The span that was open where this one began; None for the root of a run."""
        context = span.get_span_context() if span else None
        self.trace_id = f"{context.trace_id:032x}" if context else ""
        """32 hex digits; empty when nothing is recorded."""
        self.span_id = f"{context.span_id:016x}" if context else ""
        """16 hex digits, for `Evidence.span_id`; empty when nothing is recorded."""

    @property
    def label(self) -> str:
        """The name without the operation: of a node, tool, index, model or run."""
        return self.name.partition(" ")[2] or self.name

    @property
    def recording(self) -> bool:
        """Whether what is said of the span is kept: its run is recorded and it has not ended."""
        return self.sdk_span is not None and self.sdk_span.is_recording()

    def set(self, key: str, value: Attribute) -> None:
        """Set one attribute; texts are filtered, None and an ended span are let be."""
        span = self.sdk_span
        if span is None or value is None or not span.is_recording():
            return
        if not self._recorder.keeps(key):
            return
        if isinstance(value, str) and key.endswith((".id", ".model")):
            value = self._recorder.content.label(value)
        else:
            value = self._filtered(value)
        span.set_attribute(key, value)

    def set_json(self, key: str, value: object) -> None:
        """Set one attribute to any value, filtered, as canonical JSON."""
        span = self.sdk_span
        if span is not None and span.is_recording() and self._recorder.keeps(key):
            span.set_attribute(key, self._recorder.content.json(value))

    def result(self, value: object) -> None:
        """Record what the step came to; the last call counts."""
        self.set_json(self.output_key, value)
        if self.output_key == names.OUTPUT:
            self.set(names.OUTPUT_TYPE, names.JSON_TYPE)

    def evaluation(
        self,
        name: str,
        *,
        score: float | None = None,
        label: str | None = None,
        explanation: str | None = None,
    ) -> None:
        """Record a judgement of this span as a `gen_ai.evaluation.result` event."""
        if self.sdk_span is None:
            return
        given: dict[str, Attribute] = {
            names.EVALUATION_NAME: name,
            names.EVALUATION_SCORE: score,
            names.EVALUATION_LABEL: label,
            names.EVALUATION_EXPLANATION: explanation,
        }
        keeps = self._recorder.keeps
        said = {k: self._filtered(v) for k, v in given.items() if v is not None and keeps(k)}
        event = Event(names.EVALUATION_EVENT, self.trace_id, self.span_id, time.time_ns(), said)
        for sink in self._recorder.sinks:
            sink.add_event(event)

    def fail(self, error: BaseException) -> None:
        """Record how the span ended early: a pause and a cancellation are no failures."""
        interrupts = _interrupts(error)
        if interrupts is not None:
            self.set(names.PAUSED, True)
            if interrupts:
                self.set_json(names.INTERRUPTS, interrupts)
        elif isinstance(error, _CANCELLED):
            self.set(names.CANCELLED, True)
        elif not _is_control_flow(error) and self.sdk_span is not None:
            self.set(names.ERROR_TYPE, type(error).__name__)
            self.sdk_span.set_status(Status(StatusCode.ERROR, self._told(error)))

    def end(self) -> None:
        """End the span; a second end is let be."""
        if self.sdk_span is not None and self.sdk_span.is_recording():
            self.sdk_span.end()

    def _told(self, error: BaseException) -> str:
        """An error's message may quote what went in, so it is content, too."""
        kind = type(error).__name__
        if not self._recorder.captured:
            return kind
        message = self._recorder.content.text(str(error))[:_MAX_MESSAGE]
        return f"{kind}: {message}" if message else kind

    def _filtered(self, value: Scalar | list[Scalar]) -> Scalar | list[Scalar]:
        if isinstance(value, str):
            return self._recorder.content.text(value)
        if isinstance(value, list):
            return [self._recorder.content.text(v) if isinstance(v, str) else v for v in value]
        return value


class RunSpan(OpenSpan):
    """The root of a run: one `invoke_workflow` or `invoke_agent`."""

    @property
    def path(self) -> Path | None:
        """Where the trace file is once the run has ended; None inside another run or unrecorded."""
        span = self.sdk_span
        if span is None or span.parent is not None:
            return None
        places = (s.path_of(self.trace_id, span.start_time or 0) for s in self._recorder.sinks)
        return next((path for path in places if path is not None), None)

    def set_status(self, status: str, mode: str | None = None) -> None:
        """Record the run's status (`drafted`, `refused`, ...) and the mode that it ended in."""
        self.set(names.STATUS, status)
        self.set(names.MODE, mode)

    def set_output(self, document: object) -> None:
        """Record the run's answer; a listing document brings its status and mode along."""
        self.result(document)
        status = document.get("status") if isinstance(document, Mapping) else None
        status = status or getattr(document, "status", None)
        mode = document.get("mode") if isinstance(document, Mapping) else None
        mode = mode or getattr(document, "mode", None)
        if isinstance(status, str):
            self.set_status(status, mode if isinstance(mode, str) else None)


class NodeSpan(OpenSpan):
    """One attempt of one node of a graph."""

    def route(self, route: str, reason: str) -> None:
        """Record where the graph goes from here and why."""
        self.set(names.ROUTE, route)
        self.set(names.ROUTE_REASON, reason)

    def degraded(self, reason: str) -> None:
        """Record that the node went on with less, and why."""
        self.set(names.DEGRADED, reason)


class ToolSpan(OpenSpan):
    """One call of a tool."""

    output_key = names.TOOL_RESULT


class RetrievalSpan(OpenSpan):
    """One search of an index."""

    output_key = names.DOCUMENTS

    def documents(self, found: Iterable[object]) -> None:
        """Record what was found, best first: objects or dicts with id, score and match."""
        told = [_document(d) for d in found]
        if not self._recorder.captured:
            told = [{k: d[k] for k in _BARE if k in d} for d in told]
        self.result(told)


class EmbeddingsSpan(OpenSpan):
    """One call of an embedder."""


def _document(found: object) -> dict[str, object]:
    if isinstance(found, Mapping):
        return {str(k): v for k, v in found.items()}
    kept = {k: getattr(found, k, None) for k in ("id", "score", "match", "photo")}
    return {k: v for k, v in kept.items() if v is not None}


def _interrupts(error: BaseException) -> list[object] | None:
    """Return the questions of a LangGraph pause, or None when `error` is something else.

    The module is looked up, not imported: while nobody has loaded it no such error can exist.
    """
    errors = sys.modules.get("langgraph.errors")
    if errors is None or not isinstance(error, errors.GraphInterrupt):
        return None
    asked = error.args[0] if error.args else ()
    if not isinstance(asked, Iterable):
        return []
    return [{"id": getattr(i, "id", ""), "value": getattr(i, "value", None)} for i in asked]


def _is_control_flow(error: BaseException) -> bool:
    errors = sys.modules.get("langgraph.errors")
    return errors is not None and isinstance(error, errors.GraphBubbleUp)
