"""What one item of evidence says about a claim: the same, something else, or nothing.

Evidence of an attribute speaks by its value, evidence in words by the statements in them, found as
a draft's own are. A denial is a statement of the contrary.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from listing import AttributeSpec, Evidence, EvidenceLedger, Reference, SpannedValue
from tools.audit.candidate import ClaimCandidate
from tools.audit.counting import counted
from tools.audit.data import audit_wording
from tools.audit.grading import compare_condition
from tools.audit.leftovers import STATEMENT
from tools.audit.makers import shadowed
from tools.audit.matching import phrase_claims, said_value, slot_of
from tools.normalise import (
    announced,
    attribute_key,
    canonical,
    is_placeholder,
    mentions,
    parse_quantity,
    same_value,
    siblings,
)
from tools.normalise.data import wording
from tools.normalise.kinds import names_nothing

Stance = Literal["same", "other"]
SELLER, PHOTO, IDENTICAL, SIMILAR = range(4)
"""The ranks of evidence, the highest first."""


@dataclass(frozen=True)
class Voice:
    """What one item of evidence says about a claim, and with which words of its source."""

    evidence: Evidence
    rank: int
    stance: Stance
    start: int | None = None
    end: int | None = None
    place: int = 0
    """Its place in the ledger."""

    @property
    def plain(self) -> bool:
        """True when the item is about this attribute alone."""
        return self.evidence.attribute is not None


@dataclass(frozen=True)
class _Said:
    """A stance, with the place in the text that takes it."""

    stance: Stance
    start: int | None = None
    end: int | None = None


@dataclass
class Testimony:
    """The ledger, as it may speak about claims; what its texts state is read once."""

    ledger: EvidenceLedger
    matches: Mapping[str, str]
    brands: tuple[str, ...]
    shadowed: frozenset[str]
    """Ids of makers that are more likely models."""
    _phrases: dict[str, list[ClaimCandidate]] = field(default_factory=dict)
    _mentions: dict[tuple[str, str, str], list[SpannedValue]] = field(default_factory=dict)

    @classmethod
    def of(cls, ledger: EvidenceLedger, references: Sequence[Reference]) -> "Testimony":
        """Return the testimony of `ledger`; listings not among `references` count as similar."""
        brands = (e.value for e in ledger if e.attribute == "brand" and e.value)
        matches = {reference.id: reference.match for reference in references}
        return cls(ledger, matches, tuple(dict.fromkeys(brands)), shadowed(ledger))

    def voices(self, candidate: ClaimCandidate) -> list[Voice]:
        """Return what the ledger says about the claim, in its order.

        Where a listing's value of the attribute was read, its text is not heard beside it.
        """
        found = []
        for place, item in enumerate(self.ledger):
            rank = self._rank(item, candidate)
            if rank is None or (said := self._said(item, candidate)) is None:
                continue
            found.append(Voice(item, rank, said.stance, said.start, said.end, place))
        read = {
            item.source
            for item in self.ledger
            if item.kind == "reference" and item.attribute == candidate.attribute
        }
        return [v for v in found if v.plain or v.evidence.source not in read]

    def _rank(self, item: Evidence, candidate: ClaimCandidate) -> int | None:
        """The rank of the item for this claim; None when it may not speak about it."""
        if item.kind == "seller":
            return SELLER
        if item.kind == "photo":
            return PHOTO
        if item.kind != "reference" or candidate.scope == "item":
            return None
        if self.matches.get(item.source.removeprefix("listing:")) == "identical":
            return IDENTICAL
        return SIMILAR if candidate.scope == "model" else None

    def _said(self, item: Evidence, candidate: ClaimCandidate) -> _Said | None:
        if not item.attribute or not item.value:
            return self._in_words(item, candidate)
        if attribute_key(item.attribute) != candidate.attribute:
            return None
        if is_placeholder(item.value) or names_nothing(item.attribute, item.value):
            return None
        if item.id in self.shadowed:
            return None
        stance = _compare(candidate, item.value, item.text, self.brands)
        return stance and _Said(stance, item.start, item.end)

    def _in_words(self, item: Evidence, candidate: ClaimCandidate) -> _Said | None:
        """The stance of a seller's message, or of a listing's whole text."""
        name, text = candidate.attribute, item.text
        if name == STATEMENT:
            return _same_words(candidate, text)
        if name in audit_wording().claims or name in audit_wording().patterns:
            stated = [c for c in self._phrases_of(item) if c.attribute == name]
            return _phrase_stance(candidate, stated)
        spec = AttributeSpec(name=name, label=name, scope=candidate.scope)
        wanted = candidate.value.removeprefix("no ")
        other: _Said | None = None
        for m in (*self._mentioned(item, name, wanted), *self._mentioned(item, name, "")):
            value = said_value(spec, text, m.start, m.end, (wanted,))
            if value is None or _about_another(name, text, m) or _other_slot(name, value, text, m):
                continue
            stance = _compare(candidate, value, text, self.brands)
            if stance == "same":
                return _Said("same", m.start, m.end)
            if stance == "other" and (not siblings(name) or announced(name, text, m.start, m.end)):
                other = _Said("other", m.start, m.end)
        # What a stranger's text says otherwise may be about something else; the seller's is not.
        return other if item.kind == "seller" else None

    def _phrases_of(self, item: Evidence) -> list[ClaimCandidate]:
        if item.id not in self._phrases:
            self._phrases[item.id] = [
                *phrase_claims("description", item.text),
                *counted("description", item.text),
            ]
        return self._phrases[item.id]

    def _mentioned(self, item: Evidence, name: str, wanted: str) -> list[SpannedValue]:
        key = (item.id, name, wanted)
        if key not in self._mentions:
            self._mentions[key] = mentions(name, item.text, (wanted,) if wanted else ())
        return self._mentions[key]


def _compare(
    candidate: ClaimCandidate, stated: str, words: str, brands: Sequence[str]
) -> Stance | None:
    """How the value `stated`, said in `words`, bears on the claim."""
    attribute, claimed = candidate.attribute, candidate.value
    if attribute == "accessories":
        return _compare_accessories(claimed, stated)
    if attribute == "condition":
        return compare_condition(candidate, stated, words)
    if same_value(attribute, claimed, stated):
        return "same"
    if attribute == "model":
        one, two = _without_brand(claimed, brands), _without_brand(stated, brands)
        return "same" if one and one == two else "other"
    if attribute in ("brand", "author"):  # "Levi" for Levi Strauss, a surname for the whole name
        part = set(canonical(attribute, claimed).split())
        return "same" if part and part <= set(canonical(attribute, stated).split()) else "other"
    return "other"


def _without_brand(model: str, brands: Sequence[str]) -> str:
    name = canonical("model", model)
    for brand in brands:
        name = name.removeprefix(canonical("brand", brand) + " ")
    return name


def _compare_accessories(claimed: str, stated: str) -> Stance | None:
    """Accessories come several at once: naming one says nothing of another, "none" of all."""
    said = set(canonical("accessories", stated).split(" and "))
    denied = claimed.startswith("no ")
    items = set(canonical("accessories", claimed.removeprefix("no ")).split(" and "))
    if claimed == "none" or said == {"none"}:
        return "same" if (claimed == "none" or denied) and said == {"none"} else "other"
    if denied:
        if any(f"no {item}" in said for item in items):
            return "same"
        return "other" if items & said else None
    if any(f"no {item}" in said for item in items):
        return "other"
    return "same" if items <= said else None


def _about_another(attribute: str, text: str, mention: SpannedValue) -> bool:
    """The words beside the value name another attribute of its dimension, or a part."""
    if attribute == "colour":
        return audit_wording().part.match(text, mention.end) is not None
    place = (text, mention.start, mention.end)
    named = any(announced(sibling, *place) for sibling in siblings(attribute))
    return named and not announced(attribute, *place)


def _same_words(candidate: ClaimCandidate, text: str) -> _Said | None:
    """A statement of no known kind is vouched for by all of its words in one sentence."""
    wanted = [re.compile(rf"(?<!\w){re.escape(w)}(?!\w)", re.I) for w in candidate.value.split()]
    for sentence in re.finditer(r"[^.!?\n]+", text):
        hits = [pattern.search(text, sentence.start(), sentence.end()) for pattern in wanted]
        places = [hit.span() for hit in hits if hit]
        if len(places) == len(wanted):
            return _Said("same", min(a for a, _ in places), max(b for _, b in places))
    return None


def _other_slot(attribute: str, value: str, text: str, mention: SpannedValue) -> bool:
    """A quantity of another dimension, which the text does not call by the attribute's name."""
    dimension, quantity = wording().dimensions.get(attribute), parse_quantity(value)
    foreign = dimension and quantity and quantity.unit.dimension != dimension
    return bool(foreign) and not slot_of(attribute, text, mention.start, mention.end)


def _phrase_stance(candidate: ClaimCandidate, stated: Iterable[ClaimCandidate]) -> _Said | None:
    denial = candidate.value.startswith("not ")
    contrary = candidate.value.removeprefix("not ") if denial else f"not {candidate.value}"
    by_value = {one.value: one for one in stated}
    if (one := by_value.get(candidate.value)) is not None:
        return _Said("same", one.start, one.end)
    if (one := by_value.get(contrary)) is not None:
        return _Said("other", one.start, one.end)
    one = next(iter(by_value.values()), None)
    if one is not None and candidate.attribute in audit_wording().single:
        return _Said("other", one.start, one.end)
    return None
