"""Builds the tree of a run from its spans, whatever is missing, and says what was.

A root is put in where there is none, orphans hang from the root, spans that name each other as
parents are left out; another edition of the names is read as far as it is known.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from eval_traces import names
from eval_traces.names import SpanKind
from eval_traces.otlp import Attribute, Event, RawSpan, under_way
from eval_traces.trace import LISTING_SCHEMA, Evaluation, Span, Trace

MISSING_ROOT = "run"
"""The name of a root that is put in where the record has none."""
_LISTING = re.compile(r'"schema":"(vouch\.listing/\d+)"')


def assemble(
    spans: Mapping[str, RawSpan],
    events: Sequence[Event],
    *,
    path: Path | None = None,
    ended: bool = True,
    lost: Sequence[str] = (),
) -> Trace:
    """Build the tree of one trace's spans; `lost` is what could not be read of its record."""
    known = dict(spans)
    for event in events:
        if event.name == names.STARTED_EVENT and event.span_id not in known:
            known[event.span_id] = under_way(event)
    warnings = list(lost)
    roots = [s for s in known.values() if s.parent_id is None]
    if len(roots) != 1:
        warnings.append(_root_warning(len(roots)))
        roots = [_stand_in(known, roots)]
    root, left_out, adopted = _tree(roots[0], known)
    if adopted and known.get(root.span_id) is roots[0]:
        warnings.append(f"{adopted} steps whose parent is missing hang from the root")
    if left_out:
        warnings.append(f"{left_out} steps that name each other as parents were left out")
    schema = _schema(root, known.values())
    judged = tuple(_evaluation(e) for e in events if e.name == names.EVALUATION_EVENT)
    return Trace(
        trace_id=next(iter(known.values())).trace_id,
        root=root,
        complete=ended and root.end is not None and not warnings,
        evaluations=judged,
        path=path,
        warnings=(*warnings, *schema_warnings(schema, root.attributes)),
        schema=schema,
    )


def _root_warning(count: int) -> str:
    if count:
        return f"{count} spans without a parent, where a run has one root: they are shown together"
    return "the root span is missing, and with it how the run ended and its answer"


def _stand_in(known: Mapping[str, RawSpan], roots: Sequence[RawSpan]) -> RawSpan:
    """A root for what has none, with the id that the orphans name as their parent's if it is one.

    It never ended, for nobody knows.
    """
    named = {s.parent_id for s in known.values() if s.parent_id and s.parent_id not in known}
    first = min(known.values(), key=lambda s: s.start)
    return RawSpan(
        trace_id=first.trace_id,
        span_id=named.pop() if len(named) == 1 and not roots else "",
        parent_id=None,
        name=MISSING_ROOT,
        start=first.start,
        end=None,
        attributes={},
        failed=False,
        message="",
    )


def _tree(root: RawSpan, known: Mapping[str, RawSpan]) -> tuple[Span, int, int]:
    """The tree below `root`, how many spans it does not reach, how many hang there as orphans."""
    below: dict[str, list[RawSpan]] = defaultdict(list)
    adopted = 0
    for raw in sorted(known.values(), key=lambda s: s.start):
        if raw is root:
            continue
        if raw.parent_id in known and raw.parent_id:
            below[raw.parent_id].append(raw)
        else:
            below[root.span_id].append(raw)
            adopted += 1
    order = [root]
    for raw in order:
        order += below[raw.span_id]
    built: dict[str, Span] = {}
    for raw in reversed(order):
        children = tuple(built[child.span_id] for child in below[raw.span_id])
        built[raw.span_id] = _span(raw, children)
    reached = len(order) if root.span_id in known else len(order) - 1
    return built[root.span_id], len(known) - reached, adopted


def _span(raw: RawSpan, children: tuple[Span, ...]) -> Span:
    return Span(
        raw.span_id, raw.parent_id, raw.name, kind_of(raw), raw.start, raw.end, raw.attributes,
        raw.failed, raw.message, children,
    )  # fmt: skip


def kind_of(raw: RawSpan) -> SpanKind:
    """Return what a span stands for, by its attributes."""
    if names.NODE_NAME in raw.attributes:
        return "node"
    return names.KIND_OF_OPERATION.get(str(raw.attributes.get(names.OPERATION)), "other")


def _schema(root: Span, spans: Iterable[RawSpan]) -> str:
    """As the root says; runs from before it said so are the first edition, foreign ones none."""
    told = root.text(names.TRACE_SCHEMA)
    if told:
        return told
    return names.SCHEMA if any(raw.scope == names.SCOPE for raw in spans) else ""


def schema_warnings(schema: str, root: Mapping[str, Attribute]) -> Iterator[str]:
    """Yield what a reader should know of the record's edition; `root` are the root's attributes."""
    if not schema:
        yield "not recorded by vouch: its spans are shown as they are, there is no listing to find"
    elif schema != names.SCHEMA:
        yield (
            f"written in {schema}, of which this vouch knows {names.SCHEMA}: shown as far as it is "
            "known; a newer vouch reads it all"
        )
    document = str(root.get(names.OUTPUT) or "")
    found = _LISTING.search(document) if LISTING_SCHEMA not in document else None
    if found:
        yield (
            f"its listing is written in {found[1]}, of which this vouch knows {LISTING_SCHEMA}: "
            "read as far as it is known"
        )


def _evaluation(event: Event) -> Evaluation:
    score = event.attributes.get(names.EVALUATION_SCORE)
    label = event.attributes.get(names.EVALUATION_LABEL)
    why = event.attributes.get(names.EVALUATION_EXPLANATION)
    return Evaluation(
        span_id=event.span_id,
        name=str(event.attributes.get(names.EVALUATION_NAME) or ""),
        score=float(score) if isinstance(score, int | float) else None,
        label=label if isinstance(label, str) else None,
        explanation=why if isinstance(why, str) else None,
    )
