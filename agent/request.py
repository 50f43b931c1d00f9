"""From what a seller gave (photos, words) to a request of the listing graph.

Rule: everything is checked here, before a model is asked: what passes is stored and well formed.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from listing.document import Mode
from listing.errors import BadInputError
from tools.photos import NormalisedPhoto, PhotoStore

if TYPE_CHECKING:  # brings torch
    from graphs.listing import ListingRequest

MAX_SELLER = 4000
"""Characters of the seller's own words."""


def check_seller(text: str | None, field: str = "seller") -> str | None:
    """Return the seller's words trimmed, None when there are none; BadInputError names `field`."""
    if text is None or not text.strip():
        return None
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise BadInputError(f"{field}: is not valid Unicode text; give UTF-8")
    if len(text) > MAX_SELLER:
        raise BadInputError(
            f"{field}: {len(text)} characters, at most {MAX_SELLER} are read; shorten it"
        )
    return text.strip()


def make_request(
    store: PhotoStore,
    photos: Sequence[NormalisedPhoto],
    *,
    seller: str | None = None,
    mode: Mode | None = None,
) -> "ListingRequest":
    """Store the photos and return the request; `seller` has been through `check_seller`.

    What intake had to say about a photo becomes a warning of the run.
    """
    from graphs.listing import ListingRequest

    return ListingRequest(
        photos=tuple(store.put(photo) for photo in photos),
        seller=seller,
        mode_cap=mode,
        warnings=tuple(note for photo in photos for note in photo.notes),
    )
