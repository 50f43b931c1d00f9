"""A recorded run as an evaluator sees it: its document, steps and ledger, and the truth if known.

Everything is looked up when asked for and kept. The document is the recorded JSON as it stands
(schema `vouch.listing/1`), not validated: an evaluator that meets one that does not fit may raise.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any

from eval_traces import names
from eval_traces.evaluators.entailment import agrees, key_of
from eval_traces.names import SpanKind
from eval_traces.scoring.scan import ScannedTrace
from eval_traces.scoring.scanned_span import ScannedSpan, parsed
from eval_traces.scoring.truth import Truth, TruthFile

LISTING_SCHEMA = "vouch.listing/1"
Json = Mapping[str, Any]


class ScoredRun:
    """One run to be scored."""

    def __init__(self, trace: ScannedTrace, truth: Truth | TruthFile | None = None) -> None:
        """Take a run and what is true of it; of a truth file, the case that it is about."""
        self.trace = trace
        self.trace_id: str = trace.trace_id
        self.path: Path = trace.path
        self.complete: bool = trace.complete
        self._truth = truth

    @cached_property
    def truth(self) -> Truth | None:
        """What is true of the item, or None where nobody said."""
        if isinstance(self._truth, TruthFile):
            return self._truth.find(self.trace_id, self.thread_id, self.photos)
        return self._truth

    @cached_property
    def refusal(self) -> str | None:
        """Why the run cannot be scored honestly, or None: it is written in names of the future."""
        if self.root is None:
            return None
        schema = self.root.text(names.TRACE_SCHEMA)
        if schema is not None and schema != names.SCHEMA:
            return f"its schema is {schema}, this version scores {names.SCHEMA}; update vouch"
        output = self.root.json(names.OUTPUT)
        kind = output.get("schema") if isinstance(output, Mapping) else None
        if isinstance(kind, str) and kind.startswith("vouch.listing/") and kind != LISTING_SCHEMA:
            return f"its listing is {kind}, this version scores {LISTING_SCHEMA}; update vouch"
        return None

    @cached_property
    def root(self) -> ScannedSpan | None:
        """The run's own span; None when it is missing."""
        return self.trace.root

    @cached_property
    def spans(self) -> Sequence[ScannedSpan]:
        """All spans in the order that they began."""
        return sorted(self.trace.spans.values(), key=attrgetter("start"))

    @cached_property
    def _by_kind(self) -> Mapping[SpanKind, Sequence[ScannedSpan]]:
        found: dict[SpanKind, list[ScannedSpan]] = {}
        for span in self.spans:
            found.setdefault(span.kind, []).append(span)
        return found

    @property
    def nodes(self) -> Sequence[ScannedSpan]:
        """The node spans, every attempt of each."""
        return self._by_kind.get("node", ())

    @property
    def tools(self) -> Sequence[ScannedSpan]:
        """The tool calls; their `input` is the arguments, their `output` the result."""
        return self._by_kind.get("tool", ())

    @property
    def chats(self) -> Sequence[ScannedSpan]:
        """The model calls."""
        return self._by_kind.get("chat", ())

    @property
    def retrievals(self) -> Sequence[ScannedSpan]:
        """The searches; their `output` is the documents found."""
        return self._by_kind.get("retrieval", ())

    def named(self, spans: Sequence[ScannedSpan], label: str) -> list[ScannedSpan]:
        """Return those of the spans that are called `label`, without the operation."""
        return [s for s in spans if s.label == label]

    def node_of(self, span: ScannedSpan) -> ScannedSpan | None:
        """Return the node that a span ran in (itself when it is one), or None outside all nodes."""
        here: ScannedSpan | None = span
        for _ in range(len(self.trace.spans)):
            if here is None or here.kind == "node":
                return here
            here = self.trace.spans.get(here.parent_id or "")
        return None

    @cached_property
    def document(self) -> Json | None:
        """The listing that the run made; of an assistant's run the last one; None if it made none.

        It is recorded JSON: a field that the schema promises may be missing in a broken file.
        """
        if self.root is not None and (found := _listing(self.root)) is not None:
            return found
        inner = (s for s in reversed(self.spans) if s.kind in ("workflow", "agent"))
        return next((found for s in inner if (found := _listing(s)) is not None), None)

    @property
    def drafted(self) -> bool:
        """Whether the run ended with a draft to be judged."""
        return self.document is not None and self.document.get("status") == "drafted"

    @cached_property
    def claims(self) -> Sequence[Json]:
        """The claims of a draft; none of a run that drafted nothing."""
        return self.document["claims"] if self.document is not None and self.drafted else ()

    @cached_property
    def checkable(self) -> Sequence[Json]:
        """The claims that are not common sense: all that metrics of truthfulness count."""
        return [c for c in self.claims if c["verdict"] != "general"]

    @cached_property
    def evidence(self) -> Mapping[str, Json]:
        """The ledger by evidence id."""
        items = self.document["evidence"] if self.document is not None else ()
        return {item["id"]: item for item in items}

    @cached_property
    def attributes(self) -> Mapping[str, Json]:
        """The attributes of the document: value, source, confidence, evidence, by name."""
        return self.document["attributes"] if self.document is not None else {}

    @cached_property
    def photos(self) -> Sequence[str]:
        """The photos' sha256; from the run's input where no document has them."""
        if self.document is not None and self.document.get("photos"):
            return [photo["sha256"] for photo in self.document["photos"]]
        given = self.root.json(names.INPUT) if self.root is not None else None
        uris = given.get("photos") if isinstance(given, dict) else None
        if not isinstance(uris, list):
            return ()
        return [uri.removeprefix("sha256:") for uri in uris if isinstance(uri, str)]

    @cached_property
    def true_values(self) -> Mapping[str, str]:
        """The true values that are known, by the attributes' usual names."""
        known = self.truth.attributes if self.truth is not None else {}
        return {key_of(name): value for name, value in known.items()}

    @cached_property
    def judged(self) -> Sequence[tuple[Json, bool]]:
        """The checkable claims on attributes whose true value is known, each with if it is true."""
        true = self.true_values
        named = ((claim, key_of(claim["attribute"])) for claim in self.checkable if true)
        return [(c, agrees(name, c["value"], true[name])) for c, name in named if name in true]

    @property
    def captured(self) -> bool:
        """False when the operator had no content recorded: no document, messages or results."""
        return self.root is None or self.root.get(names.CONTENT_CAPTURED) is not False

    @cached_property
    def recorded(self) -> Mapping[str, str]:
        """What the run says it was made with: model, code, prompts; only what was recorded."""
        said = _facts(self.root.text(names.SETTINGS) or "") if self.root is not None else {}
        if "model" in said:
            return said
        model = _model((self.document or {}).get("model"))
        return {"model": model, **said} if model else said

    @cached_property
    def thread_id(self) -> str:
        """The conversation that the run belongs to; may be empty."""
        return (self.root and self.root.text(names.CONVERSATION_ID)) or ""

    @cached_property
    def status(self) -> str:
        """As the run set it; `unfinished`, `error` or `ended` where it did not come to that."""
        said = self.root.text(names.STATUS) if self.root is not None else None
        if said:
            return said
        if not self.complete or self.root is None:
            return "unfinished"
        return "error" if self.root.failed else "ended"

    @cached_property
    def mode(self) -> str:
        """The mode that the run ended in; empty where it set none."""
        return (self.root and self.root.text(names.MODE)) or ""

    @cached_property
    def category(self) -> str:
        """The name of the document's category; empty where it has none."""
        found = self.document.get("category") if self.document is not None else None
        return str(found["path"][-1]) if isinstance(found, dict) and found.get("path") else ""

    @cached_property
    def started(self) -> datetime | None:
        """When the run began, UTC; None where no span says."""
        first = self.root or (self.spans[0] if self.spans else None)
        return datetime.fromtimestamp(first.start / 1e9, UTC) if first is not None else None


def _listing(span: ScannedSpan) -> Json | None:
    """The listing that a span put out."""
    output = span.json(names.OUTPUT)
    good = isinstance(output, dict) and output.get("schema") == LISTING_SCHEMA
    return output if good else None


@lru_cache(maxsize=256)
def _facts(settings: str) -> Mapping[str, str]:
    """What recorded settings say of model, code and prompts; few of many runs' settings differ."""
    found = parsed(settings)
    if not isinstance(found, dict):
        return {}
    said = {"model": _model(found.get("model"))}
    for group in ("versions", "prompts"):
        named = found.get(group)
        for name, version in named.items() if isinstance(named, dict) else ():
            said[f"{group.removesuffix('s')} {name}"] = str(version)
    return {name: text for name, text in said.items() if text}


def _model(model: Any) -> str:
    if not isinstance(model, dict):
        return ""
    return f"{model.get('name', '')} {model.get('revision', '')}".strip()
