"""Taking back what the audit did not vouch for, without a model.

The smallest part of the draft that states the claim goes: a word where it only qualifies another, a
phrase, a clause, at most a sentence. What evidence contradicts with a value of the same form is
corrected instead. Whatever the grammar, no false value stays.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from listing import AttributeTemplate, Claim, EvidenceLedger
from listing.claim import ClaimField
from tools.audit.clauses import close_gap, cut_range, sentence_around, tidy
from tools.audit.correction import correction
from tools.normalise.kinds import both_numbers, kind_words

_FALSE = ("unsupported", "contradicted")
_CLAUSES = ("function", "history", "warranty", "delivery", "price")
_LAST_RESORT = ("Item for sale", "Second-hand item", "Listing")
_MARKS = range(0x12000, 0x12399)
"""Cuneiform: letters without case, which stand for vouched words while the rest is cut."""


Deed = Literal["dropped", "softened", "corrected", "asked"]


class Action(NamedTuple):
    """What was done about a false claim.

    `corrected`: the evidence's own value stands instead. `softened`: only the claim's words went,
    and what they qualified stays. `dropped`: the phrase, clause or sentence went. `asked`: it went,
    and is an attribute of the template that nobody knows, so the seller will be asked.
    """

    text: str
    attribute: str
    done: Deed


@dataclass(frozen=True)
class Revision:
    """The draft without its false claims; `changed` says whether anything had to go."""

    title: str
    description: str
    changed: bool
    actions: tuple[Action, ...] = ()
    """One for each false claim, in the claims' order."""


@dataclass(frozen=True)
class _Fault:
    """Words that must not stay."""

    words: str
    pattern: re.Pattern[str]
    instead: str | None
    """What may stand in their place."""
    clause: bool
    """True when the words are a clause of their own and never qualify the next word."""


@dataclass(frozen=True)
class _Cleaned:
    """A field without its faults, and what was done about each wording (by case-folded words)."""

    text: str
    done: Mapping[str, Deed]


def revise(
    title: str,
    description: str,
    claims: Sequence[Claim],
    ledger: EvidenceLedger,
    *,
    category_name: str = "",
    template: AttributeTemplate | None = None,
) -> Revision:
    """Return the draft without its unsupported and contradicted claims.

    No false wording stays in either field, other than inside a supported claim; the title is never
    empty (it falls back to the category's name); revising a revision changes nothing. `template`
    tells which of the claims taken back are asked about.
    """
    faults = _faults(title, description, claims, ledger)
    if not faults:
        return Revision(title, description, changed=False)
    kinds = both_numbers([category_name]) | {"item"} if category_name else kind_words() | {"item"}
    new_title = _clean(title, "title", claims, faults, kinds)
    new_text = _clean(description, "description", claims, faults, kinds)
    actions = _actions(claims, {"title": new_title.done, "description": new_text.done}, template)
    name = new_title.text
    if not any(c.isalnum() for c in name):
        names = (category_name, *_LAST_RESORT)
        name = next(n for n in (*names, "-") if n and _find(n, faults) is None)
    changed = (name, new_text.text) != (title, description)
    return Revision(name, new_text.text, changed, actions)


def _actions(
    claims: Sequence[Claim],
    done: Mapping[ClaimField, Mapping[str, Deed]],
    template: AttributeTemplate | None,
) -> tuple[Action, ...]:
    false = [c for c in claims if c.verdict in _FALSE]
    deeds = [done[c.field].get(c.text.casefold(), "dropped") for c in false]
    known = {c.attribute for c in claims if c.verdict == "supported"}
    known |= {c.attribute for c, deed in zip(false, deeds, strict=True) if deed == "corrected"}
    wanted = set(template.names) - known if template else set()
    return tuple(
        Action(c.text, c.attribute, "asked" if _open(c, wanted) else deed)
        for c, deed in zip(false, deeds, strict=True)
    )


def _open(claim: Claim, wanted: Collection[str]) -> bool:
    """Whether nobody knows what the claim stated, and the template wants it."""
    return claim.verdict == "unsupported" and claim.attribute in wanted


def _faults(
    title: str, description: str, claims: Sequence[Claim], ledger: EvidenceLedger
) -> list[_Fault]:
    """One fault per false wording, the longest first."""
    false = [c for c in claims if c.verdict in _FALSE and any(ch.isalnum() for ch in c.text)]
    words = {c.text.casefold() for c in false}
    stated = {(c.field, c.attribute) for c in claims if c.verdict == "supported"}
    found: dict[str, _Fault] = {}
    for claim in false:
        instead = None
        if (claim.field, claim.attribute) not in stated:
            instead = correction(claim, title if claim.field == "title" else description, ledger)
        if instead is not None and any(w in instead.casefold() for w in words):
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


def _clean(
    text: str,
    field: ClaimField,
    claims: Iterable[Claim],
    faults: Sequence[_Fault],
    kinds: Collection[str],
) -> _Cleaned:
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
    done: dict[str, Deed] = {}
    cut = _cut(masked, faults, done, kinds, in_title=field == "title")
    if cut == masked:
        return _Cleaned(text, done)
    for mark, words in marks.items():
        cut = cut.replace(mark, words)
    return _Cleaned(cut, done)


def _cut(
    text: str,
    faults: Sequence[_Fault],
    done: dict[str, Deed],
    kinds: Collection[str],
    *,
    in_title: bool,
) -> str:
    """Cut or correct one occurrence after the other, then tidy, until no fault is left."""
    before = text
    while (hit := _find(text, faults)) is not None:
        fault, start, end = hit
        word, deed = "", _deed(fault)
        if fault.instead is not None:
            word = fault.instead
            word = word[0].upper() + word[1:] if text[start].isupper() else word
        else:
            first, last = cut_range(
                text, start, end, in_title=in_title, clause=fault.clause,
                says=lambda words: _says_something(words, kinds),
            )  # fmt: skip
            if not in_title:
                first, last = _or_sentence(text, (start, end), (first, last), kinds)
            if text[first:last].strip() == text[start:end]:
                deed = "softened"
            start, end = first, last
        done.setdefault(fault.words.casefold(), deed)
        text = close_gap(text[:start], word, text[end:], removed=text[start:end])
    if text == before:
        return text
    # Closing gaps may bring words together that state the false value again.
    return _cut(tidy(text), faults, done, kinds, in_title=in_title)


def _or_sentence(
    text: str, words: tuple[int, int], cut: tuple[int, int], kinds: Collection[str]
) -> tuple[int, int]:
    """The cut, or the whole sentence where what stays of it says nothing about the item."""
    first, last = sentence_around(text, *words)
    rest = text[first : cut[0]] + text[min(cut[1], last) : last]
    if _says_something(rest, kinds):
        return cut
    return min(first, cut[0]), max(last, cut[1])


def _says_something(words: str, kinds: Collection[str]) -> bool:
    """Whether the words hold anything that is vouched for, or name the thing."""
    if any(ord(c) in _MARKS for c in words):
        return True
    return any(word.casefold() in kinds for word in re.findall(r"\w+", words))


def _deed(fault: _Fault) -> Deed:
    return "dropped" if fault.instead is None else "corrected"


def _find(text: str, faults: Sequence[_Fault]) -> tuple[_Fault, int, int] | None:
    for fault in faults:
        match = fault.pattern.search(text)
        if match is not None:
            return fault, match.start(), match.end()
    return None
