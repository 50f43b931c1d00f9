"""What the seller's own hand and word left in the ledger, beside stated values.

Rule: a passage that the seller wrote is an item of kind seller without attribute but with a place;
an attribute that the seller left open or took back is an item whose value is a placeholder, which
vouches for nothing. Both survive JSON and go with an undo, as all evidence does.
"""

import re
from collections.abc import Iterable

from listing import Evidence, EvidenceLedger, ListingDocument
from listing.claim import ClaimField
from tools.editing.spans import Span
from tools.normalise import attribute_key, is_placeholder

OPEN = "not stated"
"""The value of an attribute that the seller leaves open: a placeholder to every reader."""


def text_of(document: ListingDocument, field: ClaimField) -> str:
    """Return the title or the description."""
    return document.title if field == "title" else document.description


def own_passages(document: ListingDocument, field: ClaimField) -> list[Span]:
    """Return where the field still reads as the seller wrote it, in order and disjoint."""
    text = text_of(document, field)
    found = [_nearest(text, item) for item in document.evidence if is_passage(item)]
    return merged(span for span in found if span is not None)


def is_passage(item: Evidence) -> bool:
    """Return whether the item is a passage that the seller wrote by hand."""
    return item.kind == "seller" and item.attribute is None and item.start is not None


def _nearest(text: str, item: Evidence) -> Span | None:
    """The occurrence of the item's words nearest to where they were written."""
    if not item.text.strip():
        return None
    left = r"(?<!\w)" if item.text[0].isalnum() and item.text[0].isascii() else ""
    right = r"(?!\w)" if item.text[-1].isalnum() and item.text[-1].isascii() else ""
    places = [m.span() for m in re.finditer(left + re.escape(item.text) + right, text)]
    if not places:
        return None
    return Span(*min(places, key=lambda p: abs(p[0] - (item.start or 0))))


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, those that touch or overlap as one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def left_open(document: ListingDocument) -> frozenset[str]:
    """Return the attributes that the seller's last word about them leaves open."""
    last: dict[str, bool] = {}
    for item in document.evidence:
        if item.kind == "seller" and item.attribute and item.value:
            last[attribute_key(item.attribute)] = is_placeholder(item.value)
    return frozenset(name for name, is_open in last.items() if is_open)


def said(
    document: ListingDocument,
    source: str,
    text: str,
    *,
    span_id: str = "",
    attribute: str | None = None,
    value: str | None = None,
    start: int | None = None,
    end: int | None = None,
) -> tuple[ListingDocument, Evidence]:
    """Return the document with one more thing that the seller said, and that item.

    An equal item is used again only where it is the seller's last word on the attribute: what is
    said a second time after something else counts as said last.
    """
    about = [e for e in document.evidence if e.kind == "seller" and e.attribute == attribute]
    ledger = EvidenceLedger(document.evidence)
    item = ledger.add(
        "seller", source, text, span_id=span_id, attribute=attribute, value=value,
        start=start, end=end,
    )  # fmt: skip
    if attribute and about and item in about and item.id != about[-1].id:
        item = item.model_copy(update={"id": ledger.next_id, "span_id": span_id})
        ledger = EvidenceLedger([*ledger, item])
    return document.model_copy(update={"evidence": list(ledger)}), item


_SENTENCE = re.compile(r"[^.!?。！？\n]+(?:[.!?](?=[^\s.!?])[^.!?。！？\n]*)*[.!?。！？”]*")


def sentences(text: str) -> list[Span]:
    """Return the sentences of the text without the gaps between them; a line break ends one too."""
    found = []
    for match in _SENTENCE.finditer(text):
        words = match[0].strip()
        if words:
            start = match.start() + match[0].index(words)
            found.append(Span(start, start + len(words)))
    return found
