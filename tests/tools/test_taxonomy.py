import gzip
import json
import os
import time
from pathlib import Path

import pytest

from listing.errors import SettingsError
from tools.normalise import known_value, same_value
from tools.taxonomy import Taxonomy, market_taxonomy

KINDS = {
    *("phone", "laptop", "headphones", "console", "camera", "sneakers", "jacket", "tshirt"),
    *("handbag", "backpack", "watch", "mug", "lamp", "chair", "bicycle", "book", "toy_car"),
    *("guitar", "kettle", "skateboard", "water_pistol", "kitchen_knife", "umbrella", "desk_fan"),
    "roller_skates",
}
PROHIBITED = {
    *("handgun", "combat_knife", "pill_bottle", "cigarettes", "liquor_bottle", "banknotes"),
    *("fireworks", "syringe"),
}
COLOURS = [
    *("black", "white", "grey", "red", "blue", "green"),
    *("yellow", "orange", "pink", "purple", "brown", "beige"),
]


def shared_data() -> Path:
    root = Path(__file__).parents[2]
    return Path(os.environ.get("VOUCH_SHARED_DATA", root.parent / "shared" / "data"))


def shopify_file() -> Path:
    file = shared_data() / "taxonomy" / "shopify_taxonomy_en_zh.json.gz"
    if not file.is_file():
        pytest.skip(f"real taxonomy absent: {file}")
    return file


@pytest.fixture(scope="module")
def shopify() -> Taxonomy:
    return Taxonomy.load(shopify_file())


def write(folder: Path, categories: str, attributes: str = "{brand: {scope: model}}") -> Path:
    file = folder / "own.yaml"
    file.write_text(
        f"schema: vouch.taxonomy/1\nattributes: {attributes}\ncategories:\n{categories}",
        encoding="utf-8",
    )
    return file


def test_market_has_every_kind_as_a_leaf_with_a_template() -> None:
    market = market_taxonomy()
    assert set(market.kinds) == KINDS | PROHIBITED
    for kind, category in market.kinds.items():
        assert category.leaf and category in market.leaves
        assert market.kind(category.id) == kind
        least = 2 if kind in PROHIBITED else 4
        assert len(category.template.attributes) >= least, kind
        assert market.restricted(category.id) is (kind in PROHIBITED)
        assert len(category.path) == len(category.path_zh)


def test_market_templates_follow_the_house_rules() -> None:
    for category in market_taxonomy().categories:
        for spec in category.template.attributes:
            assert spec.question.endswith(("?", "."))
            for value in spec.values:
                assert known_value(spec.name, value, spec.values) == value
            if spec.name == "colour":
                assert spec.visible and list(spec.values) == COLOURS and spec.scope == "variant"
            if spec.name in ("condition", "accessories"):
                assert spec.scope == "item"
            if spec.name == "condition":
                assert spec.values == ("new", "like new", "good", "fair")


def test_market_values_of_an_attribute_mean_different_things() -> None:
    for category in market_taxonomy().leaves:
        for spec in category.template.attributes:
            for n, one in enumerate(spec.values):
                assert not any(same_value(spec.name, one, two) for two in spec.values[n + 1 :])


def test_market_names_are_unique_and_found() -> None:
    market = market_taxonomy()
    names = [c.name for c in market.categories]
    assert len(set(names)) == len(names)
    assert list(market.labels) == [c.name for c in market.leaves]
    for name in ("Mobile phones", "mobile phones", "手机", "Electronics > Communications > "
                 "Telephony > Mobile phones"):  # fmt: skip
        found = market.by_name(name)
        assert found is not None and found.id == "el-4-8-5"
    assert market.by_name("no such goods") is None


def test_tree_is_walked_both_ways() -> None:
    market = market_taxonomy()
    above = [c.name for c in market.ancestors("aa-8-8")]
    assert above == ["Apparel & accessories", "Shoes"]
    assert "aa-8-8" in [c.id for c in market.descendants("aa")]
    assert market.path_string("aa-8-8") == "Apparel & accessories > Shoes > Sneakers"
    assert market.path_string("aa-8-8", language="zh").endswith("运动鞋")
    assert market.get("nothing") is None
    assert market.ancestors("nothing") == () and market.descendants("nothing") == ()
    assert market.template("nothing").attributes == ()


def test_template_is_inherited_from_the_nearest_ancestor() -> None:
    market = market_taxonomy()
    assert market.template("aa-1-4") == market.template("aa-1")
    assert market.template("aa-8-8") == market.template("aa-8")


