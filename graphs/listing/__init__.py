"""The listing graph: photos in, one vouched listing document out."""

from graphs.listing.context import Limits, ListingContext
from graphs.listing.graph import build_listing_graph
from graphs.listing.run import ListingRequest, draft_listing, stream_listing

__all__ = [
    "Limits",
    "ListingContext",
    "ListingRequest",
    "build_listing_graph",
    "draft_listing",
    "stream_listing",
]
