"""The market: who offers what, and which parts of it training may see.

One rule: what is measured was never trained. Queries come from sellers and show looks (a model in a
colour) that no training unit has; whole models and whole kinds are held out besides.

| split | its units |
| --- | --- |
| `train` | training looks, by training sellers |
| `index` | the market that is searched: training looks, held-out looks and unseen models |
| `queries_identical` | the same variant is in the index, from other sellers |
| `queries_similar` | the model is in the index, this colour is not |
| `queries_no_match` | the model is nowhere else |
| `long_tail` | kinds that training never saw; some of them are in the index |
| `prohibited_train`, `prohibited` | goods to refuse: for training, and other designs held out |
| `lookalikes_train`, `lookalikes` | allowed goods that resemble them, likewise |
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal, get_args

from training.marketplace.catalogue import Catalogue, Sku, Spu, build_catalogue
from training.marketplace.drawing import KINDS, LONG_TAIL, LOOKALIKES, PROHIBITED
from training.marketplace.lots import chance, lots, seed_of, shuffled
from training.marketplace.units import Seller, Unit, make_seller, make_unit

Split = Literal[
    "train", "index", "queries_identical", "queries_similar", "queries_no_match", "long_tail",
    "prohibited_train", "prohibited", "lookalikes_train", "lookalikes",
]  # fmt: skip
SPLITS: tuple[Split, ...] = get_args(Split)
TRAIN_UNITS = 6000
_SELLERS = {"train": 180, "index": 110, "query": 60}


@dataclass(frozen=True)
class Expected:
    """What a search of the index should bring for a unit: ids of listings.

    `identical` are of the same variant, `same_look` of another variant that no photo can tell from
    it (another storage), `similar` of the same model, with both of the former among them.
    """

    identical: frozenset[str]
    same_look: frozenset[str]
    similar: frozenset[str]


@dataclass(frozen=True)
class _Shelves:
    """Which variants play which part; a look is in one of train, held, similar, absent."""

    train: list[Sku] = field(default_factory=list)
    held: list[list[Sku]] = field(default_factory=list)
    unseen: list[list[Sku]] = field(default_factory=list)
    similar: list[list[Sku]] = field(default_factory=list)
    absent: list[list[Sku]] = field(default_factory=list)


@dataclass(frozen=True)
class Market:
    """A whole market of one seed; everything in it is made on demand and always the same."""

    seed: int
    catalogue: Catalogue

    def split(self, name: Split) -> tuple[Unit, ...]:
        """Returns the units of a split, in a fixed order. ValueError for an unknown name."""
        if name not in SPLITS:
            raise ValueError(f"split: {name!r} is not one of {', '.join(SPLITS)}")
        return self._splits[name]

    def train_unit(self, index: int) -> Unit:
        """Returns one of endlessly many training units; the split `train` has the first 6,000."""
        skus = self._shelves.train
        turn, place = divmod(index, len(skus))
        rng = lots(self.seed, "train unit", index)
        return make_unit(self.seed, skus[place], rng.choice(self.sellers["train"]), "train", turn)

    def expected(self, unit: Unit) -> Expected:
        """Returns which listings of the index match the unit."""
        listed = self._by_model.get(unit.sku.spu.id, ())
        looks = {u.id for u in listed if u.sku.look == unit.sku.look}
        identical = frozenset(u.id for u in listed if u.sku.id == unit.sku.id)
        return Expected(identical, frozenset(looks) - identical, frozenset(u.id for u in listed))

    def fold(self, unit: Unit) -> Literal["dev", "test"]:
        """Returns the half that a query is in, by its model: tune on `dev`, report `test`."""
        return "dev" if seed_of(self.seed, "fold", unit.sku.spu.id) % 2 else "test"

    @cached_property
    def sellers(self) -> dict[str, tuple[Seller, ...]]:
        """The sellers by group (`train`, `index`, `query`); no one is in two groups."""
        return {
            group: tuple(make_seller(self.seed, group, index) for index in range(count))
            for group, count in _SELLERS.items()
        }

    @cached_property
    def _by_model(self) -> dict[str, list[Unit]]:
        found: dict[str, list[Unit]] = {}
        for unit in self._splits["index"]:
            found.setdefault(unit.sku.spu.id, []).append(unit)
        return found

    @cached_property
    def _shelves(self) -> _Shelves:
        shelves = _Shelves()
        for number, kind in enumerate(KINDS):
            rng = lots(self.seed, "shelves", kind)
            spus = shuffled(rng, self.catalogue.of_kinds((kind,)))
            unseen = 16 + number % 2
            for place, spu in enumerate(spus):
                looks = self._looks(spu, rng)
                if place >= unseen:
                    shelves.absent.extend(looks)
                    continue
                shelves.similar.append(looks.pop())
                if place >= 15:
                    shelves.unseen.extend(looks)
                    continue
                shelves.held.append(looks.pop())
                shelves.train.extend(sku for look in looks for sku in look)
        return shelves

    def _looks(self, spu: Spu, rng: random.Random) -> list[list[Sku]]:
        found: dict[str, list[Sku]] = {}
        for sku in self.catalogue.variants[spu.id]:
            found.setdefault(sku.colour, []).append(sku)
        return shuffled(rng, list(found.values()))

    @cached_property
    def _splits(self) -> dict[Split, tuple[Unit, ...]]:
        shelves = self._shelves
        rng = lots(self.seed, "splits")
        tail_held, tail_new = self._long_tail()
        asked = [rng.choice(look) for look in shelves.held]
        asked += [rng.choice(look) for look in shelves.held if chance(rng, 0.4)]
        asked += [rng.choice(look) for look in shelves.unseen]
        aside = [sku for look in shelves.absent for sku in rng.choices(look, k=2)]
        return {
            "train": tuple(self.train_unit(index) for index in range(TRAIN_UNITS)),
            "index": self._index(tail_held),
            "queries_identical": self._offers(asked, "query", "identical"),
            "queries_similar": self._offers(
                [rng.choice(look) for look in shelves.similar], "query", "similar"
            ),
            "queries_no_match": self._offers(aside, "query", "no match"),
            "long_tail": self._offers(tail_held[::2] + tail_new, "query", "long tail"),
            **self._safety(PROHIBITED, 6, "prohibited_train", "prohibited"),
            **self._safety(LOOKALIKES, 5, "lookalikes_train", "lookalikes"),
        }

    def _offers(self, skus: Iterable[Sku], group: str, purpose: str) -> tuple[Unit, ...]:
        """Returns one unit for each entry, from sellers of the group."""
        rng = lots(self.seed, "offers", group, purpose)
        sellers = self.sellers[group]
        return tuple(
            make_unit(self.seed, sku, rng.choice(sellers), purpose, turn)
            for turn, sku in enumerate(skus)
        )

    def _index(self, long_tail: list[Sku]) -> tuple[Unit, ...]:
        rng = lots(self.seed, "index")
        held = [sku for look in self._shelves.held for sku in look]
        unseen = [sku for look in self._shelves.unseen for sku in look]
        stock = [sku for sku in held for _ in range(rng.choice((1, 2, 2, 3)))]
        stock += [sku for sku in unseen for _ in range(rng.choice((1, 2)))]
        trained = [sku for sku in self._shelves.train if chance(rng, 0.5)]
        stock += [sku for sku in trained for _ in range(rng.choice((1, 1, 2)))]
        lookalikes = [sku for spu in self.catalogue.of_kinds(LOOKALIKES)
                      for sku in self.catalogue.variants[spu.id][:2]]  # fmt: skip
        return self._offers(shuffled(rng, stock + long_tail + lookalikes), "index", "index")

    def _long_tail(self) -> tuple[list[Sku], list[Sku]]:
        """Returns the variants that the index holds, and some of models that it does not."""
        rng = lots(self.seed, "long tail")
        held: list[Sku] = []
        new: list[Sku] = []
        for kind in LONG_TAIL:
            spus = shuffled(rng, self.catalogue.of_kinds((kind,)))
            for place, spu in enumerate(spus):
                skus = self.catalogue.variants[spu.id][:3]
                (held if place < 6 else new).extend(skus)
        return held, new

    def _safety(
        self, kinds: tuple[str, ...], trained: int, train: Split, test: Split
    ) -> dict[Split, tuple[Unit, ...]]:
        parts: dict[Split, list[Sku]] = {train: [], test: []}
        for kind in kinds:
            for place, spu in enumerate(self.catalogue.of_kinds((kind,))):
                skus = self.catalogue.variants[spu.id]
                parts[train if place < trained else test].extend(skus)
        copies = 4 if kinds == LOOKALIKES else 1
        return {
            train: self._offers(parts[train] * copies, "train", train),
            test: self._offers(parts[test] * copies, "query", test),
        }


@lru_cache(maxsize=2)
def build_market(seed: int = 0) -> Market:
    """Returns the market of a seed: the same in every process."""
    return Market(seed, build_catalogue(seed))
