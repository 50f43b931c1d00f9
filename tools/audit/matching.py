"""Statements found by wording data: the template's attributes, quantities, and the phrases beyond.

A denial ("without charger", "no scratches") is a statement too, of the contrary.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from listing import AttributeSpec, EvidenceLedger
from listing.claim import ClaimField
from tools.audit.candidate import ClaimCandidate
from tools.audit.data import audit_wording
from tools.normalise import announced as is_announced
from tools.normalise import (
    attribute_key,
    canonical,
    find_quantities,
    is_placeholder,
    known_value,
    mentions,
    phrase_key,
)
from tools.normalise.data import flexible, wording
from tools.normalise.kinds import NAMES, names_nothing

_WEAR = {"good", "fair"}
_DEFAULT_ATTRIBUTE = {
    "data": "storage",
    "length": "dimensions",
    "volume": "capacity",
    "power": "power",
    "mass": "weight",
}


def evidence_values(attribute: str, ledger: EvidenceLedger) -> tuple[str, ...]:
    """Return the values that evidence states for the attribute, in the ledger's order."""
    found = (e.value for e in ledger if e.attribute and attribute_key(e.attribute) == attribute)
    return tuple(
        dict.fromkeys(
            v for v in found if v and not is_placeholder(v) and not names_nothing(attribute, v)
        )
    )


def stated_values(
    field: ClaimField, text: str, spec: AttributeSpec, ledger: EvidenceLedger
) -> Iterator[ClaimCandidate]:
    """Yield the statements of one attribute: known wordings, the closed set, evidence's values."""
    known = (*spec.values, *evidence_values(spec.name, ledger))
    found = mentions(spec.name, text, known) if known else []
    if spec.name != "version":  # its words ("digital", "compact") mean much else elsewhere
        found += mentions(spec.name, text)
    for start, end in sorted({(m.start, m.end) for m in found}):
        value = said_value(spec, text, start, end, known)
        if value is not None:
            yield ClaimCandidate(
                field, start, end, text[start:end], spec.name, value, scope=spec.scope,
                named=spec.name in NAMES and value in known,
            )  # fmt: skip


def said_value(
    spec: AttributeSpec, text: str, start: int, end: int, known: Sequence[str]
) -> str | None:
    """Return the value that the span states, denial included; None when it states none.

    In the spelling of `known` where it is one of those.
    """
    words = text[start:end]
    value = known_value(spec.name, words, known)
    if value is None:  # a name keeps its spelling
        value = words if spec.name in NAMES else canonical(spec.name, words)
    if not value or not audit_wording().negated(text, start):
        return value or None
    if spec.name == "accessories":
        return f"no {value}" if value != "none" else value
    if spec.name == "condition" and value in _WEAR:
        return "like new"
    return None


def settle_measures(
    text: str, specs: Sequence[AttributeSpec], candidates: Iterable[ClaimCandidate]
) -> list[ClaimCandidate]:
    """Give each quantity to one attribute: the one named beside it, else whose set knows it."""
    by_name = {spec.name: (order, spec) for order, spec in enumerate(specs)}
    spans: dict[tuple[int, int], list[ClaimCandidate]] = {}
    for candidate in candidates:
        spans.setdefault((candidate.start, candidate.end), []).append(candidate)
    settled: list[ClaimCandidate] = []
    for group in spans.values():
        best = max(
            group, key=lambda c: (*_fit(text, by_name[c.attribute][1], c), -by_name[c.attribute][0])
        )
        settled.append(_stray_length(text, by_name[best.attribute][1], best))
    return settled


def _fit(text: str, spec: AttributeSpec, candidate: ClaimCandidate) -> tuple[bool, bool]:
    return (
        is_announced(spec.name, text, candidate.start, candidate.end),
        known_value(spec.name, candidate.text, spec.values) is not None,
    )


def _stray_length(text: str, spec: AttributeSpec, candidate: ClaimCandidate) -> ClaimCandidate:
    """A length that a set of sizes does not know and no cue announces is a dimension."""
    lengths = list(find_quantities(candidate.text, "length"))
    if not lengths or not spec.values or any(_fit(text, spec, candidate)):
        return candidate
    measured = [v for v in spec.values if next(find_quantities(v, "length"), None)]
    if measured:
        return candidate
    return replace(candidate, attribute="dimensions", value=str(lengths[0]), scope="model")


