"""The price band says what the references' prices say, and no more."""

from hypothesis import given
from hypothesis import strategies as st

from listing import PriceBand, Reference
from listing.market import Match
from tools.price import price_band


def reference(
    price: float | None, match: Match = "similar", currency: str = "EUR", id: str = "a"
) -> Reference:
    return Reference(
        id=id, score=0.9, match=match, title="", text="", price=price, currency=currency
    )


def band(*prices: float) -> PriceBand | None:
    return price_band([reference(price) for price in prices])


def test_no_price_no_band() -> None:
    assert price_band([]) is None
    assert price_band([reference(None)]) is None
    assert band(0.0) is None
    assert band(float("inf"), float("nan")) is None


def test_one_or_two_prices_are_a_point() -> None:
    assert band(120) == PriceBand(low=120, suggested=120, high=120, currency="EUR")
    assert band(100, 140) == PriceBand(low=120, suggested=120, high=120, currency="EUR")


def test_three_or_more_make_quartiles() -> None:
    got = band(100, 110, 120, 130, 140)
    assert got is not None
    assert (got.low, got.suggested, got.high) == (107.5, 120, 132.5)
    assert got.evidence == []


def test_identical_things_weigh_more() -> None:
    similar = [reference(price) for price in (50, 60, 70)]
    identical = [reference(price, "identical") for price in (100, 110)]
    plain = price_band([*similar, *(reference(p) for p in (100, 110))])
    weighed = price_band([*similar, *identical])
    assert plain is not None and weighed is not None
    assert weighed.suggested > 90 > plain.suggested


def test_placeholder_prices_do_not_pull_the_band() -> None:
    assert band(1, 100, 110, 120, 99_999) == band(100, 110, 120)


def test_only_the_majority_currency_counts() -> None:
    dollars = [reference(10, currency="USD"), reference(11, "identical", "USD")]
    euros = [
        reference(price, currency=code) for price, code in ((90, "EUR"), (100, "eur"), (110, "EUR"))
    ]
    got = price_band([*dollars, *euros])
    assert got is not None
    assert (got.currency, got.suggested) == ("EUR", 100)


def test_a_tie_of_currencies_goes_to_the_nearer_things() -> None:
    got = price_band([reference(10, currency="USD"), reference(90, "identical", "EUR")])
    assert got is not None and got.currency == "EUR"
    got = price_band([reference(10, currency="USD"), reference(90, currency="EUR")])
    assert got is not None and got.currency == "EUR"


PRICES = st.lists(
    st.tuples(
        st.floats(0.01, 1e7),
        st.sampled_from(["identical", "similar"]),
        st.sampled_from(["EUR", "USD"]),
    ),
    min_size=1,
    max_size=12,
)


@given(PRICES)
def test_always_ordered_within_what_was_seen_and_whatever_the_order(
    rows: list[tuple[float, Match, str]],
) -> None:
    references = [reference(*row) for row in rows]
    got = price_band(references)
    assert got is not None
    assert got.low <= got.suggested <= got.high
    seen = [row[0] for row in rows if row[2] == got.currency]
    assert min(seen) - 0.01 <= got.low and got.high <= max(seen) + 0.01
    assert price_band(references[::-1]) == got
