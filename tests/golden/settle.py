"""Makes a recorded trace file say the same bytes each time: ids, times and noise taken out of it.

Rule: what a run did stays as it was recorded. Ids are numbered in the order of the steps, a step
takes one millisecond from a fixed day on, and numbers keep four decimals.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from eval_traces import canonical_json, names
from eval_traces.otlp import dump_line

_BASE_NS: Final = 1_767_225_600 * 10**9
"""2026-01-01, in nanoseconds since 1970."""
_STEP_NS: Final = 10**6
_DECIMALS: Final = 4
_FIRST_CHUNK_S: Final = 0.001
Json = Any


def golden_trace_id(case: str) -> str:
    """Return the trace id of a case's run."""
    return hashlib.sha256(f"golden {case}".encode()).hexdigest()[:32]


def settled_lines(lines: list[str], case: str) -> list[str]:
    """Return the lines of the case's trace file, the same for every recording of the same run."""
    requests = [json.loads(line) for line in lines]
    spans = [_span(r) for r in requests if "resourceSpans" in r]
    events = [r for r in requests if "resourceLogs" in r]
    order = _Order.of(spans)
    ids = _new_ids(order, case)
    times = order.times()
    lasting = {s["spanId"]: (times[s["spanId"]][1] - times[s["spanId"]][0]) / 1e6 for s in spans}
    timed = _timings(order, lasting)
    settled: list[str] = []
    for span in order.spans:
        start, end = times[span["spanId"]]
        span |= {"startTimeUnixNano": str(start), "endTimeUnixNano": str(end)}
        span["attributes"] = [_attribute(a, timed) for a in span["attributes"]]
        settled.append(dump_line(_request(span, named=not settled)))
    for event in events:
        record = event["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]
        when = str(times[record["spanId"]][1])
        record |= {"timeUnixNano": when, "observedTimeUnixNano": when}
        record["attributes"] = [_attribute(a, timed) for a in record["attributes"]]
        settled.append(dump_line(event))
    return [_replaced(line, ids) for line in settled]


def _request(span: Json, *, named: bool) -> Json:
    """The request of one span; the first of a file names the service, without its version."""
    service = {"key": names.SERVICE_NAME, "value": {"stringValue": "vouch"}}
    scoped = {"scopeSpans": [{"scope": {"name": names.SCOPE}, "spans": [span]}]}
    resource = {"resource": {"attributes": [service]}} if named else {}
    return {"resourceSpans": [{**resource, **scoped}]}


def _span(request: Json) -> Json:
    (group,) = request["resourceSpans"]
    (scoped,) = group["scopeSpans"]
    (span,) = scoped["spans"]
    return span


def _value(span: Json, key: str) -> Json:
    """An attribute's value, of whatever kind; None where the span has none."""
    for pair in span["attributes"]:
        if pair["key"] == key:
            return next(iter(pair["value"].values()))
    return None


@dataclass
class _Order:
    """The spans as steps follow each other: nodes by the graph's step, others as they began."""

    spans: list[Json]
    children: dict[str, list[Json]] = field(default_factory=dict)

    @classmethod
    def of(cls, spans: list[Json]) -> "_Order":
        children: dict[str, list[Json]] = {}
        for span in sorted(spans, key=_place):
            children.setdefault(span.get("parentSpanId") or "", []).append(span)
        order: list[Json] = []
        left = list(reversed(children[""]))
        while left:
            span = left.pop()
            order.append(span)
            left.extend(reversed(children.get(span["spanId"], [])))
        return cls(order, children)

    def times(self) -> dict[str, tuple[int, int]]:
        """Start and end by span id; nodes of one step begin at the same time."""
        times: dict[str, tuple[int, int]] = {}
        (root,) = self.children[""]
        self._clock(root, _BASE_NS, times)
        return times

    def _clock(self, span: Json, start: int, times: dict[str, tuple[int, int]]) -> int:
        now, step, began = start + _STEP_NS, None, start + _STEP_NS
        for child in self.children.get(span["spanId"], []):
            its = _value(child, names.NODE_STEP)
            at = began if its is not None and its == step else now
            step, began = its, at
            now = max(now, self._clock(child, at, times))
        times[span["spanId"]] = (start, now)
        return now + _STEP_NS


def _place(span: Json) -> tuple[int, str, int]:
    """Nodes of one step run side by side, so which began first is chance."""
    step = _value(span, names.NODE_STEP)
    return int(step or 0), span["name"] if step else "", int(span["startTimeUnixNano"])


def _new_ids(order: _Order, case: str) -> dict[str, str]:
    ids = {order.spans[0]["traceId"]: golden_trace_id(case)}
    for number, span in enumerate(order.spans, start=1):
        ids[span["spanId"]] = f"5a{number:014x}"
        for key, name in ((names.CHECKPOINT_ID, "checkpoint"), (names.RESPONSE_ID, "answer")):
            if given := _value(span, key):
                ids.setdefault(str(given), f"{name}-{number}")
    return ids


def _replaced(line: str, ids: Mapping[str, str]) -> str:
    for old, new in ids.items():
        line = line.replace(old, new)
    return line


def _timings(order: _Order, lasting: Mapping[str, float]) -> dict[str, float]:
    """What `timings_ms` says, from the settled times; milliseconds."""
    told = {"total": lasting[order.spans[0]["spanId"]], "first_token": 1000 * _FIRST_CHUNK_S}
    for span in order.spans:
        node = _value(span, names.NODE_NAME)
        if node:
            told[str(node)] = lasting[span["spanId"]]
    return told


def _attribute(pair: Json, timed: Mapping[str, float]) -> Json:
    key, (kind, value) = pair["key"], next(iter(pair["value"].items()))
    if kind == "doubleValue":
        value = _FIRST_CHUNK_S if key == names.TIME_TO_FIRST_CHUNK else _rounded(value)
    elif kind == "stringValue" and value[:1] in ("{", "["):
        value = _settled_json(value, timed)
    return {"key": key, "value": {kind: value}}


def _settled_json(text: str, timed: Mapping[str, float]) -> str:
    """The text with its numbers settled, where it is the JSON that a tracer writes."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    if canonical_json(value) != text:
        return text
    return canonical_json(_settled(value, timed))


def _settled(value: Json, timed: Mapping[str, float]) -> Json:
    if isinstance(value, dict):
        return {k: _settled_item(k, v, timed) for k, v in value.items()}
    if isinstance(value, list):
        return [_settled(v, timed) for v in value]
    return _rounded(value) if isinstance(value, float) else value


_TIMES: Mapping[str, Callable[[Json, Mapping[str, float]], Json]] = {
    "timings_ms": lambda value, timed: {k: timed.get(k, 0.0) if v else v for k, v in value.items()},
    "first_token_s": lambda value, timed: _FIRST_CHUNK_S if value else value,
}


def _settled_item(key: str, value: Json, timed: Mapping[str, float]) -> Json:
    settle = _TIMES.get(key)
    return settle(value, timed) if settle else _settled(value, timed)


def _rounded(value: float) -> float:
    return round(value, _DECIMALS)
