import pytest
from hypothesis import given
from hypothesis import strategies as st

from listing import AttributeSpec
from tools.normalise import canonical, find_quantities, known_value, mentions, same_value
from tools.normalise.data import wording
from tools.taxonomy import market_taxonomy

ATTRIBUTES = sorted({*wording().cues, *wording().dimensions, "brand", "model", "title", "pattern"})


@pytest.mark.parametrize(
    ("attribute", "value", "expected"),
    [
        ("colour", "Navy Blue", "blue"),
        ("color", "space gray", "grey"),
        ("colour", "Silver", "grey"),
        ("colour", "dark red", "red"),
        ("colour", "rose-gold", "pink"),
        ("colour", "黑色", "black"),
        ("storage", "128gb", "128 GB"),
        ("storage", "1024 GB", "1 TB"),
        ("storage", "1000GB", "1 TB"),
        ("RAM", "16 gigabytes", "16 GB"),
        ("screen_size", '15.6"', "15.6 in"),
        ("capacity", "1,7 L", "1.7 l"),
        ("capacity", "0.5l", "500 ml"),
        ("capacity", "50 cl", "500 ml"),
        ("power", "2.2kW", "2200 W"),
        ("power", "1,500 W", "1500 W"),
        ("size", "EUR 42,5", "EU 42.5"),
        ("shoe size", "42 EU", "EU 42"),
        ("size", "medium", "M"),
        ("size", "x-large", "XL"),
        ("strings", "six-string", "6"),
        ("scale", "1/43", "1:43"),
        ("age_group", "3 years and up", "3+"),
        ("accessories", "with charger & original packaging", "charger and original box"),
        ("condition", "As New", "like new"),
        ("condition", "lightly used", "good"),
        ("condition", "some scratches", "good"),
        ("condition", "九成新", "good"),
        ("brand", "LEVI'S", "levis"),
        ("model", "WH-1000XM4", "wh1000xm4"),
    ],
)
def test_canonical(attribute: str, value: str, expected: str) -> None:
    assert canonical(attribute, value) == expected


@pytest.mark.parametrize(
    ("attribute", "a", "b", "same"),
    [
        ("size", "42", "EU 42", True),
        ("size", "US 9", "EU 42", True),
        ("size", "US 9", "EU 45", False),
        ("size", "54", "54 cm", True),
        ("screen_size", "38 cm", "15 in", True),
        ("screen_size", "14 in", "15 in", False),
        ("storage", "500 GB", "512 GB", False),
        ("colour", "navy", "blue", True),
        ("colour", "black", "white", False),
        ("accessories", "charger and box", "original box, charger", True),
        ("accessories", "charger", "charger and box", False),
        ("brand", "bosch", "BOSCH", True),
    ],
)
def test_same_value(attribute: str, a: str, b: str, same: bool) -> None:
    assert same_value(attribute, a, b) is same
    assert same_value(attribute, b, a) is same


@pytest.mark.parametrize(
    ("attribute", "text", "found"),
    [
        ("colour", "Rose gold phone, navy blue case", ["Rose gold", "navy blue"]),
        ("condition", "Like new, new battery, good grip", ["Like new"]),
        ("condition", "phone, 128 GB, black, good", ["good"]),
        ("size", "size M, EU 42, fits 3 people", ["M", "EU 42"]),
        ("size", "frame size: 54 cm. L-shaped handle", ["54 cm"]),
        ("storage", "256 GB SSD or 1TB", ["256 GB", "1TB"]),
        ("screen_size", '15.6" screen, 2 in 1, used 3 in total', ['15.6"']),
        (
            "accessories",
            "Comes with charger, box and case. Call in case",
            ["charger", "box", "case"],
        ),
        ("accessories", "Box and charger included", ["Box", "charger"]),
        ("strings", "a six-string guitar", ["six-string"]),
        ("colour", "黑色手机", ["黑色"]),
        ("colour", "a redder, blackened thing", []),
        ("brand", "no values given: nothing to find", []),
    ],
)
def test_mentions(attribute: str, text: str, found: list[str]) -> None:
    assert [m.value for m in mentions(attribute, text)] == found


def test_mentions_of_wanted_values_only() -> None:
    assert mentions("colour", "rose gold ring", ("yellow",)) == []
    assert [m.value for m in mentions("colour", "navy or red", ("blue",))] == ["navy"]
    assert [m.value for m in mentions("brand", "A Levis by levi's", ("Levi's",))] == [
        "Levis",
        "levi's",
    ]
    assert mentions("model", "I have 5 of them", ("5",)) == []


def test_known_value_keeps_the_listed_spelling() -> None:
    assert known_value("size", "M", ("small", "medium")) == "medium"
    assert known_value("colour", "crimson", ("Red", "Blue")) == "Red"
    assert known_value("colour", "plaid", ("Red", "Blue")) is None
    assert known_value("accessories", "box & charger", ("original box", "charger")) == (
        "charger and original box"
    )
    assert known_value("accessories", "dragon", ("original box",)) is None


def specs() -> list[AttributeSpec]:
    found = {(s.name, s.values): s for c in market_taxonomy().leaves for s in c.template.attributes}
    return [s for s in found.values() if s.values]


@given(st.sampled_from(specs()), st.data())
def test_market_values_are_found_where_they_are_announced(
    spec: AttributeSpec, data: st.DataObject
) -> None:
    value = data.draw(st.sampled_from(spec.values))
    cue = wording().cues[spec.name][0]
    text = f"For sale: {cue} {value}, see photo"
    if spec.name == "strings":
        text = f"For sale: {value} strings"
    assert any(
        same_value(spec.name, m.value, value) for m in mentions(spec.name, text, spec.values)
    ), text


@given(st.sampled_from(ATTRIBUTES), st.text(max_size=40))
def test_canonical_is_idempotent(attribute: str, value: str) -> None:
    once = canonical(attribute, value)
    assert canonical(attribute, once) == once


PIECES = [
    *("black", "128 GB", "1,5 l", "new", "size", "M", "with", "charger", ",", ".", "no", "EU 42"),
    *("1:43", "six strings", "-", "红色", "\n", "é", "15 in", '"', "3+", " "),
]


@given(st.sampled_from(ATTRIBUTES), st.lists(st.sampled_from(PIECES), max_size=12))
def test_mentions_are_verbatim_ordered_and_apart(attribute: str, pieces: list[str]) -> None:
    text = " ".join(pieces)
    found = mentions(attribute, text)
    end = 0
    for mention in found:
        assert mention.start >= end
        assert text[mention.start : mention.end] == mention.value
        end = mention.end


@given(st.text(max_size=60))
def test_quantities_lie_in_the_text(text: str) -> None:
    for quantity in find_quantities(text):
        assert 0 <= quantity.start < quantity.end <= len(text)
        assert quantity.same(quantity)
