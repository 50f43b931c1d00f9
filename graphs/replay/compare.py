"""Where two runs differ: node by node in the graph's order, and inside a node event by event.

Ids and times of a run are no difference; everything else that a span records is. The first
difference is the cause or nearest to it, since a node's input is what those before it left.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Literal

from eval_traces import Span, Trace, names

What = Literal["route", "input", "call", "arguments", "order", "answer", "ending", "output"]
VOLATILE = frozenset(
    {"timings_ms", "at", "span_id", "category_span", "retrieval_span"}
    | {"trace_id", "thread_id", "listing_id", "checkpoint_id"}
)
_CALLS = ("tool_call", "tool_call_response")
_MISSING = "(nothing)"


@dataclass(frozen=True)
class Difference:
    """One place where the runs differ, with both sides."""

    node: str
    visit: int
    """Which visit of the node, from 1."""
    what: What
    call: str
    """The tool or model call, `tool > model`; empty for the node itself."""
    where: str
    """Path of the value that differs, `attributes.colour.value`; empty for the whole."""
    recorded: Any
    replayed: Any

    def __str__(self) -> str:
        """The place in words."""
        visit = f" (visit {self.visit})" if self.visit > 1 else ""
        return " > ".join(part for part in (f"{self.node}{visit}", self.call) if part)


@dataclass(frozen=True)
class _Event:
    """Something said inside a node: a call with its arguments, or what it came to."""

    what: What
    call: str
    value: Any


def differences(recorded: Trace, replayed: Trace, *, stopped: bool = False) -> list[Difference]:
    """Return the first difference of each node that both runs visited, and of the way they took.

    In the order of the steps: the first of the list is the first divergence. Of a replay that was
    `stopped` what it did not come to is no difference.
    """
    ours, theirs = _visits(recorded), _visits(replayed)
    return list(_differences(ours[: len(theirs)] if stopped else ours, theirs))


def _differences(
    ours: Sequence[tuple[int, Span]], theirs: Sequence[tuple[int, Span]]
) -> Iterator[Difference]:
    for one, two in zip_longest(ours, theirs):
        if one is None or two is None or one[1].label != two[1].label:
            there = one or two
            assert there is not None
            sides = [side[1].label if side else _MISSING for side in (one, two)]
            yield Difference(there[1].label, there[0], "route", "", "", *sides)
            return
        visit, node = one
        found = _in_node(node.label, visit, node, two[1])
        if found is not None:
            yield found


def _visits(trace: Trace) -> list[tuple[int, Span]]:
    """Nodes in the graph's order, side by side ones by name, each with its visit's number."""
    order = sorted(
        enumerate(trace.nodes()),
        key=lambda item: (_step(item[1], item[0]), item[1].label, item[1].start),
    )
    seen: dict[str, int] = {}
    visits = []
    for _, node in order:
        seen[node.label] = seen.get(node.label, 0) + 1
        visits.append((seen[node.label], node))
    return visits


def _step(node: Span, otherwise: int) -> int:
    step = node.attributes.get(names.NODE_STEP)
    return step if isinstance(step, int) else otherwise


def _in_node(name: str, visit: int, one: Span, two: Span) -> Difference | None:
    answered = {s.label for s in two.children if s.text(names.REPLAY_ANSWERED) == "whole"}
    ours, theirs = (list(_events(n, answered)) for n in (one, two))
    for a, b in zip_longest(ours, theirs):
        if a == b:
            continue
        if a is None or b is None or (a.what, a.call) != (b.what, b.call):
            sides = [f"{e.what} of {e.call or name}" if e else _MISSING for e in (a, b)]
            moved = _sorted(ours) == _sorted(theirs)
            what: What = "order" if moved else "call"
            return Difference(name, visit, what, (b or a).call, "", *sides)
        where, left, right = first_difference(a.value, b.value)
        moved = a.what == "arguments" and _sorted(ours) == _sorted(theirs)
        return Difference(name, visit, "order" if moved else a.what, a.call, where, left, right)
    return None


def _sorted(events: Iterable[_Event]) -> list[str]:
    return sorted(json.dumps([e.what, e.call, e.value], sort_keys=True) for e in events)


def _events(node: Span, answered: set[str]) -> Iterator[_Event]:
    """What a node's span says, in the order that it came about."""
    yield _Event("input", "", stable(node.input))
    for child in node.children:
        yield from _call_events(child, "", answered)
    yield _Event("ending", "", _ending(node))
    yield _Event("output", "", stable(node.output))
    yield _Event("route", "", [node.route, node.route_reason, node.degraded])


def _call_events(span: Span, within: str, answered: set[str]) -> Iterator[_Event]:
    """A call's arguments, the calls inside it, its ending and answer."""
    if span.kind not in ("tool", "chat"):
        return
    call = " > ".join(p for p in (within, "model" if span.kind == "chat" else span.label) if p)
    yield _Event("arguments", call, stable(_arguments(span)))
    if span.label not in answered:
        for child in span.children:
            yield from _call_events(child, call, answered)
    yield _Event("ending", call, _ending(span))
    yield _Event("answer", call, stable(span.output))


def _arguments(span: Span) -> Any:
    if span.kind == "tool":
        return span.input
    asked = {
        "messages": span.input,
        "choices": span.json(names.REQUEST_CHOICES),
        "spans": span.json(names.REQUEST_SPANS),
        "tools": span.json(names.TOOL_DEFINITIONS),
        "prompt": f"{span.text(names.PROMPT_NAME) or ''} {span.text(names.PROMPT_VERSION) or ''}",
    }
    return {key: value for key, value in asked.items() if value is not None}


def _ending(span: Span) -> list[str]:
    """How a span ended; of a model's answer how far it was read shows in what its reader made."""
    if span.kind == "chat" and not span.failed:
        return []
    return [span.status, span.message]


def stable(value: Any) -> Any:
    """Return the value without ids and times of its run, those that a model gave its calls too."""
    if isinstance(value, dict):
        left_out = VOLATILE | {"id"} if value.get("type") in _CALLS else VOLATILE
        return {k: stable(v) for k, v in value.items() if k not in left_out}
    if isinstance(value, list):
        return [stable(v) for v in value]
    return value


def first_difference(one: Any, two: Any, where: str = "") -> tuple[str, Any, Any]:
    """Return the path of the first value that differs, and both values there."""
    if isinstance(one, dict) and isinstance(two, dict):
        for key in [*one, *(k for k in two if k not in one)]:
            if key not in one or key not in two:
                return _join(where, key), one.get(key, _MISSING), two.get(key, _MISSING)
            if one[key] != two[key]:
                return first_difference(one[key], two[key], _join(where, key))
    if isinstance(one, list) and isinstance(two, list):
        for i, (a, b) in enumerate(zip_longest(one, two, fillvalue=_MISSING)):
            if a != b:
                return first_difference(a, b, _join(where, str(i)))
    return where, one, two


def _join(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key
