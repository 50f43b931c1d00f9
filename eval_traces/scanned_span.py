"""A recorded step as evaluators see it: ids and times at hand, attributes decoded on demand."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from eval_traces import names
from eval_traces.names import SpanKind
from eval_traces.otlp import Attribute, RawSpan, parse_request

_INPUT_KEYS = (names.TOOL_ARGUMENTS, names.INPUT_MESSAGES, names.QUERY, names.INPUT)
_KIND_OF_NAME: Mapping[str, SpanKind] = {**names.KIND_OF_OPERATION, names.NODE: "node"}
_OUTPUT_KEYS = (names.TOOL_RESULT, names.DOCUMENTS, names.OUTPUT_MESSAGES, names.OUTPUT)


class ScannedSpan:
    """One span; times in nanoseconds since 1970, `end` None if it never ended.

    Made by the million, hence the slots; JSON within an attribute is parsed at most once.
    """

    __slots__ = (
        "_decoded", "_kind", "_pairs", "_parsed", "_wire", "end", "failed", "message", "name",
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
    _pairs: list[Any]
    _wire: dict[str, Any] | None
    _decoded: dict[str, Attribute] | None
    _parsed: dict[str, Any] | None
    _kind: SpanKind | None

    @classmethod
    def read(cls, wire: dict[str, Any], *, ours: bool = False) -> "ScannedSpan":
        """Return the span of an OTLP JSON object; ValueError when it is none.

        What our writer writes is taken as it stands; anything else goes through `otlp`. `ours`: by
        its scope the span is our writer's, whose names begin with the operation.
        """
        try:
            trace_id, span_id, parent_id = wire["traceId"], wire["spanId"], wire.get("parentSpanId")
            name, pairs = wire["name"], wire["attributes"]
            start, end = int(wire["startTimeUnixNano"]), int(wire["endTimeUnixNano"])
            ids = f"{trace_id}{span_id}{parent_id or ''}"
            plain = (
                bytes.fromhex(ids).hex() == ids
                and len(trace_id) == 32
                and len(span_id) == 16
                and len(ids) == (64 if parent_id else 48)
                and type(name) is str
                and type(pairs) is list
                and not wire.get("status")
            )
        except (KeyError, TypeError, ValueError):
            plain = False
        if not plain:
            return cls.of(_official(wire))
        span = cls()
        span.trace_id, span.span_id, span.parent_id = trace_id, span_id, parent_id or None
        span.name, span.start, span.end = name, start, end or None
        span.failed, span.message = False, ""
        span._pairs = pairs
        span._wire = span._decoded = span._parsed = None
        span._kind = _KIND_OF_NAME.get(name.partition(" ")[0]) if ours else None
        return span

    @classmethod
    def of(cls, raw: RawSpan) -> "ScannedSpan":
        """Return the same span from a reading by `otlp`."""
        span = cls()
        span.trace_id, span.span_id, span.parent_id = raw.trace_id, raw.span_id, raw.parent_id
        span.name, span.start, span.end = raw.name, raw.start, raw.end
        span.failed, span.message = raw.failed, raw.message
        span._pairs = []
        span._decoded = dict(raw.attributes)
        span._wire = span._parsed = span._kind = None
        return span

    @property
    def attributes(self) -> Mapping[str, Attribute]:
        """All attributes, decoded."""
        if self._decoded is None:
            self._decoded = {key: _plain(value) for key, value in self._wires().items()}
        return self._decoded

    def get(self, key: str) -> Attribute:
        """Return one attribute; None where there is none."""
        if self._decoded is not None:
            return self._decoded.get(key)
        value = (self._wire or self._wires()).get(key)
        if value is None:
            return None
        try:
            text = value["stringValue"]
        except (KeyError, TypeError):
            return _plain(value)
        return text if isinstance(text, str) else None

    def text(self, key: str) -> str | None:
        """Return an attribute that is a text, else None."""
        value = self.get(key)
        return value if isinstance(value, str) else None

    def number(self, key: str) -> float | None:
        """Return an attribute that is a number, else None."""
        value = self.get(key)
        good = isinstance(value, int | float) and not isinstance(value, bool)
        return float(value) if good else None  # type: ignore[arg-type]

    def json(self, key: str) -> Any:
        """Return an attribute that holds JSON, parsed; as it stands where it holds none."""
        if self._parsed is None:
            self._parsed = {}
        elif key in self._parsed:
            return self._parsed[key]
        found = self._parsed[key] = _loaded(self.get(key))
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
            held = self._decoded if self._decoded is not None else self._wires()
            if names.NODE_NAME in held:
                self._kind = "node"
            else:
                operation = self.get(names.OPERATION)
                self._kind = names.KIND_OF_OPERATION.get(str(operation), "other")
        return self._kind

    @property
    def label(self) -> str:
        """The name without the operation: of a node, tool, index, model or run."""
        return self.name.partition(" ")[2] or self.name

    @property
    def duration_s(self) -> float | None:
        """Seconds from start to end, or None if it never ended."""
        return None if self.end is None else (self.end - self.start) / 1e9

    def _first(self, keys: Sequence[str]) -> Any:
        return next((self.json(k) for k in keys if self.get(k) is not None), None)

    def _wires(self) -> dict[str, Any]:
        if self._wire is None:
            try:
                self._wire = {pair["key"]: pair["value"] for pair in self._pairs}
            except (KeyError, TypeError):
                keyed = (pair for pair in self._pairs if isinstance(pair, dict))
                self._wire = {k: p.get("value") for p in keyed if (k := _key(p)) is not None}
            self._wire.pop("", None)
        return self._wire


def _official(wire: dict[str, Any]) -> RawSpan:
    request = {"resourceSpans": [{"scopeSpans": [{"spans": [wire]}]}]}
    return parse_request(request).spans[0]


def _key(pair: dict[str, Any]) -> str | None:
    """The key of an attribute; None where it has none that is a text."""
    key = pair.get("key")
    return key if isinstance(key, str) else None


def _plain(value: Any) -> Attribute:
    """An OTLP value as Python has it; None where it is of a wrong type."""
    try:
        for key, held in value.items():
            if key == "stringValue":
                return held if isinstance(held, str) else None
            if key == "boolValue":
                return held if isinstance(held, bool) else None
            if key == "intValue":
                return int(held)
            if key == "doubleValue":
                return float(held)
            if key == "arrayValue":
                items = [_plain(item) for item in held.get("values", ())]
                return [item for item in items if isinstance(item, str | bool | int | float)]
    except (TypeError, ValueError, AttributeError):
        return None
    return None


def _loaded(value: Attribute) -> Any:
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
