"""Prices as sellers write them: "120", "€120", "99,50 €", "1.200 €", "300元", "120 bucks".

Rule: one amount or none. A text that names several prices, or no price, gives None; nothing is
guessed. The currency is "" where the text does not name it.
"""

import functools
import math
import re
import unicodedata
from itertools import pairwise
from typing import NamedTuple

from tools.normalise.data import LETTER, wording

_CURRENCIES = {
    "EUR": ("€", "eur", "euro", "euros", "欧元"),
    "USD": ("us$", "$", "usd", "dollar", "dollars", "美元", "美金"),
    "GBP": ("£", "gbp", "pound", "pounds", "quid", "英镑"),
    "CNY": ("¥", "￥", "cny", "rmb", "yuan", "元", "块", "块钱", "人民币"),
    "JPY": ("jpy", "yen", "円", "日元"),
    "CHF": ("chf", "francs", "瑞郎"),
    "": ("bucks",),  # whatever the market's money is
}
_NAMED = {spelling: code for code, spellings in _CURRENCIES.items() for spelling in spellings}
_SIGN = "|".join(
    re.escape(s) + (r"(?![a-z])" if s[-1].isascii() and s[-1].isalpha() else "")
    for s in sorted(_NAMED, key=len, reverse=True)
)
_BEFORE = "|".join(re.escape(s) for s in ("us$", "€", "$", "£", "¥", "eur", "usd", "gbp", "cny",
                                          "rmb", "chf", "jpy", "人民币"))  # fmt: skip
_NUMBER = r"\d{1,3}(?:[.,' ]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d{1,2})?(?![.,]?\d)|\d+(?!\d)"
_HAN = "零一二两三四五六七八九十百千万"
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_FREE = re.compile(r"(?:it'?s |for )?(?:free|nothing|gratis)|免费|白送")
_RANGE = re.compile(r"\s*(?:-|–|to|and|or|till|到|至|或)\s*", re.IGNORECASE)

_COUNTED = r"\s?[毫升瓦寸英公厘码号弦克斤年月日天个次成张件台岁折]"
_PRICE = (
    rf"(?:(?P<before>{_BEFORE})\s*)?(?<!{LETTER})(?<![.,:/%])(?P<number>{_NUMBER})"
    rf"(?P<k>k(?![a-z]))?(?:\s*-?\s*(?P<after>{_SIGN}))?(?!{LETTER}|[%/:]|{_COUNTED})"
    rf"|(?<![a-z])(?P<word>__WORDS__)\s+(?P<worded>{_SIGN})"
    rf"|(?P<han>[{_HAN}]+)\s*(?P<han_sign>块钱|块|元|欧元|美元)"
)
_MOST = 1e9
_MEANT_BY_NOBODY = frozenset(
    {0, 1, 123, 1111, 1234, 12345, 123456, 1234567, 9999, 99999, 111111, 999999, 9999999}
)


class Price(NamedTuple):
    """An amount and the code of its currency, "" where none was named."""

    amount: float
    currency: str


class PricePlace(NamedTuple):
    """A price and where the text says it."""

    price: Price
    start: int
    end: int
    named: bool
    """True where the text says of which currency, or that it is money."""


def read_price(text: str) -> Price | None:
    """Return the one price that `text` states, or None; amounts are finite and not negative."""
    if _FREE.fullmatch(_folded(text).strip(" .!。！")):
        return Price(0.0, "")
    found = find_prices(text)
    if any(_RANGE.fullmatch(text, a.end, b.start) for a, b in pairwise(found)):
        return None
    named = [p for p in found if p.named]
    prices = {p.price for p in named or found}
    return next(iter(prices)) if len(prices) == 1 else None


def find_prices(text: str) -> list[PricePlace]:
    """Return the prices in `text` in order, and, without a currency, every bare number."""
    found = []
    folded = _folded(text)
    for match in _pattern().finditer(folded):
        if match["number"] and re.search(r"(?:^|[^\d\s€])-$", folded[: match.start()]):
            continue
        sign = match["before"] or match["after"] or match["worded"] or match["han_sign"]
        amount = _amount(match)
        if amount is None or not math.isfinite(amount) or amount > _MOST:
            continue
        price = Price(amount, _NAMED.get(sign, "") if sign else "")
        found.append(PricePlace(price, match.start(), match.end(), sign is not None))
    return found


@functools.cache
def _pattern() -> re.Pattern[str]:
    words = sorted((w for w in wording().numbers if " " not in w), key=len, reverse=True)
    return re.compile(_PRICE.replace("__WORDS__", "|".join(words)))


def is_placeholder_price(amount: float) -> bool:
    """Return whether nobody means the amount: 0, 1, 1234, 9999."""
    return amount in _MEANT_BY_NOBODY


def show_amount(amount: float) -> str:
    """Return the amount as it is written: `120`, `99.50`."""
    return f"{amount:.0f}" if amount == int(amount) else f"{amount:.2f}"


def show_price(amount: float, currency: str) -> str:
    """Return the price as it is written: `120 EUR`, `99.50`."""
    return f"{show_amount(amount)} {currency}".strip()


def _folded(text: str) -> str:
    """Lower case and half width, letter for letter, so that places stay."""
    folded = (unicodedata.normalize("NFKC", c).lower() for c in text)
    return "".join(f if len(f) == 1 else c for f, c in zip(folded, text, strict=True))


def _amount(match: re.Match[str]) -> float | None:
    if match["word"]:
        return float(wording().numbers[match["word"]])
    if match["han"]:
        return _han_number(match["han"])
    amount = _decimal(match["number"])
    return amount * 1000 if match["k"] else amount


def _decimal(number: str) -> float:
    """`1.200` and `1,200` group thousands; `99,50` and `99.5` have decimals."""
    grouped = re.fullmatch(r"(\d{1,3}(?:[.,' ]\d{3})+)(?:[.,](\d{1,2}))?", number)
    if grouped:
        return float(re.sub(r"\D", "", grouped[1]) + "." + (grouped[2] or "0"))
    return float(number.replace(",", "."))


def _han_number(words: str) -> float | None:
    """The number that 三百五 or 一千二百 says; None where the characters say none."""
    total, section, digit, last = 0, 0, 0, 0
    for i, c in enumerate(words):
        if c in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[c]
            if i == len(words) - 1 and last > 10 and words[i - 1] != "零":  # 三百五 is 350
                digit *= last // 10
        elif c == "万":
            total, section, digit, last = (total + section + digit) * 10000, 0, 0, 10000
        else:
            section += (digit or 1) * _PLACES[c]
            digit, last = 0, _PLACES[c]
    return float(total + section + digit)
