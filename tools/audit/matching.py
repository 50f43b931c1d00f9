"""Statements found by wording data: the template's attributes, quantities, and the phrases beyond.

A denial ("without charger", "no scratches") is a statement too, of the contrary.
"""

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
    known_value,
    mentions,
    phrase_key,
)

_NAMES = ("brand", "model", "title", "author")
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
    return tuple(dict.fromkeys(value for value in found if value))


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
                field, start, end, text[start:end], spec.name, value, scope=spec.scope
            )


def said_value(
    spec: AttributeSpec, text: str, start: int, end: int, known: Sequence[str]
) -> str | None:
    """Return the value that the span states, denial included; None when it states none.

    In the spelling of `known` where it is one of those.
    """
    words = text[start:end]
    value = known_value(spec.name, words, known)
    if value is None:  # a name keeps its spelling
        value = words if spec.name in _NAMES else canonical(spec.name, words)
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


def own_colour(text: str, candidate: ClaimCandidate) -> ClaimCandidate:
    """A colour of the case or the box is not the item's: it is claimed under a name of its own."""
    if candidate.attribute != "colour" or not audit_wording().part.match(text, candidate.end):
        return candidate
    return replace(candidate, attribute="part_colour", scope="item")


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
            yield ClaimCandidate(field, match.start(), match.end(), match[0], attribute, value)


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
