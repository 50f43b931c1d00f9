"""Recorded drafts made by hand for the measurement of injected errors: market truth, no model."""

from collections.abc import Mapping

from bench.injected_errors.drafts import DraftText, RecordedDraft
from bench.market_runs import Truth
from listing import Evidence, EvidenceLedger, ListingDocument, Reference
from tools.taxonomy import market_taxonomy
from training.marketplace import Market, Unit


def first_unit(market: Market, kind: str, split: str = "queries_identical") -> Unit:
    """The first query of a kind of goods."""
    return next(u for u in market.split(split) if u.sku.spu.kind == kind)  # type: ignore[arg-type]


def truth_of(market: Market, unit: Unit, told: Mapping[str, str] | None = None) -> Truth:
    expected = market.expected(unit)
    return Truth(
        photo="0" * 64, case=f"queries_identical-{unit.id}", sku=unit.sku.id, spu=unit.sku.spu.id,
        in_market=bool(expected.similar), category=unit.sku.spu.category_id,
        attributes=unit.attributes, knowable=["colour"], text="", prohibited=False,
        split="queries_identical", identical=bool(expected.identical), told=dict(told or {}),
        seller=None, grey=False, mode=None, trace_id="0" * 32,
    )  # fmt: skip


def ledger_of(
    photo: Mapping[str, str], identical: Mapping[str, str], similar: Mapping[str, str],
    seller: Mapping[str, str],
) -> EvidenceLedger:  # fmt: skip
    ledger = EvidenceLedger()
    for kind, source, values in (
        ("photo", "photo:x", photo),
        ("reference", "listing:same", identical),
        ("reference", "listing:like", similar),
        ("seller", "seller:1", seller),
    ):
        for name, value in values.items():
            ledger.add(kind, source, value, attribute=name, value=value)  # type: ignore[arg-type]
    return ledger


def draft_of(
    market: Market,
    unit: Unit,
    title: str,
    description: str,
    *,
    photo: Mapping[str, str] | None = None,
    identical: Mapping[str, str] | None = None,
    similar: Mapping[str, str] | None = None,
    seller: Mapping[str, str] | None = None,
) -> RecordedDraft:
    """A draft with a ledger in which each source states some values."""
    taxonomy = market_taxonomy()
    template = taxonomy.template(unit.sku.spu.category_id)
    ledger: list[Evidence] = list(
        ledger_of(photo or {}, identical or {}, similar or {}, seller or {})
    )
    references = [
        Reference(id="same", score=0.95, match="identical", title="", text=""),
        Reference(id="like", score=0.88, match="similar", title="", text=""),
    ]
    document = ListingDocument(
        listing_id="x", status="drafted", mode="reference", title=title, description=description,
        evidence=ledger, references=references,
    )  # fmt: skip
    return RecordedDraft(
        truth=truth_of(market, unit, seller),
        document=document,
        first=DraftText(title, description),
        template=template,
        true_template=template,
        evidence=tuple(ledger),
        references=tuple(references),
    )


def honest(market: Market, unit: Unit) -> RecordedDraft:
    """A draft that states brand, model and colour, all true and all vouched for."""
    true = unit.attributes
    noun = unit.sku.spu.goods.bare
    name = f"{true['brand']} {true['model']}"
    return draft_of(
        market,
        unit,
        f"{name} {noun}, {true['colour']}",
        f"I am selling my {name} {noun}. The {noun} is {true['colour']} in colour. "
        "Questions are welcome.",
        photo={"colour": true["colour"]},
        identical={n: true[n] for n in ("brand", "model")},
    )
