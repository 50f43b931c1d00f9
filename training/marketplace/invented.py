"""Units of goods that the market does not have: endless designs, names and values, for training.

One rule: nothing here comes from the catalogue. A model that sees each of its few hundred designs
in few colours learns the designs by heart; among endless ones it must learn what makes a kind.
"""

import colorsys
import random

from training.marketplace.catalogue import MODEL_TEXT, Brand, Sku, Spu
from training.marketplace.drawing import (
    COLOURS,
    KINDS,
    LOOKALIKES,
    MARKS,
    MATERIALS,
    MOTIFS,
    PROHIBITED,
    SILHOUETTES,
    Design,
)
from training.marketplace.goods import Goods, goods
from training.marketplace.lots import chance, lots
from training.marketplace.truths import synthetic_truth
from training.marketplace.units import Unit, make_seller, make_unit

_OWN = ("colour", "condition", "accessories")


def invented_unit(seed: int, index: int) -> Unit:
    """Returns unit `index` of endlessly many; kinds take turns, a tenth are goods to refuse."""
    rng = lots(seed, "invented", index)
    kinds = PROHIBITED if chance(rng, 0.1) else LOOKALIKES if chance(rng, 0.05) else KINDS
    one = goods()[rng.choice(kinds)]
    truth = synthetic_truth(rng, one)
    attributes = {name: value for name, value in truth.items() if name not in _OWN}
    if attributes.get("material") not in MATERIALS:
        attributes.pop("material", None)
    spu = Spu(
        id=f"invented-{index}",
        goods=one,
        brand=Brand(truth.get("brand", ""), rng.randrange(MARKS)),
        model=truth.get("model", ""),
        design=_design(rng, one, truth),
        attributes=attributes,
        price=one.price[0],
    )
    colour = rng.choice(one.only.get("colour", tuple(COLOURS)))
    sku = Sku(f"{spu.id}-{colour}", spu, colour, {}, spu.price)
    return make_unit(seed, sku, make_seller(seed, "invented", index % 500), "invented")


def _design(rng: random.Random, one: Goods, truth: dict[str, str]) -> Design:
    accent = colorsys.hsv_to_rgb(rng.random(), rng.uniform(0.2, 1.0), rng.uniform(0.4, 1.0))
    red, green, blue = (round(255 * part) for part in accent)
    return Design(
        kind=one.kind,
        silhouette=rng.randrange(SILHOUETTES),
        shape=tuple(round(rng.random(), 4) for _ in range(6)),
        accent=(red, green, blue),
        motif=rng.randrange(MOTIFS),
        mark=rng.randrange(MARKS),
        brand=truth.get("brand", truth.get("author", ""))[:MODEL_TEXT],
        model=truth.get("model", truth.get("title", ""))[:MODEL_TEXT],
    )
