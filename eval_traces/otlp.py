"""The lines of a trace file, read: OTLP JSON, one export request a line, by way of orjson.

A span line is an `ExportTraceServiceRequest`, an event line an `ExportLogsServiceRequest` whose one
record carries the ids of the span that it belongs to. The meaning is that of OpenTelemetry's own
codec; nothing of OpenTelemetry is imported, and the JSON inside of attributes stays text.
"""

import base64
import binascii
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from eval_traces import names

Scalar = str | bool | int | float
Attribute = Scalar | list[Scalar] | None
ERROR_STATUS = 2
_SEVERITY_INFO = 9
_LINE_ENDS = str.maketrans({"\u2028": "\\u2028", "\u2029": "\\u2029", "\x85": "\\u0085"})
"""Characters that `str.splitlines` of other readers would break a JSON text at."""
_VALUE_KEYS = ("bytesValue", "kvlistValue", "arrayValue", "doubleValue", "intValue")


class Event(NamedTuple):
    """A log record that belongs to a span; times in nanoseconds since 1970."""

    name: str
    trace_id: str
    span_id: str
    time: int
    attributes: Mapping[str, Attribute]


class RawSpan(NamedTuple):
    """A span as it stands on its line, ids in hex; `end` is None while it was not known."""

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    start: int
    end: int | None
    attributes: Mapping[str, Attribute]
    failed: bool
    message: str
    scope: str = ""
    """The instrumentation that made the span; `names.SCOPE` on our own."""


class Line(NamedTuple):
    """What one line holds."""

    spans: Sequence[RawSpan] = ()
    events: Sequence[Event] = ()


def under_way(event: Event) -> RawSpan:
    """Return the span that a `names.STARTED_EVENT` tells of: begun, and never seen to end."""
    own = (names.STARTED_NAME, names.STARTED_PARENT)
    return RawSpan(
        trace_id=event.trace_id,
        span_id=event.span_id,
        parent_id=str(event.attributes.get(names.STARTED_PARENT) or "") or None,
        name=str(event.attributes.get(names.STARTED_NAME) or ""),
        start=event.time,
        end=None,
        attributes={k: v for k, v in event.attributes.items() if k not in own},
        failed=False,
        message="",
        scope=names.SCOPE,
    )


def parse_line(text: bytes | str) -> Line:
    """Return what a line holds; ValueError says what is wrong with it."""
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"not JSON ({error.msg} at column {error.colno})") from None
    return parse_request(data)


def parse_request(data: object) -> Line:
    """Return what a decoded export request holds; ValueError says what is wrong with it."""
    if not isinstance(data, dict) or not ("resourceSpans" in data or "resourceLogs" in data):
        raise ValueError("neither resourceSpans nor resourceLogs: not OTLP JSON")
    try:
        return Line(_spans(data.get("resourceSpans")), _events(data.get("resourceLogs")))
    except (TypeError, AttributeError, KeyError) as error:
        raise ValueError(f"not OTLP JSON: {error}") from None
    except RecursionError:
        raise ValueError("not OTLP JSON: values nested too deep") from None


def event_line(event: Event) -> str:
    """Return the line of an event, without a line feed."""
    record = {
        "timeUnixNano": str(event.time),
        "observedTimeUnixNano": str(event.time),
        "severityNumber": _SEVERITY_INFO,
        "eventName": event.name,
        "traceId": event.trace_id,
        "spanId": event.span_id,
        "attributes": [{"key": k, "value": wire_value(v)} for k, v in event.attributes.items()],
    }
    service = {"key": names.SERVICE_NAME, "value": {"stringValue": "vouch"}}
    logs = {"scope": {"name": names.SCOPE}, "logRecords": [record]}
    data = {"resourceLogs": [{"resource": {"attributes": [service]}, "scopeLogs": [logs]}]}
    return dump_line(data)


def dump_line(data: object) -> str:
    """Return an export request as one line of JSON, whoever splits the file into lines."""
    try:
        text = orjson.dumps(data).decode()
    except orjson.JSONEncodeError:  # half a surrogate pair, which UTF-8 has no bytes for
        text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text if text.isascii() else text.translate(_LINE_ENDS)


def wire_value(value: Attribute | Sequence[Scalar]) -> dict[str, object]:
    """Return a value as OTLP JSON has it."""
    if isinstance(value, str):
        return {"stringValue": value}
    if isinstance(value, Sequence):
        return {"arrayValue": {"values": [wire_value(v) for v in value]} if value else {}}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value if math.isfinite(value) else _spelt(value)}
    return {"stringValue": ""}


