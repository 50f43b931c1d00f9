"""A recorded step as evaluators see it: ids and times at hand, attributes decoded on demand."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from msgspec import Raw

from eval_traces import names
from eval_traces.names import SpanKind
from eval_traces.otlp import ERROR_STATUS, Attribute, RawSpan
from eval_traces.scoring.wire import Pair, WireSpan, plain_value

_INPUT_KEYS = (names.TOOL_ARGUMENTS, names.INPUT_MESSAGES, names.QUERY, names.INPUT)
_KIND_OF_NAME: Mapping[str, SpanKind] = {**names.KIND_OF_OPERATION, names.NODE: "node"}
_OUTPUT_KEYS = (names.TOOL_RESULT, names.DOCUMENTS, names.OUTPUT_MESSAGES, names.OUTPUT)


class ScannedSpan:
    """One span; times in nanoseconds since 1970, `end` None if it never ended.

    Made by the million, hence the slots; a value, and JSON within it, is parsed at most once.
    """

    __slots__ = (
        "_held", "_kind", "_pairs", "_parsed", "end", "failed", "label", "message", "name",
        "parent_id", "span_id", "start", "trace_id",
    )  # fmt: skip

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    start: int
    end: int | None
    failed: bool
    message: str
    """What went wrong, `ErrorType: words`; empty unless `failed`."""
    label: str
    """The name without the operation: of a node, tool, index, model or run."""
    _held: dict[str, Attribute | Raw] | None
    """By key, each value decoded once it was asked for; None before any was."""
    _pairs: Sequence[Pair]
    _parsed: dict[str, Any] | None
    _kind: SpanKind | None

    @classmethod
    def read(cls, wire: WireSpan, ours: bool = False) -> "ScannedSpan":
        """Return the span; ValueError where ids or times are not as our writer writes them.

        `ours`: by its scope it is our writer's, whose names begin with the operation.
        """
        span, name = cls(), wire.name
        parent_id = wire.parent_span_id or ""
        ids = f"{wire.trace_id}{wire.span_id}{parent_id}"
        if (
            bytes.fromhex(ids).hex() != ids
            or len(wire.trace_id) != 32
            or len(wire.span_id) != 16
            or len(parent_id) not in (0, 16)
        ):
            raise ValueError("ids of another form")
        span.trace_id, span.span_id, span.parent_id = wire.trace_id, wire.span_id, parent_id or None
        span.start, span.end = int(wire.start_time_unix_nano), int(wire.end_time_unix_nano) or None
        status = wire.status
        span.failed = status is not None and status.code == ERROR_STATUS
        span.message = status.message if status is not None else ""
        operation, _, rest = name.partition(" ")
        span.name, span.label = name, rest or name
        span._kind = _KIND_OF_NAME.get(operation) if ours else None
        span._pairs = wire.attributes
        span._held = span._parsed = None
        return span

    @classmethod
    def of(cls, raw: RawSpan) -> "ScannedSpan":
        """Return the same span from a reading by `otlp`."""
        span = cls()
        span.trace_id, span.span_id, span.parent_id = raw.trace_id, raw.span_id, raw.parent_id
        span.name, span.start, span.end = raw.name, raw.start, raw.end
        span.label = raw.name.partition(" ")[2] or raw.name
        span.failed, span.message = raw.failed, raw.message
        span._pairs, span._held = (), dict(raw.attributes)
        span._kind = span._parsed = None
        return span

    @property
    def attributes(self) -> Mapping[str, Attribute]:
        """All attributes, decoded."""
        return {key: self.get(key) for key in self._attributes()}

    def get(self, key: str) -> Attribute:
        """Return one attribute; None where there is none."""
        held = self._held
        if held is None:
            held = self._attributes()
        value = held.get(key)
        if type(value) is Raw:
            value = held[key] = plain_value(value)
        return value

    def text(self, key: str) -> str | None:
        """Return an attribute that is a text, else None."""
        value = self.get(key)
        return value if isinstance(value, str) else None

    def number(self, key: str) -> float | None:
        """Return an attribute that is a number, else None."""
        value = self.get(key)
        if value is None or isinstance(value, bool):
            return None
        return float(value) if isinstance(value, (int, float)) else None

    def json(self, key: str) -> Any:
        """Return an attribute that holds JSON, parsed; as it stands where it holds none."""
        if self._parsed is None:
            self._parsed = {}
        elif key in self._parsed:
            return self._parsed[key]
        found = self._parsed[key] = parsed(self.get(key))
        return found

    @property
    def input(self) -> Any:
        """What went in, parsed: arguments, messages, state; None if nothing was recorded."""
        return self._first(_INPUT_KEYS)

    @property
    def output(self) -> Any:
        """What came out, parsed: result, documents, messages, document; else None."""
        return self._first(_OUTPUT_KEYS)

    @property
    def kind(self) -> SpanKind:
        """What the span stands for; `other` for one of a foreign file."""
        if self._kind is None:
            if names.NODE_NAME in self._attributes():
                self._kind = "node"
            else:
                operation = self.get(names.OPERATION)
                self._kind = names.KIND_OF_OPERATION.get(str(operation), "other")
        return self._kind

    @property
    def duration_s(self) -> float | None:
        """Seconds from start to end, or None if it never ended."""
        return None if self.end is None else (self.end - self.start) / 1e9

    def _first(self, keys: Sequence[str]) -> Any:
        return next((self.json(k) for k in keys if self.get(k) is not None), None)

    def _attributes(self) -> dict[str, Attribute | Raw]:
        if self._held is None:
            self._held = {pair.key: pair.value for pair in self._pairs}
            self._held.pop("", None)
            self._pairs = ()
        return self._held


def parsed(value: Attribute) -> Any:
    """Return the JSON that a text holds; the value as it stands where it holds none."""
    if not isinstance(value, str):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(value)  # numbers that orjson does not take
    except ValueError:
        return value
