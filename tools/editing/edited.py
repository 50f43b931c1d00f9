"""What an edit gives back.

Rule: an edit never changes the document it was given; what it did is said in one sentence.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from listing import ListingDocument

Language = Literal["en", "zh"]


@dataclass(frozen=True)
class Edited:
    """The document after an edit, and what to tell the seller."""

    document: ListingDocument
    says: str
    """One sentence in the editor's language (more where the rules object to something)."""
    changed: bool = True
    data: dict[str, Any] = field(default_factory=dict)
    """What a page may want beside the sentence: plain JSON values."""
