"""All texts of the market: sellers' noisy listings, honest drafts, and rewritings of those."""

from training.marketplace.drafts import Draft, Style, honest_draft
from training.marketplace.rewrites import Rewriting, Wish, rewrite_pair
from training.marketplace.seller_texts import (
    WrittenListing,
    seller_text,
    synthetic_listing,
    synthetic_message,
)

__all__ = [
    "Draft",
    "Rewriting",
    "Style",
    "Wish",
    "WrittenListing",
    "honest_draft",
    "rewrite_pair",
    "seller_text",
    "synthetic_listing",
    "synthetic_message",
]
