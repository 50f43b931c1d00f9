"""What a call came to, and how it enters the state.

Rule: a call changes the listing by a patch of its top-level fields, so that the record of a call
says what it changed and every change can be taken back.
"""

from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from graphs.assistant.context import AssistantLimits
from graphs.assistant.state import AssistantState, document_of
from graphs.assistant.turn import Json
from listing import ListingDocument
from tools.editing import changes


@dataclass(frozen=True)
class Acted:
    """The outcome of one call."""

    says: str = ""
    """For the seller, in the page's language; empty where there is nothing to say."""
    ok: bool = True
    fault: bool = False
    """The arguments were wrong: the model is told, once."""
    note: str = ""
    """What the model is told."""
    patch: Json = field(default_factory=dict)
    """Fields of the listing document with their new values."""
    label: str = ""
    """What would be taken back; empty where nothing can be."""
    keep: Json = field(default_factory=dict)
    """Further keys of the thread's state with their new values."""
    wants: Json | None = None
    """A question to the seller that must be answered first: `{kind, call}`."""
    data: Json = field(default_factory=dict)


ACTED: TypeAdapter[Acted] = TypeAdapter(Acted)


def patch_between(before: ListingDocument, after: ListingDocument) -> Json:
    """Return the fields in which `after` differs, with their new values."""
    new = after.model_dump(mode="json")
    return {name: new[name] for name in changes(before, after)}


def entered(state: AssistantState, call: Json, acted: Acted, limits: AssistantLimits) -> Json:
    """Return the state's update after a call: log, listing, undo."""
    told = {**call, "piece": state.get("piece", 0), "ok": acted.ok, "says": acted.says}
    told |= {"note": acted.note, "data": acted.data}
    update: Json = {
        **acted.keep,
        "queue": state["queue"][1:],
        "calls": [*state.get("calls", []), told],
    }
    if acted.wants is not None:
        update["wanted"] = [*state.get("wanted", []), acted.wants]
    if acted.patch:
        update["listing"] = acted.patch
    if acted.label:
        entry = _taking_back(state, acted)
        update["undo"] = {
            "push": entry, "most": limits.max_undo, "bytes": limits.max_undo_bytes,
        }  # fmt: skip
    return update


def _taking_back(state: AssistantState, acted: Acted) -> Json:
    before = document_of(state)
    after = ListingDocument.model_validate({**state["listing"], **acted.patch})
    known: dict[str, Any] = dict(state)
    kept = {key: known.get(key, None if key == "drafted" else []) for key in acted.keep}
    return {"label": acted.label, "patch": changes(before, after), "kept": kept}
