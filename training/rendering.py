"""Photo sets drawn from the market, and the numbering of labels that the stages share."""

import io
import multiprocessing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image

from tools.taxonomy import Taxonomy, market_taxonomy
from training.marketplace.drawing import COLOURS
from training.marketplace.invented import invented_unit
from training.marketplace.market import Market, Split, build_market
from training.marketplace.units import Unit, photo
from training.photoset import PhotoRow, PhotoSet
from training.real import RealPhoto, photo_rows

Source = Split | Literal["invented"]
_KEPT: tuple[Split, ...] = (
    "index",
    "queries_identical",
    "queries_similar",
    "queries_no_match",
)


@dataclass(frozen=True)
class Shot:
    """One photo to draw: a unit, seen in its `view`-th scene, in `colour` where one is given."""

    split: Source
    index: int
    view: int
    colour: str | None = None


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
        """Numbers of the looks that training may see: trained models in all colours but those kept.

        What is kept for the index and the queries is never drawn for training.
        """
        trained = dict.fromkeys(u.sku.look for u in self.market.split("train"))
        kept = {u.sku.look for split in _KEPT for u in self.market.split(split)} - set(trained)
        spus = dict.fromkeys(spu for spu, _ in trained)
        every = ((spu, colour) for spu in spus for colour in self.colours)
        return {look: i for i, look in enumerate(x for x in every if x not in kept)}

    @cached_property
    def spus(self) -> dict[str, int]:
        """Numbers of the models that training may see."""
        return {spu: i for i, spu in enumerate(dict.fromkeys(spu for spu, _ in self.looks))}

    def unit(self, shot: Shot) -> Unit:
        """Return the unit that a shot shows."""
        if shot.split == "invented":
            return invented_unit(self.market.seed, shot.index)
        if shot.split == "train":
            unit = self.market.train_unit(shot.index)
        else:
            unit = self.market.split(shot.split)[shot.index]
        if shot.colour is None:
            return unit
        return replace(unit, sku=replace(unit.sku, colour=shot.colour))


def open_world(seed: int) -> World:
    """Return the world of a seed over the shipped taxonomy."""
    return World(build_market(seed), market_taxonomy())


def shots(world: World, split: Split, views: int, limit: int | None = None) -> list[Shot]:
    """Return `views` shots of each of the first `limit` units of a split."""
    count = len(world.market.split(split))
    return [Shot(split, i, v) for v in range(views) for i in range(min(count, limit or count))]


def recoloured_shots(world: World, views: int) -> list[Shot]:
    """Return `views` shots of each look that training may see, of different units."""
    units: dict[str, list[int]] = {}
    for i, unit in enumerate(world.market.split("train")):
        units.setdefault(unit.sku.spu.id, []).append(i)
    return [
        Shot("train", units[spu][(7 * number + view) % len(units[spu])], number + view, colour)
        for view in range(views)
        for number, (spu, colour) in enumerate(world.looks)
    ]


def invented_shots(count: int) -> list[Shot]:
    """Return one shot each of `count` invented units."""
    return [Shot("invented", i, 0) for i in range(count)]


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


def jpeg_photo(unit: Unit, size: int) -> tuple[Image.Image, bytes]:
    """A unit's first photo as a store would hold it: the decoded JPEG and its bytes."""
    buffer = io.BytesIO()
    photo(unit, view=0, size=size).image.save(buffer, "JPEG", quality=92)
    data = buffer.getvalue()
    return Image.open(io.BytesIO(data)).convert("RGB"), data


def real_set(folder: Path, photos: list[RealPhoto], world: World, size: int) -> PhotoSet:
    """Open or make the set of real photos."""
    there = PhotoSet.open(folder)
    if there is not None and there.pixels.shape[:2] == (len(photos), size):
        return there
    rows = photo_rows(photos, world.categories, world.colours, size)
    return PhotoSet.write(folder, rows, len(photos), size)
