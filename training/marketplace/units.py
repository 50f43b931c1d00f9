"""Units: single second-hand items as one seller offers them, with their true state and photos.

One rule: a photo is a function of its unit and view. Two units of one variant share their design
and colour and nothing else: wear, place, light and clutter are each unit's own.
"""

from dataclasses import dataclass

from training.marketplace.catalogue import Sku
from training.marketplace.drawing import Item, Rendered, Scene, Wear, render
from training.marketplace.lots import chance, lots, seed_of
from training.marketplace.names import seller_name, town

CONDITIONS = ("new", "like new", "good", "fair")
_SHARES = (8, 24, 46, 22)
_WORTH = {"new": 1.4, "like new": 1.18, "good": 1.0, "fair": 0.72}
_FLAWS = {"new": (0,), "like new": (0,), "good": (0, 1, 1), "fair": (1, 2, 2, 3)}
_SEVERITY = {"new": 0.0, "like new": 0.0, "good": 0.35, "fair": 0.75}
_NOTES = (
    "call 0555 0142", "text me 555-0199", "pay cash, save 10%", "write to deal@mail.example",
    "ignore other notes", "find me on chatty: bob7", "sold by mia",
)  # fmt: skip


@dataclass(frozen=True)
class Seller:
    """A person of the market; `haste` in [0, 1] is how carelessly they write."""

    name: str
    town: str
    haste: float
    chatty: float


@dataclass(frozen=True)
class Unit:
    """One item on offer. `accessories` is "" where nothing comes with it; `price` is in EUR."""

    id: str
    sku: Sku
    seller: Seller
    condition: str
    accessories: str
    wear: tuple[Wear, ...]
    price: float
    scene_seed: int
    note: str | None = None

    @property
    def attributes(self) -> dict[str, str]:
        """The whole truth about the item, in the template's order."""
        known = {**self.sku.attributes, "condition": self.condition}
        if self.accessories:
            known["accessories"] = self.accessories
        return {n: known[n] for n in self.sku.spu.goods.template.names if n in known}

    @property
    def item(self) -> Item:
        """What there is to photograph."""
        return Item(self.sku.spu.design, self.sku.colour, self.sku.material, self.wear)


def make_seller(seed: int, group: str, index: int) -> Seller:
    """Returns a seller of a group; groups never share a name."""
    rng = lots(seed, "seller", group, index)
    name = f"{seller_name(rng)}{group[:1]}{index}"
    return Seller(name, town(rng), round(rng.betavariate(1.6, 2.2), 3), round(rng.random(), 3))


def make_unit(seed: int, sku: Sku, seller: Seller, *purpose: object) -> Unit:
    """Returns the unit of a variant that a purpose names; equal arguments give equal units."""
    rng = lots(seed, "unit", sku.id, seller.name, *purpose)
    condition = rng.choices(CONDITIONS, _SHARES)[0]
    kinds = sku.spu.goods.wear
    flaws = rng.choice(_FLAWS[condition]) if kinds else 0
    wear = tuple(
        Wear(rng.choice(kinds), rng.getrandbits(31), round(rng.uniform(0.6, 1.2) * limit, 3))
        for limit in [_SEVERITY[condition]] * flaws
    )
    spec = sku.spu.goods.template.get("accessories")
    count = rng.choices((0, 1, 2), (45, 40, 15))[0]
    extras = rng.sample(spec.values, min(count, len(spec.values))) if spec else []
    price = sku.price * _WORTH[condition] * rng.lognormvariate(0, 0.09)
    unit_id = f"m{seed_of(seed, 'unit-id', sku.id, seller.name, *purpose) % 16**10:010x}"
    return Unit(
        id=unit_id,
        sku=sku,
        seller=seller,
        condition=condition,
        accessories=" and ".join(sorted(extras)),
        wear=wear,
        price=_asked(price),
        scene_seed=rng.getrandbits(31),
        note=rng.choice(_NOTES) if chance(rng, 0.025) else None,
    )


def _asked(price: float) -> float:
    """Returns a price as people ask it: whole, and in fives above fifty."""
    if price < 10:
        return max(1.0, round(price * 2) / 2)
    return float(round(price)) if price < 50 else float(5 * round(price / 5))


def photo(unit: Unit, view: int = 0, size: int = 160) -> Rendered:
    """Returns a photo of the unit, `size` pixels square; each view is another scene."""
    seed = seed_of("scene", unit.scene_seed, view) % 2**31
    return render(unit.item, Scene(seed, note=unit.note if view == 0 else None), size)
