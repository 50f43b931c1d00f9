"""Photo sets drawn from the market, and the numbering of labels that the stages share."""

import multiprocessing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from tools.taxonomy import Taxonomy, market_taxonomy
from training.marketplace.drawing import COLOURS
from training.marketplace.market import Market, Split, build_market
from training.marketplace.units import Unit, photo
from training.photoset import PhotoRow, PhotoSet
from training.real import RealPhoto, photo_rows


@dataclass(frozen=True)
class Shot:
    """One photo to draw: a unit of a split, seen in its `view`-th scene."""

    split: Split
    index: int
    view: int


@dataclass(frozen=True)
class World:
    """The market with the numbering of categories, colours, looks and models."""

    market: Market
    taxonomy: Taxonomy

    @cached_property
    def categories(self) -> list[str]:
        """Leaf ids in a fixed order."""
        return sorted(c.id for c in self.taxonomy.leaves)

    @cached_property
    def colours(self) -> list[str]:
        """Colour names in the drawings' order."""
        return list(COLOURS)

    @cached_property
    def looks(self) -> dict[tuple[str, str], int]:
        """Numbers of the looks that training may see."""
        seen = dict.fromkeys(u.sku.look for u in self.market.split("train"))
        return {look: i for i, look in enumerate(seen)}

    @cached_property
    def spus(self) -> dict[str, int]:
        """Numbers of the models that training may see."""
        return {spu: i for i, spu in enumerate(dict.fromkeys(spu for spu, _ in self.looks))}

    def unit(self, shot: Shot) -> Unit:
        """Return the unit that a shot shows."""
        if shot.split == "train":
            return self.market.train_unit(shot.index)
        return self.market.split(shot.split)[shot.index]


def open_world(seed: int) -> World:
    """Return the world of a seed over the shipped taxonomy."""
    return World(build_market(seed), market_taxonomy())


def shots(world: World, split: Split, views: int, limit: int | None = None) -> list[Shot]:
    """Return `views` shots of each of the first `limit` units of a split."""
    count = len(world.market.split(split))
    return [Shot(split, i, v) for v in range(views) for i in range(min(count, limit or count))]


_STATE: dict[int, World] = {}


def _draw(job: tuple[int, Shot, int, int]) -> PhotoRow:
    seed, shot, number, size = job
    if seed not in _STATE:
        _STATE[seed] = open_world(seed)
    world = _STATE[seed]
    unit = world.unit(shot)
    drawn = photo(unit, view=shot.view, size=size)
    return PhotoRow(
        np.asarray(drawn.image, np.uint8),
        category=world.categories.index(unit.sku.spu.category_id),
        colour=world.colours.index(unit.sku.colour),
        look=world.looks.get(unit.sku.look, -1),
        spu=world.spus.get(unit.sku.spu.id, -1),
        unit=number,
        box=drawn.item_box or (0.0, 0.0, 1.0, 1.0),
    )


def drawn_rows(seed: int, wanted: Sequence[Shot], size: int, processes: int) -> Iterator[PhotoRow]:
    """Draw shots in their order, in several processes; `unit` labels number the shots."""
    jobs = [(seed, shot, i, size) for i, shot in enumerate(wanted)]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(_draw, jobs, chunksize=64)


def drawn_set(
    folder: Path, seed: int, wanted: Sequence[Shot], size: int, processes: int = 2
) -> PhotoSet:
    """Open the drawn set in `folder`, drawing it first where it is missing or of another size."""
    there = PhotoSet.open(folder)
    if there is not None and there.pixels.shape[:2] == (len(wanted), size):
        return there
    return PhotoSet.write(folder, drawn_rows(seed, wanted, size, processes), len(wanted), size)


def real_set(folder: Path, photos: list[RealPhoto], world: World, size: int) -> PhotoSet:
    """Open or make the set of real photos."""
    there = PhotoSet.open(folder)
    if there is not None and there.pixels.shape[:2] == (len(photos), size):
        return there
    rows = photo_rows(photos, world.categories, world.colours, size)
    return PhotoSet.write(folder, rows, len(photos), size)
