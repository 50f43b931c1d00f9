"""The first nodes: is this allowed, what is it, and who else sells one?"""

import asyncio
from collections.abc import Sequence
from typing import Any

from graphs.listing.calls import CATEGORY, FINDINGS, READING, SEARCH
from graphs.listing.context import ListingContext
from graphs.listing.state import ListingState
from graphs.listing.step import Step, Update, node
from listing import AttributeSpec, AttributeTemplate, Reference, SafetyFinding, SafetyReport
from listing.market import Match
from tools.category import apredict_category
from tools.photo_attributes import aread_photo_attribute
from tools.safety import redact_contacts
from tools.safety.photos import check_photos as inspect_photos
from tools.taxonomy import general_template
from tools.visual_search import SearchResult, find_similar


@node("check_photos", reads=("photos", "seller"))
async def check_photos(state: ListingState, step: Step) -> Update:
    """Refuse what may not be sold, before anything else is spent on it."""
    context = step.context
    blocks = context.photo_blocks(state["photos"])
    checked = await step.call(
        "check_photos",
        {"photos": _names(state)},
        FINDINGS,
        lambda: inspect_photos(context.model, blocks, context.policy, config=context.config),
    )
    found, said = checked.value, await _seller_findings(state.get("seller") or "", step)
    report = SafetyReport(photos=found, text=said)
    stops = [f for f in found if f.action == "block"]
    stops += [f for f in said if f.action == "block" and f.risk.startswith("G")]
    if stops:
        report.notice = stops[0].notice
        step.span.route("refuse", f"rule {stops[0].rule}")
    else:
        step.span.route("look", "no photo is blocked")
    for finding in [*found, *said]:
        step.event("notice", rule=finding.rule, action=finding.action, text=finding.notice)
    return {
        "safety": report.model_dump(),
        "status": "refused" if stops else "",
        "warnings": [f.notice for f in [*found, *said] if f not in stops],
    }


async def _seller_findings(text: str, step: Step) -> list[SafetyFinding]:
    """A call of its own: the record masks contact data, so only its result tells of them."""
    policy = step.context.policy

    async def check() -> list[SafetyFinding]:
        return [*policy.check_text(text, "seller"), *policy.find_instructions(text)]

    if not text.strip():
        return []
    return (await step.call("check_seller", {"text": text}, FINDINGS, check)).value


def _names(state: ListingState) -> list[str]:
    return [f"sha256:{p['sha256']}" for p in state["photos"]]


def after_check(state: ListingState) -> list[str]:
    """Route of `check_photos`: refuse, or look at the item in two ways at once."""
    if state.get("status") == "refused":
        return ["refuse"]
    return ["predict_category", "search_similar"]


@node("predict_category", reads=("photos",))
async def predict_category(state: ListingState, step: Step) -> Update:
    """Name the category, and read what the photo alone can tell."""
    context = step.context
    blocks = context.photo_blocks(state["photos"])
    predicted = await step.call(
        "predict_category",
        {"photos": _names(state)},
        CATEGORY,
        lambda: apredict_category(
            context.model,
            blocks,
            context.taxonomy,
            threshold=context.limits.category_threshold,
            config=context.config,
        ),
    )
    found = predicted.value
    if found is None:
        step.span.degraded("no category is likely enough")
    else:
        step.event("category", **found.model_dump())
    template = context.taxonomy.template(found.id) if found else general_template(context.taxonomy)
    values = [v for spec in visible(template) if (v := await _read(spec, blocks, state, step))]
    return {
        "category": found.model_dump() if found else None,
        "category_span": step.span.span_id,
        "photo_values": values,
    }


def visible(template: AttributeTemplate) -> list[AttributeSpec]:
    """Attributes of a closed set that a photo can tell."""
    return [a for a in template.attributes if a.visible and a.values]


async def _read(
    spec: AttributeSpec, blocks: list[dict[str, Any]], state: ListingState, step: Step
) -> dict[str, Any] | None:
    context = step.context
    called = await step.call(
        "read_photo_attribute",
        {"photos": _names(state), "attribute": spec.name},
        READING,
        lambda: aread_photo_attribute(context.model, blocks, spec, config=context.config),
    )
    reading = called.value
    if reading is None or reading.probability < context.limits.photo_threshold:
        return None
    return {
        "attribute": spec.name,
        "value": reading.value,
        "confidence": reading.probability,
        "span_id": called.span_id,
    }


@node("search_similar", reads=("photos",))
async def search_similar(state: ListingState, step: Step) -> Update:
    """Search the market for listings that show the same or a like item."""
    context = step.context
    if not context.can_search:
        step.span.degraded("no index of listings is set up")
        return {"references": [], "warnings": ["no listing index: drafted without references"]}
    found = await _search(state, step)
    warnings = _giving_orders(found, context)
    references = [reference for reference in found if reference.id not in warnings]
    for reference in references:
        step.event(
            "reference",
            id=reference.id,
            score=reference.score,
            match=reference.match,
            title=reference.title,
            price=reference.price,
        )
    if not references:
        step.span.degraded("nothing in the market is near")
    update: Update = {
        "references": [r.model_dump() for r in references],
        "retrieval_span": step.span.span_id,
    }
    return {**update, "warnings": [*warnings.values()]} if warnings else update


def _giving_orders(references: Sequence[Reference], context: ListingContext) -> dict[str, str]:
    """Id and warning of each listing that gives orders to the assistant: it vouches for nothing."""
    found = {
        r.id: context.policy.find_instructions(f"{r.title}\n{r.text}", "reference")
        for r in references
    }
    return {key: f"listing {key}: {first[0].notice}" for key, first in found.items() if first}


async def _search(state: ListingState, step: Step) -> list[Reference]:
    """The listings that are near enough, each with what its score means."""
    context = step.context
    limits, thresholds = context.limits, context.thresholds
    arguments = {"photos": _names(state), "top_k": limits.top_k, "floor": thresholds.similar}
    found = await step.call("search_similar", arguments, SEARCH, lambda: _look_up(state, context))
    meant = [(r, thresholds.meaning(r.score)) for r in found.value.references]
    return [_without_contacts(r, match) for r, match in meant if match]


def _without_contacts(reference: Reference, match: Match) -> Reference:
    """The listing as the record has it: places in its text then mean the same to any reader."""
    clean = {"title": redact_contacts(reference.title), "text": redact_contacts(reference.text)}
    return reference.model_copy(update={"match": match, **clean})


async def _look_up(state: ListingState, context: ListingContext) -> SearchResult:
    embedder, index, top_k = context.embedder, context.index, context.limits.top_k
    assert embedder is not None and index is not None  # `can_search`
    keys = [p["sha256"] for p in state["photos"]]
    images = [context.store.open_image(key) for key in keys]
    tracer = context.tracer
    with tracer.embeddings(embedder.name, dimension=embedder.dimension, count=len(keys)):
        vectors = await asyncio.to_thread(embedder.embed, images, keys)
    with tracer.retrieval("listings", top_k=top_k) as retrieval:
        found = await asyncio.to_thread(find_similar, vectors, index, context.thresholds, top_k)
        retrieval.documents(found.references)
    return found


@node("refuse", reads=("safety",))
async def refuse(state: ListingState, step: Step) -> Update:
    """End without a draft; the notice says what is wrong."""
    step.span.route("end", "refused")
    return {"status": "refused", "mode": "manual"}
