"""Spans under way: each begun below the one around it, entered, and ended whatever happens.

Nesting follows contextvars, so it holds in tasks, in parallel branches and in threads that copy
their context; `attach` carries it to those that do not.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import TypeVar

from opentelemetry.context import Context
from opentelemetry.sdk.trace import Span as SdkSpan
from opentelemetry.trace import Tracer, set_span_in_context

from eval_traces import names
from eval_traces.otlp import Attribute
from eval_traces.writing.spans import OpenSpan, Place, Recorder

S = TypeVar("S", bound=OpenSpan)
SpanMaker = Callable[[Recorder, SdkSpan | None, Place], S]
"""A class of spans."""


class Nesting:
    """The open spans of one tracer, and which of them is innermost here."""

    def __init__(self, recorder: Recorder, tracer: Tracer) -> None:
        """Begin spans with `tracer`, their content filtered and kept as `recorder` says."""
        self._recorder = recorder
        self._tracer = tracer
        self._current: ContextVar[OpenSpan | None] = ContextVar("vouch_span", default=None)
        self._abandoned: dict[str, dict[str, Callable[[], None]]] = {}

    @property
    def current(self) -> OpenSpan | None:
        """The innermost open span of this task or thread."""
        return self._current.get()

    @contextmanager
    def attach(self, span: OpenSpan) -> Iterator[None]:
        """Make `span` the parent of what this block opens, in a thread that copied no context."""
        token = self._current.set(span)
        try:
            yield
        finally:
            self._restore(token)

    def watch(self, span: OpenSpan, abandoned: Callable[[], None]) -> None:
        """Call `abandoned` where the run ends before this span of it."""
        if span.trace_id:
            self._abandoned.setdefault(span.trace_id, {})[span.span_id] = abandoned

    def end(self, span: OpenSpan) -> None:
        """End a span that was begun and never entered."""
        self._abandoned.get(span.trace_id, {}).pop(span.span_id, None)
        span.end()

    @contextmanager
    def child(
        self,
        kind_of_span: SpanMaker[S],
        name: str,
        kind: names.SpanKind,
        attributes: Mapping[str, Attribute],
        content: Mapping[str, object] | None = None,
    ) -> Iterator[S]:
        """Begin a span and end it with the block."""
        span = self.begin(kind_of_span, name, kind, attributes, content)
        with self.entered(span):
            yield span

    def begin(
        self,
        kind_of_span: SpanMaker[S],
        name: str,
        kind: names.SpanKind,
        attributes: Mapping[str, Attribute],
        content: Mapping[str, object] | None = None,
        *,
        root: bool = False,
    ) -> S:
        """Begin a span; `content` is any values, which are filtered if they are recorded at all."""
        around = self.current
        if root and around is not None and not around.recording:
            around = None  # left over from a run that has ended: this one is a run of its own
        place = Place(name, kind, around)
        parent = around.sdk_span if around else None
        if parent is None and not root:
            return kind_of_span(self._recorder, None, place)
        keeps = self._recorder.keeps
        known = {k: v for k, v in attributes.items() if v is not None and keeps(k)}
        known[names.OI_SPAN_KIND] = names.OI_KIND[kind]
        for key, value in (content or {}).items():
            if keeps(key):
                known[key] = self._recorder.content.json(value)
                if key == names.INPUT:
                    known[names.INPUT_TYPE] = names.JSON_TYPE
        context = set_span_in_context(parent, Context()) if parent else Context()
        started = self._tracer.start_span(name, context=context, attributes=known)
        sdk_span = started if isinstance(started, SdkSpan) else None
        return kind_of_span(self._recorder, sdk_span, place)

    @contextmanager
    def entered(self, span: OpenSpan) -> Iterator[None]:
        """Be inside the span, which ends with the block; what the block raises is recorded."""
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
            for tell in self._abandoned.pop(span.trace_id, {}).values():
                tell()
            context = inner.get_span_context()
            for sink in self._recorder.sinks:
                sink.end_leftovers(context.span_id, context.trace_id)
        span.end()

    def _restore(self, token: Token[OpenSpan | None]) -> None:
        try:
            self._current.reset(token)
        except ValueError:
            # A generator that is closed by another task ends in that task's context, which never
            # had the value that there is to take back.
            return
