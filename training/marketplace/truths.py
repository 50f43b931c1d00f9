"""Invented goods outside the market: any names, and values beyond the market's own sets.

One rule: nothing here is taken from the catalogue, so a text about such goods can be read but not
known by heart.
"""

import random

from listing import AttributeSpec
from training.marketplace.goods import Goods
from training.marketplace.lots import chance
from training.marketplace.names import (
    synthetic_author,
    synthetic_brand,
    synthetic_model,
    synthetic_title,
)
from training.marketplace.units import CONDITIONS

_COLOURS = (
    "navy", "teal", "olive", "cream", "silver", "gold", "turquoise", "burgundy", "mint", "lilac",
    "charcoal", "khaki", "coral", "bronze", "ivory", "rose gold",
)  # fmt: skip


def _measure(rng: random.Random, spec: AttributeSpec) -> str | None:
    """Returns a value of a measured attribute from a wide range, or None for other attributes."""
    ranges = {
        "storage": lambda: rng.choice([f"{2 ** rng.randint(3, 9)} GB", f"{rng.randint(1, 8)} TB"]),
        "memory": lambda: f"{rng.choice((2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96))} GB",
        "screen_size": lambda: f"{rng.randint(40, 180) / 10:g} in",
        "wheel_size": lambda: f"{rng.choice((12, 14, 16, 18, 20, 24, 26, 27.5, 28, 29))} in",
        "power": lambda: f"{rng.randint(1, 60) * rng.choice((1, 5, 50))} W",
        "capacity": lambda: (
            f"{rng.randint(5, 95) * 10} ml"
            if any(value.endswith("ml") for value in spec.values)
            else f"{rng.randint(5, 600) / 10:g} l"
        ),
        "scale": lambda: f"1:{rng.choice((8, 10, 12, 16, 18, 24, 32, 36, 43, 50, 64, 72, 87))}",
        "age_group": lambda: f"{rng.randint(0, 16)}+",
    }
    make = ranges.get(spec.name)
    return make() if make else None


def synthetic_truth(rng: random.Random, one: Goods) -> dict[str, str]:
    """Returns a value for each attribute of the kind's template, in its order."""
    names = {
        "brand": lambda: synthetic_brand(rng),
        "model": lambda: synthetic_model(rng, one.kind),
        "title": lambda: synthetic_title(rng),
        "author": lambda: synthetic_author(rng),
        "condition": lambda: rng.choice(CONDITIONS),
    }
    truth: dict[str, str] = {}
    for spec in one.template.attributes:
        if spec.name in names:
            truth[spec.name] = names[spec.name]()
        elif spec.name == "colour" and chance(rng, 0.25):
            truth["colour"] = rng.choice(_COLOURS)
        elif spec.name == "accessories" and spec.values:
            if chance(rng, 0.6):
                count = min(rng.choice((1, 1, 2)), len(spec.values))
                truth["accessories"] = " and ".join(sorted(rng.sample(spec.values, count)))
        elif chance(rng, 0.4) and (value := _measure(rng, spec)):
            truth[spec.name] = value
        elif spec.values:
            truth[spec.name] = rng.choice(spec.values)
    return truth


def synthetic_price(rng: random.Random) -> float:
    """Returns any price in EUR, from 1 to about 1,500."""
    return float(max(1, round(rng.lognormvariate(3.6, 1.2))))
