"""What an index is given is checked here, before anything is written or searched."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from listing.errors import BadInputError, IndexStoreError
from tools.visual_search._database import Identity
from tools.visual_search.protocol import Vectors


def check_identity(
    has: Identity, dimension: int | None, embedder_name: str | None, folder: Path
) -> None:
    """Raise IndexStoreError unless the index is of the embedder that the caller has, if it says."""
    wanted = (dimension or has.dimension, embedder_name or has.embedder)
    if wanted != (has.dimension, has.embedder):
        raise IndexStoreError(
            f"listing index {folder}: holds vectors of {has.embedder!r} with {has.dimension} "
            f"numbers, the embedder in use is {wanted[1]!r} with {wanted[0]}; "
            "use that embedder, or build the index again in another folder"
        )


def photo_rows(
    vectors: Vectors,
    listings: int,
    photo_shas: Sequence[Sequence[str]],
    identity: Identity,
    folder: Path,
) -> Vectors:
    """Return the photos' vectors (n, d) at unit length, one for each hash.

    Raises:
        BadInputError: the numbers of listings, hashes and vectors differ, or a vector is unusable.
        IndexStoreError: the vectors have another length than those of the index.
    """
    if any(isinstance(shas, str) for shas in photo_shas):
        raise BadInputError("photo_shas: give a list of hashes for each listing")
    if len(photo_shas) != listings:
        raise BadInputError(f"photo_shas: {len(photo_shas)} for {listings} listings")
    count = sum(len(shas) for shas in photo_shas)
    rows = np.asarray(vectors, dtype=np.float32)
    if count == 0 and rows.size == 0:
        return np.empty((0, identity.dimension), dtype=np.float32)
    if rows.ndim != 2 or len(rows) != count:
        raise BadInputError(f"vectors: shape {rows.shape} for {count} photos")
    if rows.shape[1] != identity.dimension:
        raise _other_length(identity, folder, rows.shape[1])
    return _unit(rows, "vectors")


def query_row(vector: Vectors, identity: Identity, folder: Path) -> Vectors:
    """Return a query (d,) at unit length; errors as `photo_rows`."""
    row = np.asarray(vector, dtype=np.float32)
    if row.ndim != 1:
        raise BadInputError(f"vector: shape {row.shape}, give one vector")
    if len(row) != identity.dimension:
        raise _other_length(identity, folder, len(row))
    return _unit(row[np.newaxis], "vector").reshape(-1)


def _other_length(identity: Identity, folder: Path, length: int) -> IndexStoreError:
    return IndexStoreError(
        f"listing index {folder}: holds vectors of {identity.dimension} numbers, was given "
        f"{length}; use the embedder {identity.embedder!r}"
    )


def _unit(rows: Vectors, name: str) -> Vectors:
    """Return the rows at unit length."""
    lengths = np.sqrt(np.square(rows, dtype=np.float64).sum(axis=1, keepdims=True))
    if not (np.isfinite(lengths).all() and (lengths > 0).all()):
        raise BadInputError(f"{name}: a vector is zero or not finite; check the embedder")
    unit: Vectors = (rows / lengths).astype(np.float32)
    return unit
