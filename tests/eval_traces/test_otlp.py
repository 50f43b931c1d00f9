"""Our fast reading of OTLP JSON has the meaning of OpenTelemetry's own codec."""

import base64
import json
import math
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.json.common.trace_encoder import encode_spans
from opentelemetry.proto_json.collector.logs.v1.logs_service import ExportLogsServiceRequest
from opentelemetry.proto_json.collector.trace.v1.trace_service import ExportTraceServiceRequest
from opentelemetry.proto_json.common.v1.common import AnyValue
from opentelemetry.sdk.trace import ReadableSpan

from eval_traces import RunTracer
from eval_traces.otlp import Attribute, Event, RawSpan, event_line, parse_line
from eval_traces.writing.memory import TraceMemory
from eval_traces.writing.otlp_encode import span_line

INT64 = st.integers(-(2**63), 2**63 - 1)
TIMES = st.integers(0, 2**64 - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def ids(size: int) -> st.SearchStrategy[str]:
    return st.binary(min_size=size, max_size=size).map(bytes.hex)


def either(number: int) -> st.SearchStrategy[int | str]:
    return st.sampled_from([number, str(number)]) if abs(number) < 2**53 else st.just(str(number))


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.builds(lambda v: {"stringValue": v}, TEXTS),
        st.builds(lambda v: {"boolValue": v}, st.booleans()),
        st.builds(lambda v: {"intValue": v}, INT64.flatmap(either)),
        st.builds(lambda v: {"doubleValue": v}, st.floats(allow_nan=False, allow_infinity=False)),
        st.sampled_from([{"doubleValue": v} for v in ("NaN", "Infinity", "-Infinity", 3)]),
        st.builds(lambda v: {"bytesValue": base64.b64encode(v).decode()}, st.binary(max_size=9)),
        st.just({}),
    ),
    lambda inner: st.one_of(
        st.builds(lambda v: {"arrayValue": {"values": v}}, st.lists(inner, max_size=3)),
        st.builds(lambda v: {"kvlistValue": {"values": [{"key": "k", "value": v}]}}, inner),
    ),
    max_leaves=5,
)
PAIRS = st.lists(st.fixed_dictionaries({"key": TEXTS}, optional={"value": VALUES}), max_size=4)
SPANS = st.fixed_dictionaries(
    {"traceId": ids(16), "spanId": ids(8), "attributes": PAIRS},
    optional={
        "parentSpanId": st.one_of(st.just(""), ids(8), ids(8).map(str.upper)),
        "name": TEXTS,
        "kind": st.integers(0, 5),
        "flags": st.integers(0, 2**31),
        "startTimeUnixNano": TIMES.flatmap(either),
        "endTimeUnixNano": TIMES.flatmap(either),
        "status": st.fixed_dictionaries({}, optional={"code": st.integers(0, 2), "message": TEXTS}),
    },
)
RECORDS = st.fixed_dictionaries(
    {"attributes": PAIRS},
    optional={
        "traceId": ids(16),
        "spanId": ids(8),
        "eventName": TEXTS,
        "timeUnixNano": TIMES.flatmap(either),
        "observedTimeUnixNano": TIMES.flatmap(either),
    },
)


def plain(value: AnyValue | None) -> Attribute:
    if value is None:
        return None
    for scalar in (value.string_value, value.bool_value, value.int_value, value.double_value):
        if scalar is not None:
            return scalar
    if value.array_value is not None:
        items = [plain(v) for v in value.array_value.values]
        return [v for v in items if isinstance(v, str | bool | int | float)]
    return None


def by_the_codec(data: dict[str, Any]) -> tuple[list[RawSpan], list[Event]]:
    traces = ExportTraceServiceRequest.from_dict(data)
    logs = ExportLogsServiceRequest.from_dict(data)
    spans = [
        RawSpan(
            trace_id=(s.trace_id or b"").hex(),
            span_id=(s.span_id or b"").hex(),
            parent_id=(s.parent_span_id or b"").hex() or None,
            name=s.name or "",
            start=s.start_time_unix_nano or 0,
            end=s.end_time_unix_nano or None,
            attributes={p.key: plain(p.value) for p in s.attributes if p.key},
            failed=s.status is not None and int(s.status.code or 0) == 2,
            message=(s.status.message or "") if s.status else "",
            scope=(g.scope.name or "") if g.scope else "",
        )
        for r in traces.resource_spans
        for g in r.scope_spans
        for s in g.spans
    ]
    events = [
        Event(
            name=e.event_name or "",
            trace_id=(e.trace_id or b"").hex(),
            span_id=(e.span_id or b"").hex(),
            time=e.time_unix_nano or e.observed_time_unix_nano or 0,
            attributes={p.key: plain(p.value) for p in e.attributes if p.key},
        )
        for r in logs.resource_logs
        for g in r.scope_logs
        for e in g.log_records
    ]
    return spans, events


