import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.editing.listings import editor, phone
from tools.editing import read_price
from tools.editing.prices import find_prices


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("120", 120, ""),
        ("120 EUR", 120, "EUR"),
        ("€120", 120, "EUR"),
        ("120 euros", 120, "EUR"),
        ("99,50 €", 99.5, "EUR"),
        ("99.50", 99.5, ""),
        ("1.200 €", 1200, "EUR"),
        ("1,200", 1200, ""),
        ("EUR 1.200,50", 1200.5, "EUR"),
        ("$1,299.99", 1299.99, "USD"),
        ("¥300", 300, "CNY"),
        ("300元", 300, "CNY"),
        ("３００元", 300, "CNY"),
        ("三百五十块", 350, "CNY"),
        ("一千二百元", 1200, "CNY"),
        ("120 bucks", 120, ""),
        ("twenty euros", 20, "EUR"),
        ("1.5k", 1500, ""),
        ("I want 120 for it", 120, ""),
        ("iPhone 12 for 300 euros", 300, "EUR"),
        ("free", 0, ""),
    ],
)
def test_a_price_is_read_as_it_is_meant(text: str, amount: float, currency: str) -> None:
    assert read_price(text) == (amount, currency)


@pytest.mark.parametrize(
    "text", ["", "cheap", "50%", "-5", "100-120", "between 80 and 90 euros", "K7", "1:12"]
)
def test_what_is_no_single_price_is_none(text: str) -> None:
    assert read_price(text) is None


@given(st.text(max_size=60))
def test_any_text_is_read_without_error_to_a_usable_amount(text: str) -> None:
    price = read_price(text)
    assert price is None or 0 <= price.amount <= 1e9
    for place in find_prices(text):
        assert text[place.start : place.end].strip()


@given(st.integers(0, 999_999), st.sampled_from(["EUR", "USD", "GBP", "CNY"]))
def test_a_shown_price_is_read_back(cents: int, currency: str) -> None:
    price = read_price(f"{cents / 100:.2f} {currency}")
    assert price is not None
    assert (round(price.amount * 100), price.currency) == (cents, currency)


def test_the_price_is_what_the_seller_says_in_the_markets_currency() -> None:
    edited = editor().set_price(phone(), 85, "", source="seller:2", text="85 please")
    price = edited.document.asking_price
    assert price is not None
    assert (price.amount, price.currency) == (85, "EUR")
    assert edited.says == "The price is now 85 EUR."
    item = next(e for e in edited.document.evidence if e.id == price.evidence[0])
    assert (item.kind, item.source) == ("seller", "seller:2")
    again = editor().set_price(edited.document, 85, "EUR", source="seller:3", text="85")
    assert not again.changed and again.document == edited.document
    gone = editor().set_price(edited.document, None, source="seller:4")
    assert gone.document.asking_price is None


@pytest.mark.parametrize("amount", [0, 1, 9999, 123456])
def test_a_placeholder_price_is_kept_but_warned_of(amount: float) -> None:
    edited = editor().set_price(phone(), amount, "EUR", source="seller:2", text=str(amount))
    assert edited.document.asking_price is not None
    assert edited.document.asking_price.amount == amount
    assert "placeholder" in edited.says


def test_a_price_far_from_the_markets_is_remarked_on() -> None:
    edited = editor().set_price(phone(), 950, "EUR", source="seller:2", text="950")
    assert edited.says == (
        "The price is now 950 EUR. Similar things are offered for 80 EUR to 100 EUR."
    )


@pytest.mark.parametrize("amount", [10, 99, 120, 1000])
def test_a_usual_price_is_not_warned_of(amount: float) -> None:
    edited = editor().set_price(phone(), amount, "EUR", source="seller:2", text=str(amount))
    assert "placeholder" not in edited.says
