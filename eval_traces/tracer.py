"""The tracer handle: opens runs, nodes, tool calls, searches and model calls as nested spans.

One handle a process, handed down through the graph's runtime context; it never touches
OpenTelemetry's global provider. Nesting follows contextvars, so it holds in tasks, in parallel
branches and in threads that copy their context; `attach` carries it to those that do not.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar, Token
from pathlib import Path
from typing import TypeVar

from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Span as SdkSpan
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import NoOpTracer, Tracer, set_span_in_context

from eval_traces import names
from eval_traces.content import ContentFilter, Redact
from eval_traces.otlp import Attribute
from eval_traces.spans import (
    EmbeddingsSpan,
    NodeSpan,
    OpenSpan,
    Recorder,
    RetrievalSpan,
    RunSpan,
    ToolSpan,
)
from eval_traces.trace_files import TraceFiles
from listing.errors import SettingsError
from tools.safety import redact_contacts

S = TypeVar("S", bound=OpenSpan)
_MISSING = object()


class RunTracer:
    """Opens spans. Outside a run every span is a silent one, so that tools need not ask."""

    def __init__(self, folder: Path | None, redact: Redact, *, version: str = "") -> None:
        """Record into `folder` (None: nowhere); `redact` takes contact data out of a text.

        Raises SettingsError where OpenTelemetry is switched off by its environment variable.
        """
        self.folder = folder
        self.content = ContentFilter(redact)
        self._files = TraceFiles(folder)
        self._recorder = Recorder(self.content, self._files)
        self._current: ContextVar[OpenSpan | None] = ContextVar("vouch_span", default=None)
        self._provider = _provider(version)
        self._provider.add_span_processor(self._files)
        self._tracer: Tracer = self._provider.get_tracer(names.SCOPE, version or None)
        if folder is not None and isinstance(self._tracer, NoOpTracer):
            raise SettingsError(
                "OTEL_SDK_DISABLED is set, so no run can be recorded: unset it for this program"
            )

    @property
    def current(self) -> OpenSpan | None:
        """The innermost open span of this task or thread."""
        return self._current.get()

    @contextmanager
    def run(
        self, name: str, *, thread_id: str = "", agent: bool = False, input: object = _MISSING
    ) -> Iterator[RunSpan]:
        """Open a run: `invoke_workflow NAME`, or `invoke_agent NAME` for an agent.

        Inside an open run it becomes a child of that run's trace (the assistant drafting a
        listing); elsewhere it begins a trace, whose file is complete when the block ends. A
        generator that yields inside the block keeps its nesting only while one task consumes it.
        """
        operation = names.INVOKE_AGENT if agent else names.INVOKE_WORKFLOW
        attributes: dict[str, Attribute] = {
            names.OPERATION: operation,
            names.AGENT_NAME if agent else names.WORKFLOW_NAME: name,
            names.CONVERSATION_ID: thread_id or None,
        }
        kind: names.SpanKind = "agent" if agent else "workflow"
        span = self._begin(RunSpan, f"{operation} {name}", kind, attributes, input, root=True)
        with self._entered(span):
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
        return self._child(NodeSpan, f"{names.NODE} {name}", "node", attributes, input)

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
            names.TOOL_ARGUMENTS: self.content.json({} if arguments is None else arguments),
        }
        return self._child(ToolSpan, f"{names.EXECUTE_TOOL} {name}", "tool", attributes)

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
        return self._child(RetrievalSpan, f"{names.RETRIEVAL} {name}", "retrieval", attributes)

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
        return self._child(EmbeddingsSpan, f"{names.EMBEDDINGS} {model}", "embeddings", attributes)

    def start_chat(self, model: str, attributes: Mapping[str, Attribute]) -> OpenSpan:
        """Begin a `chat MODEL` span that the caller ends; nothing nests under it."""
        told: dict[str, Attribute] = {names.OPERATION: names.CHAT, names.REQUEST_MODEL: model}
        for key, value in attributes.items():
            told[key] = self.content.label(value) if isinstance(value, str) else value
            if isinstance(value, list):
                told[key] = [self.content.text(v) if isinstance(v, str) else v for v in value]
        return self._begin(OpenSpan, f"{names.CHAT} {model}", "chat", told)

    @contextmanager
    def attach(self, span: OpenSpan) -> Iterator[None]:
        """Make `span` the parent of what this block opens, in a thread that copied no context."""
        token = self._current.set(span)
        try:
            yield
        finally:
            self._restore(token)

    def close(self) -> None:
        """Let go of the files. Runs that are still open stay behind as `.partial`."""
        self._provider.shutdown()

    @contextmanager
    def _child(
        self,
        kind_of_span: Callable[[Recorder, SdkSpan | None], S],
        name: str,
        kind: names.SpanKind,
        attributes: Mapping[str, Attribute],
        input: object = _MISSING,
    ) -> Iterator[S]:
        span = self._begin(kind_of_span, name, kind, attributes, input)
        with self._entered(span):
            yield span

    def _begin(
        self,
        kind_of_span: Callable[[Recorder, SdkSpan | None], S],
        name: str,
        kind: names.SpanKind,
        attributes: Mapping[str, Attribute],
        input: object = _MISSING,
        *,
        root: bool = False,
    ) -> S:
        parent = self.current.sdk_span if self.current else None
        if parent is None and not root:
            return kind_of_span(self._recorder, None)
        known = {k: v for k, v in attributes.items() if v is not None}
        known[names.OI_SPAN_KIND] = names.OI_KIND[kind]
        if input is not _MISSING:
            known |= {names.INPUT: self.content.json(input), names.INPUT_TYPE: names.JSON_TYPE}
        context = set_span_in_context(parent, Context()) if parent else Context()
        started = self._tracer.start_span(name, context=context, attributes=known)
        return kind_of_span(self._recorder, started if isinstance(started, SdkSpan) else None)

    @contextmanager
    def _entered(self, span: OpenSpan) -> Iterator[None]:
        token = self._current.set(span)
        try:
            yield
        except BaseException as error:
            span.fail(error)
            raise
        finally:
            self._restore(token)
            self._end(span)

    def _end(self, span: OpenSpan) -> None:
        inner = span.sdk_span
        if inner is not None and inner.parent is None:
            context = inner.get_span_context()
            self._files.end_leftovers(context.span_id, context.trace_id)
        span.end()

    def _restore(self, token: Token[OpenSpan | None]) -> None:
        try:
            self._current.reset(token)
        except ValueError:
            # A generator that is closed by another task ends in that task's context, which never
            # had the value that there is to take back.
            return


def open_trace(
    folder: Path | None, *, redact: Redact = redact_contacts, version: str = ""
) -> RunTracer:
    """Return the tracer of a process: runs go to `folder`, or nowhere when it is None.

    The folder is made when the first run begins. Raises SettingsError where it is a file, or where
    OpenTelemetry is switched off by its environment variable.
    """
    if folder is not None and folder.exists() and not folder.is_dir():
        raise SettingsError(f"{folder}: is a file; the trace folder must be a folder")
    return RunTracer(folder, redact, version=version)


def _provider(version: str) -> TracerProvider:
    """Every limit, sampler and resource is given, so that no `OTEL_*` variable thins the record."""
    unlimited = SpanLimits.UNSET
    limits = SpanLimits(
        max_attributes=unlimited,
        max_span_attributes=unlimited,
        max_attribute_length=unlimited,
        max_span_attribute_length=unlimited,
    )
    service = {names.SERVICE_NAME: "vouch", names.SERVICE_VERSION: version or "unknown"}
    return TracerProvider(
        sampler=ALWAYS_ON, resource=Resource(service), shutdown_on_exit=False, span_limits=limits
    )
