"""What an edit changed, as a patch that takes it back.

Rule: `undo(after, changes(before, after))` is `before`, evidence and all; a patch is plain JSON.
"""

from collections.abc import Mapping
from typing import Any

from listing import ListingDocument


def changes(before: ListingDocument, after: ListingDocument) -> dict[str, Any]:
    """Return the top-level fields in which the two differ, each with its value in `before`.

    Keys are those of the document's JSON. Empty where nothing changed.
    """
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    return {name: value for name, value in old.items() if new[name] != value}


def undo(document: ListingDocument, patch: Mapping[str, Any]) -> ListingDocument:
    """Return the document with the patch's fields as they were; `document` stays as it is."""
    return ListingDocument.model_validate({**document.model_dump(mode="json"), **patch})
