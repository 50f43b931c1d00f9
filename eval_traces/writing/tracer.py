"""The tracer handle: opens runs, nodes, tool calls, searches and model calls as nested spans.

One handle a process, handed down through the graph's runtime context; it never touches
OpenTelemetry's global provider.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import NoOpTracer

from eval_traces import names
from eval_traces.otlp import Attribute
from eval_traces.trace import Trace
from eval_traces.writing.content import ContentFilter, Redact
from eval_traces.writing.export import resource
from eval_traces.writing.memory import TraceMemory
from eval_traces.writing.nesting import Nesting
from eval_traces.writing.sink import TraceSink
from eval_traces.writing.spans import (
    EmbeddingsSpan,
    NodeSpan,
    OpenSpan,
    Recorder,
    RetrievalSpan,
    RunSpan,
    ToolSpan,
)
from listing.errors import NotFoundError, SettingsError

_MISSING = object()


class RunTracer:
    """Opens spans. Outside a run every span is a silent one, so that tools need not ask."""

    def __init__(
        self,
        sinks: Sequence[TraceSink],
        redact: Redact,
        *,
        folder: Path | None = None,
        captured: bool = True,
        version: str = "",
    ) -> None:
        """Give every span to `sinks`; `redact` takes contact data out of a text.

        Without `captured` inputs, outputs and messages are left out. Raises SettingsError where
        OpenTelemetry is switched off by its environment variable.
        """
        self.folder = folder
        self.content = ContentFilter(redact)
        self._sinks = tuple(sinks)
        self._recorder = Recorder(self.content, self._sinks, captured)
        self._provider = _provider(version)
        for sink in self._sinks:
            self._provider.add_span_processor(sink)
        tracer = self._provider.get_tracer(names.SCOPE, version or None)
        if self._sinks and isinstance(tracer, NoOpTracer):
            raise SettingsError(
                "OTEL_SDK_DISABLED is set, so no run can be recorded: unset it for this program"
            )
        self._spans = Nesting(self._recorder, tracer)

    @property
    def current(self) -> OpenSpan | None:
        """The innermost open span of this task or thread."""
        return self._spans.current

    @contextmanager
    def run(
        self,
        name: str,
        *,
        thread_id: str = "",
        agent: bool = False,
        input: object = _MISSING,
        attributes: Mapping[str, Attribute] | None = None,
        settings: object = _MISSING,
    ) -> Iterator[RunSpan]:
        """Open a run: `invoke_workflow NAME`, or `invoke_agent NAME` for an agent.

        `settings` is what steers it, any value that has a JSON form; `attributes` are more
        attributes of its span, whose texts are filtered as all are.

        Inside an open run it becomes a child of that run's trace (the assistant drafting a
        listing); elsewhere it begins a trace, whose file is complete when the block ends. A
        generator that yields inside the block keeps its nesting only while one task consumes it.
        """
        operation = names.INVOKE_AGENT if agent else names.INVOKE_WORKFLOW
        told: dict[str, Attribute] = {
            names.OPERATION: operation,
            names.AGENT_NAME if agent else names.WORKFLOW_NAME: name,
            names.CONVERSATION_ID: thread_id or None,
            names.TRACE_SCHEMA: names.SCHEMA,
            names.CONTENT_CAPTURED: None if self._recorder.captured else False,
            names.SETTINGS: self.content.json(settings) if settings is not _MISSING else None,
            **self._told(attributes or {}),
        }
        kind: names.SpanKind = "agent" if agent else "workflow"
        span = self._spans.begin(
            RunSpan, f"{operation} {name}", kind, told, _given(input), root=True
        )
        with self._spans.entered(span):
            yield span

    def node(
        self,
        name: str,
        *,
        attempt: int = 1,
        checkpoint_id: str | None = None,
        input: object = _MISSING,
    ) -> AbstractContextManager[NodeSpan]:
        """Open a span for one attempt (from 1) of a graph's node."""
        attributes: dict[str, Attribute] = {
            names.NODE_NAME: name,
            names.NODE_ATTEMPT: attempt,
            names.CHECKPOINT_ID: checkpoint_id,
        }
        return self._spans.child(
            NodeSpan, f"{names.NODE} {name}", "node", attributes, _given(input)
        )

    def tool(
        self, name: str, arguments: object = None, *, call_id: str | None = None
    ) -> AbstractContextManager[ToolSpan]:
        """Open a span for one call of a tool, with its arguments."""
        name = self.content.text(name)
        attributes: dict[str, Attribute] = {
            names.OPERATION: names.EXECUTE_TOOL,
            names.TOOL_NAME: name,
            names.TOOL_TYPE: "function",
            names.TOOL_CALL_ID: self.content.label(call_id) if call_id else None,
        }
        given = {names.TOOL_ARGUMENTS: {} if arguments is None else arguments}
        return self._spans.child(
            ToolSpan, f"{names.EXECUTE_TOOL} {name}", "tool", attributes, given
        )

    def retrieval(
        self, name: str, *, top_k: int, query: str | None = None
    ) -> AbstractContextManager[RetrievalSpan]:
        """Open a span for one search of the index called `name`."""
        attributes: dict[str, Attribute] = {
            names.OPERATION: names.RETRIEVAL,
            names.DATA_SOURCE_ID: name,
            names.TOP_K: top_k,
            names.QUERY: self.content.text(query) if query else None,
        }
        return self._spans.child(
            RetrievalSpan, f"{names.RETRIEVAL} {name}", "retrieval", attributes
        )

    def embeddings(
        self, model: str, *, dimension: int, count: int
    ) -> AbstractContextManager[EmbeddingsSpan]:
        """Open a span for embedding `count` photos or texts with `model`."""
        attributes: dict[str, Attribute] = {
            names.OPERATION: names.EMBEDDINGS,
            names.REQUEST_MODEL: model,
            names.DIMENSION: dimension,
            names.EMBEDDED_COUNT: count,
        }
        return self._spans.child(
            EmbeddingsSpan, f"{names.EMBEDDINGS} {model}", "embeddings", attributes
        )

    def start_chat(
        self,
        model: str,
        attributes: Mapping[str, Attribute],
        *,
        abandoned: Callable[[], None] | None = None,
    ) -> OpenSpan:
        """Begin a `chat MODEL` span that the caller ends; nothing nests under it.

        `abandoned` is called where the run ends before the span: the last chance to say what the
        model had answered.
        """
        told: dict[str, Attribute] = {
            names.OPERATION: names.CHAT,
            names.REQUEST_MODEL: model,
            **self._told(attributes),
        }
        span = self._spans.begin(OpenSpan, f"{names.CHAT} {model}", "chat", told)
        if abandoned is not None:
            self._spans.watch(span, abandoned)
        return span

    def end_chat(self, span: OpenSpan) -> None:
        """End a span that `start_chat` began."""
        self._spans.end(span)

    def attach(self, span: OpenSpan) -> AbstractContextManager[None]:
        """Make `span` the parent of what this block opens, in a thread that copied no context."""
        return self._spans.attach(span)

    def take(self, trace_id: str) -> Trace:
        """Return a finished run that is kept in memory, and forget it.

        NotFoundError where there is none; only the tracer of `open_memory_trace` keeps any.
        """
        for sink in self._sinks:
            if isinstance(sink, TraceMemory):
                return sink.take(trace_id)
        raise NotFoundError(f"trace {trace_id}: this tracer keeps no runs in memory")

    def close(self) -> None:
        """Let go of the files. Runs that are still open stay behind as `.partial`."""
        self._provider.shutdown()

    def _told(self, attributes: Mapping[str, Attribute]) -> dict[str, Attribute]:
        """Attributes as they may be recorded."""
        text = self.content.text
        told: dict[str, Attribute] = {}
        for key, value in attributes.items():
            told[key] = self.content.label(value) if isinstance(value, str) else value
            if isinstance(value, list):
                told[key] = [text(v) if isinstance(v, str) else v for v in value]
        return told


def _given(input: object) -> dict[str, object]:
    return {} if input is _MISSING else {names.INPUT: input}


def _provider(version: str) -> TracerProvider:
    """Every limit, sampler and resource is given, so that no `OTEL_*` variable thins the record."""
    unlimited = SpanLimits.UNSET
    limits = SpanLimits(
        max_attributes=unlimited,
        max_span_attributes=unlimited,
        max_attribute_length=unlimited,
        max_span_attribute_length=unlimited,
    )
    return TracerProvider(
        sampler=ALWAYS_ON, resource=resource(version), shutdown_on_exit=False, span_limits=limits
    )
