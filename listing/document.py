"""The listing document, schema `vouch.listing/1`: the one answer of `vouch draft`, HTTP and traces.

A field that a run did not reach is null or empty, never missing.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from listing.attribute import AttributeValue
from listing.category import CategoryPrediction
from listing.claim import Claim
from listing.evidence import Evidence
from listing.market import Reference
from listing.photo import Photo
from listing.safety import SafetyFinding

Status = Literal["drafted", "refused", "halted", "manual"]
Mode = Literal["reference", "template", "image_only", "manual"]


class PriceBand(BaseModel):
    """Market prices of the references used: low and high quartile, median as suggestion."""

    low: float
    suggested: float
    high: float
    currency: str
    evidence: list[str] = Field(default_factory=list)


class Question(BaseModel):
    """What the template wants and nobody knows."""

    attribute: str
    text: str
    values: list[str] = Field(default_factory=list)
    """Known values to answer with one tap; may be empty."""


class SafetyReport(BaseModel):
    """Findings on photos and text; `notice` is what the seller reads when something was stopped."""

    photos: list[SafetyFinding] = Field(default_factory=list)
    text: list[SafetyFinding] = Field(default_factory=list)
    halted: bool = False
    notice: str | None = None


class Quality(BaseModel):
    """IPL's quality score (appendix C.2): weighted features, each in [0, 1]."""

    score: float = 0.0
    features: dict[str, float] = Field(default_factory=dict)


class ModelInfo(BaseModel):
    """Which model wrote the draft."""

    name: str
    revision: str = ""
    device: str = ""


class AskingPrice(BaseModel):
    """What the seller asks; nobody else sets it."""

    amount: float = Field(ge=0)
    currency: str = ""
    evidence: list[str] = Field(default_factory=list)


class Publication(BaseModel):
    """What the seller published, and how much of the draft it kept."""

    title: str
    description: str
    price: AskingPrice | None = None
    at: str
    """When, ISO 8601 in UTC."""
    kept: float = Field(ge=0, le=1)
    """Share of the draft's tokens kept: longest common subsequence over the draft's length."""


class ListingDocument(BaseModel):
    """The result of one run of the listing graph."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    schema_: Literal["vouch.listing/1"] = Field(default="vouch.listing/1", alias="schema")
    listing_id: str
    trace_id: str = ""
    thread_id: str = ""
    status: Status
    mode: Mode
    photos: list[Photo] = Field(default_factory=list)
    category: CategoryPrediction | None = None
    references: list[Reference] = Field(default_factory=list)
    attributes: dict[str, AttributeValue] = Field(default_factory=dict)
    title: str = ""
    description: str = ""
    language: str = "en"
    price: PriceBand | None = None
    claims: list[Claim] = Field(default_factory=list)
    evidence: list[Evidence] = Field(default_factory=list)
    questions: list[Question] = Field(default_factory=list)
    safety: SafetyReport = Field(default_factory=SafetyReport)
    quality: Quality = Field(default_factory=Quality)
    warnings: list[str] = Field(default_factory=list)
    timings_ms: dict[str, float] = Field(default_factory=dict)
    model: ModelInfo | None = None
    asking_price: AskingPrice | None = None
    published: Publication | None = None
