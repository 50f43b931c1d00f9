"""What training may see of the market, and what it may not."""

import pytest

from training.marketplace.invented import invented_unit
from training.rendering import World, invented_shots, open_world, recoloured_shots, shots


@pytest.fixture(scope="module")
def world() -> World:
    return open_world(0)


def test_no_look_that_is_asked_for_is_drawn_for_training(world: World) -> None:
    drawn = {world.unit(s).sku.look for s in recoloured_shots(world, 1)}
    asked = {
        u.sku.look
        for split in ("queries_identical", "queries_similar", "queries_no_match")
        for u in world.market.split(split)
    }
    assert drawn == set(world.looks) and not drawn & asked
    assert len(drawn) > 5 * len(world.spus)


def test_every_shot_shows_the_look_that_it_is_labelled_with(world: World) -> None:
    for shot in recoloured_shots(world, 1)[::97]:
        unit = world.unit(shot)
        assert unit.sku.colour == shot.colour == unit.item.colour
        assert unit.attributes.get("colour", shot.colour) == shot.colour


def test_invented_units_are_new_and_always_the_same(world: World) -> None:
    known = {(s.brand.name, s.model) for s in world.market.catalogue.spus}
    units = [invented_unit(0, i) for i in range(200)]
    assert not known & {(u.sku.spu.attributes.get("brand"), u.sku.spu.model) for u in units}
    assert units[7] == invented_unit(0, 7) != invented_unit(1, 7)
    assert len({u.sku.spu.kind for u in units}) > 15
    assert len(invented_shots(3)) == 3


def test_views_are_shot_round_by_round(world: World) -> None:
    found = shots(world, "prohibited_train", 2, limit=3)
    assert [(s.index, s.view) for s in found] == [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1)]
