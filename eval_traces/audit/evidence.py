"""The evidence ledger for a reader: each item with its whole source, its place in it, its step."""

from collections.abc import Mapping
from dataclasses import replace

from eval_traces.audit.view import Source, StepPlace
from eval_traces.trace import Span
from listing import Citation, Claim, Evidence, ListingDocument, Reference

_TEXTS = ("reference", "seller")
_RANKS = {"seller": 1, "photo": 2}


def read_sources(
    document: ListingDocument, run: Span, places: Mapping[str, StepPlace]
) -> dict[str, Source]:
    """Return the document's evidence by id, in its order."""
    references = {f"listing:{r.id}": r for r in document.references}
    texts = _whole_texts(document, run)
    sure = {
        item: value.confidence
        for value in document.attributes.values()
        for item in value.evidence
        if value.source == "photo"
    }
    return {
        item.id: _source(item, references, texts, places, sure.get(item.id))
        for item in document.evidence
    }


def cited_for(claim: Claim, source: Source) -> Source:
    """Return the source with the words that bear on this claim highlighted, where they are known.

    A citation's own place comes first, then the item's; a whole text is searched for the claim's
    words.
    """
    citation = next((c for c in claim.citations if c.evidence == source.id), None)
    if citation is not None and _fits(citation, source.text):
        return replace(source, start=citation.start, end=citation.end)
    if source.start is not None or source.kind not in _TEXTS:
        return source
    for words in (claim.text, claim.value):
        at = source.text.casefold().find(words.casefold()) if words else -1
        if at >= 0 and len(source.text.casefold()) == len(source.text):
            return replace(source, start=at, end=at + len(words))
    return source


def _fits(citation: Citation, text: str) -> bool:
    if citation.start is None or citation.end is None:
        return False
    return 0 <= citation.start < citation.end <= len(text)


def _source(
    item: Evidence,
    references: Mapping[str, Reference],
    texts: Mapping[str, str],
    places: Mapping[str, StepPlace],
    probability: float | None,
) -> Source:
    reference = references.get(item.source)
    whole = texts.get(item.source, item.text) if item.kind in _TEXTS else item.text
    start, end = _place(item, whole)
    return Source(
        id=item.id,
        kind=item.kind,
        source=item.source,
        statement=item.text,
        text=whole,
        start=start,
        end=end,
        attribute=item.attribute,
        value=item.value,
        match=reference.match if reference else None,
        score=reference.score if reference else None,
        rank=_rank(item, reference),
        probability=probability,
        photo=_photo(item, reference),
        step=places.get(item.span_id),
    )


def _rank(item: Evidence, reference: Reference | None) -> int | None:
    if item.kind == "reference":
        return 3 if reference and reference.match == "identical" else 4
    return _RANKS.get(item.kind)


def _photo(item: Evidence, reference: Reference | None) -> str | None:
    if item.kind == "photo":
        return item.source.removeprefix("photo:")
    return reference.photo if reference else None


def _place(item: Evidence, whole: str) -> tuple[int | None, int | None]:
    """Where the item's words are in the whole text: as recorded if that is true, else as found."""
    if item.attribute is None or item.kind not in _TEXTS or not item.text:
        return None, None
    if (
        item.start is not None
        and item.end is not None
        and whole[item.start : item.end] == item.text
    ):
        return item.start, item.end
    at = whole.find(item.text)
    return (at, at + len(item.text)) if at >= 0 else (None, None)


def _whole_texts(document: ListingDocument, run: Span) -> dict[str, str]:
    """Each source's whole text: of the ledger, else the references, else the step that read it."""
    texts: dict[str, str] = {}
    for item in document.evidence:
        if item.attribute is None and item.kind in _TEXTS:
            texts.setdefault(item.source, item.text)
    for reference in document.references:
        texts.setdefault(f"listing:{reference.id}", f"{reference.title}\n{reference.text}")
    for span in run.walk():
        read = span.input if span.kind == "tool" else None
        if isinstance(read, dict) and isinstance(read.get("source"), str):
            texts.setdefault(read["source"], str(read.get("text") or ""))
    return texts
