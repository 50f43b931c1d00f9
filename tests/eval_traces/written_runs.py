"""Trace files written line by line, so that a test has every word of a run in its hand."""

import json
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from eval_traces import names
from eval_traces.evaluators import Evaluator, Score, ScoredRun
from eval_traces.scoring.scan import scan_file
from eval_traces.scoring.truth import Truth
from listing import ListingDocument

PHOTO = "ab" * 32
SECOND = 10**9


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def wire(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return {"arrayValue": {"values": [wire(item) for item in value]}}
    if not isinstance(value, str):
        value = compact(value)
    return {"stringValue": value}


class WrittenRun:
    """A run to which spans are added; the root comes last, with the document."""

    def __init__(self, number: int = 1) -> None:
        self.trace_id = f"{number:032x}"
        self.lines: list[str] = []
        self._ids = count(2)
        self.clock = 1_700_000_000 * SECOND
        self.root = f"{1:016x}"

    def span(
        self,
        name: str,
        attributes: Mapping[str, Any],
        *,
        parent: str | None = None,
        span_id: str | None = None,
        seconds: float = 0.5,
        error: str | None = None,
    ) -> str:
        self.clock += SECOND
        made = span_id or f"{next(self._ids):016x}"
        span: dict[str, Any] = {
            "traceId": self.trace_id,
            "spanId": made,
            "name": name,
            "startTimeUnixNano": str(self.clock),
            "endTimeUnixNano": str(self.clock + int(seconds * SECOND)),
            "attributes": [{"key": k, "value": wire(v)} for k, v in attributes.items()],
            "status": {"code": 2, "message": error} if error else {},
        }
        if made != self.root:
            span["parentSpanId"] = parent or self.root
        scope = {"scope": {"name": names.SCOPE}, "spans": [span]}
        self.lines.append(compact({"resourceSpans": [{"scopeSpans": [scope]}]}))
        return made

    def node(self, name: str, *, error: str | None = None, **said: Any) -> str:
        keys = {
            "route": names.ROUTE,
            "degraded": names.DEGRADED,
            "output": names.OUTPUT,
            "attempt": names.NODE_ATTEMPT,
        }
        attributes = {names.NODE_NAME: name, **{keys[k]: v for k, v in said.items()}}
        return self.span(f"node {name}", attributes, error=error)

    def tool(self, name: str, arguments: Any, result: Any, parent: str | None = None) -> str:
        return self.span(
            f"execute_tool {name}",
            {
                names.OPERATION: names.EXECUTE_TOOL,
                names.TOOL_NAME: name,
                names.TOOL_ARGUMENTS: arguments,
                names.TOOL_RESULT: compact(result),
            },
            parent=parent,
        )

    def retrieval(self, documents: Sequence[Mapping[str, Any]], top_k: int = 8) -> str:
        return self.span(
            "retrieval listings",
            {
                names.OPERATION: names.RETRIEVAL,
                names.TOP_K: top_k,
                names.DOCUMENTS: compact(documents),
            },
        )

    def chat(self, reply: str | None, parent: str | None = None, **more: Any) -> str:
        message = {"role": "assistant", "parts": [{"type": "text", "content": reply}]}
        said = {} if reply is None else {names.OUTPUT_MESSAGES: compact([message])}
        return self.span("chat small", {names.OPERATION: names.CHAT, **said, **more}, parent=parent)

    def write(
        self, folder: Path, document: Any = None, *, name: str = "", **attributes: Any
    ) -> Path:
        """Add the root and write the file."""
        said: dict[str, Any] = {names.OPERATION: names.INVOKE_WORKFLOW, **attributes}
        if isinstance(document, ListingDocument):
            document = document.model_dump(mode="json")
        if document is not None:
            said[names.OUTPUT] = compact(document)
            said |= {names.STATUS: document["status"], names.MODE: document["mode"]}
        self.span("invoke_workflow listing", said, span_id=self.root, seconds=3)
        path = folder / f"{name or self.trace_id}.otlp.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([self.lines[-1], *self.lines[:-1]]) + "\n", encoding="utf-8")
        return path


def draft(**changes: Any) -> dict[str, Any]:
    """A drafted listing document with a title, a text and nothing else, as recorded."""
    made = ListingDocument(
        listing_id="l1", status="drafted", mode="template", title="Red mug", description="A mug."
    ).model_dump(mode="json")
    made["photos"] = [{"sha256": PHOTO, "width": 8, "height": 8, "media_type": "image/jpeg"}]
    return made | changes


def claim(attribute: str, value: str, verdict: str = "supported", *cited: str) -> dict[str, Any]:
    return {
        "field": "description", "start": 0, "end": len(value), "text": value, "value": value,
        "attribute": attribute, "verdict": verdict, "evidence": list(cited), "probability": None,
    }  # fmt: skip


def evidence(id: str, kind: str = "seller", text: str = "", **about: Any) -> dict[str, Any]:
    item = {"id": id, "kind": kind, "source": f"{kind}:1", "span_id": "", "text": text}
    return {**item, "attribute": None, "value": None, "start": None, "end": None, **about}


def scored(run: WrittenRun, folder: Path, document: Any, truth: Truth | None = None) -> ScoredRun:
    """The run as an evaluator sees it, read back from its file."""
    (trace,) = scan_file(run.write(folder, document))
    return ScoredRun(trace, truth)


def figures(evaluator: Evaluator, run: ScoredRun) -> dict[str, float]:
    """The scores by name, rounded; weights are asked of `scores`."""
    return {score.name: round(score.value, 4) for score in evaluator.evaluate(run)}


def weights(evaluator: Evaluator, run: ScoredRun) -> dict[str, float]:
    return {score.name: score.weight for score in evaluator.evaluate(run)}


def only(evaluator: Evaluator, run: ScoredRun, name: str) -> Score:
    (found,) = (score for score in evaluator.evaluate(run) if score.name == name)
    return found
