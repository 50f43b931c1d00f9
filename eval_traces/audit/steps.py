"""The way of a run: its waterfall of spans, and how the draft changed from writing to finish."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from eval_traces import names
from eval_traces.audit.state import nodes_of
from eval_traces.audit.view import Revision, RunFacts, Step, StepPlace, TakenBack
from eval_traces.trace import Span, Trace
from listing import Claim, ListingDocument

_FALSE = ("unsupported", "contradicted")
_CLAIMS = TypeAdapter(list[Claim])
_RELEASED = (
    "what was released of the model's words (length, safety, a kind that nobody vouches for)"
)
_FINISHED = "what was left is not enough for a description"


def read_places(trace: Trace) -> dict[str, StepPlace]:
    """Return where each span of the trace stands, by span id."""
    found: dict[str, StepPlace] = {}
    stack = [(trace.root, "")]
    while stack:
        span, node = stack.pop()
        node = span.label if span.kind == "node" else node
        since = (span.start - trace.root.start) / 1e9
        found[span.span_id] = StepPlace(span.span_id, span.name, node, since, span.duration_s)
        stack += [(child, node) for child in span.children]
    return found


def read_steps(trace: Trace, places: Mapping[str, StepPlace]) -> tuple[Step, ...]:
    """Return all spans below the root, parents first, with their depth (0 for the root's own)."""
    depth = {trace.root.span_id: -1}
    steps = []
    for span in trace.spans[1:]:
        depth[span.span_id] = depth.get(span.parent_id or "", -1) + 1
        steps.append(
            Step(
                place=places[span.span_id],
                kind=span.kind,
                depth=depth[span.span_id],
                status=span.status,
                route=span.route,
                reason=span.route_reason,
                degraded=span.degraded,
                message=span.message,
                input=span.input,
                output=span.output,
            )
        )
    return tuple(steps)


def read_revisions(run: Span, places: Mapping[str, StepPlace]) -> tuple[Revision, ...]:
    """Return every change of the draft in order, with the statements that were taken back."""
    return tuple(_changes(nodes_of(run), places))


def _changes(nodes: Sequence[Span], places: Mapping[str, StepPlace]) -> Iterator[Revision]:
    before: tuple[str, str] | None = None
    false: tuple[TakenBack, ...] = ()
    number = 0
    for node in nodes:
        output = node.output if isinstance(node.output, Mapping) else {}
        if node.label == "write_draft":
            before = _written(node)
        if "claims" in output and "title" not in output:
            false = _taken_back(output["claims"])
        if before is None:
            before = _draft_of(output, ("", "")) if "title" in output else None
            continue
        after = _draft_of(output, before)
        if after != before and any(after):
            number += 1
            taken = false if node.label == "revise" else ()
            why = {"write_draft": _RELEASED, "finish": _FINISHED}.get(node.label, "")
            reason = why or node.route_reason or ""
            place = places[node.span_id]
            yield Revision(number, *before, *after, taken_back=taken, reason=reason, step=place)
            before = after


def _draft_of(output: Mapping[str, Any], before: tuple[str, str]) -> tuple[str, str]:
    title, description = output.get("title", before[0]), output.get("description", before[1])
    return str(title or ""), str(description or "")


def _written(node: Span) -> tuple[str, str] | None:
    """What the model itself wrote, title and description."""
    for span in node.walk():
        text = _said(span.output) if span.kind == "chat" else ""
        if text:
            title, _, body = text.partition("\n")
            return title.strip(), body.strip()
    return None


def _said(messages: Any) -> str:
    """The text of a chat span's first output message."""
    first = messages[0] if isinstance(messages, list) and messages else None
    parts = first.get("parts") if isinstance(first, dict) else None
    texts = (p.get("content") for p in parts or () if isinstance(p, dict))
    return "".join(t for t in texts if isinstance(t, str))


def _taken_back(recorded: Any) -> tuple[TakenBack, ...]:
    try:
        claims = _CLAIMS.validate_python(recorded)
    except ValidationError:
        return ()
    return tuple(
        TakenBack(c.text, c.attribute, c.value, c.verdict, tuple(c.evidence))
        for c in claims
        if c.verdict in _FALSE
    )


def read_facts(trace: Trace, run: Span, document: ListingDocument) -> RunFacts:
    """Return what steered the run: models, prompts, settings, and what it took."""
    models: Counter[str] = Counter()
    prompts: dict[str, str] = {}
    for chat in (s for s in run.walk() if s.kind == "chat"):
        models[chat.text(names.RESPONSE_MODEL) or chat.label] += 1
        name = chat.text(names.PROMPT_NAME)
        if name:
            prompts[name] = chat.text(names.PROMPT_VERSION) or ""
    told = [m for m, _ in models.most_common()]
    if document.model:
        about = (document.model.name, document.model.revision, document.model.device)
        told = [" ".join(filter(None, about)), *(m for m in told if m != document.model.name)]
    settings = trace.root.json(names.SETTINGS)
    category = document.category
    return RunFacts(
        category=" › ".join(category.path) if category else "",
        models=tuple(told),
        prompts=dict(sorted(prompts.items())),
        timings_ms=document.timings_ms or _node_times(run),
        settings=settings if isinstance(settings, dict) else {},
        replay_of=trace.root.text(names.REPLAY_PARENT) or "",
        scores={e.name: e.score for e in trace.evaluations if e.score is not None},
    )


def _node_times(run: Span) -> dict[str, float]:
    times: dict[str, float] = {}
    for node in nodes_of(run):
        if node.duration_s is not None:
            times[node.label] = times.get(node.label, 0.0) + round(1000 * node.duration_s, 1)
    return times
