"""The catalogue: every model (SPU) and variant (SKU) that exists in the market, with its truth.

One rule: two models of a kind never share both silhouette and motif, and the variants of a model
differ first in colour, so that what decides whether two items are identical is mostly in view.
"""

import colorsys
import random
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product

import yaml

from training.marketplace.drawing import (
    COLOURS,
    KINDS,
    LONG_TAIL,
    LOOKALIKES,
    MATERIALS,
    MOTIFS,
    PROHIBITED,
    SILHOUETTES,
    Design,
)
from training.marketplace.goods import DATA, Goods, goods
from training.marketplace.lots import chance, lots, shuffled
from training.marketplace.names import (
    BRANDS,
    synthetic_author,
    synthetic_grade,
    synthetic_model,
    synthetic_title,
)

MODELS_A_KIND = {**dict.fromkeys(KINDS, 18), **dict.fromkeys(LONG_TAIL, 10)}
MODELS_A_KIND |= {**dict.fromkeys(LOOKALIKES, 8), **dict.fromkeys(PROHIBITED, 10)}
MODEL_TEXT = 12  # characters that fit where a model's name is printed


@dataclass(frozen=True)
class Brand:
    """A brand with the mark it prints on its goods (0..39)."""

    name: str
    mark: int


@dataclass(frozen=True)
class Spu:
    """A model: what all its variants share. `price` (EUR) is of an item in good condition."""

    id: str
    goods: Goods
    brand: Brand
    model: str
    design: Design
    attributes: dict[str, str]
    price: float

    @property
    def kind(self) -> str:
        """The kind of goods, as the drawings know it."""
        return self.goods.kind

    @property
    def category_id(self) -> str:
        """The market taxonomy's category."""
        return self.goods.category.id


@dataclass(frozen=True)
class Sku:
    """A variant: a model in a colour, and in a storage or size where the kind has them."""

    id: str
    spu: Spu
    colour: str
    varied: dict[str, str]
    price: float

    @property
    def look(self) -> tuple[str, str]:
        """What a photo can tell: two variants of equal look differ in no visible way."""
        return (self.spu.id, self.colour)

    @property
    def attributes(self) -> dict[str, str]:
        """The true value of each attribute of the product, in the template's order."""
        known = {**self.spu.attributes, **self.varied, "colour": self.colour}
        return {name: known[name] for name in self.spu.goods.template.names if name in known}

    @property
    def material(self) -> str | None:
        """The material that the drawing shows, where it knows it."""
        material = self.spu.attributes.get("material")
        return material if material in MATERIALS else None


@dataclass(frozen=True)
class Catalogue:
    """All models and variants, in a fixed order."""

    seed: int
    brands: tuple[Brand, ...]
    spus: tuple[Spu, ...]
    skus: tuple[Sku, ...]

    @cached_property
    def variants(self) -> dict[str, tuple[Sku, ...]]:
        """The variants of each model, by the model's id."""
        found: dict[str, list[Sku]] = {spu.id: [] for spu in self.spus}
        for sku in self.skus:
            found[sku.spu.id].append(sku)
        return {spu: tuple(skus) for spu, skus in found.items()}

    def of_kinds(self, kinds: tuple[str, ...]) -> tuple[Spu, ...]:
        """Returns the models of the kinds."""
        return tuple(spu for spu in self.spus if spu.kind in kinds)


@lru_cache(maxsize=1)
def _makers() -> dict[str, list[str]]:
    raw: dict[str, list[str]] = yaml.safe_load((DATA / "brands.yaml").read_text(encoding="utf-8"))
    return raw


def _shape(index: int, start: list[float]) -> tuple[float, ...]:
    """Returns the index-th point of a six-dimensional low-discrepancy sequence (Roberts' R6)."""
    root = 1.1127756842787055  # the positive root of x^7 = x + 1
    return tuple(
        round((start[axis] + (index + 1) / root ** (axis + 1)) % 1.0, 4) for axis in range(6)
    )


def _accent(index: int, turn: float) -> tuple[int, int, int]:
    hue = (turn + index * 0.6180339887) % 1.0
    red, green, blue = colorsys.hsv_to_rgb(
        hue, 0.6 + 0.35 * (index % 3) / 2, 0.95 - 0.2 * (index % 2)
    )
    return (round(255 * red), round(255 * green), round(255 * blue))


