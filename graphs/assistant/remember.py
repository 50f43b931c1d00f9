"""The last node: the talk is shortened, the ledger cleared of what nothing points at.

Rule: a thread of any length stays within the bounds of `AssistantLimits`; facts are in the listing,
so an old message may go.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graphs.assistant.context import AssistantContext
from graphs.assistant.state import AssistantState, document_of
from graphs.assistant.turn import Json
from graphs.step import Step, Update, node
from listing import Evidence, ListingDocument
from tools.assistant.brief import done_line

_DIGEST_CHARS = 80
_MAX_DIGESTS = 12


@node("remember", reads=("reply",))
async def remember(state: AssistantState, step: Step[AssistantContext]) -> Update:
    """Close the turn."""
    reply = state.get("reply", "")
    said = {"role": "assistant", "text": reply, "photos": [], "at": state["turn"]["at"]}
    document = document_of(state)
    shorter = trimmed(document, state.get("undo", []))
    step.span.route("end", f"{len(document.evidence) - len(shorter.evidence)} items let go")
    update: Update = {
        "talk": step.context.limits.talk([said] if reply else []),
        "digests": [*state.get("digests", []), digest(state)][-_MAX_DIGESTS:],
        "calls": [{**call, "data": {}} for call in state.get("calls", [])],
        "pieces": [],
        "free": "",
    }
    if len(shorter.evidence) < len(document.evidence):
        update["listing"] = shorter.model_dump(mode="json", include={"evidence"})
    return update


def digest(state: AssistantState) -> str:
    """Return the turn in one line: what was done, else what was asked."""
    calls = [c for c in state.get("calls", []) if c["ok"] and c["name"] not in ("reply", "edit")]
    lines = [done_line(c["name"], c["args"]) for c in calls]
    said = ", ".join(lines) or " ".join((state["turn"].get("text") or "").split())
    return said[:_DIGEST_CHARS]


def trimmed(document: ListingDocument, undo: Iterable[Json]) -> ListingDocument:
    """Return the document without what the seller said and nothing rests on any more.

    What a change that can be taken back would bring back keeps its evidence.
    """
    now = document.model_dump(mode="json", include={*_HOLDERS, *_TEXTS})
    states = [now, *(entry["patch"] for entry in undo)]
    held = {one for state in states for one in _ids({k: state.get(k) for k in _HOLDERS})}
    texts = "\n".join(state.get(field) or "" for state in states for field in _TEXTS)
    last: dict[str, str] = {}
    for item in document.evidence:
        if item.kind == "seller" and item.attribute:
            last[item.attribute] = item.id
    held |= set(last.values())
    sources = {e.source for e in document.evidence if e.attribute and e.id in held}
    kept = [e for e in document.evidence if _stays(e, held, sources, texts)]
    return document.model_copy(update={"evidence": kept})


_HOLDERS = ("attributes", "claims", "price", "asking_price", "published")
_TEXTS = ("title", "description")


def _stays(item: Evidence, held: set[str], sources: set[str], texts: str) -> bool:
    if item.kind != "seller" or item.id in held:
        return True
    if item.attribute is not None:
        return False
    if item.start is not None:  # a passage written by hand
        return item.text in texts
    return item.source in sources


def _ids(value: Any) -> Iterator[str]:
    """The ids of evidence that a part of a document names."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "evidence":
                yield from [inner] if isinstance(inner, str) else inner or []
            else:
                yield from _ids(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _ids(inner)
