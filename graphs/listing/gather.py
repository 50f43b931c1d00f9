"""Nodes that fill the evidence ledger: what was found, what seller and references say."""

from collections.abc import Sequence
from typing import Any, cast

from graphs.calls import Called
from graphs.listing.calls import SPANNED
from graphs.listing.mode import Decision
from graphs.listing.mode import choose_mode as decide
from graphs.listing.state import (
    ListingState,
    attributes_of,
    category_of,
    dump_ledger,
    ledger_of,
    references_of,
    template_of,
)
from graphs.listing.step import Step, Update, node
from graphs.listing.vouching import contradicted, vouched, without_doubtful_brands
from listing import (
    AttributeTemplate,
    AttributeValue,
    CategoryCandidate,
    CategoryPrediction,
    EvidenceLedger,
    Reference,
    SafetyReport,
    SpannedValue,
)
from listing.document import Mode
from tools.attribute_extract import aextract_attributes
from tools.editing import stated_quantities
from tools.normalise import announced, displayed, same_value
from tools.safety import redact_contacts
from tools.taxonomy import Taxonomy


@node("choose_mode", reads=("category", "photo_values", "references", "mode_cap"))
async def choose_mode(state: ListingState, step: Step) -> Update:
    """Enter the findings into the ledger and take the best honest mode."""
    taxonomy = step.context.taxonomy
    category = category_of(state)
    decision = decide(category, references_of(state), _cap(state))
    step.span.route(decision.mode, decision.reason)
    ledger = ledger_of(state)
    category = _overruled(category, decision, taxonomy)
    if category is not None and decision.mode in ("reference", "template"):
        name = category.path[-1]
        ledger.add(
            "category", f"category:{category.id}", name, span_id=state.get("category_span", "")
        )
        names = ", ".join(taxonomy.template(category.id).names)
        ledger.add("template", f"category:{category.id}", f"core attributes: {names}")
    for reading in state.get("photo_values", []):
        ledger.add(
            "photo",
            f"photo:{state['photos'][0]['sha256']}",
            f"{reading['attribute']}: {reading['value']}",
            attribute=reading["attribute"],
            value=reading["value"],
            span_id=reading["span_id"],
        )
    for reference in decision.references:
        ledger.add(
            "reference",
            f"listing:{reference.id}",
            f"{reference.title}\n{reference.text}",
            span_id=state.get("retrieval_span", ""),
        )
    update: Update = {
        "mode": decision.mode,
        "category": category.model_dump() if category else None,
        "references": [r.model_dump() for r in decision.references],
        "evidence": dump_ledger(ledger),
        "attributes": _photo_attributes(state, ledger),
    }
    stopped = _prohibited(category, step) if category else None
    if stopped is not None:
        step.span.route("refuse", stopped.notice or "")
        update |= {"safety": stopped.model_dump(), "status": "refused"}
    return update


def _cap(state: ListingState) -> Mode | None:
    """The poorest mode that the caller wants; without references it is `template` at best."""
    cap: Any = state.get("mode_cap")
    if cap is None and "reference" in state.get("leave_out", ()):
        return "template"
    return cast(Mode | None, cap)


def _overruled(
    category: CategoryPrediction | None, decision: Decision, taxonomy: Taxonomy
) -> CategoryPrediction | None:
    """The decision's category; its confidence is the share of references that name it."""
    chosen = taxonomy.get(decision.category_id) if decision.category_id else None
    if chosen is None or (category is not None and category.id == chosen.id):
        return category
    named = [r.category_id for r in decision.references]
    share = named.count(chosen.id) / max(1, len(named))
    before = [] if category is None else [category, *category.alternatives]
    return CategoryPrediction(
        id=chosen.id,
        path=list(chosen.path),
        confidence=round(share, 3),
        alternatives=[
            CategoryCandidate(id=c.id, path=c.path, confidence=c.confidence) for c in before
        ],
    )


def _photo_attributes(state: ListingState, ledger: EvidenceLedger) -> dict[str, Any]:
    found = {}
    for reading in state.get("photo_values", []):
        proof = [e.id for e in ledger if e.kind == "photo" and e.attribute == reading["attribute"]]
        found[reading["attribute"]] = AttributeValue(
            value=reading["value"], source="photo", confidence=reading["confidence"], evidence=proof
        ).model_dump()
    return found


def _prohibited(category: CategoryPrediction, step: Step) -> SafetyReport | None:
    findings = step.context.policy.check_category(category.id, category.path)
    blocked = [f for f in findings if f.action == "block"]
    if not blocked:
        return None
    return SafetyReport(photos=blocked, notice=blocked[0].notice)


def after_mode(state: ListingState) -> str:
    """Route of `choose_mode`."""
    if state.get("status") == "refused":
        return "refuse"
    if state["mode"] == "manual":
        return "finish"
    if (state.get("seller") or "").strip():
        return "read_seller"
    return "extract_attributes" if state["mode"] == "reference" else "write_draft"


