"""The state of a thread: plain JSON, so that any checkpointer can store it and no type is named.

What lasts over turns comes first; what one turn works with is set anew by `take`, emptied by
`remember`.
"""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from typing_extensions import TypedDict

from graphs.assistant.turn import Json
from graphs.listing.state import merge
from listing import AttributeTemplate, ListingDocument
from tools.taxonomy import Taxonomy, general_template


def patched(old: Json, new: Json | None) -> Json:
    """Reducer of the listing: its changed fields; None empties it."""
    return {} if new is None else {**old, **new}


def stacked(old: list[Json], new: Any) -> list[Json]:
    """Reducer of what can be taken back: `{push, most, bytes}`, `{pop}`, or a list instead.

    Of what was pushed the last `most` stay, within `bytes` of JSON, and the last one always.
    """
    if isinstance(new, list):
        return new
    if "pop" in new:
        return old[: -new["pop"]]
    sizes = lambda entry: len(json.dumps(entry, ensure_ascii=False).encode())  # noqa: E731
    return _last([*old, new["push"]], new["most"], new["bytes"], sizes, 1)


def heard(old: list[Json], new: Any) -> list[Json]:
    """Reducer of the talk: `{add, most, chars}`, or a list instead.

    The last `most` messages stay, within `chars` of text, and the last two always.
    """
    if isinstance(new, list):
        return new
    return _last([*old, *new["add"]], new["most"], new["chars"], lambda m: len(m["text"]), 2)


def _last(
    items: list[Json], most: int, size: int, size_of: Callable[[Json], int], least: int
) -> list[Json]:
    kept: list[Json] = []
    for item in reversed(items[-most:]):
        size -= size_of(item)
        if len(kept) >= least and size < 0:
            break
        kept.insert(0, item)
    return kept


class AssistantState(TypedDict, total=False):
    """Everything that a thread knows; a key is absent until its node ran."""

    listing: Annotated[Json, patched]
    """The listing document; empty before the first turn, of status `manual` before a draft."""
    drafted: Json | None
    """Title and description as they were drafted: what publication is measured against."""
    by_hand: list[str]
    """What the seller changed by hand: `title`, `description`, `price` or an attribute."""
    photos: list[Json]
    """The item's photos."""
    waiting: list[Json]
    """Photos that came with a message and that no call has taken up yet."""
    statements: int
    """How many messages of the seller there were: `seller:<n>`."""
    undo: Annotated[list[Json], stacked]
    """What can be taken back, the last change last: `{label, patch, kept}`."""
    talk: Annotated[list[Json], heard]
    """The last messages: `{role, text, photos, at}`."""
    digests: list[str]
    """One line for each of the last turns that the model is no longer shown."""
    turns: int

    turn: Json
    pieces: list[str]
    piece: int
    """Index of the piece under way."""
    closed: bool
    """Whether the model is done with the piece."""
    finding: Json | None
    """Set where the message tries to steer the assistant: then nothing is done."""
    queue: list[Json]
    """Calls to carry out: `{id, name, args, by}`."""
    calls: list[Json]
    """Calls of this turn with what came of them: `{id, name, args, by, piece, ok, says, note,
    data}`."""
    wanted: list[Json]
    """Questions to the seller that stand behind this turn: `{kind, call}`."""
    asking: Json | None
    """The question that is put to the seller, as the interrupt's value."""
    told: int
    """How many of `calls` the seller has been told of."""
    free: str
    """What the model said instead of calling a tool."""
    reply: str
    runs: list[str]
    """Checkpoint threads of drafts that this turn made; removed at its end."""
    timings_ms: Annotated[Json, merge]


_SHOWN = 8
"""Messages of the talk that the model may be shown."""
THREAD_KEYS = (
    "listing", "drafted", "by_hand", "photos", "waiting", "statements", "undo", "talk", "digests",
    "turns",
)  # fmt: skip
"""What lasts over turns."""


def thread_of(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return what lasts over turns, as far as a replay needs it to begin where the turn began."""
    told = {key: state[key] for key in THREAD_KEYS if key in state}
    return {**told, "undo": state.get("undo", [])[-1:], "talk": state.get("talk", [])[-_SHOWN:]}


def document_of(state: AssistantState) -> ListingDocument:
    """Return the thread's listing; `take` has made sure that there is one."""
    return ListingDocument.model_validate(state["listing"])


def has_draft(document: ListingDocument) -> bool:
    """Whether there is a text to work on."""
    return bool(document.title.strip() or document.description.strip())


def template_of(document: ListingDocument, taxonomy: Taxonomy) -> AttributeTemplate:
    """Return the template of the document's category, or that of any goods."""
    if document.category is not None and document.category.id in taxonomy:
        return taxonomy.template(document.category.id)
    return general_template(taxonomy)