def announced_otherwise(
    text: str, specs: Sequence[AttributeSpec], candidate: ClaimCandidate
) -> ClaimCandidate:
    """A quantity under another attribute's name is that one's claim ("a volume of 2200 W")."""
    own = next(iter(find_quantities(candidate.text)), None)
    if own is None:
        return candidate
    measured = wording().dimensions
    for spec in specs:
        foreign = measured.get(spec.name, own.unit.dimension) != own.unit.dimension
        if foreign and slot_of(spec.name, text, candidate.start, candidate.end):
            return replace(candidate, attribute=spec.name, value=str(own), scope=spec.scope)
    return candidate


def slot_of(attribute: str, text: str, start: int, end: int) -> bool:
    """Return whether the words around the span say that it is the attribute's value."""
    before, after = _slots(attribute)
    return bool(before.search(text[max(0, start - 60) : start]) or after.match(text, end))


@functools.cache
def _slots(attribute: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    cues = wording().cues.get(attribute, (attribute.replace("_", " "),))
    words = "|".join(flexible(cue) for cue in sorted(cues, key=len, reverse=True))
    link = r"(?:\s+(?:of|is|are|at)|\s*[:=])\s*(?:a|an|about|up to|the)?\s*$"
    return (
        re.compile(rf"(?:{words}){link}", re.IGNORECASE),
        re.compile(rf"\s+(?:of\s+)?(?:{words})", re.IGNORECASE),
    )


def own_colour(text: str, candidate: ClaimCandidate) -> ClaimCandidate:
    """Return a claim of the item's colour whole, its shade with it ("light grey").

    A colour of the case or the box is not the item's: it is claimed under a name of its own.
    """
    if candidate.attribute != "colour":
        return candidate
    shade = _shade().search(text[: candidate.start])
    if shade:
        words = text[shade.start() : candidate.end]
        candidate = replace(candidate, start=shade.start(), text=words)
    if not audit_wording().part.match(text, candidate.end):
        return candidate
    return replace(candidate, attribute="part_colour", scope="item")


@functools.cache
def _shade() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:(?:{'|'.join(wording().modifiers)})[\s\-]+)+$", re.IGNORECASE)


def quantities(field: ClaimField, text: str) -> Iterator[ClaimCandidate]:
    """Yield every number with a unit, under the attribute that its dimension usually means."""
    for q in find_quantities(text):
        name = _DEFAULT_ATTRIBUTE[q.unit.dimension]
        yield ClaimCandidate(
            field, q.start, q.end, text[q.start : q.end], name, str(q), scope="model"
        )


def phrase_claims(field: ClaimField, text: str) -> Iterator[ClaimCandidate]:
    """Yield claims beyond the template (authenticity, function, history, price, ...)."""
    wording = audit_wording()
    for attribute, (pattern, values) in wording.claims.items():
        for match in pattern.finditer(text):
            value = phrase_value(match[0], values)
            if wording.negated(text, match.start()):
                value = f"not {value}"
            yield ClaimCandidate(field, match.start(), match.end(), match[0], attribute, value)
    for attribute, pattern in wording.patterns.items():
        for match in pattern.finditer(text):
            value = canonical(attribute, match[0])
            yield ClaimCandidate(
                field, match.start(), match.end(), match[0], attribute, value,
                scope=wording.scopes.get(attribute, "item"),
            )  # fmt: skip


def phrase_value(words: str, values: dict[str, str]) -> str:
    """Return what a matched phrase means."""
    return values.get(phrase_key(words), phrase_key(words))


def general_statements(field: ClaimField, text: str) -> Iterator[ClaimCandidate]:
    """Yield common sense about the kind of thing ("holds hot drinks")."""
    for match in audit_wording().general.finditer(text):
        yield ClaimCandidate(
            field, match.start(), match.end(), match[0],
            "general", match[0].casefold(), scope="model", general=True,
        )  # fmt: skip
