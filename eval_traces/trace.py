"""A recorded run, read back: a tree of frozen spans with the questions that readers ask of it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from eval_traces import names
from eval_traces.names import SpanKind
from eval_traces.otlp import Attribute
from listing.document import ListingDocument
from listing.errors import BadInputError, NotFoundError

LISTING_SCHEMA = "vouch.listing/1"
LISTING_FAMILY = "vouch.listing/"
_INPUT_KEYS = (names.TOOL_ARGUMENTS, names.INPUT_MESSAGES, names.QUERY, names.INPUT)
_OUTPUT_KEYS = (names.TOOL_RESULT, names.DOCUMENTS, names.OUTPUT_MESSAGES, names.OUTPUT)


@dataclass(frozen=True, eq=False)
class Span:
    """One recorded step; times in nanoseconds since 1970, `end` None if it never ended."""

    span_id: str
    parent_id: str | None
    name: str
    kind: SpanKind
    start: int
    end: int | None
    attributes: Mapping[str, Attribute]
    failed: bool
    message: str
    """What went wrong, `ErrorType: words`; empty unless `failed`."""
    children: tuple["Span", ...]
    """In the order that they began."""

    @property
    def duration_s(self) -> float | None:
        """Seconds from start to end, or None if it never ended."""
        return None if self.end is None else (self.end - self.start) / 1e9

    @property
    def status(self) -> str:
        """`ok`, `error`, `paused`, `cancelled` or `unfinished`."""
        if self.failed:
            return "error"
        if self.attributes.get(names.PAUSED):
            return "paused"
        if self.attributes.get(names.CANCELLED):
            return "cancelled"
        return "unfinished" if self.end is None or self.attributes.get(names.UNFINISHED) else "ok"

    @property
    def label(self) -> str:
        """The name without the operation: of a node, tool, index, model or run."""
        return self.name.partition(" ")[2] or self.name

    @property
    def route(self) -> str | None:
        """Where the graph went from this node; `route_reason` says why."""
        return self.text(names.ROUTE)

    @property
    def route_reason(self) -> str | None:
        """Why the graph went there."""
        return self.text(names.ROUTE_REASON)

    @property
    def degraded(self) -> str | None:
        """Why the node went on with less, or None."""
        return self.text(names.DEGRADED)

    @property
    def input(self) -> Any:
        """What went in, parsed: arguments, messages, state; None if nothing was recorded."""
        return self._first(_INPUT_KEYS)

    @property
    def output(self) -> Any:
        """What came out, parsed: result, documents, messages, document; else None."""
        return self._first(_OUTPUT_KEYS)

    def text(self, key: str) -> str | None:
        """Return an attribute that is a text, else None."""
        value = self.attributes.get(key)
        return value if isinstance(value, str) else None

    def json(self, key: str) -> Any:
        """Return an attribute that holds JSON, parsed; the text itself where it is no JSON."""
        value = self.attributes.get(key)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            return value

    def walk(self) -> Iterator["Span"]:
        """Yield this span and all below it, parents first."""
        stack = [self]
        while stack:
            span = stack.pop()
            yield span
            stack.extend(reversed(span.children))

    def _first(self, keys: Sequence[str]) -> Any:
        return next((self.json(k) for k in keys if k in self.attributes), None)


@dataclass(frozen=True)
class Evaluation:
    """A judgement of one span, from a `gen_ai.evaluation.result` record."""

    span_id: str
    name: str
    score: float | None = None
    label: str | None = None
    explanation: str | None = None


@dataclass(frozen=True, eq=False)
class Trace:
    """One recorded run."""

    trace_id: str
    root: Span
    complete: bool
    """False when the run did not end or still goes on, or when part of its record is lost."""
    evaluations: tuple[Evaluation, ...] = ()
    path: Path | None = None
    warnings: tuple[str, ...] = ()
    """What could not be read, or only as far as it is known; for people."""
    schema: str = names.SCHEMA
    """The edition of the record's names; empty for a trace that vouch did not record."""

    @property
    def content_captured(self) -> bool:
        """Whether inputs, outputs and messages were recorded; the operator may not have wanted it.

        Without them a run can neither be audited nor replayed: times, routes and scores are there.
        """
        return self.root.attributes.get(names.CONTENT_CAPTURED) is not False

    def require(self, purpose: str, *, content: bool = True) -> None:
        """Refuse what cannot be done with this record; `purpose` ends the sentence "cannot be".

        BadInputError where it is of an unknown schema or, if `content` is needed, holds none.
        """
        where = self.path or f"trace {self.trace_id}"
        if self.schema != names.SCHEMA:
            told = f"is written in {self.schema}" if self.schema else "was not recorded by vouch"
            raise BadInputError(
                f"{where}: {told}, so it cannot be {purpose}; this vouch knows {names.SCHEMA}"
            )
        if content and not self.content_captured:
            raise BadInputError(
                f"{where}: was recorded without content, so it cannot be {purpose}; set "
                "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true to record content"
            )

    @property
    def thread_id(self) -> str:
        """The conversation that the run belongs to; may be empty."""
        return self.root.text(names.CONVERSATION_ID) or ""

    @property
    def started(self) -> datetime:
        """When the run began, UTC."""
        return datetime.fromtimestamp(self.root.start / 1e9, UTC)

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """All spans, parents first, siblings in the order that they began."""
        return tuple(self.root.walk())

    def span(self, span_id: str) -> Span:
        """Return the span with that id; NotFoundError if the trace has none."""
        found = next((s for s in self.spans if s.span_id == span_id), None)
        if found is None:
            raise NotFoundError(f"trace {self.trace_id} has no span {span_id}")
        return found

    def find(self, name: str | None = None, *, kind: SpanKind | None = None) -> tuple[Span, ...]:
        """Return the spans of that name (`node choose_mode` or only `choose_mode`) and kind."""
        named = (s for s in self.spans if name is None or name in (s.name, s.label))
        return tuple(s for s in named if kind is None or s.kind == kind)

    def nodes(self) -> tuple[Span, ...]:
        """Return the node spans, every attempt of each."""
        return self.find(kind="node")

    def tool_calls(self) -> tuple[Span, ...]:
        """Return the tool spans; their `input` is the arguments, their `output` the result."""
        return self.find(kind="tool")

    def chats(self) -> tuple[Span, ...]:
        """Return the model calls; their `input` and `output` are messages."""
        return self.find(kind="chat")

    def retrievals(self) -> tuple[Span, ...]:
        """Return the searches; their `output` is the documents found."""
        return self.find(kind="retrieval")

    def node_of(self, span: Span) -> Span | None:
        """Return the node that a span ran in (itself when it is one), or None outside all nodes."""
        known = {s.span_id: s for s in self.spans}
        here: Span | None = span
        while here is not None and here.kind != "node":
            here = known.get(here.parent_id or "")
        return here

    def document(self) -> ListingDocument | None:
        """Return the listing that the run made, or None if it made none.

        For an assistant's run that is the last listing drafted in it. Of a newer schema what this
        one knows is given. BadInputError when the recorded document does not fit.
        """
        runs = [s for s in self.spans if s.kind in ("workflow", "agent")]
        for run in (self.root, *reversed(runs)):
            output = run.output
            if isinstance(output, dict) and str(output.get("schema")).startswith(LISTING_FAMILY):
                return self._fitted(output)
        return None

    def _fitted(self, output: Mapping[str, object]) -> ListingDocument:
        """A document of a newer edition is read for what this one knows of it."""
        try:
            return ListingDocument.model_validate({**output, "schema": LISTING_SCHEMA})
        except ValidationError as error:
            where = self.path or self.trace_id
            told = output["schema"]
            newer = "" if told == LISTING_SCHEMA else f", being {told}"
            raise BadInputError(
                f"{where}: the recorded listing does not fit {LISTING_SCHEMA}{newer}: {error}"
            ) from None
