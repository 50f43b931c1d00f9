"""The market's index as a whole: whether it is there, what it was built from, building it.

Rule: an index is of one source, noted beside it, so that building again goes on where it stopped
and one market never slips into another's index unasked.
"""

import json
import shutil
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from agent.settings import Settings
from listing.errors import BadInputError, IndexStoreError
from tools.photos import PhotoLimits, PhotoStore
from tools.visual_search import (
    ImportReport,
    ListingIndex,
    SourceRow,
    build_index,
    open_index,
    read_source,
)

if TYPE_CHECKING:  # the embedder's module brings torch
    from models.embedder import ImageEmbedder

DATABASE = "listings.sqlite"
_NOTE = "source.json"
_FILES = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", _NOTE)


class Built(BaseModel):
    """What an index was built from, kept as `source.json` in its folder."""

    source: str
    embedder: str
    complete: bool = False


@dataclass(frozen=True)
class MarketSource:
    """A file of listings with the folder that its photo paths are relative to."""

    file: Path
    photos: Path
    name: str
    """What tells it from other sources: `demo`, or the file's full path."""
    limit: int | None = None
    """Take only so many listings, the first ones."""

    @property
    def label(self) -> str:
        """The name, with the limit where there is one."""
        return self.name if self.limit is None else f"{self.name} (first {self.limit})"

    def count(self) -> int | None:
        """Return how many listings there are to take; None where that would take long to tell."""
        if self.file.suffix.lower() != ".jsonl":
            return self.limit
        with self.file.open("rb") as lines:
            return sum(1 for line in islice((line for line in lines if line.strip()), self.limit))

    def rows(self) -> Iterable[SourceRow]:
        """Return the listings; BadInputError names file, line and field of a wrong one."""
        return islice(read_source(self.file), self.limit)


def file_source(file: Path, photos: Path | None = None, limit: int | None = None) -> MarketSource:
    """Return the source that a file is; photo paths are relative to its folder unless told."""
    if not file.exists():
        raise BadInputError(f"{file}: there is no such file; give a .jsonl, .csv or .parquet file")
    return MarketSource(file, photos or file.parent, str(file.resolve()), limit)


def index_folder(settings: Settings) -> Path | None:
    """Return the folder of the index; None when the setting is a server's address."""
    scheme, found, rest = settings.index_uri.partition("://")
    if found and scheme != "file":
        return None
    return Path(rest if found else scheme)


def has_index(settings: Settings) -> bool:
    """Tell whether there is an index; a server's address counts as one."""
    folder = index_folder(settings)
    return folder is None or (folder / DATABASE).exists()


def open_market(settings: Settings, embedder: "ImageEmbedder | None") -> ListingIndex | None:
    """Return the index for searches with `embedder`; None when there is either of them not.

    Raises:
        IndexStoreError: the index is of another embedder, or cannot be opened.
    """
    if embedder is None or not has_index(settings):
        return None
    return open_index(settings.index_uri, dimension=embedder.dimension, embedder_name=embedder.name)


def built_from(settings: Settings) -> Built | None:
    """Return what the index was built from; None when nothing is known."""
    folder = index_folder(settings)
    if folder is None or not (folder / _NOTE).is_file():
        return None
    try:
        return Built.model_validate_json((folder / _NOTE).read_bytes())
    except (OSError, ValidationError):
        return None


def build_market(
    settings: Settings,
    source: MarketSource,
    embedder: "ImageEmbedder",
    limits: PhotoLimits,
    *,
    progress: Callable[[ImportReport], None] | None = None,
) -> ImportReport:
    """Make the index of a source, or go on with it, and return what was done.

    Rows that are there already, unchanged, cost no model time.

    Raises:
        BadInputError: there is an index of another source, or a row is wrong.
        IndexStoreError: index or photo store cannot be written, or it is of another embedder.
    """
    check_source(settings, source.label, embedder.name)
    built = Built(source=source.label, embedder=embedder.name)
    _note(settings, built)
    report = import_rows(settings, source, embedder, limits, progress=progress)
    _note(settings, built.model_copy(update={"complete": True}))
    return report


def check_source(settings: Settings, label: str, embedder: str) -> None:
    """Raise BadInputError when there is an index that building that source would not go on with."""
    if not has_index(settings):
        return
    built, where = built_from(settings), settings.index_uri
    if built is None or built.source != label:
        of = f" of {built.source}" if built else ""
        raise BadInputError(
            f"{where}: there is an index{of} already; `vouch index add SOURCE` adds to it, "
            "`vouch index build SOURCE --rebuild` replaces it, VOUCH_INDEX names another"
        )
    if built.embedder != embedder:
        raise BadInputError(
            f"{where}: the index was made with the embedder {built.embedder}, now it is "
            f"{embedder}; `vouch index build SOURCE --rebuild` makes it anew"
        )


def import_rows(
    settings: Settings,
    source: MarketSource,
    embedder: "ImageEmbedder",
    limits: PhotoLimits,
    *,
    progress: Callable[[ImportReport], None] | None = None,
) -> ImportReport:
    """Write a source's listings to the index, made where there is none. Errors as build_market."""
    with closing(
        open_index(settings.index_uri, dimension=embedder.dimension, embedder_name=embedder.name)
    ) as index:
        return build_index(
            source.rows(),
            source.photos,
            PhotoStore(settings.photo_folder),
            embedder,
            index,
            limits=limits,
            progress=progress,
        )


def replace_index(settings: Settings, build: Callable[[Settings], ImportReport]) -> ImportReport:
    """Build an index aside and, once it is whole, put it in the place of the one that is there.

    `build` is given settings that name the place aside. Errors as its own and as drop_index.
    """
    folder = index_folder(settings)
    if folder is None:
        raise IndexStoreError(f"{settings.index_uri}: is on a server; replace it there")
    aside = folder.with_name(f"{folder.name}.new")
    fresh = settings.model_copy(update={"index": str(aside)})
    drop_index(fresh)
    report = build(fresh)
    drop_index(settings)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in aside.iterdir():
            path.rename(folder / path.name)
        aside.rmdir()
    except OSError as error:
        raise IndexStoreError(
            f"{folder}: the new index is whole in {aside} but cannot be moved ({error.strerror})"
        ) from error
    return report


def drop_index(settings: Settings) -> bool:
    """Delete the index's own files and return whether there was one; photos stay.

    Raises:
        IndexStoreError: it is on a server, or a file cannot be deleted.
    """
    folder = index_folder(settings)
    if folder is None:
        raise IndexStoreError(f"{settings.index_uri}: is on a server; delete it there")
    there = (folder / DATABASE).exists()
    try:
        for name in _FILES:
            (folder / name).unlink(missing_ok=True)
        if there and (folder / "cache").is_dir():
            shutil.rmtree(folder / "cache")
    except OSError as error:
        raise IndexStoreError(f"{folder}: cannot be replaced ({error.strerror})") from error
    return there


def _note(settings: Settings, built: Built) -> None:
    folder = index_folder(settings)
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(built.model_dump(), indent=1) + "\n"
        (folder / _NOTE).write_text(text, encoding="utf-8")
    except OSError as error:
        raise IndexStoreError(
            f"listing index {folder}: cannot be written ({error.strerror}); check VOUCH_INDEX"
        ) from error
