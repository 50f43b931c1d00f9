"""Values as sellers write them in English and Chinese, and names that only one split may use.

Rule: brands, models, titles and authors of the held-out split never stand in training.
"""

import random
import re
from collections.abc import Callable, Mapping

from training.assistant.wordings import HELD_OUT, Language, Split, read_data, share_of
from training.marketplace.forms import misspelt, written_form
from training.marketplace.goods import Goods
from training.marketplace.lots import chance
from training.marketplace.names import (
    synthetic_author,
    synthetic_brand,
    synthetic_model,
    synthetic_title,
)
from training.marketplace.truths import synthetic_truth

NAMES = ("brand", "model", "title", "author")
_MEASURE = re.compile(r"(\d+(?:\.\d+)?) (GB|TB|in|l|ml|W|mm|cm)")
_MONEY = {
    "en": ("{}", "{}", "{} €", "{}€", "€{}", "{} EUR", "{} euro", "{} euros", "{} eur", "{} bucks"),
    "zh": ("{}", "{}元", "{}块", "{}欧元", "{}欧", "{}块钱", "€{}", "{} EUR"),
}


def name_of(rng: random.Random, split: Split, make: Callable[[], str]) -> str:
    """Return a name that belongs to the split."""
    while True:
        name = make()
        if (share_of(f"name {name.lower()}") < HELD_OUT) == (split == "held_out"):
            return name


def truth_of(rng: random.Random, split: Split, one: Goods) -> dict[str, str]:
    """Return a value for each attribute of the kind's template, names of the split only."""
    makers: Mapping[str, Callable[[], str]] = {
        "brand": lambda: synthetic_brand(rng),
        "model": lambda: synthetic_model(rng, one.kind),
        "title": lambda: synthetic_title(rng),
        "author": lambda: synthetic_author(rng),
    }
    truth = synthetic_truth(rng, one)
    return {n: name_of(rng, split, makers[n]) if n in makers else v for n, v in truth.items()}


def other_value(rng: random.Random, split: Split, one: Goods, name: str, value: str) -> str | None:
    """Return another value of an attribute, or None where none was found."""
    for _ in range(8):
        other = truth_of(rng, split, one).get(name)
        if other is not None and other.lower() != value.lower():
            return other
    return None


def written(
    rng: random.Random, language: Language, attribute: str, value: str, noise: float
) -> str:
    """Return how a seller writes a value; names stay Latin in Chinese."""
    if language == "zh" and attribute not in NAMES:
        return _chinese(rng, attribute, value)
    return written_form(rng, attribute, value, noise)


def _chinese(rng: random.Random, attribute: str, value: str) -> str:
    words = read_data("chinese")
    if attribute == "accessories" and " and " in value:
        parts = [_chinese(rng, attribute, part) for part in value.split(" and ")]
        return rng.choice(("和", "、", "跟")).join(parts)
    if listed := words["words"].get(attribute, {}).get(value):
        return str(rng.choice(listed))
    if measure := _MEASURE.fullmatch(value):
        return str(rng.choice(words["units"][measure[2]])).replace("{n}", measure[1])
    if size := re.fullmatch(r"EU (\d+)", value):
        return str(rng.choice(words["sizes"])).replace("{n}", size[1])
    if age := re.fullmatch(r"(\d+)\+", value):
        return str(rng.choice(words["ages"])).replace("{n}", age[1])
    return value


def bare(rng: random.Random, value: str) -> str:
    """Return a measured value without its unit, as an answer may give it; others as they are."""
    measure = re.fullmatch(r"(?:EU )?(\d+(?:\.\d+)?)(?: (?:GB|in|cm|mm|W|l|ml))?", value)
    return measure[1] if measure and chance(rng, 0.5) else value


def money(rng: random.Random, language: Language) -> str:
    """Return an asking price as it is written."""
    amount = max(1, round(rng.lognormvariate(4.2, 1.2)))
    number = str(5 * round(amount / 5) if amount > 50 and chance(rng, 0.7) else amount)
    if chance(rng, 0.15):
        number += rng.choice((",50", ".50", ",99", ".99", ",90", ".5"))
    elif amount > 999 and chance(rng, 0.3):
        number = f"{int(number):,}"
    return rng.choice(_MONEY[language]).format(number)


def mistyped(rng: random.Random, value: str) -> str:
    """Return the value with one slip in it, always another text."""
    for _ in range(5):
        slipped = misspelt(rng, value)
        if slipped != value:
            return slipped
    return value + value[-1]