@given(
    st.lists(SPANS, max_size=3),
    st.lists(RECORDS, max_size=3),
    st.one_of(st.none(), st.just({}), st.builds(lambda n: {"name": n}, TEXTS)),
    st.booleans(),
)
def test_a_line_means_what_the_official_codec_reads(
    spans: list[Any], records: list[Any], scope: dict[str, str] | None, ascii_only: bool
) -> None:
    scoped: dict[str, Any] = {} if scope is None else {"scope": scope}
    data = {
        "resourceSpans": [{"resource": {}, "scopeSpans": [{**scoped, "spans": spans}]}],
        "resourceLogs": [{"scopeLogs": [{**scoped, "logRecords": records}]}],
    }
    line = parse_line(json.dumps(data, ensure_ascii=ascii_only).encode())
    expected_spans, expected_events = by_the_codec(data)
    assert repr(line.spans) == repr(expected_spans)  # by repr, for NaN is not NaN
    assert repr(line.events) == repr(expected_events)


ATTRIBUTES = st.one_of(
    TEXTS, st.booleans(), INT64, st.floats(allow_nan=False), st.lists(TEXTS, max_size=3)
)


@given(ids(16), ids(8), st.integers(0, 2**62), st.dictionaries(TEXTS.filter(bool), ATTRIBUTES))
def test_an_event_comes_back_from_its_line(
    trace_id: str, span_id: str, time: int, attributes: dict[str, Any]
) -> None:
    event = Event("n", trace_id, span_id, time, attributes)
    text = event_line(event)
    assert len(text.splitlines()) == 1
    assert parse_line(text).events == [event]


def test_a_number_that_is_none_survives_its_line() -> None:
    event = Event("n", "1" * 32, "2" * 16, 1, {"a": math.nan, "b": -math.inf})
    (again,) = parse_line(event_line(event)).events
    assert repr(again) == repr(event)


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=8, max_size=8))
def test_ids_in_base64_as_protobuf_writes_them_are_read_too(trace: bytes, span: bytes) -> None:
    raw = {"traceId": base64.b64encode(trace).decode(), "spanId": base64.b64encode(span).decode()}
    (read,) = parse_line(json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [raw]}]}]})).spans
    assert (read.trace_id, read.span_id) == (trace.hex(), span.hex())


@given(st.one_of(st.binary(max_size=40), st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["resourceSpans", "scopeSpans", "spans", "traceId", "attributes", "key", "value",
                 "status", "resourceLogs", "scopeLogs", "logRecords", "scope", "arrayValue"]
            ),
            inner,
        ),
    ),
).map(lambda v: json.dumps(v).encode())))  # fmt: skip
def test_whatever_a_line_holds_it_is_read_or_refused(text: bytes) -> None:
    try:
        parse_line(text)
    except ValueError as error:
        assert str(error)


@pytest.mark.parametrize("value", ["zz", "not base64=", 5])
def test_an_id_that_is_none_is_refused(value: object) -> None:
    data = {"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": value}]}]}]}
    with pytest.raises(ValueError, match=r"id|text"):
        parse_line(json.dumps(data))


@given(st.dictionaries(TEXTS.filter(bool), ATTRIBUTES, max_size=5), TEXTS, st.booleans())
def test_a_span_line_is_what_the_official_encoder_writes(
    attributes: dict[str, Any], name: str, broken: bool
) -> None:
    seen: list[ReadableSpan] = []

    class Kept(TraceMemory):
        def on_end(self, span: ReadableSpan) -> None:
            seen.append(span)
            super().on_end(span)

    tracer = RunTracer([Kept()], lambda text: text, version="1.2")
    with tracer.run("listing", attributes=attributes), suppress(OSError), tracer.tool(name) as tool:
        tool.set("numbers", [1, 2.5, True])
        if broken:
            raise OSError(name)
    assert len(seen) == 2
    for span in seen:
        assert json.loads(span_line(span)) == encode_spans([span]).to_dict()


def test_half_a_surrogate_pair_is_no_reason_to_lose_a_line() -> None:
    (again,) = parse_line(event_line(Event("n", "1" * 32, "2" * 16, 1, {"a": "x\ud800y"}))).events
    assert again.attributes == {"a": "x?y"}
