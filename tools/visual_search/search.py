"""Which listings of the market show the same thing as the seller's photos, or a thing like it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from listing import Reference
from tools.visual_search.matching import MatchThresholds
from tools.visual_search.protocol import Hit, ListingIndex, Vectors

if TYPE_CHECKING:  # the embedder's module brings torch, which a search does not need
    from models.embedder import ImageEmbedder


@dataclass(frozen=True)
class SearchResult:
    """What a search brought back; no references is a result, not an error."""

    references: list[Reference]
    """Best first; each at least similar; `attributes` still empty."""
    nearest: float | None = None
    """Score of the nearest listing, whether or not it was near enough; None in an empty index."""


def search_similar(
    images: Sequence[Image.Image],
    embedder: "ImageEmbedder",
    index: ListingIndex,
    thresholds: MatchThresholds,
    k: int = 5,
    *,
    keys: Sequence[str] | None = None,
    category_ids: Collection[str] | None = None,
    exclude: Collection[str] = (),
) -> SearchResult:
    """Return up to `k` listings that are identical or similar to the photos of one thing.

    A listing's score is the cosine of the nearest pair of its photos and the given ones. Order is
    score descending, then id. `keys` are the photos' SHA-256, for the embedder's cache;
    `category_ids` and `exclude` narrow the search as in `ListingIndex.search`.

    Raises:
        IndexStoreError: the index cannot be read or is of another embedder.
    """
    if not images:
        return SearchResult(references=[])
    vectors = embedder.embed(images, keys)
    return find_similar(vectors, index, thresholds, k, category_ids=category_ids, exclude=exclude)


def find_similar(
    vectors: Vectors,
    index: ListingIndex,
    thresholds: MatchThresholds,
    k: int = 5,
    *,
    category_ids: Collection[str] | None = None,
    exclude: Collection[str] = (),
) -> SearchResult:
    """Return what `search_similar` returns, for photos that are vectors `(n, d)` already."""
    best: dict[str, Hit] = {}
    for vector in np.asarray(vectors, dtype=np.float32):
        # The k best of all photos are among the k best of each.
        for hit in index.search(vector, k, category_ids=category_ids, exclude=exclude):
            known = best.get(hit.id)
            if known is None or hit.score > known.score:
                best[hit.id] = hit
    hits = sorted(best.values(), key=lambda hit: (-hit.score, hit.id))[:k]
    found = [_reference(hit, index, thresholds) for hit in hits]
    return SearchResult(
        references=[reference for reference in found if reference is not None],
        nearest=hits[0].score if hits else None,
    )


def _reference(hit: Hit, index: ListingIndex, thresholds: MatchThresholds) -> Reference | None:
    """Return the hit as a reference; None when it is not near enough, or gone meanwhile."""
    meaning = thresholds.meaning(hit.score)
    listing = index.get(hit.id) if meaning is not None else None
    if meaning is None or listing is None:
        return None
    return Reference(
        id=hit.id,
        score=hit.score,
        match=meaning,
        title=listing.title,
        text=listing.text,
        price=listing.price,
        currency=listing.currency,
        category_id=listing.category_id,
        photo=hit.photo,
    )
