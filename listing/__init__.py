"""The nouns of a vouched listing: pydantic models without I/O, shared by every layer."""

from listing.attribute import AttributeSpec, AttributeTemplate, AttributeValue, SpannedValue
from listing.category import Category, CategoryCandidate, CategoryPrediction
from listing.claim import Citation, Claim
from listing.document import (
    AskingPrice,
    ListingDocument,
    ModelInfo,
    PriceBand,
    Publication,
    Quality,
    Question,
    SafetyReport,
)
from listing.evidence import Evidence, EvidenceLedger
from listing.market import MarketListing, Reference
from listing.photo import Photo
from listing.safety import SafetyFinding

__all__ = [
    "AskingPrice",
    "AttributeSpec",
    "AttributeTemplate",
    "AttributeValue",
    "Category",
    "CategoryCandidate",
    "CategoryPrediction",
    "Citation",
    "Claim",
    "Evidence",
    "EvidenceLedger",
    "ListingDocument",
    "MarketListing",
    "ModelInfo",
    "Photo",
    "PriceBand",
    "Publication",
    "Quality",
    "Question",
    "Reference",
    "SafetyFinding",
    "SafetyReport",
    "SpannedValue",
]
