"""What a recorded run knew when it ended: its listing document, or else what its nodes had found.

A run without a document (it broke off, failed, or kept no content) is read from the outputs of its
nodes, piece by piece; a piece in a form that cannot be read is left out and told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from eval_traces import names
from eval_traces.trace import LISTING_SCHEMA, Span, Trace
from listing import (
    AttributeValue,
    CategoryPrediction,
    Claim,
    Evidence,
    ListingDocument,
    Photo,
    Question,
    Reference,
    SafetyReport,
)
from listing.errors import BadInputError

T = TypeVar("T")
_NOT_CAPTURED = (
    "The run was recorded without content: draft, claims, evidence and reasons cannot be shown; "
    "steps, times and routes can."
)
_NOTES = {
    "refused": "The run was refused before anything was written.",
    "halted": "The draft was stopped for safety and never became a listing; the step that wrote "
    "it holds what had been written.",
    "manual": "No draft came of this run; the seller's form was left untouched.",
}


@dataclass(frozen=True)
class EndState:
    """The document, true or put together, with what is to be said about it."""

    run: Span
    """The listing run: the trace's root, or a run inside the assistant's."""
    document: ListingDocument
    status: str
    mode_known: bool
    note: str
    gaps: tuple[str, ...]


def end_state(trace: Trace) -> EndState:
    """Return what the run knew; never fails on what a file may hold."""
    run = _listing_run(trace)
    gaps: list[str] = []
    document = None
    try:
        document = trace.document()
    except BadInputError:
        gaps.append("The recorded listing does not fit this version's schema; nodes were read.")
    if not _has_content(trace):
        gaps.append(_NOT_CAPTURED)
    if document is not None:
        return EndState(run, document, document.status, True, _NOTES.get(document.status, ""), ())
    document = _from_nodes(run, gaps)
    status = run.text(names.STATUS) or ("unfinished" if run.end is None else "ended")
    mode_known = any(n.label == "choose_mode" for n in nodes_of(run)) or bool(run.text(names.MODE))
    return EndState(
        run=run,
        document=document,
        status="error" if run.failed else status,
        mode_known=mode_known,
        note=_note(trace, run, status),
        gaps=tuple(gaps),
    )


def _note(trace: Trace, run: Span, status: str) -> str:
    """Why there is no document, in words."""
    if run.failed:
        return f"The run failed: {run.message or 'no reason was recorded'}."
    if run.end is None or run.status == "unfinished":
        return "The run did not end; this is as far as it came."
    if run.status == "paused":
        return "The run paused to ask the seller; this is as far as it came."
    if not _has_content(trace):
        return "What this run wrote was not recorded."
    return _NOTES.get(status, "No listing was recorded with this run.")


def nodes_of(run: Span) -> list[Span]:
    """Return the nodes of a run in the order that they began, not those of runs inside it."""
    found: list[Span] = []
    stack = list(reversed(run.children))
    while stack:
        span = stack.pop()
        if span.kind == "node":
            found.append(span)
        if span.kind not in ("workflow", "agent"):
            stack.extend(reversed(span.children))
    return sorted(found, key=lambda s: s.start)


def _listing_run(trace: Trace) -> Span:
    """The run that `Trace.document` takes the document from."""
    runs = [s for s in trace.spans if s.kind in ("workflow", "agent")]
    for run in (trace.root, *reversed(runs)):
        output = run.output
        if isinstance(output, dict) and output.get("schema") == LISTING_SCHEMA:
            return run
    return trace.root


def _has_content(trace: Trace) -> bool:
    return trace.content_captured and any(
        s.input is not None or s.output is not None for s in trace.spans
    )


def _from_nodes(run: Span, gaps: list[str]) -> ListingDocument:
    state = _merged(run)
    mode = run.text(names.MODE) or state.get("mode")
    return ListingDocument(
        listing_id="",
        status="manual",
        mode=_read(ListingDocument.model_fields["mode"].annotation, mode, "manual", "mode", gaps),
        photos=_read(list[Photo], state.get("photos"), [], "photos", gaps),
        category=_read(CategoryPrediction, state.get("category"), None, "category", gaps),
        references=_read(list[Reference], state.get("references"), [], "references", gaps),
        attributes=_read(
            dict[str, AttributeValue], state.get("attributes"), {}, "attributes", gaps
        ),
        title=_read(str, state.get("title"), "", "title", gaps),
        description=_read(str, state.get("description"), "", "description", gaps),
        claims=_read(list[Claim], state.get("claims"), [], "claims", gaps),
        evidence=_read(list[Evidence], state.get("evidence"), [], "evidence", gaps),
        questions=_read(list[Question], state.get("questions"), [], "questions", gaps),
        safety=_read(SafetyReport, state.get("safety"), SafetyReport(), "safety", gaps),
        warnings=_read(list[str], state.get("warnings"), [], "warnings", gaps),
    )


def _merged(run: Span) -> dict[str, Any]:
    """The nodes' outputs laid over each other as they ended; photos as they went in."""
    state: dict[str, Any] = {}
    warnings: list[Any] = []
    nodes = nodes_of(run)
    for node in nodes:
        if isinstance(node.input, Mapping) and "photos" in node.input:
            state.setdefault("photos", node.input["photos"])
    for node in sorted(nodes, key=lambda n: n.end or n.start):
        output = node.output
        if isinstance(output, Mapping):
            state |= output
            warnings += output.get("warnings") or []
            if {"title", "description"} & output.keys() and "claims" not in output:
                state["claims"] = []  # those of the draft before this one
    return {**state, "warnings": warnings}


def _read(kind: Any, value: Any, empty: T, what: str, gaps: list[str]) -> T:
    if value is None:
        return empty
    try:
        read: T = TypeAdapter(kind).validate_python(value)
    except ValidationError:
        gaps.append(f"The recorded {what} are in a form that this version cannot read.")
        return empty
    return read
