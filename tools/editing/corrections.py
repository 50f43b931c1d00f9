"""Wrong words of a draft replaced or cut.

Rule: passages of the seller's own hand lose no other word than the wrong ones, and what is left of
them stays the seller's; everything else is taken back as the audit takes it back.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from listing import AttributeSpec, AttributeValue, Claim, EvidenceLedger, ListingDocument
from listing.claim import ClaimField
from tools.audit import revise
from tools.audit.clauses import close_gap
from tools.audit.correction import correction
from tools.editing.catalogue import catalogue
from tools.editing.own_words import own_passages, said, text_of
from tools.editing.reading import DraftReader
from tools.editing.spans import Span
from tools.normalise import same_value
from tools.normalise.kinds import NAMES

FIELDS: tuple[ClaimField, ClaimField] = ("title", "description")
_CLAUSE_END = "，。；！？"
_SHORT_CLAUSE = 6
"""A Chinese clause with no more than so many other characters goes whole."""


@dataclass(frozen=True)
class NewFact:
    """What the seller states: `value` of an attribute that had the value `before`, if any."""

    spec: AttributeSpec
    value: str
    before: AttributeValue | None
    source: str


def replaced(
    reader: DraftReader, document: ListingDocument, fact: NewFact, wrong: Sequence[Claim]
) -> ListingDocument | None:
    """Return the document with the value in place of wrong words; None where it fits nowhere."""
    texts: dict[ClaimField, str] = {field: text_of(document, field) for field in FIELDS}
    fitting = [c for c in wrong if _fits(document, fact, c)]
    if not fitting:
        return None
    for claim in sorted(fitting, key=lambda c: -c.start):
        text = texts[claim.field]
        before, after = text[: claim.start], text[claim.end :]
        word = _worded(document, fact, claim)
        texts[claim.field] = close_gap(before, word, after, removed=claim.text)
    return _rewritten(reader, document, texts["title"], texts["description"], fact.source)


def _fits(document: ListingDocument, fact: NewFact, claim: Claim) -> bool:
    """Whether the value can stand where the claim's words stand."""
    spec, value = fact.spec, fact.value
    if spec.name == "accessories" or value.startswith("no "):
        return False
    if document.language == "zh":
        return True
    if spec.name in NAMES:
        # The name that the draft took for the thing's; another may name something else.
        return fact.before is not None and same_value(spec.name, claim.value, fact.before.value)
    if claim.text.casefold() in spec.values and value in spec.values:
        return True
    if any(s.touches(claim.start, claim.end) for s in own_passages(document, claim.field)):
        return True
    text = text_of(document, claim.field)
    return correction(claim, text, EvidenceLedger(document.evidence)) is not None


def _worded(document: ListingDocument, fact: NewFact, claim: Claim) -> str:
    if document.language == "zh":
        return catalogue("zh").value(fact.spec.name, fact.value)
    capital = claim.text[:1].isupper() and not claim.text.isupper()
    if capital and fact.spec.name not in NAMES:
        return fact.value[:1].upper() + fact.value[1:]
    return fact.value


def cut(
    reader: DraftReader,
    document: ListingDocument,
    wrong: Sequence[Claim],
    source: str,
    fields: Sequence[ClaimField] = FIELDS,
) -> ListingDocument:
    """Return the document without the words of these claims; other fields than `fields` stay."""
    if document.language == "zh":
        texts = {f: _cut_zh(text_of(document, f), wrong, f) for f in FIELDS}
        return _rewritten(reader, document, texts["title"], texts["description"], source)
    places = {(c.field, c.start, c.end) for c in wrong}
    kept = [
        c
        for c in document.claims
        if c.verdict == "supported" and (c.field, c.start, c.end) not in places
    ]
    false = [c.model_copy(update={"verdict": "unsupported"}) for c in wrong]
    masks = [m for f in FIELDS for m in _masks(document, f, [*false, *kept], whole=f not in fields)]
    done = revise(
        document.title,
        document.description,
        [*kept, *masks, *false],
        EvidenceLedger(document.evidence),
        category_name=document.category.path[-1] if document.category else "",
        template=reader.template(document),
    )
    return _rewritten(reader, document, done.title, done.description, source)


def _masks(
    document: ListingDocument, field: ClaimField, claims: Sequence[Claim], *, whole: bool
) -> list[Claim]:
    """Claims that hold the seller's own words, or the whole field, out of the revision's reach."""
    text = text_of(document, field)
    ranges = [Span(0, len(text))] if whole else own_passages(document, field)
    holes = sorted((c.start, c.end) for c in claims if c.field == field)
    masks = []
    for start, end in ranges:
        place = start
        for first, last in [*holes, (end, end)]:
            piece = text[place : min(first, end)] if first > place else ""
            if any(ch.isalnum() for ch in piece):
                left = place + len(piece) - len(piece.lstrip())
                masks.append(_mask(field, left, piece.strip()))
            place = max(place, min(last, end))
    return masks


def _mask(field: ClaimField, start: int, words: str) -> Claim:
    return Claim(
        field=field, start=start, end=start + len(words), text=words, attribute="own words",
        value=words, verdict="supported",
    )  # fmt: skip


def _cut_zh(text: str, wrong: Sequence[Claim], field: ClaimField) -> str:
    """Chinese: the clause between two marks goes where it says no more than that."""
    for claim in sorted(wrong, key=lambda c: -c.start):
        if claim.field != field or text[claim.start : claim.end] != claim.text:
            continue
        start, end = claim.start, claim.end
        if field == "description":
            start, end = _clause_zh(text, start, end)
        text = text[:start] + text[end:]
    text = re.sub(rf"、(?=[、{_CLAUSE_END}])|(?<=[{_CLAUSE_END}])[，、]+|(?<=带)、", "", text)
    return re.sub(r"[ \t]{2,}", " ", text).strip()


def _clause_zh(text: str, start: int, end: int) -> Span:
    before = re.search(rf"[^{_CLAUSE_END}\n]*$", text[:start])
    after = re.match(rf"[^{_CLAUSE_END}\n]*", text[end:])
    if before is None or after is None or len(before[0]) + len(after[0]) > _SHORT_CLAUSE:
        return Span(start, end)
    start, end = before.start(), end + after.end()
    if text[start - 1 : start] in ("，", "；"):
        return Span(start - 1, end)
    return Span(start, end + 1 if text[end : end + 1] in tuple(_CLAUSE_END) else end)


def _rewritten(
    reader: DraftReader, document: ListingDocument, title: str, description: str, source: str
) -> ListingDocument:
    """The document with new texts; what is left of the seller's passages stays the seller's."""
    after = document.model_copy(
        update={"title": title.strip() or document.title, "description": description}
    )
    for field in FIELDS:
        old, new = text_of(document, field), text_of(after, field)
        for span in own_passages(document, field):
            words = old[span.start : span.end]
            if words not in new:
                after = _own_again(after, field, words, source)
    return reader.refreshed(after)


def _own_again(
    document: ListingDocument, field: ClaimField, words: str, source: str
) -> ListingDocument:
    """Enter those runs of `words` that the text still has as the seller's, the longest first."""
    text, pieces = text_of(document, field), re.findall(r"\S+\s*|\s+", words)
    place = 0
    while place < len(pieces):
        stop = len(pieces)
        while stop > place and "".join(pieces[place:stop]).strip() not in text:
            stop -= 1
        run = "".join(pieces[place:stop]).strip()
        if sum(c.isalnum() for c in run) > 2:
            at = text.index(run)
            document, _ = said(document, source, run, start=at, end=at + len(run))
        place = max(stop, place + 1)
    return document
