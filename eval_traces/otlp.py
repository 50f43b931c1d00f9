"""The lines of a trace file: OTLP JSON, one export request a line, by the official codec.

A span line is an `ExportTraceServiceRequest`, an event line an `ExportLogsServiceRequest` whose one
record carries the ids of the span that it belongs to.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from opentelemetry.exporter.otlp.json.common.trace_encoder import encode_spans
from opentelemetry.proto_json.collector.logs.v1.logs_service import ExportLogsServiceRequest
from opentelemetry.proto_json.collector.trace.v1.trace_service import ExportTraceServiceRequest
from opentelemetry.proto_json.common.v1.common import AnyValue, KeyValue
from opentelemetry.proto_json.logs.v1.logs import LogRecord
from opentelemetry.proto_json.trace.v1.trace import Span as WireSpan
from opentelemetry.sdk.trace import ReadableSpan

from eval_traces import names

Scalar = str | bool | int | float
Attribute = Scalar | list[Scalar] | None
_SEVERITY_INFO = 9
_LINE_ENDS = str.maketrans({"\u2028": "\\u2028", "\u2029": "\\u2029", "\x85": "\\u0085"})
"""Characters that `str.splitlines` of other readers would break a JSON text at."""


@dataclass(frozen=True)
class Event:
    """A log record that belongs to a span; times in nanoseconds since 1970."""

    name: str
    trace_id: str
    span_id: str
    time: int
    attributes: Mapping[str, Attribute]


@dataclass(frozen=True)
class RawSpan:
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


@dataclass(frozen=True)
class Line:
    """What one line holds."""

    spans: Sequence[RawSpan] = ()
    events: Sequence[Event] = ()


def span_line(span: ReadableSpan) -> str:
    """Return the line of an ended span, without a line feed."""
    return _dump(encode_spans([span]).to_dict())


def event_line(event: Event) -> str:
    """Return the line of an event, without a line feed."""
    record = {
        "timeUnixNano": str(event.time),
        "observedTimeUnixNano": str(event.time),
        "severityNumber": _SEVERITY_INFO,
        "eventName": event.name,
        "traceId": event.trace_id,
        "spanId": event.span_id,
        "attributes": [{"key": k, "value": _wire(v)} for k, v in event.attributes.items()],
    }
    service = {"key": names.SERVICE_NAME, "value": {"stringValue": "vouch"}}
    logs = {"scope": {"name": names.SCOPE}, "logRecords": [record]}
    return _dump({"resourceLogs": [{"resource": {"attributes": [service]}, "scopeLogs": [logs]}]})


def parse_line(text: str) -> Line:
    """Return what a line holds; ValueError says what is wrong with it."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON ({error.msg} at column {error.colno})") from None
    if not isinstance(data, dict) or not data.keys() & {"resourceSpans", "resourceLogs"}:
        raise ValueError("neither resourceSpans nor resourceLogs: not OTLP JSON")
    try:
        traces = ExportTraceServiceRequest.from_dict(data)
        logs = ExportLogsServiceRequest.from_dict(data)
    except (TypeError, AttributeError, KeyError) as error:
        raise ValueError(f"not OTLP JSON: {error}") from None
    spans = [s for r in traces.resource_spans for g in r.scope_spans for s in g.spans]
    records = [e for r in logs.resource_logs for g in r.scope_logs for e in g.log_records]
    return Line([_raw_span(s) for s in spans], [_event(e) for e in records])


def _raw_span(span: WireSpan) -> RawSpan:
    trace_id, span_id = span.trace_id or b"", span.span_id or b""
    if len(trace_id) != 16 or len(span_id) != 8:
        raise ValueError("a span without a 16-byte trace id and an 8-byte span id")
    status = span.status
    return RawSpan(
        trace_id=trace_id.hex(),
        span_id=span_id.hex(),
        parent_id=(span.parent_span_id or b"").hex() or None,
        name=span.name or "",
        start=span.start_time_unix_nano or 0,
        end=span.end_time_unix_nano or None,
        attributes=_attributes(span.attributes),
        failed=status is not None and int(status.code or 0) == 2,
        message=(status.message or "") if status else "",
    )


def _event(record: LogRecord) -> Event:
    return Event(
        name=record.event_name or "",
        trace_id=(record.trace_id or b"").hex(),
        span_id=(record.span_id or b"").hex(),
        time=record.time_unix_nano or record.observed_time_unix_nano or 0,
        attributes=_attributes(record.attributes),
    )


def _attributes(pairs: Iterable[KeyValue]) -> dict[str, Attribute]:
    return {p.key: _plain(p.value) for p in pairs if p.key}


def _plain(value: AnyValue | None) -> Attribute:
    if value is None:
        return None
    for scalar in (value.string_value, value.bool_value, value.int_value, value.double_value):
        if scalar is not None:
            return scalar
    if value.array_value is not None:
        items = [_plain(v) for v in value.array_value.values]
        return [v for v in items if isinstance(v, str | bool | int | float)]
    return None


def _wire(value: Attribute) -> dict[str, object]:
    if isinstance(value, list):
        return {"arrayValue": {"values": [_wire(v) for v in value]}}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    return {"stringValue": value or ""}


def _dump(data: object) -> str:
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return text.translate(_LINE_ENDS)
