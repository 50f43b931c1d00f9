"""Taking back what the audit did not vouch for, without a model.

The smallest part of the draft that states the claim goes: a word where it only qualifies another, a
phrase, a clause, at most a sentence. What the photo contradicts with one word is corrected instead.
Whatever the grammar, no false value stays.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from listing import Claim, EvidenceLedger
from listing.claim import ClaimField
from tools.audit.clauses import close_gap, cut_range, tidy

_FALSE = ("unsupported", "contradicted")
_CLAUSES = ("function", "history", "warranty", "delivery", "price")
_LAST_RESORT = ("Item for sale", "Second-hand item", "Listing")
_MARKS = range(0x12000, 0x12399)
"""Cuneiform: letters without case, which stand for vouched words while the rest is cut."""


@dataclass(frozen=True)
class Revision:
    """The draft without its false claims; `changed` says whether anything had to go."""

    title: str
    description: str
    changed: bool


@dataclass(frozen=True)
class _Fault:
    """Words that must not stay."""

    words: str
    pattern: re.Pattern[str]
    instead: str | None
    """The one word that may stand in their place."""
    clause: bool
    """True when the words are a clause of their own and never qualify the next word."""


def revise(
    title: str,
    description: str,
    claims: Sequence[Claim],
    ledger: EvidenceLedger,
    *,
    category_name: str = "",
) -> Revision:
    """Return the draft without its unsupported and contradicted claims.

    No false wording stays in either field, other than inside a supported claim; the title is never
    empty (it falls back to the category's name); revising a revision changes nothing.
    """
    faults = _faults(claims, ledger)
    if not faults:
        return Revision(title, description, changed=False)
    new_title = _clean(title, "title", claims, faults)
    new_text = _clean(description, "description", claims, faults)
    if not any(c.isalnum() for c in new_title):
        names = (category_name, *_LAST_RESORT)
        new_title = next(n for n in (*names, "-") if n and _find(n, faults) is None)
    return Revision(new_title, new_text, changed=(new_title, new_text) != (title, description))


def _faults(claims: Iterable[Claim], ledger: EvidenceLedger) -> list[_Fault]:
    """One fault per false wording, the longest first."""
    false = [c for c in claims if c.verdict in _FALSE and any(ch.isalnum() for ch in c.text)]
    words = {c.text.casefold() for c in false}
    found: dict[str, _Fault] = {}
    for claim in false:
        instead = _seen_value(claim, ledger)
        if instead is not None and instead.casefold() in words:
            instead = None
        clause = claim.attribute in _CLAUSES
        fault = _Fault(claim.text, _exactly(claim.text), instead, clause)
        found.setdefault(claim.text.casefold(), fault)
    return sorted(found.values(), key=lambda f: (-len(f.words), f.words))


def _exactly(words: str) -> re.Pattern[str]:
    left = r"(?<!\w)" if words[0].isalnum() and words[0].isascii() else ""
    right = r"(?!\w)" if words[-1].isalnum() and words[-1].isascii() else ""
    gaps = r"\s+".join(re.escape(part) for part in words.split())
    return re.compile(left + gaps + right, re.IGNORECASE)


def _seen_value(claim: Claim, ledger: EvidenceLedger) -> str | None:
    """The photo's single word for a single word that it contradicts."""
    if claim.verdict != "contradicted" or not claim.text.isalpha():
        return None
    for evidence_id in claim.evidence:
        item = ledger.get(evidence_id)
        if item and item.kind == "photo" and item.attribute == claim.attribute and item.value:
            return item.value if item.value.isalpha() else None
    return None


def _clean(text: str, field: ClaimField, claims: Iterable[Claim], faults: Sequence[_Fault]) -> str:
    """`text` without the faults; what is vouched for is out of reach meanwhile."""
    free = (chr(code) for code in _MARKS if chr(code) not in text)
    marks: dict[str, str] = {}
    vouched = [
        c
        for c in claims
        if c.field == field and c.verdict == "supported" and text[c.start : c.end] == c.text
    ]
    masked = text
    for claim in sorted(vouched, key=lambda c: c.start, reverse=True):
        if masked[claim.start : claim.end] == claim.text and (mark := next(free, "")):
            marks[mark] = claim.text
            masked = masked[: claim.start] + mark + masked[claim.end :]
    cut = _cut(masked, faults, in_title=field == "title")
    if cut == masked:
        return text
    for mark, words in marks.items():
        cut = cut.replace(mark, words)
    return cut


def _cut(text: str, faults: Sequence[_Fault], *, in_title: bool) -> str:
    """Cut or correct one occurrence after the other, then tidy, until no fault is left."""
    before = text
    while (hit := _find(text, faults)) is not None:
        fault, start, end = hit
        if fault.instead is not None:
            word = fault.instead
            word = word.capitalize() if text[start].isupper() else word
        else:
            word = ""
            start, end = cut_range(text, start, end, in_title=in_title, clause=fault.clause)
        text = close_gap(text[:start], word, text[end:], removed=text[start:end])
    if text == before:
        return text
    # Closing gaps may bring words together that state the false value again.
    return _cut(tidy(text), faults, in_title=in_title)


def _find(text: str, faults: Sequence[_Fault]) -> tuple[_Fault, int, int] | None:
    for fault in faults:
        match = fault.pattern.search(text)
        if match is not None:
            return fault, match.start(), match.end()
    return None
