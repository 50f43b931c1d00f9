"""The kinds of goods: category, template and values from the taxonomy, the rest from a data file.

One rule: what a kind of goods can be is data; the code that makes models, items and texts knows no
kind by name.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from listing import AttributeTemplate, Category
from tools.taxonomy import market_taxonomy
from training.marketplace.drawing.design import WearKind

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Goods:
    """One kind: its category, how it is called, what it costs (EUR), how its variants differ."""

    kind: str
    category: Category
    bare: str
    noun: str
    casual: tuple[str, ...]
    price: tuple[float, float]
    plural: bool = False
    wear: tuple[WearKind, ...] = ()
    varies: dict[str, tuple[str, ...]] = field(default_factory=dict)
    only: dict[str, tuple[str, ...]] = field(default_factory=dict)
    drawn: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def template(self) -> AttributeTemplate:
        """The category's attributes, the most important first."""
        return self.category.template

    def values(self, name: str) -> tuple[str, ...]:
        """Returns the market's values of an attribute; empty where the set is open."""
        spec = self.template.get(name)
        narrowed = self.varies.get(name) or self.only.get(name)
        return narrowed or (spec.values if spec else ())


def _table(raw: dict[str, Any], key: str) -> dict[str, tuple[str, ...]]:
    return {name: tuple(values) for name, values in raw.get(key, {}).items()}


def _goods(kind: str, category: Category, raw: dict[str, Any]) -> Goods:
    low, high = raw["price"]
    return Goods(
        kind=kind,
        category=category,
        bare=raw["bare"],
        noun=raw.get("noun", raw["bare"]),
        casual=tuple(raw["casual"]),
        price=(float(low), float(high)),
        plural=raw.get("plural", False),
        wear=tuple(raw.get("wear", ())),
        varies=_table(raw, "varies"),
        only=_table(raw, "only"),
        drawn=_table(raw, "drawn"),
    )


@lru_cache(maxsize=1)
def goods() -> dict[str, Goods]:
    """Returns all kinds by name, in the file's order."""
    raw = yaml.safe_load((DATA / "goods.yaml").read_text(encoding="utf-8"))
    categories = market_taxonomy().kinds
    return {kind: _goods(kind, categories[kind], entry) for kind, entry in raw.items()}
