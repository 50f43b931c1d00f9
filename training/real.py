"""Real photos and titles for training and tests, where the shared data folder is at hand.

Nothing is copied into the project; everything is held out by a hash of the photo's group, so that
two photos of one item never straddle the line.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from listing.errors import BadInputError
from models.engine.photos import letterbox
from tools.taxonomy import Taxonomy
from training.photoset import PhotoRow


def data_folder() -> Path | None:
    """Return `VOUCH_SHARED_DATA`, else `../shared/data` beside the project, else None."""
    named = os.environ.get("VOUCH_SHARED_DATA")
    folder = Path(named) if named else Path(__file__).parents[2] / "shared" / "data"
    return folder if (folder / "photos.jsonl").is_file() else None


def held_out(key: str, share: float = 0.2) -> bool:
    """Tell whether `key` belongs to the held-out part; the same everywhere and for ever."""
    return int(hashlib.sha256(f"vouch:{key}".encode()).hexdigest()[:8], 16) < share * 0xFFFFFFFF


@dataclass(frozen=True)
class RealPhoto:
    """One photo of the shared data with its leaf in the taxonomy in use."""

    path: Path
    category_id: str
    label: str
    colour: str | None
    restricted: str | None
    source: str
    held_out: bool


def leaf_of(category_id: str | None, taxonomy: Taxonomy) -> str | None:
    """Return the nearest of the id and its ancestors that is a leaf of `taxonomy`, or None."""
    leaves = {c.id for c in taxonomy.leaves}
    while category_id:
        if category_id in leaves:
            return category_id
        category_id = category_id.rpartition("-")[0]
    return None


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                yield json.loads(line)
            except json.JSONDecodeError as error:
                raise BadInputError(f"{path}, line {number}: {error.msg}") from error


def real_photos(folder: Path, taxonomy: Taxonomy) -> list[RealPhoto]:
    """Return the photos of products that the taxonomy knows, in the file's order."""
    found = []
    for row in _lines(folder / "photos.jsonl"):
        leaf = leaf_of(row.get("category_id"), taxonomy)
        if leaf is None:
            continue
        restricted = row.get("restricted")
        found.append(
            RealPhoto(
                folder / row["file"],
                leaf,
                row["label"],
                row.get("colour"),
                str(restricted) if restricted else None,
                row["source"],
                held_out(str(row.get("group") or row.get("listing_id") or row["sha256"])),
            )
        )
    return found


def photo_rows(
    photos: list[RealPhoto], categories: list[str], colours: list[str], size: int
) -> Iterator[PhotoRow]:
    """Squares with category and, where stated in known words, colour labels."""
    for photo in photos:
        with Image.open(photo.path) as image:
            pixels = np.asarray(letterbox(image, size))
        colour = (photo.colour or "").lower()
        yield PhotoRow(
            pixels,
            category=categories.index(photo.category_id),
            colour=colours.index(colour) if colour in colours else -1,
            box=(0.1, 0.1, 0.9, 0.9),
        )


@dataclass(frozen=True)
class AnnotatedTitle:
    """A title with values that a person marked in it; every value stands verbatim in the title."""

    id: str
    title: str
    attributes: dict[str, str]
    held_out: bool


def annotated_titles(folder: Path) -> list[AnnotatedTitle]:
    """Return human-annotated titles and merchants' fields that stand verbatim in their title."""
    found = []
    for row in _lines(folder / "listings" / "listings.jsonl"):
        if row.get("gold_kind") not in ("human_span_annotation", "merchant_fields"):
            continue
        title = row["title"]
        stated = {
            name.lower().replace(" ", "_"): values[0]
            for name, values in row["attributes"].items()
            if len(values) == 1 and values[0] and values[0] in title
        }
        if stated and len(title) < 220:
            found.append(AnnotatedTitle(row["id"], title, stated, held_out(row["id"])))
    return found
