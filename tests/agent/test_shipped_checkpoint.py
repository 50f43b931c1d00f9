"""The shipped checkpoint on a part of the demo market: the main job, with nothing scripted."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.request import make_request
from agent.runtime import Runtime, open_runtime
from agent.settings import CHECKPOINT, Settings
from graphs.listing import draft_listing
from listing import ListingDocument
from tools.photos import read_photo, read_photos
from tools.visual_search import SqliteIndex, build_index, read_source
from training.marketplace import build_market, demo_photo, demo_unit
from training.marketplace.export import market_listing, photo_bytes, photo_name, views
from training.real import data_folder, real_photos

pytestmark = pytest.mark.skipif(
    not (CHECKPOINT / "config.json").is_file(), reason="no checkpoint ships with this checkout"
)
KINDS = ("phone", "sneakers", "water_pistol")


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home)
    source = _source(home / "source")
    with open_runtime(settings) as blind:
        embedder = blind.context.embedder
        assert embedder is not None
        index = SqliteIndex(
            home / "index", dimension=embedder.dimension, embedder_name=embedder.name
        )
        build_index(read_source(source), source.parent, blind.context.store, embedder, index)
        index.close()
    with open_runtime(settings) as runtime:
        yield runtime


def _source(folder: Path) -> Path:
    """The listings of a few kinds, as `vouch index build demo` would write them."""
    (folder / "photos").mkdir(parents=True)
    market = build_market(0)
    units = [u for u in market.split("index") if u.sku.spu.kind in KINDS]
    for unit in units:
        for view in range(views(unit)):
            (folder / photo_name(unit, view)).write_bytes(photo_bytes(unit, view))
    rows = [market_listing(market, u).model_dump() for u in units]
    source = folder / "listings.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return source


async def draft(runtime: Runtime, data: bytes, seller: str | None = None) -> ListingDocument:
    request = make_request(runtime.context.store, [read_photo(data, "photo.jpg")], seller=seller)
    async with runtime.graph() as graph:
        return await draft_listing(runtime.context, request, graph)


async def test_the_demo_phone_is_drafted_from_listings_of_the_same_phone(
    runtime: Runtime,
) -> None:
    document = await draft(runtime, demo_photo("phone"))
    truth = demo_unit("phone").sku.attributes
    assert (document.status, document.mode) == ("drafted", "reference")
    assert document.category is not None and document.category.path[-1] == "Mobile phones"
    assert document.references and document.price is not None
    assert document.attributes["model"].value.lower() == truth["model"].lower()
    assert document.attributes["colour"].value == truth["colour"]
    assert {c.verdict for c in document.claims} <= {"supported", "general"}
    assert any(c.attribute == "model" for c in document.claims)


async def test_an_item_that_the_market_does_not_hold_gets_no_brand(runtime: Runtime) -> None:
    document = await draft(runtime, demo_photo("not-in-market"))
    truth = demo_unit("not-in-market").sku.attributes
    stated = {c.attribute for c in document.claims}
    assert document.status == "drafted"
    assert "brand" not in stated or truth["brand"] in document.title + document.description


async def test_a_prohibited_item_is_refused_and_a_lookalike_is_not(runtime: Runtime) -> None:
    refused = await draft(runtime, demo_photo("prohibited"))
    assert refused.status == "refused" and refused.safety.notice
    assert (await draft(runtime, demo_photo("lookalike"))).status == "drafted"


async def test_what_the_seller_says_is_vouched_for_by_the_seller(runtime: Runtime) -> None:
    document = await draft(runtime, demo_photo("phone"), seller="condition: like new")
    assert document.attributes["condition"].source == "seller"


async def test_real_photos_never_crash_and_never_claim_what_nobody_vouches_for(
    runtime: Runtime,
) -> None:
    folder = data_folder()
    if folder is None:
        pytest.skip("no shared data folder: set VOUCH_SHARED_DATA")
    photos = [p for p in real_photos(folder, runtime.context.taxonomy) if p.held_out]
    async with runtime.graph() as graph:
        for photo in photos[:: len(photos) // 6][:6]:
            request = make_request(runtime.context.store, read_photos([photo.path]))
            document = await draft_listing(runtime.context, request, graph)
            assert document.status in ("drafted", "refused", "manual")
            assert {c.verdict for c in document.claims} <= {"supported", "general"}