@node("read_seller", reads=("seller",))
async def read_seller(state: ListingState, step: Step) -> Update:
    """Read the seller's own words: evidence of the highest rank."""
    context, text = step.context, redact_contacts(state.get("seller") or "")
    template = template_of(state, context.taxonomy)
    ledger = ledger_of(state)
    attributes = attributes_of(state)
    call = await step.call(
        "extract_attributes",
        {"source": "seller:1", "text": text},
        SPANNED,
        lambda: aextract_attributes(context.model, text, template, config=context.config),
    )
    ledger.add("seller", "seller:1", text, span_id=call.span_id)
    values = {}
    for spanned in [*call.value, *stated_quantities(text, template, call.value)]:
        value = displayed(template.get(spanned.attribute), spanned.value)
        item = ledger.add(
            "seller",
            "seller:1",
            text[spanned.start : spanned.end],
            attribute=spanned.attribute,
            value=value,
            span_id=call.span_id,
            start=spanned.start,
            end=spanned.end,
        )
        attributes[spanned.attribute] = AttributeValue(
            value=value, source="seller", confidence=1.0, evidence=[item.id]
        )
        values[spanned.attribute] = value
    return {
        "evidence": dump_ledger(ledger),
        "seller_values": values,
        "attributes": {n: v.model_dump() for n, v in attributes.items()},
    }


def after_seller(state: ListingState) -> str:
    """Route of `read_seller`."""
    return "extract_attributes" if state["mode"] == "reference" else "write_draft"


@node("extract_attributes", reads=("references", "category"))
async def extract_attributes(state: ListingState, step: Step) -> Update:
    """Read the best references and keep what they may vouch for."""
    context = step.context
    template = template_of(state, context.taxonomy)
    ledger, references = ledger_of(state), references_of(state)
    chosen = _to_read(references, context.limits.read_references)
    attributes = attributes_of(state)
    called = [await _read_one(r, template, step) for r in chosen]
    named = [r.id for r, call in called if _names_its_brand(r, call.value)]
    read = without_doubtful_brands([reference for reference, _ in called], named)
    for reference, (_, call) in zip(read, called, strict=True):
        _enter(ledger, reference, call)
    warnings: list[str] = []
    for i, one in enumerate(read):
        if (spec := contradicted(one, attributes, template)) is not None:
            # The same model in another colour: it vouches for the model, not for the variant.
            read[i] = one.model_copy(update={"match": "similar"})
            said, seen = one.attributes[spec.name], attributes[spec.name].value
            warnings.append(
                f"{spec.label}: listing {one.id} says {said}, the photo shows {seen}; "
                "the photo counts"
            )
    by_id = {r.id: r for r in read}
    values: dict[str, str] = {}
    for spec in template.attributes:
        if spec.name in attributes:
            continue
        found = vouched(spec, read)
        if found is None:
            continue
        proof = [
            e.id
            for e in ledger
            if e.kind == "reference"
            and e.attribute == spec.name
            and e.value
            and same_value(spec.name, e.value, found)
        ]
        share = len(proof) / max(1, len(read))
        attributes[spec.name] = AttributeValue(
            value=found, source="reference", confidence=round(0.5 + 0.5 * share, 3), evidence=proof
        )
        values[spec.name] = found
        step.event("attribute", name=spec.name, value=found, source="reference", evidence=proof)
    if not values:
        step.span.degraded("the references state nothing that may be copied")
    return {
        "references": [by_id.get(r.id, r).model_dump() for r in references],
        "evidence": dump_ledger(ledger),
        "reference_values": values,
        "attributes": {n: v.model_dump() for n, v in attributes.items()},
        "warnings": warnings,
    }


def _to_read(references: Sequence[Reference], count: int) -> list[Reference]:
    """The best identical references, else the best similar ones."""
    identical = [r for r in references if r.match == "identical"]
    return (identical or list(references))[:count]


async def _read_one(
    reference: Reference, template: AttributeTemplate, step: Step
) -> tuple[Reference, Called[list[SpannedValue]]]:
    """The listing with what its text states, and the call that read it."""
    context = step.context
    text = f"{reference.title}\n{reference.text}"
    call = await step.call(
        "extract_attributes",
        {"source": f"listing:{reference.id}", "text": text},
        SPANNED,
        lambda: aextract_attributes(context.model, text, template, config=context.config),
    )
    values = {v.attribute: displayed(template.get(v.attribute), v.value) for v in call.value}
    return reference.model_copy(update={"attributes": values}), call


def _names_its_brand(reference: Reference, values: Sequence[SpannedValue]) -> bool:
    text = f"{reference.title}\n{reference.text}"
    brands = (v for v in values if v.attribute == "brand")
    return any(announced("brand", text, v.start, v.end) for v in brands)


def _enter(ledger: EvidenceLedger, reference: Reference, call: Called[list[SpannedValue]]) -> None:
    """Enter what the listing states and is trusted to say."""
    for spanned in call.value:
        if spanned.attribute in reference.attributes:
            ledger.add(
                "reference",
                f"listing:{reference.id}",
                spanned.value,
                attribute=spanned.attribute,
                value=reference.attributes[spanned.attribute],
                span_id=call.span_id,
                start=spanned.start,
                end=spanned.end,
            )
