"""The market as files: listings with photos, as `vouch index build` reads any market's listings.

One rule: the same seed gives the same bytes, whatever the number of processes that draw the photos.
"""

import io
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from listing import MarketListing
from training.marketplace.lots import chance, lots
from training.marketplace.market import Market, Split, build_market
from training.marketplace.seller_texts import WrittenListing, seller_text
from training.marketplace.units import Unit, photo

SOURCE = "listings.jsonl"
PHOTO_SIDE = 256
DEMO_SIDE = 448
_QUALITY = 88
_BATCH = 24
_DEMOS: dict[str, tuple[Split, str]] = {
    "phone": ("queries_identical", "phone"),
    "phone-other-colour": ("queries_similar", "phone"),
    "not-in-market": ("queries_no_match", "sneakers"),
    "backpack": ("queries_identical", "backpack"),
    "umbrella": ("long_tail", "umbrella"),
    "prohibited": ("prohibited", "handgun"),
    "lookalike": ("lookalikes", "water_pistol"),
}
DEMO_PHOTOS: tuple[str, ...] = tuple(_DEMOS)


@dataclass(frozen=True)
class Progress:
    """How many of the source's listings have their photos."""

    done: int
    total: int


def written(market: Market, unit: Unit) -> WrittenListing:
    """Returns the unit's text as its seller published it: always the same."""
    return seller_text(unit, lots(market.seed, "listing text", unit.id))


def views(unit: Unit) -> int:
    """Returns how many photos the unit's listing has: one, sometimes two."""
    return 2 if chance(lots("views", unit.id), 0.12) else 1


def photo_name(unit: Unit, view: int) -> str:
    """Returns a photo's path in the source folder."""
    return f"photos/{unit.id}-{view}.jpg"


def market_listing(market: Market, unit: Unit) -> MarketListing:
    """Returns the unit as the market published it; some sellers filled part of the form."""
    text = written(market, unit)
    rng = lots(market.seed, "form", unit.id)
    filled = {n: v for n, v in text.meant.items() if chance(rng, 0.5)} if chance(rng, 0.25) else {}
    return MarketListing(
        id=unit.id,
        title=text.title,
        text=text.text,
        category_id=unit.sku.spu.category_id,
        attributes=filled,
        price=unit.price,
        seller=unit.seller.name,
        photos=[photo_name(unit, view) for view in range(views(unit))],
    )


def photo_bytes(unit: Unit, view: int = 0, side: int = PHOTO_SIDE) -> bytes:
    """Returns a photo of the unit as JPEG, `side` pixels square."""
    out = io.BytesIO()
    photo(unit, view, side).image.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def write_demo_source(
    folder: str | Path,
    seed: int = 0,
    *,
    processes: int = 2,
    limit: int | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Path:
    """Writes the index split as JSONL with photos beside it and returns the JSONL's path.

    The JSONL is written last, so that it stands only where all photos do. `limit` takes the first
    listings alone. With more than one process, the calling script needs the usual
    `if __name__ == "__main__"` guard.
    """
    target = Path(folder)
    (target / "photos").mkdir(parents=True, exist_ok=True)
    market = build_market(seed)
    units = market.split("index")[:limit]
    starts = range(0, len(units), _BATCH)
    work = partial(_write_photos, target, seed)
    spans = [(start, min(start + _BATCH, len(units))) for start in starts]
    if processes > 1 and len(spans) > 1:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            _follow(pool.map(work, spans), len(units), progress)
    else:
        _follow(map(work, spans), len(units), progress)
    lines = [market_listing(market, unit).model_dump_json() + "\n" for unit in units]
    (target / SOURCE).write_text("".join(lines), encoding="utf-8")
    return target / SOURCE


def _follow(counts: Iterable[int], total: int, progress: Callable[[Progress], None] | None) -> None:
    done = 0
    for count in counts:
        done += count
        if progress is not None:
            progress(Progress(done, total))


def _write_photos(target: Path, seed: int, span: tuple[int, int]) -> int:
    units = build_market(seed).split("index")[slice(*span)]
    for unit in units:
        for view in range(views(unit)):
            (target / photo_name(unit, view)).write_bytes(photo_bytes(unit, view))
    return len(units)


def demo_unit(name: str, seed: int = 0) -> Unit:
    """Returns the unit of a demo photo; `DEMO_PHOTOS` has the names. ValueError for others."""
    if name not in _DEMOS:
        raise ValueError(f"demo photo: {name!r} is not one of {', '.join(_DEMOS)}")
    split, kind = _DEMOS[name]
    market = build_market(seed)
    units = [u for u in market.split(split) if u.sku.spu.kind == kind]
    return next(u for u in units if not u.note and (split != "queries_identical" or not u.wear))


def demo_photo(name: str, seed: int = 0) -> bytes:
    """Returns a demo photo as JPEG of 448 pixels square."""
    return photo_bytes(demo_unit(name, seed), 0, DEMO_SIDE)
