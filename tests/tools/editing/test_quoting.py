import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.tools.editing.listings import TAXONOMY
from tools.editing import quoted, stated_quantities

PHONE = TAXONOMY.template("el-4-8-5")
SHOES = TAXONOMY.template("aa-8-8")
COLOURS = ("black", "white", "red", "blue", "green", "pink", "brown")
STORAGE = ("32 GB", "64 GB", "128 GB", "256 GB", "512 GB", "1 TB")


def said(message: str, attribute: str, value: str) -> str | None:
    """The words that say it, or None."""
    template = SHOES if attribute in ("size", "material") else PHONE
    place = quoted(message, template.get(attribute), value)
    return None if place is None else message[place.start : place.end]


@pytest.mark.parametrize(
    ("message", "attribute", "value", "words"),
    [
        ("it is Blue", "colour", "blue", "Blue"),
        ("navy, I think", "colour", "blue", "navy"),
        ("红色的", "colour", "red", "红色"),
        ("颜色是红色", "colour", "red", "红色"),
        ("blue? no, red", "colour", "red", "red"),
        ("red, not blue", "colour", "red", "red"),
        ("128gb", "storage", "128 GB", "128gb"),
        ("it has 128 GB", "storage", "128gb", "128 GB"),
        ("has 128GB", "storage", "128", "128GB"),
        ("as good as new", "condition", "like new", "as good as new"),
        ("几乎全新", "condition", "like new", "几乎全新"),
        ("九成新", "condition", "good", "九成新"),
        ("the maker is NORVIK", "brand", "Norvik", "NORVIK"),
        ("with charger and the box", "accessories", "charger and original box",
         "charger and the box"),
        ("no charger", "accessories", "no charger", "no charger"),
        ("有充电器", "accessories", "charger", "充电器"),
        ("size 42", "size", "EU 42", "42"),
        # Chinese runs on without gaps, around names and measures too.
        ("这个是128GB的，没拆过", "storage", "128 GB", "128GB"),
        ("牌子是Norvik的", "brand", "Norvik", "Norvik"),
        ("you can write that it's 128 GB", "storage", "128 GB", "128 GB"),
    ],
)  # fmt: skip
def test_what_the_message_says_is_found(
    message: str, attribute: str, value: str, words: str
) -> None:
    assert said(message, attribute, value) == words


@pytest.mark.parametrize(
    ("message", "attribute", "value"),
    [
        ("it's not blue", "colour", "blue"),
        ("it isn't really blue", "colour", "blue"),
        ("不是红色", "colour", "red"),
        ("并不是红色的", "colour", "red"),
        ("没有充电器", "accessories", "charger"),
        ("no charger", "accessories", "charger"),
        ("without the charger", "accessories", "charger"),
        ("I don't think it's blue", "colour", "blue"),
        ("is it blue?", "colour", "blue"),
        ("why does it say 128 GB?", "storage", "128 GB"),
        ("是红色吗？", "colour", "red"),
        ("white, not silver", "colour", "black"),
        ("8 GB of RAM", "storage", "8 GB"),
        ("Norvikson", "brand", "Norvik"),
        ("1280 GB", "storage", "128 GB"),
        ("I'm happy", "size", "M"),
        ("make it nicer", "brand", "Norvik"),
        ("with charger", "accessories", "charger and case"),
        ("anything", "colour", " "),
    ],
)
def test_what_the_message_does_not_say_is_not(message: str, attribute: str, value: str) -> None:
    assert said(message, attribute, value) is None


@pytest.mark.parametrize(
    ("message", "value", "words"),
    [
        ("make it 120 euros", "120", "120 euros"),
        ("not 120 but 130 €", "130", "130 €"),
        ("三百元", "300", "三百元"),
        ("not 120 but 130 €", "120", None),
        ("make it 120 euros", "150", None),
        ("make it 120 euros", "120 USD", None),
    ],
)
def test_a_price_must_be_said_too(message: str, value: str, words: str | None) -> None:
    place = quoted(message, None, value)
    assert (place and message[place.start : place.end]) == words


@given(st.sampled_from(COLOURS), st.sampled_from(["it is {}", "{}, quite nice", "颜色：{}", "{}!"]))
def test_a_value_in_the_message_is_found_and_its_denial_not(value: str, frame: str) -> None:
    assert said(frame.format(value), "colour", value) == value
    assert said(frame.format(f"not {value}"), "colour", value) is None


@given(st.sampled_from(STORAGE), st.sampled_from(STORAGE))
def test_another_quantity_never_counts(one: str, other: str) -> None:
    assume(one != other)
    assert said(f"it has {one}", "storage", other) is None
    assert said(f"it has {one.replace(' ', '').lower()}", "storage", one) is not None


@given(st.text(max_size=80), st.sampled_from(PHONE.names), st.text(max_size=20))
def test_a_span_lies_in_the_message_and_holds_something(
    message: str, attribute: str, value: str
) -> None:
    place = quoted(message, PHONE.get(attribute), value)
    if place is not None:
        assert 0 <= place.start < place.end <= len(message)
        assert message[place.start : place.end].strip()


@pytest.mark.parametrize(
    ("message", "stated"),
    [
        ("128 GB, charger included", {"storage": "128 GB"}),
        ("128 GB，带充电器", {"storage": "128 GB"}),
        ("is it 128 GB?", {}),
        ("not 128 GB", {}),
        ("either 128 GB or 256 GB", {}),
        ("bought in May", {}),
    ],
)
def test_a_quantity_that_can_mean_but_one_attribute_is_read(
    message: str, stated: dict[str, str]
) -> None:
    found = stated_quantities(message, PHONE, [])
    assert {v.attribute: v.value for v in found} == stated
    assert all(message[v.start : v.end] == v.value for v in found)
    assert stated_quantities(message, PHONE, found) == []
