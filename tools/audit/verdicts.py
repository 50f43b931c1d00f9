"""The verdict on each claim: which evidence vouches for it, or says otherwise.

Evidence has a rank: the seller's own word, then the photo, then an identical listing, then a similar
one. A listing only speaks where its scope lets it: a similar one for the model, an identical one also
for the variant, neither for the item itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from listing import AttributeSpec, Claim, Evidence, EvidenceLedger, Reference
from listing.claim import Verdict
from tools.audit.candidate import ClaimCandidate
from tools.audit.data import audit_wording
from tools.audit.matching import phrase_claims, said_value, stated_values
from tools.normalise import attribute_key, canonical, mentions, same_value

Stance = Literal["same", "other"]
_SELLER, _PHOTO, _IDENTICAL, _SIMILAR = range(4)


@dataclass(frozen=True)
class _Voice:
    """What one item of evidence says about a claim."""

    evidence: Evidence
    rank: int
    stance: Stance


def judge(
    candidates: Iterable[ClaimCandidate],
    ledger: EvidenceLedger,
    *,
    references: Sequence[Reference] = (),
) -> list[Claim]:
    """Return one claim per candidate, in order, with its verdict and the evidence for it.

    `supported` names the one item of highest rank that states the value; `contradicted` the one of
    highest rank that states another. `references` tell identical listings from similar ones; a
    listing that is not among them counts as similar.
    """
    matches = {reference.id: reference.match for reference in references}
    brands = tuple(e.value for e in ledger if e.attribute == "brand" and e.value)
    return [_judge(candidate, ledger, matches, brands) for candidate in candidates]


def _judge(
    candidate: ClaimCandidate,
    ledger: EvidenceLedger,
    matches: Mapping[str, str],
    brands: Sequence[str],
) -> Claim:
    verdict: Verdict = "general" if candidate.general else "unsupported"
    evidence: list[str] = []
    if not candidate.general:
        voices = [
            _Voice(item, rank, stance)
            for item in ledger
            if (rank := _rank(item, candidate, matches)) is not None
            and (stance := _stance(item, candidate, brands)) is not None
        ]
        verdict, evidence = _weigh(voices)
    return Claim(
        field=candidate.field, start=candidate.start, end=candidate.end, text=candidate.text,
        attribute=candidate.attribute, value=candidate.value, verdict=verdict, evidence=evidence,
    )  # fmt: skip


def _rank(item: Evidence, candidate: ClaimCandidate, matches: Mapping[str, str]) -> int | None:
    """The rank of the item for this claim; None when it may not speak about it."""
    if item.kind == "seller":
        return _SELLER
    if item.kind == "photo":
        return _PHOTO
    if item.kind != "reference" or candidate.scope == "item":
        return None
    if matches.get(item.source.removeprefix("listing:")) == "identical":
        return _IDENTICAL
    return _SIMILAR if candidate.scope == "model" else None


def _weigh(voices: Sequence[_Voice]) -> tuple[Verdict, list[str]]:
    """The highest rank that speaks decides; the seller's last word, else the majority in it."""
    if not voices:
        return "unsupported", []
    top = min(voice.rank for voice in voices)
    heard = [voice for voice in voices if voice.rank == top]
    if top == _SELLER:
        heard = heard[-1:]
    same = [voice for voice in heard if voice.stance == "same"]
    other = [voice for voice in heard if voice.stance == "other"]
    if len(same) >= len(other):
        return "supported", [same[0].evidence.id]
    return "contradicted", [other[0].evidence.id]


def _stance(item: Evidence, candidate: ClaimCandidate, brands: Sequence[str]) -> Stance | None:
    """Whether the item states the claim's value, another value, or neither."""
    if item.attribute and item.value:
        if attribute_key(item.attribute) != candidate.attribute:
            return None
        return _compare(candidate.attribute, candidate.value, item.value, brands)
    return _text_stance(item, candidate, brands)


def _compare(attribute: str, claimed: str, stated: str, brands: Sequence[str]) -> Stance | None:
    if attribute == "accessories":
        return _compare_accessories(claimed, stated)
    if same_value(attribute, claimed, stated):
        return "same"
    if attribute == "model":
        one, two = _without_brand(claimed, brands), _without_brand(stated, brands)
        return "same" if one and one == two else "other"
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


def _text_stance(item: Evidence, candidate: ClaimCandidate, brands: Sequence[str]) -> Stance | None:
    """The same for evidence in words: a seller's message, a listing's whole text."""
    beyond = audit_wording().claims.keys() | audit_wording().patterns.keys()
    if candidate.attribute in beyond:
        stated = [
            c for c in phrase_claims("description", item.text) if c.attribute == candidate.attribute
        ]
        return _phrase_stance(candidate, [c.value for c in stated])
    spec = AttributeSpec(name=candidate.attribute, label=candidate.attribute, scope=candidate.scope)
    wanted = candidate.value.removeprefix("no ")
    said = [
        value
        for m in (*mentions(spec.name, item.text, (wanted,)), *mentions(spec.name, item.text))
        if (value := said_value(spec, item.text, m.start, m.end, (wanted,))) is not None
    ]
    stances = [_compare(candidate.attribute, candidate.value, value, brands) for value in said]
    if "same" in stances:
        return "same"
    # What a stranger's text says otherwise may be about something else in it; the seller's is not.
    return "other" if "other" in stances and item.kind == "seller" else None


def _phrase_stance(candidate: ClaimCandidate, stated: Sequence[str]) -> Stance | None:
    if candidate.value in stated:
        return "same"
    contrary = (
        candidate.value.removeprefix("not ")
        if candidate.value.startswith("not ")
        else f"not {candidate.value}"
    )
    return "other" if contrary in stated else None
