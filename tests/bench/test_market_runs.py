"""Recorded runs of the market: the cases, what can be known of them, and going on after a stop."""

from pathlib import Path

import pytest

from agent.runtime import Runtime
from agent.settings import Settings
from bench.market_runs import (
    QUERIES,
    TRUTH,
    case_photo,
    choose_cases,
    knowable,
    record_cases,
    recorded_cases,
)
from eval_traces import open_trace, read_trace
from graphs.listing import ListingContext
from models.scripted import ScriptedChatModel
from tests.graphs.conftest import Script
from tools.photos import PhotoStore, read_photo
from tools.safety import Policy
from tools.taxonomy import market_taxonomy
from training.marketplace import Market, build_market


@pytest.fixture(scope="module")
def market() -> Market:
    return build_market(0)


def test_cases_are_the_same_however_many_and_spread_over_categories(market: Market) -> None:
    few, many = choose_cases(market, 20), choose_cases(market, 200)
    assert few == many[:20]
    assert len({c.name for c in many}) == 200
    assert len({c.unit.sku.spu.category_id for c in few}) == 20
    assert {c.split for c in many} == set(QUERIES)
    assert all(market.fold(c.unit) == "test" for c in many)
    assert choose_cases(market, 20, seed=1) != few


def test_about_half_of_the_sellers_say_true_things(market: Market) -> None:
    cases = choose_cases(market, 300)
    speaking = [c for c in cases if c.seller]
    assert 110 < len(speaking) < 190
    for case in speaking:
        assert case.told.items() <= case.unit.attributes.items()
        assert all(value in (case.seller or "") for value in case.told.values())
    assert not any(c.seller for c in choose_cases(market, 50, told_share=0.0))


def test_what_can_be_known_follows_from_photo_market_and_seller(market: Market) -> None:
    for case in choose_cases(market, 150):
        known = knowable(market, case)
        specs = {s.name: s for s in case.unit.sku.spu.goods.template.attributes}
        expected = market.expected(case.unit)
        for name in case.unit.attributes:
            spec = specs[name]
            listed = {"model": expected.similar, "variant": expected.identical, "item": ()}
            assert (name in known) == (
                spec.visible or bool(listed[spec.scope]) or name in case.told
            )


def test_grey_photos_show_nothing_and_differ(market: Market) -> None:
    one, two = choose_cases(market, 2)
    greys = [read_photo(case_photo(c, grey=True), "grey.jpg") for c in (one, two)]
    assert greys[0].data != greys[1].data
    assert case_photo(one, grey=True) == case_photo(one, grey=True)
    assert case_photo(one) != case_photo(one, grey=True)


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    context = ListingContext(
        model=ScriptedChatModel(responses=Script()),
        taxonomy=market_taxonomy(),
        store=PhotoStore(tmp_path / "photos"),
        policy=Policy.load(),
        tracer=open_trace(tmp_path / "runs" / "traces"),
    )
    return Runtime(Settings(home=tmp_path), context)


async def test_runs_are_recorded_once_and_go_on_after_a_stop(
    market: Market, tmp_path: Path, runtime: Runtime
) -> None:
    folder, cases = tmp_path / "runs", choose_cases(market, 3)
    assert recorded_cases(folder) == []
    first = await record_cases(runtime, market, cases[:2], folder)
    with (folder / TRUTH).open("a", encoding="utf-8") as truth:
        truth.write('{"photo": "torn')
        truth.write("\n")
    all_three = await record_cases(runtime, market, cases, folder)
    assert all_three[:2] == first and recorded_cases(folder) == all_three
    for case, one in zip(cases, all_three, strict=True):
        document = read_trace(one.trace).document()
        assert document is not None and document.photos[0].sha256 == one.truth.photo
        assert one.truth.attributes == case.unit.attributes
        assert one.truth.seller == case.seller
