"""The market's promises: its size, truth that agrees with the taxonomy, what is held out."""

from itertools import combinations

import pytest

from tools.normalise import canonical
from tools.taxonomy import market_taxonomy
from training.marketplace import SPLITS, Market, build_catalogue, build_market, goods
from training.marketplace.drawing import KINDS, LONG_TAIL, PROHIBITED
from training.marketplace.lots import lots
from training.marketplace.names import BRANDS, synthetic_brand, synthetic_model


@pytest.fixture(scope="module")
def market() -> Market:
    return build_market(0)


def test_world_is_as_large_as_promised() -> None:
    catalogue = build_catalogue(0)
    models = catalogue.of_kinds(KINDS)
    variants = [sku for sku in catalogue.skus if sku.spu.kind in KINDS]
    tops = {goods()[kind].category.path[0] for kind in KINDS}
    assert len(KINDS) >= 16 and len(tops) >= 6
    assert len(models) >= 300 and len(variants) >= 1500
    assert len({sku.id for sku in catalogue.skus}) == len(catalogue.skus)
    assert len({(spu.brand.name, spu.model) for spu in catalogue.spus}) == len(catalogue.spus)


def test_models_of_a_kind_look_different() -> None:
    catalogue = build_catalogue(0)
    for kind in (*KINDS, *LONG_TAIL):
        for one, other in combinations(catalogue.of_kinds((kind,)), 2):
            alike = (one.design.silhouette, one.design.motif)
            assert alike != (other.design.silhouette, other.design.motif)


def test_most_variants_can_be_told_apart_by_sight() -> None:
    variants = [sku for sku in build_catalogue(0).skus if sku.spu.kind in KINDS]
    assert len({sku.look for sku in variants}) > 0.9 * len(variants)


def test_truth_uses_the_taxonomys_names_order_and_values(market: Market) -> None:
    taxonomy = market_taxonomy()
    for split in SPLITS:
        for unit in market.split(split)[:400]:
            template = taxonomy.template(unit.sku.spu.category_id)
            names = list(unit.attributes)
            assert names == [name for name in template.names if name in names]
            for name, value in unit.attributes.items():
                spec = template.get(name)
                assert spec is not None
                parts = value.split(" and ") if name == "accessories" else [value]
                assert not spec.values or set(parts) <= set(spec.values)


def test_values_of_a_set_differ_for_a_reader_too() -> None:
    for one in goods().values():
        for spec in one.template.attributes:
            read = {canonical(spec.name, value) for value in spec.values}
            assert len(read) == len(spec.values)


def test_variants_of_a_model_share_what_is_the_models(market: Market) -> None:
    for spu in market.catalogue.spus:
        scopes = {spec.name: spec.scope for spec in spu.goods.template.attributes}
        for sku in market.catalogue.variants[spu.id]:
            fixed = {n: v for n, v in sku.attributes.items() if scopes[n] == "model"}
            assert fixed.items() <= spu.attributes.items()


def test_prices_are_around_the_variants_price(market: Market) -> None:
    index = market.split("index")
    assert all(unit.price > 0 for unit in index)
    ratios = sorted(unit.price / unit.sku.price for unit in index)
    assert 0.85 < ratios[len(ratios) // 2] < 1.2
    assert ratios[0] > 0.3 and ratios[-1] < 2.5


def test_wear_agrees_with_the_condition(market: Market) -> None:
    for unit in market.split("train")[:2000]:
        if unit.condition in ("new", "like new"):
            assert not unit.wear
        if unit.condition == "fair":
            assert unit.wear


def test_split_sizes(market: Market) -> None:
    sizes = {split: len(market.split(split)) for split in SPLITS}
    assert 1400 <= sizes["index"] <= 1800
    assert sizes["queries_identical"] >= 400
    assert sizes["queries_similar"] >= 200 and sizes["queries_no_match"] >= 200
    assert sizes["long_tail"] >= 60
    assert sizes["prohibited"] >= 80 and sizes["prohibited_train"] >= 80
    assert sizes["lookalikes"] >= 40 and sizes["lookalikes_train"] >= 40
    ids = [unit.id for split in SPLITS for unit in market.split(split)]
    assert len(set(ids)) == len(ids)


def test_queries_show_nothing_that_training_saw(market: Market) -> None:
    train = market.split("train")
    looks, models = {u.sku.look for u in train}, {u.sku.spu.id for u in train}
    sellers = {u.seller.name for u in train}
    for split in ("queries_identical", "queries_similar", "queries_no_match", "long_tail"):
        units = market.split(split)
        assert not looks & {u.sku.look for u in units}
        assert not sellers & {u.seller.name for u in units}
    assert not models & {u.sku.spu.id for u in market.split("queries_no_match")}
    assert not set(LONG_TAIL) & {u.sku.spu.kind for u in train}
    for train_part, held_out in (("prohibited_train", "prohibited"),
                                 ("lookalikes_train", "lookalikes")):  # fmt: skip
        trained = {u.sku.spu.id for u in market.split(train_part)}  # type: ignore[arg-type]
        held = market.split(held_out)  # type: ignore[arg-type]
        assert not trained & {u.sku.spu.id for u in held}


def test_each_query_finds_what_its_split_says(market: Market) -> None:
    by_id = {unit.id: unit for unit in market.split("index")}
    for unit in market.split("queries_identical"):
        expected = market.expected(unit)
        assert expected.identical and expected.identical <= expected.similar
        assert all(by_id[i].sku == unit.sku for i in expected.identical)
        assert all(by_id[i].seller != unit.seller for i in expected.identical)
    for unit in market.split("queries_similar"):
        expected = market.expected(unit)
        assert expected.similar and not expected.identical and not expected.same_look
    for unit in market.split("queries_no_match"):
        assert not market.expected(unit).similar
    assert not any(unit.sku.spu.kind in PROHIBITED for unit in by_id.values())


def test_several_sellers_offer_the_same_variant(market: Market) -> None:
    sellers: dict[str, set[str]] = {}
    for unit in market.split("index"):
        sellers.setdefault(unit.sku.id, set()).add(unit.seller.name)
    assert sum(len(names) > 1 for names in sellers.values()) > 200


def test_some_models_of_the_index_were_never_trained(market: Market) -> None:
    trained = {u.sku.spu.id for u in market.split("train")}
    indexed = {u.sku.spu.id for u in market.split("index") if u.sku.spu.kind in KINDS}
    assert 20 <= len(indexed - trained) <= 60
    assert len(indexed & trained) > 250


def test_training_units_go_on_without_end(market: Market) -> None:
    assert market.train_unit(123_456) == market.train_unit(123_456)
    assert market.train_unit(7) == market.split("train")[7]


def test_an_unknown_split_is_refused(market: Market) -> None:
    with pytest.raises(ValueError, match="split: 'tests'"):
        market.split("tests")  # type: ignore[arg-type]


def test_invented_names_are_endless_and_not_the_markets() -> None:
    rng = lots("test names")
    brands = {synthetic_brand(rng) for _ in range(2000)}
    assert len(brands) > 1800 and not brands & set(BRANDS)
    assert all(len(synthetic_model(rng, "phone")) <= 12 for _ in range(500))