def _spans(groups: Any) -> list[RawSpan]:
    return [
        _raw_span(span, _scope(scoped))
        for group in _list(groups)
        for scoped in _list(group.get("scopeSpans"))
        for span in _list(scoped.get("spans"))
    ]


def _events(groups: Any) -> list[Event]:
    return [
        _event(record)
        for group in _list(groups)
        for scoped in _list(group.get("scopeLogs"))
        for record in _list(scoped.get("logRecords"))
    ]


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise TypeError(f"{type(value).__name__} where a list belongs")
    return value


def _scope(scoped: Mapping[str, Any]) -> str:
    scope = scoped.get("scope")
    return _text(scope.get("name")) if scope else ""


def _raw_span(span: dict[str, Any], scope: str) -> RawSpan:
    trace_id, span_id = _id(span.get("traceId"), 16), _id(span.get("spanId"), 8)
    if len(trace_id) != 32 or len(span_id) != 16:
        raise ValueError("a span without a 16-byte trace id and an 8-byte span id")
    status = span.get("status")
    code, message = (status.get("code"), status.get("message")) if status else (0, "")
    return RawSpan(
        trace_id,
        span_id,
        _id(span.get("parentSpanId"), 8) or None,
        _text(span.get("name")),
        _integer(span.get("startTimeUnixNano")),
        _integer(span.get("endTimeUnixNano")) or None,
        _attributes(span.get("attributes")),
        code in (ERROR_STATUS, "STATUS_CODE_ERROR"),
        _text(message),
        scope,
    )


def _event(record: dict[str, Any]) -> Event:
    time = _integer(record.get("timeUnixNano")) or _integer(record.get("observedTimeUnixNano"))
    return Event(
        _text(record.get("eventName")),
        _id(record.get("traceId"), 16),
        _id(record.get("spanId"), 8),
        time,
        _attributes(record.get("attributes")),
    )


def _id(value: Any, size: int) -> str:
    """Hex in lower case, as OTLP JSON has it; protobuf's own JSON writes base64, read as well."""
    if not value:
        return ""
    text = _text(value)
    if len(text) == 4 * math.ceil(size / 3) and text.endswith("="):
        try:
            return base64.b64decode(text, validate=True).hex()
        except binascii.Error:
            raise ValueError(f"an id that is neither hex nor base64: {text[:40]!r}") from None
    try:
        return bytes.fromhex(text).hex()
    except ValueError:
        raise ValueError(f"an id that is not hex: {text[:40]!r}") from None


def _text(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} where a text belongs")
    return value


def _integer(value: Any) -> int:
    if value is None:
        return 0
    if isinstance(value, str | int):
        try:
            return int(value)
        except ValueError:
            pass
    raise ValueError(f"no int64 number: {str(value)[:40]!r}")


def _attributes(pairs: Any) -> dict[str, Attribute]:
    found: dict[str, Attribute] = {}
    for pair in _list(pairs):
        key = _text(pair.get("key"))
        if key:
            found[key] = _plain(pair.get("value"))
    return found


def _plain(value: Any) -> Attribute:
    """A value as Python has it; bytes and nested lists of pairs, which we never write, are None."""
    if value is None:
        return None
    if len(value) == 1 and isinstance(text := value.get("stringValue"), str):
        return text
    for key in _VALUE_KEYS:
        if (held := value.get(key)) is not None:
            return _held(key, held)
    flag = value.get("boolValue")
    if flag is not None and not isinstance(flag, bool):
        raise TypeError(f"{type(flag).__name__} where true or false belongs")
    if flag is not None:
        return flag
    return None if (text := value.get("stringValue")) is None else _text(text)


def _held(key: str, held: Any) -> Attribute:
    if key == "intValue":
        return _integer(held)
    if key == "doubleValue":
        return _double(held)
    if key == "arrayValue":
        items = [_plain(item) for item in _list(held.get("values"))]
        return [item for item in items if isinstance(item, str | bool | int | float)]
    return None


def _double(value: Any) -> float:
    if isinstance(value, float | int | str):
        try:
            return float(value)
        except ValueError:
            pass
    raise ValueError(f"no number: {str(value)[:40]!r}")


def _spelt(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
