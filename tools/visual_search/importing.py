"""Filling an index from a source: photos read in, stored, embedded in batches, and written.

The rule: a bad photo costs its row and a warning, never the run; a run that was stopped goes on
where it was, since rows that are already there with the same content are passed over.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from listing import MarketListing
from listing.errors import PhotoError
from tools.photos import DEFAULT_LIMITS, NormalisedPhoto, PhotoLimits, PhotoStore, read_photo_file
from tools.visual_search.protocol import ListingIndex, Vectors
from tools.visual_search.sources import SourceRow

if TYPE_CHECKING:  # the embedder's module brings torch
    from models.embedder import ImageEmbedder

MAX_WARNINGS = 100


@dataclass(frozen=True)
class ImportReport:
    """What has been done so far, or in all."""

    added: int = 0
    """Listings written, new or changed."""
    unchanged: int = 0
    """Listings passed over because the index has them with the same content."""
    skipped: int = 0
    """Rows left out for their photos."""
    photos: int = 0
    """Photos embedded."""
    warnings: tuple[str, ...] = ()
    """Why rows were skipped, with file and line; the first `MAX_WARNINGS` of them."""

    @property
    def rows(self) -> int:
        """Rows dealt with."""
        return self.added + self.unchanged + self.skipped


@dataclass(frozen=True)
class _Ready:
    """A row whose photos have been read in."""

    listing: MarketListing
    digest: str
    photos: list[NormalisedPhoto] = field(default_factory=list)


def build_index(
    rows: Iterable[SourceRow],
    photo_folder: str | os.PathLike[str],
    store: PhotoStore,
    embedder: "ImageEmbedder",
    index: ListingIndex,
    *,
    limits: PhotoLimits = DEFAULT_LIMITS,
    batch: int = 64,
    progress: Callable[[ImportReport], None] | None = None,
) -> ImportReport:
    """Write the rows to the index, their photos to the store, and return what was done.

    Photo paths are relative to `photo_folder` and stay in it. Photos are embedded `batch` at a
    time; `progress` is called with running totals after each batch of rows. A row is written only
    when all its photos are stored. Run again after an interruption or a change of the source: rows
    whose text and photo files are as they were cost no model time.

    Raises:
        BadInputError: a row of the source is wrong (from the iterator); what came before is kept.
        IndexStoreError: index or store cannot be written.
    """
    report = ImportReport()
    folder = Path(photo_folder)
    for chunk in _chunks(rows, batch):
        ready: list[_Ready] = []
        digests = [_digest(row.listing, folder, limits) for row in chunk]
        known = index.digests([row.listing.id for row in chunk])
        for row, digest in zip(chunk, digests, strict=True):
            if digest is not None and known.get(row.listing.id) == digest:
                report = replace(report, unchanged=report.unchanged + 1)
                continue
            try:
                photos = _photos(row.listing, folder, limits)
            except PhotoError as error:
                report = _skipped(report, f"{row.where}: {error}")
                continue
            ready.append(_Ready(row.listing, digest or "", photos))
        report = _written(report, ready, store, embedder, index, batch)
        if progress is not None:
            progress(report)
    index.optimise()
    return report


def _chunks(rows: Iterable[SourceRow], size: int) -> Iterator[list[SourceRow]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk


def _skipped(report: ImportReport, warning: str) -> ImportReport:
    kept = report.warnings
    if len(kept) < MAX_WARNINGS:
        kept = (*kept, warning)
    return replace(report, skipped=report.skipped + 1, warnings=kept)


def _written(
    report: ImportReport,
    ready: list[_Ready],
    store: PhotoStore,
    embedder: "ImageEmbedder",
    index: ListingIndex,
    batch: int,
) -> ImportReport:
    if not ready:
        return report
    shas = [store.put(photo).sha256 for row in ready for photo in row.photos]
    parts: list[Vectors] = []
    for start in range(0, len(shas), batch):
        keys = shas[start : start + batch]
        images = [store.open_image(key) for key in keys]
        parts.append(np.asarray(embedder.embed(images, keys), dtype=np.float32))
    added = index.add(
        [row.listing for row in ready],
        np.concatenate(parts),
        [[photo.photo.sha256 for photo in row.photos] for row in ready],
        digests=[row.digest for row in ready],
    )
    return replace(report, added=report.added + added, photos=report.photos + len(shas))


def _photos(listing: MarketListing, folder: Path, limits: PhotoLimits) -> list[NormalisedPhoto]:
    if not listing.photos:
        raise PhotoError("photos", "none given; a listing without a photo cannot be found by one")
    found: dict[str, NormalisedPhoto] = {}
    for name in listing.photos:
        photo = read_photo_file(_inside(folder, name), limits)
        found.setdefault(photo.photo.sha256, photo)
    return list(found.values())


def _inside(folder: Path, name: str) -> Path:
    """Return the path of a photo; a source may not reach for files elsewhere."""
    if "://" in name:
        raise PhotoError(name, "is a remote address; fetch the photo and give its path")
    path = Path(os.path.normpath(folder / name))
    if not path.is_relative_to(os.path.normpath(folder)):
        raise PhotoError(name, f"lies outside the photo folder {folder}")
    return path


def _digest(listing: MarketListing, folder: Path, limits: PhotoLimits) -> str | None:
    """Return a hash of a row and the bytes of its photo files; None when one would be refused."""
    content = hashlib.sha256(listing.model_dump_json().encode())
    try:
        for name in listing.photos:
            path = _inside(folder, name)
            if not path.is_file() or path.stat().st_size > limits.max_bytes:
                return None
            with path.open("rb") as file:
                content.update(hashlib.file_digest(file, "sha256").digest())
    except (OSError, ValueError, PhotoError):
        return None
    return content.hexdigest()
