"""The demo market: a generated second-hand market with its photos, drawn here and indexed.

Rule: everything is a function of the seed; what was drawn for the index is deleted once the index
is complete, since the photo store then holds the photos.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from agent.market import Built, MarketSource, built_from, has_index
from agent.settings import Settings
from listing.errors import IndexStoreError

DEMO = "demo"
_PROCESSES = 8


@dataclass(frozen=True)
class DemoPhoto:
    """A photo to try, with what it shows about Vouch."""

    name: str
    file: str
    shows: str


DEMO_PHOTOS = (
    DemoPhoto("phone", "phone.jpg", "a phone that the market offers in this very variant"),
    DemoPhoto(
        "phone-other-colour",
        "phone-other-colour.jpg",
        "the market has this phone only in other colours: the copied colour is caught",
    ),
    DemoPhoto("not-in-market", "not-in-market.jpg", "nobody else sells one: no facts to borrow"),
    DemoPhoto("prohibited", "prohibited.jpg", "may not be sold: refused, with the reason"),
    DemoPhoto("lookalike", "lookalike.jpg", "only looks forbidden: a toy, so it is drafted"),
)


def demo_label(limit: int | None = None) -> str:
    """Return the name under which the demo market's index notes its source."""
    return MarketSource(Path(), Path(), DEMO, limit).label


def demo_complete(settings: Settings, embedder: str, limit: int | None = None) -> bool:
    """Tell whether the whole demo market is in the index, embedded by that embedder."""
    whole = Built(source=demo_label(limit), embedder=embedder, complete=True)
    return has_index(settings) and built_from(settings) == whole


def draw_market(
    settings: Settings,
    *,
    limit: int | None = None,
    seed: int = 0,
    processes: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> MarketSource:
    """Draw the demo market's photos and return it as a source; what is drawn already is kept.

    `progress` is called with how many listings are drawn, and of how many.

    Raises:
        IndexStoreError: the home folder cannot be written.
    """
    from training.marketplace import write_demo_source
    from training.marketplace.export import SOURCE, Progress

    folder = _folder(settings, limit, seed)

    def follow(state: Progress) -> None:
        if progress is not None:
            progress(state.done, state.total)

    file = folder / SOURCE
    if not file.is_file():
        count = processes or min(_PROCESSES, os.cpu_count() or 1)
        try:
            write_demo_source(folder, seed, processes=count, limit=limit, progress=follow)
        except OSError as error:
            raise IndexStoreError(
                f"{folder}: cannot be written ({error.strerror}); check space and VOUCH_HOME"
            ) from error
    return MarketSource(file, folder, DEMO, limit)


def clear_drawn(source: MarketSource) -> None:
    """Delete what `draw_market` wrote."""
    shutil.rmtree(source.photos)


def write_demo_photos(settings: Settings) -> dict[str, Path]:
    """Write the photos to try into `demo` under home and return their paths by name."""
    from training.marketplace import demo_photo

    folder = settings.home_folder / DEMO
    folder.mkdir(parents=True, exist_ok=True)
    paths = {photo.name: folder / photo.file for photo in DEMO_PHOTOS}
    for name, path in paths.items():
        if not path.is_file():
            path.write_bytes(demo_photo(name))
    return paths


def _folder(settings: Settings, limit: int | None, seed: int) -> Path:
    size = "all" if limit is None else str(limit)
    return settings.home_folder / DEMO / f"market-{seed}-{size}"
