"""What an index of market listings can do, whichever store is behind it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from listing import MarketListing

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Hit:
    """A listing that a search found."""

    id: str
    score: float
    """Cosine of the query with the listing's nearest photo, in [-1, 1], to six decimals."""
    photo: str
    """SHA-256 of that photo."""


@dataclass(frozen=True)
class IndexStats:
    """What an index holds."""

    location: str
    listings: int
    photos: int
    dimension: int
    embedder: str
    bytes: int
    """Size on disk, caches included."""
    cache: str
    """`none`, or which approximate cache answers unfiltered searches and for how many photos."""


class ListingIndex(Protocol):
    """Market listings with the vectors of their photos; safe to share between threads."""

    def add(
        self,
        listings: Sequence[MarketListing],
        vectors: Vectors,
        photo_shas: Sequence[Sequence[str]],
        *,
        digests: Sequence[str] | None = None,
    ) -> int:
        """Store listings, all or none, and return how many; one with a known id replaces it.

        `photo_shas[i]` names the photos of `listings[i]`; `vectors` (n, d) has one row for each
        of them, in that order, and need not be of unit length. `digests[i]` is any text that
        stands for the content of `listings[i]`, given back by `digests()`.

        Raises:
            BadInputError: the shapes do not fit, or a vector is zero or not finite.
            IndexStoreError: the store cannot be written, or holds vectors of another dimension.
        """
        ...

    def remove(self, ids: Collection[str]) -> int:
        """Delete listings and return how many there were."""
        ...

    def get(self, id: str) -> MarketListing | None:
        """Return a listing with its photos as SHA-256, or None."""
        ...

    def digests(self, ids: Collection[str]) -> dict[str, str]:
        """Return the digests of those of the `ids` that are stored."""
        ...

    def search(
        self,
        vector: Vectors,
        k: int,
        *,
        category_ids: Collection[str] | None = None,
        exclude: Collection[str] = (),
    ) -> list[Hit]:
        """Return up to `k` listings nearest to `vector` (d,), each once, by its nearest photo.

        Order is score descending, then id ascending. With `category_ids`, only listings of these
        categories (an empty collection: none); `exclude` leaves listings out by id. Filtered
        searches are exact.
        """
        ...

    def optimise(self) -> None:
        """Prepare for fast search where that takes work; filtered searches stay exact."""
        ...

    def stats(self) -> IndexStats:
        """Return what the index holds."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
