"""The state of a run: plain JSON data, so that any checkpointer can store it and no type is named.

Photos are hashes, models are dumped; `restore` functions turn them back at the point of use.
"""

import operator
from typing import Annotated, Any

from typing_extensions import TypedDict  # the schemas that LangGraph serves need it before 3.12

from listing import (
    AttributeTemplate,
    AttributeValue,
    CategoryPrediction,
    Claim,
    EvidenceLedger,
    Reference,
)
from listing.evidence import Evidence
from tools.taxonomy import Taxonomy, general_template

Json = dict[str, Any]


def merge(old: Json, new: Json) -> Json:
    """Reducer: later keys win, earlier ones stay."""
    return {**old, **new}


class ListingState(TypedDict, total=False):
    """Everything that a run knows; a key is absent until its node ran."""

    listing_id: str
    photos: list[Json]
    seller: str | None
    mode_cap: str | None
    leave_out: list[str]
    """Inputs that the draft must do without, for ablations: `category`, `reference`."""

    safety: Annotated[Json, merge]
    category: Json | None
    photo_values: list[Json]
    """What the photo shows: `{attribute, value, confidence, span_id}`."""
    category_span: str
    references: list[Json]
    retrieval_span: str

    mode: str
    evidence: list[Json]
    seller_values: Json
    reference_values: Json
    attributes: dict[str, Json]

    title: str
    description: str
    claims: list[Json]
    questions: list[Json]
    revisions: int
    taken_back: list[str]
    """Attributes whose claims were taken back, in the order that they were."""
    status: str
    failed: str | None
    """Why the run must end in `manual`, in words for the seller."""
    warnings: Annotated[list[str], operator.add]
    timings_ms: Annotated[Json, merge]


def ledger_of(state: ListingState) -> EvidenceLedger:
    """Return the evidence gathered so far."""
    return EvidenceLedger(Evidence(**e) for e in state.get("evidence", []))


def dump_ledger(ledger: EvidenceLedger) -> list[Json]:
    """Return the ledger as plain data."""
    return [e.model_dump() for e in ledger]


def category_of(state: ListingState) -> CategoryPrediction | None:
    """Return the predicted category, or None."""
    found = state.get("category")
    return CategoryPrediction(**found) if found else None


def references_of(state: ListingState) -> list[Reference]:
    """Return the retrieved listings, best first."""
    return [Reference(**r) for r in state.get("references", [])]


def attributes_of(state: ListingState) -> dict[str, AttributeValue]:
    """Return the values that the draft may state."""
    return {n: AttributeValue(**v) for n, v in state.get("attributes", {}).items()}


def claims_of(state: ListingState) -> list[Claim]:
    """Return the claims of the present draft."""
    return [Claim(**c) for c in state.get("claims", [])]


def template_of(state: ListingState, taxonomy: Taxonomy) -> AttributeTemplate:
    """Return the category's template; without a category, the attributes any goods have."""
    category = category_of(state)
    if category is not None:
        return taxonomy.template(category.id)
    return general_template(taxonomy)
