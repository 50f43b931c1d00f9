import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listing import AttributeSpec, AttributeTemplate, SpannedValue
from models.scripted import ScriptedChatModel
from tools.attribute_extract import (
    aextract_attributes,
    extract_attributes,
    find_value,
    place_values,
)
from tools.taxonomy import market_taxonomy

PHONE = market_taxonomy().template("el-4-8-5")
LAPTOP = market_taxonomy().template("el-6-6")
TEXT = "Norvik Aria 5 phone, 128GB, navy blue, lightly used"


def test_values_come_with_their_places() -> None:
    answer = {"brand": "Norvik", "model": "Aria 5", "storage": "128GB", "colour": "navy blue"}
    model = ScriptedChatModel(responses=[answer])
    found = extract_attributes(model, TEXT, PHONE)
    assert [(v.attribute, v.value) for v in found] == list(answer.items())
    assert all(TEXT[v.start : v.end] == v.value for v in found)
    assert TEXT in model.calls[0].text


async def test_what_is_not_verbatim_is_dropped() -> None:
    answer = {"brand": "Kestrel", "model": "Aria 5", "storage": None}
    model = ScriptedChatModel(responses=[answer], constrained=False)
    found = await aextract_attributes(model, TEXT, PHONE)
    assert [v.attribute for v in found] == ["model"]


def test_a_closed_set_knows_its_values() -> None:
    text = "plaid phone, 96 GB, as new"
    values = {"colour": "plaid", "storage": "96 GB", "condition": "as new"}
    assert [v.attribute for v in place_values(text, values, PHONE)] == ["condition"]


def test_nothing_to_read() -> None:
    model = ScriptedChatModel(responses=[])
    assert extract_attributes(model, "  ", PHONE) == []
    assert extract_attributes(model, TEXT, AttributeTemplate()) == []


def test_the_place_beside_the_label_is_preferred() -> None:
    text = "64 GB phone; storage 64 GB"
    (found,) = place_values(text, {"storage": "64 GB"}, PHONE)
    assert found.start == text.rindex("64")


def test_two_attributes_share_a_value() -> None:
    text = "Laptop with 16 GB RAM and a 512 GB disk, or 512 GB"
    found = place_values(text, {"memory": "16 GB", "storage": "512 GB"}, LAPTOP)
    assert found == [
        SpannedValue(attribute="memory", value="16 GB", start=12, end=17),
        SpannedValue(attribute="storage", value="512 GB", start=28, end=34),
    ]
    same = AttributeTemplate(
        attributes=(
            AttributeSpec(name="brand", label="brand"),
            AttributeSpec(name="model", label="model"),
        )
    )
    one, two = place_values("Mini Mini, red", {"brand": "Mini", "model": "Mini"}, same)
    assert (one.start, two.start) == (0, 5)


def test_words_are_whole() -> None:
    assert find_value("redder red", "red") == [(7, 10)]
    assert find_value("a Red car", "red") == [(2, 5)]
    assert find_value("黑色手机", "黑色") == [(0, 2)]
    assert find_value("nothing", "else") == []


@given(st.text(min_size=1, max_size=30), st.data())
def test_a_found_value_is_verbatim(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    value = text[start : data.draw(st.integers(start + 1, len(text)))]
    for begin, end in find_value(text, value):
        assert text[begin:end].lower() == value.lower() or text[begin:end] == value


def test_human_annotations_are_placed_verbatim() -> None:
    root = Path(__file__).parents[2]
    data = Path(os.environ.get("VOUCH_SHARED_DATA", root.parent / "shared" / "data"))
    file = data / "listings" / "listings.jsonl"
    if not file.is_file():
        pytest.skip(f"real listings absent: {file}")
    placed = missed = 0
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row.get("gold_kind") != "human_span_annotation":
            continue
        values = {name: found[0] for name, found in row["attributes"].items()}
        specs = tuple(AttributeSpec(name=name, label=name.lower()) for name in values)
        found = place_values(row["title"], values, AttributeTemplate(attributes=specs))
        assert all(row["title"][v.start : v.end].lower() == v.value.lower() for v in found)
        placed, missed = placed + len(found), missed + len(values) - len(found)
    assert placed > 7000
    assert missed / (placed + missed) < 0.005
