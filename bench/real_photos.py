"""Drafts from real photos: every document valid, the modes honest, the words to be judged by eye.

Reads the shared data folder where it is at hand; prints Markdown, one section a photo.
"""

import argparse
import asyncio
import collections
import random
from collections.abc import Sequence
from pathlib import Path

from agent.request import make_request
from agent.runtime import Runtime, open_runtime
from agent.settings import load_settings
from graphs.listing import draft_listing
from listing import ListingDocument
from listing.errors import BadInputError
from tools.photos import read_photos
from tools.taxonomy import market_taxonomy
from training.real import RealPhoto, data_folder, real_photos


def choose(photos: Sequence[RealPhoto], count: int, seed: int = 0) -> list[RealPhoto]:
    """Return held-out photos of as many different labels as there are, then more of them."""
    rng = random.Random(seed)
    by_label: dict[str, list[RealPhoto]] = collections.defaultdict(list)
    for photo in photos:
        if photo.held_out:
            by_label[photo.label].append(photo)
    labels = sorted(by_label)
    rng.shuffle(labels)
    return [rng.choice(by_label[label]) for label in (labels * count)[:count]]


async def draft_all(runtime: Runtime, photos: Sequence[RealPhoto]) -> list[ListingDocument]:
    """Draft each photo through the whole product."""
    found = []
    async with runtime.graph() as graph:
        for photo in photos:
            request = make_request(runtime.context.store, read_photos([photo.path]))
            found.append(await draft_listing(runtime.context, request, graph))
    return found


def section(photo: RealPhoto, document: ListingDocument) -> str:
    """One photo's result as Markdown."""
    category = document.category
    named = f"{category.path[-1]} ({category.confidence:.2f})" if category else "none"
    claims = ", ".join(f"{c.text} [{c.verdict}]" for c in document.claims) or "none"
    asked = ", ".join(q.attribute for q in document.questions) or "nothing"
    text = f"**{document.title}** {document.description}" if document.title else "(no draft)"
    notice = f"\nNotice: {document.safety.notice}" if document.safety.notice else ""
    return (
        f"### {photo.source}: {photo.label}\n\n`{photo.path.name}`, status {document.status}, "
        f"mode {document.mode}, category {named}, {len(document.references)} references, "
        f"{document.timings_ms['total'] / 1000:.1f} s\n\n> {text}\n\nClaims: {claims}. "
        f"Asked: {asked}.{notice}\n"
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Print the drafts and, last, how often each status and mode came."""
    parser = argparse.ArgumentParser(prog="vouch bench real_photos", description=__doc__)
    parser.add_argument("-n", type=int, default=24, help="photos")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(argv)
    folder: Path | None = data_folder()
    if folder is None:
        raise BadInputError("real_photos: no shared data folder; set VOUCH_SHARED_DATA")
    photos = choose(real_photos(folder, market_taxonomy()), options.n, options.seed)
    with open_runtime(load_settings()) as runtime:
        documents = asyncio.run(draft_all(runtime, photos))
    for photo, document in zip(photos, documents, strict=True):
        print(section(photo, document))
    right = sum(
        d.category is not None and d.category.id == p.category_id
        for p, d in zip(photos, documents, strict=True)
    )
    print("modes:", dict(collections.Counter(f"{d.status}/{d.mode}" for d in documents)))
    print(f"category stated and right: {right} of {len(photos)}")


if __name__ == "__main__":
    main()