def test_goods_may_be_filed_under_a_parent_that_says_so() -> None:
    shoes = market_taxonomy().get("aa-8")
    clothing = market_taxonomy().get("aa-1")
    assert shoes is not None and shoes.leaf
    assert clothing is not None and not clothing.leaf


def test_covering_takes_finer_shopify_ids_to_ours() -> None:
    market = market_taxonomy()
    pears = market.covering("fb-2-10-7-29")
    assert pears is not None and pears.name == "Fruit"
    assert market.covering("zz-1") is None


def test_real_photos_fall_into_leaves() -> None:
    file = shared_data() / "photos.jsonl"
    if not file.is_file():
        pytest.skip(f"real photos absent: {file}")
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    for category_id in {r["category_id"] for r in rows if r.get("category_id")}:
        category = market_taxonomy().covering(category_id)
        assert category is not None and category.leaf, category_id


def test_market_ids_and_parents_are_shopifys(shopify: Taxonomy) -> None:
    for category in market_taxonomy().categories:
        theirs = shopify.get(category.id)
        assert theirs is not None and theirs.parent == category.parent


def test_shopify_loads_whole_and_fast() -> None:
    file = shopify_file()
    began = time.process_time()
    taxonomy = Taxonomy.load(file)
    assert time.process_time() - began < 2
    assert len(taxonomy) == 10_595
    assert len(taxonomy.leaves) == len(taxonomy.labels) == len(set(taxonomy.labels.values()))


def test_shopify_labels_tell_repeated_names_apart(shopify: Taxonomy) -> None:
    shirts = shopify.get("aa-1-1-2-2")
    assert shirts is not None
    label = next(label for label, i in shopify.labels.items() if i == shirts.id)
    assert label == "T-Shirts (Activewear Tops)"
    assert shopify.by_name(label) == shirts
    plain = shopify.by_name("T-Shirts")
    assert plain is not None and plain.id == "aa-1-13-8"


def test_shopify_attributes_become_specs(shopify: Taxonomy) -> None:
    template = shopify.template("aa-8-8")
    colour = template.get("colour")
    assert colour is not None and colour.visible and colour.scope == "variant"
    assert "Navy" in colour.values
    size = template.get("shoe_size")
    assert size is not None and size.scope == "variant" and not size.visible
    condition = shopify.template("el-4-8-5").get("cosmetic_condition")
    assert condition is not None and condition.scope == "item"
    chinese = shopify.get("el-6-6")
    assert chinese is not None and chinese.path_zh[-1] == "笔记本电脑"


@pytest.mark.parametrize(
    ("categories", "said"),
    [
        ("  - {id: a, name: A}\n  - {id: a, name: B}\n", "line 5: id a"),
        ("  - {id: a, name: A}\n  - {id: b, name: a}\n", "line 5: name 'a'"),
        ("  - {id: a-1, name: A, parent: a}\n", "line 4: parent a"),
        ("  - {id: a, nam: A}\n", "line 4: name"),
        ("  - {id: a, name: A, colour: red}\n", "line 4: colour"),
        ("  - {id: a, name: A, attributes: [size]}\n", "line 4: attributes.size"),
        ("  - {id: a, name: A, attributes: [brand, brand]}\n", "attributes.brand"),
        ("  - {id: a, name: A, attributes: [{name: brand, scope: shop}]}\n", "scope"),
        ("  - {id: a, name: [A\n", "line 5"),
        ("  []\n", "categories"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(tmp_path: Path, categories: str, said: str) -> None:
    file = write(tmp_path, categories)
    with pytest.raises(SettingsError) as caught:
        Taxonomy.load(file)
    assert str(file) in str(caught.value) and said in str(caught.value)


def test_own_labels_get_their_own_question(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "  - {id: a, name: A, attributes: [{name: size, label: frame size}]}\n",
        "{size: {scope: variant, question: 'Which size is it?'}}",
    )
    spec = Taxonomy.load(file).template("a").attributes[0]
    assert (spec.label, spec.question) == ("frame size", "What is the frame size?")


@pytest.mark.parametrize("content", [b"not gzip", gzip.compress(b"{}"), gzip.compress(b"[1")])
def test_a_broken_shopify_file_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "shop.json.gz"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"shop\.json\.gz"):
        Taxonomy.load(file)


def test_unknown_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such taxonomy"):
        Taxonomy.load(tmp_path / "absent.yaml")
    (tmp_path / "x.toml").write_text("")
    with pytest.raises(SettingsError, match=r"x\.toml"):
        Taxonomy.load(tmp_path / "x.toml")