def _figures(rng: random.Random, count: int) -> list[tuple[int, int]]:
    """Returns distinct pairs of silhouette and motif, the silhouettes taking turns."""
    rows = [shuffled(rng, [*product((s,), range(MOTIFS))]) for s in range(SILHOUETTES)]
    return [rows[index % SILHOUETTES][index // SILHOUETTES] for index in range(count)]


def _fixed_values(one: Goods, rng: random.Random, count: int) -> dict[str, list[str]]:
    """Returns what all variants of a model share besides its names, spread evenly over models."""
    free = ("brand", "model", "title", "author", "colour", "condition", "accessories")
    columns = {}
    for spec in one.template.attributes:
        values = [v for v in one.values(spec.name) if _drawable(spec.name, v)]
        if values and spec.name not in free and spec.name not in one.varies:
            rounds = -(-count // len(values))
            columns[spec.name] = [v for _ in range(rounds) for v in shuffled(rng, values)]
    return columns


def _drawable(name: str, value: str) -> bool:
    return name != "material" or value in MATERIALS


def _name(rng: random.Random, kind: str, family: list[str], taken: set[str]) -> str:
    """Returns a model name that is not taken; about a third extend one of the same maker."""
    while True:
        if family and chance(rng, 0.3):
            name = synthetic_grade(rng, rng.choice(family).split(" ")[0])
        else:
            name = synthetic_model(rng, kind)
        if len(name) <= MODEL_TEXT and name.lower() not in taken:
            taken.add(name.lower())
            return name


def _models(seed: int, one: Goods, taken: set[str]) -> list[Spu]:
    rng = lots(seed, "models", one.kind)
    count = MODELS_A_KIND[one.kind]
    figures, start, turn = _figures(rng, count), [rng.random() for _ in range(6)], rng.random()
    makers = _makers().get(one.kind) or rng.sample(BRANDS, 5)
    fixed = _fixed_values(one, rng, count)
    families: dict[str, list[str]] = {maker: [] for maker in makers}
    found = []
    for index in range(count):
        brand = Brand(makers[index % len(makers)], BRANDS.index(makers[index % len(makers)]))
        names = {"brand": brand.name}
        if one.kind == "book":
            names = {"title": _title(rng, taken), "author": synthetic_author(rng)}
            printed = (names["author"], names["title"])
        else:
            names["model"] = _name(rng, one.kind, families[brand.name], taken)
            families[brand.name].append(names["model"])
            printed = (names["brand"], names["model"])
        silhouette, motif = figures[index]
        shape, accent = _shape(index, start), _accent(index, turn)
        design = Design(one.kind, silhouette, shape, accent, motif, brand.mark, *printed)
        low, high = one.price
        price = low * (high / low) ** ((turn + index * 0.7548776662) % 1.0)
        shown = {name: values[silhouette] for name, values in one.drawn.items()}
        attributes = {**names, **{n: column[index] for n, column in fixed.items()}, **shown}
        spu_id = f"{one.kind}-{index:02d}"
        found.append(Spu(spu_id, one, brand, printed[1], design, attributes, round(price, 2)))
    return found


def _title(rng: random.Random, taken: set[str]) -> str:
    while True:
        title = synthetic_title(rng)
        if title.lower() not in taken:
            taken.add(title.lower())
            return title


def _variants(seed: int, spu: Spu) -> list[Sku]:
    rng = lots(seed, "variants", spu.id)
    count = rng.choice((4, 4, 5, 5, 6)) if spu.kind in (*KINDS, *LONG_TAIL) else 3
    doubled = rng.choice((1, 2)) if spu.goods.varies and chance(rng, 1 / 3) else 0
    found = []
    for place, colour in enumerate(rng.sample(spu.goods.only.get("colour", tuple(COLOURS)), count)):
        for values in _alternatives(rng, spu.goods, 2 if place < doubled else 1):
            step = (
                spu.goods.values("storage").index(values["storage"]) if "storage" in values else 0
            )
            price = round(spu.price * (1 + 0.1 * step), 2)
            tail = "-".join([colour, *values.values()]).lower().replace(" ", "")
            found.append(Sku(f"{spu.id}-{tail}", spu, colour, values, price))
    return found


def _alternatives(rng: random.Random, one: Goods, count: int) -> list[dict[str, str]]:
    """Returns the storages or sizes that one colour of a model comes in."""
    if not one.varies:
        return [{}]
    picks = {name: rng.sample(values, count) for name, values in one.varies.items()}
    return [{name: picks[name][turn] for name in picks} for turn in range(count)]


@lru_cache(maxsize=4)
def build_catalogue(seed: int = 0) -> Catalogue:
    """Returns the catalogue of a seed: the same in every process."""
    taken: set[str] = set()
    spus = [spu for one in goods().values() for spu in _models(seed, one, taken)]
    skus = [sku for spu in spus for sku in _variants(seed, spu)]
    brands = tuple(Brand(name, mark) for mark, name in enumerate(BRANDS))
    return Catalogue(seed, brands, tuple(spus), tuple(skus))
