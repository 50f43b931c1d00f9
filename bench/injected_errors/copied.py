"""A value copied from a listing of something else: the error that retrieval invites.

Rule: the ledger really holds the listing. Where the run found none that differs, one of the index
is put in, of the same model in another colour or size.
"""

import random
from dataclasses import dataclass, replace

from bench.injected_errors.drafts import RecordedDraft
from bench.injected_errors.statements import NAMES, Judge
from bench.injected_errors.values import tokens
from listing import EvidenceLedger, Reference
from training.marketplace import Unit
from training.marketplace.export import written

_SCORE = 0.88
"""A cosine as similar listings have it."""


@dataclass(frozen=True)
class Copied:
    """A false value with the draft whose ledger holds a listing that states it."""

    draft: RecordedDraft
    attribute: str
    value: str


def copied_value(rng: random.Random, judge: Judge, draft: RecordedDraft) -> Copied | None:
    """Return a value of a listing that the item does not have; None where there is none."""
    attributes = [
        a.name
        for a in draft.true_template.attributes
        if a.scope == "variant" and a.name not in NAMES and a.name in draft.truth.attributes
        and a.name not in ("version", "format")
    ]  # fmt: skip
    rng.shuffle(attributes)
    text = set(tokens(f"{draft.text.title} {draft.text.description}"))
    for attribute in attributes:
        found = [
            e.value
            for e in draft.evidence
            if e.kind == "reference" and e.attribute == attribute and e.value
            and judge.fault(draft, attribute, e.value) and not text.issuperset(tokens(e.value))
        ]  # fmt: skip
        if found:
            return Copied(draft, attribute, rng.choice(sorted(set(found))))
    for attribute in attributes:
        for unit in _others(rng, judge, draft):
            value = unit.attributes.get(attribute, "")
            if not value or text.issuperset(tokens(value)):
                continue
            fed = _with_listing(judge, draft, unit, attribute, value)
            if judge.fault(fed, attribute, value):
                return Copied(fed, attribute, value)
    return None


def _others(rng: random.Random, judge: Judge, draft: RecordedDraft) -> list[Unit]:
    """Listings of the same model in the index that the run did not find, shuffled."""
    known = {r.id for r in draft.references}
    lot = [
        u
        for u in judge.market.split("index")
        if u.id not in known and u.sku.spu.id == draft.truth.spu
    ]
    return rng.sample(lot, len(lot))


def _with_listing(
    judge: Judge, draft: RecordedDraft, unit: Unit, attribute: str, value: str
) -> RecordedDraft:
    """The draft with one more similar listing in its ledger, read as `extract_attributes` would."""
    text = written(judge.market, unit)
    values = {**text.meant, attribute: value}
    ledger = EvidenceLedger(draft.evidence)
    source = f"listing:{unit.id}"
    ledger.add("reference", source, f"{text.title}\n{text.text}")
    for name, stated in values.items():
        ledger.add("reference", source, stated, attribute=name, value=stated)
    reference = Reference(
        id=unit.id,
        score=_SCORE,
        match="similar",
        title=text.title,
        text=text.text,
        attributes=values,
        price=unit.price,
        category_id=unit.sku.spu.category_id,
    )
    return replace(draft, evidence=tuple(ledger), references=(*draft.references, reference))
