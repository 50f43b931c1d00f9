"""The price band: what things like this one are offered for, from the references that were found.

The rule: only prices that were seen count; with too few of them there is no band, only a point.
"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from listing import PriceBand, Reference

IDENTICAL_WEIGHT = 3.0
"""What the price of an identical thing counts against that of a similar one."""
MIN_FOR_BAND = 3
_ABSURD = 5.0
"""Offers beyond this factor of the median are placeholders ("1", "99999") or another thing."""


def price_band(references: Sequence[Reference]) -> PriceBand | None:
    """Return the weighted quartiles of the references' prices, the median as suggestion.

    Only prices above zero in the currency that most references use count (ties: the greater weight,
    then the alphabet). With fewer than three of them, low and high equal the suggestion, which is
    the weighted median of what is there. None when there is none. Amounts have two decimals; low <=
    suggested <= high. `evidence` is empty, for the caller to fill.
    """
    priced = [(r, r.price) for r in references if r.price is not None and _usable(r.price)]
    if not priced:
        return None
    currency = _majority([r for r, _ in priced])
    chosen = [(price, _weight(r)) for r, price in priced if _currency(r) == currency]
    prices = np.array([price for price, _ in chosen])
    weights = np.array([weight for _, weight in chosen])
    if len(prices) >= MIN_FOR_BAND:
        middle = _middle_price(prices, weights)
        sane = (prices <= middle * _ABSURD) & (prices >= middle / _ABSURD)
        prices, weights = prices[sane], weights[sane]
    low, suggested, high = (
        round(weighted_quantile(prices, weights, q), 2) for q in (0.25, 0.5, 0.75)
    )
    if len(prices) < MIN_FOR_BAND:
        low = high = suggested
    return PriceBand(low=low, suggested=suggested, high=high, currency=currency)


def weighted_quantile(values: NDArray[np.float64], weights: NDArray[np.float64], q: float) -> float:
    """Return the `q`-quantile of weighted values, q in [0, 1].

    Linear between the middles of the values' weights (Hazen's rule where weights are equal): the
    median of two equal weights is their mean. Values and weights are (n,), n >= 1, weights > 0.
    """
    order = np.lexsort((weights, values))
    values, weights = values[order], weights[order]
    middles = (np.cumsum(weights) - weights / 2) / weights.sum()
    return float(np.interp(q, middles, values))


def _middle_price(prices: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """Return the lower weighted median: one of the prices, so that it is never absurd itself."""
    order = np.argsort(prices, kind="stable")
    reached = np.cumsum(weights[order])
    return float(prices[order][np.searchsorted(reached, reached[-1] / 2)])


def _usable(price: float) -> bool:
    return math.isfinite(price) and price > 0


def _weight(reference: Reference) -> float:
    return IDENTICAL_WEIGHT if reference.match == "identical" else 1.0


def _currency(reference: Reference) -> str:
    return reference.currency.strip().upper()


def _majority(references: Sequence[Reference]) -> str:
    count = Counter(_currency(r) for r in references)
    weight: Counter[str] = Counter()
    for reference in references:
        weight[_currency(reference)] += int(_weight(reference))
    return min(count, key=lambda name: (-count[name], -weight[name], name))
