"""From a run's final state to the listing document of the contract."""

from collections.abc import Sequence

from graphs.listing.context import ListingContext
from graphs.listing.state import (
    ListingState,
    attributes_of,
    category_of,
    claims_of,
    ledger_of,
    references_of,
)
from listing import (
    EvidenceLedger,
    ListingDocument,
    Photo,
    PriceBand,
    Quality,
    Question,
    Reference,
    SafetyReport,
)
from tools.price import price_band
from tools.quality import listing_quality


def build_document(
    state: ListingState, context: ListingContext, *, trace_id: str, thread_id: str, total_ms: float
) -> ListingDocument:
    """Return the document; fields that the run did not reach are null or empty."""
    status = state.get("status") or "manual"
    drafted = status == "drafted"
    references, ledger = references_of(state), ledger_of(state)
    attributes = attributes_of(state)
    claims = claims_of(state) if drafted else []
    return ListingDocument(
        listing_id=state["listing_id"],
        trace_id=trace_id,
        thread_id=thread_id,
        status=status,
        mode=state.get("mode", "manual") if status != "manual" else "manual",
        photos=[Photo(**p) for p in state["photos"]],
        category=category_of(state),
        references=references,
        attributes=attributes,
        title=state.get("title", "") if drafted else "",
        description=state.get("description", "") if drafted else "",
        price=_price(references, ledger),
        claims=claims,
        evidence=list(ledger),
        questions=[Question(**q) for q in state.get("questions", [])],
        safety=SafetyReport(**state.get("safety", {})),
        quality=quality(state, len(attributes)) if drafted else Quality(),
        warnings=list(dict.fromkeys(state.get("warnings", []))),
        timings_ms={**_TIMED, **state.get("timings_ms", {}), "total": round(total_ms, 1)},
        model=context.model_info,
    )


_TIMED = {
    "total": 0.0,
    "check_photos": 0.0,
    "predict_category": 0.0,
    "search_similar": 0.0,
    "first_token": 0.0,
}


def _price(references: Sequence[Reference], ledger: EvidenceLedger) -> PriceBand | None:
    band = price_band(references)
    if band is None:
        return None
    priced = {f"listing:{r.id}" for r in references if r.price is not None}
    proof = [
        e.id for e in ledger if e.kind == "reference" and e.source in priced and e.attribute is None
    ]
    return band.model_copy(update={"evidence": proof})


def quality(state: ListingState, stated: int) -> Quality:
    """Score the draft as `tools.quality` does."""
    return listing_quality(
        state.get("title", ""),
        state.get("description", ""),
        claims_of(state),
        category=bool(state.get("category")),
        stated=stated,
        photos=len(state["photos"]),
        priced=any(r.get("price") for r in state.get("references", [])),
    )
