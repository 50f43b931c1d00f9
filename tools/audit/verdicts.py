"""The verdict on each claim: which evidence vouches for it, or says otherwise.

Evidence has a rank: the seller's own word, then the photo, then an identical listing, then a
similar one. A listing only speaks where its scope lets it: a similar one for the model, an
identical one also for the variant, neither for the item itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from listing import AttributeSpec, Claim, Evidence, EvidenceLedger, Reference, SpannedValue
from listing.claim import Verdict
from tools.audit.candidate import ClaimCandidate
from tools.audit.data import audit_wording
from tools.audit.matching import phrase_claims, said_value
from tools.normalise import announced, attribute_key, canonical, mentions, same_value, siblings

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
    if len(_sources(same)) >= len(_sources(other)):
        return "supported", [_plainest(same).id]
    return "contradicted", [_plainest(other).id]


def _sources(voices: Sequence[_Voice]) -> set[str]:
    return {voice.evidence.source for voice in voices}


def _plainest(voices: Sequence[_Voice]) -> Evidence:
    """The item that is about this attribute alone, before a text that also mentions it."""
    return next((v.evidence for v in voices if v.evidence.attribute), voices[0].evidence)


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
    name, text = candidate.attribute, item.text
    if name in audit_wording().claims or name in audit_wording().patterns:
        stated = phrase_claims("description", text)
        return _phrase_stance(candidate, [c.value for c in stated if c.attribute == name])
    spec = AttributeSpec(name=name, label=name, scope=candidate.scope)
    wanted = candidate.value.removeprefix("no ")
    other = False
    for m in (*mentions(name, text, (wanted,)), *mentions(name, text)):
        value = said_value(spec, text, m.start, m.end, (wanted,))
        if value is None or _about_another(name, text, m):
            continue
        stance = _compare(name, candidate.value, value, brands)
        if stance == "same":
            return "same"
        other |= stance == "other" and (not siblings(name) or announced(name, text, m.start, m.end))
    # What a stranger's text says otherwise may be about something else in it; the seller's is not.
    return "other" if other and item.kind == "seller" else None


def _about_another(attribute: str, text: str, mention: SpannedValue) -> bool:
    """The words beside the value name another attribute of its dimension, or a part."""
    if attribute == "colour":
        return audit_wording().part.match(text, mention.end) is not None
    place = (text, mention.start, mention.end)
    named = any(announced(sibling, *place) for sibling in siblings(attribute))
    return named and not announced(attribute, *place)


def _phrase_stance(candidate: ClaimCandidate, stated: Sequence[str]) -> Stance | None:
    if candidate.value in stated:
        return "same"
    contrary = (
        candidate.value.removeprefix("not ")
        if candidate.value.startswith("not ")
        else f"not {candidate.value}"
    )
    return "other" if contrary in stated else None
