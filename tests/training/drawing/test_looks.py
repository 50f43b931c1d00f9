"""What can be learned from the pictures: colours, models, and flaws where their boxes are."""

from dataclasses import replace
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from training.marketplace.drawing import COLOURS, KINDS, Item, Scene, Wear, render

from .designs import model

Pixels = NDArray[np.float64]
SRGB_TO_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))


def pixels(item: Item, scene: Scene, size: int = 96) -> Pixels:
    """Returns the picture as an array."""
    return np.asarray(render(item, scene, size).image, float)


def lab(colour: Pixels) -> Pixels:
    """Returns CIE L*a*b* (D65) of sRGB values 0..255, `(..., 3)`."""
    share = colour / 255
    linear = np.where(share > 0.04045, ((share + 0.055) / 1.055) ** 2.4, share / 12.92)
    xyz = linear @ np.array(SRGB_TO_XYZ).T / (0.9505, 1.0, 1.089)
    root = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    x, y, z = np.moveaxis(root, -1, 0)
    return np.asarray(np.stack((116 * y - 16, 500 * (x - y), 200 * (y - z)), axis=-1))


def middle_colour(item: Item, scene: Scene) -> Pixels:
    """Returns the median colour of the middle half of the item's box."""
    picture = render(item, scene, 96)
    assert picture.item_box is not None
    x0, y0, x1, y1 = (96 * value for value in picture.item_box)
    left, right = int(0.75 * x0 + 0.25 * x1), int(0.25 * x0 + 0.75 * x1)
    top, bottom = int(0.75 * y0 + 0.25 * y1), int(0.25 * y0 + 0.75 * y1)
    middle = np.asarray(picture.image, float)[top:bottom, left:right]
    return np.asarray(np.median(middle.reshape(-1, 3), axis=0))


@pytest.mark.parametrize("colour", COLOURS)
def test_the_body_shows_the_named_colour(colour: str) -> None:
    names, table = list(COLOURS), lab(np.array(list(COLOURS.values()), float))
    whole = ("phone", "jacket", "tshirt", "backpack", "handbag", "kettle", "book", "mug")
    right = 0
    for number in range(40):
        design = replace(model(whole[number % 8], number), motif=0)
        seen = lab(middle_colour(Item(design, colour), Scene(number)))
        right += names[int(np.linalg.norm(table - seen, axis=1).argmin())] == colour
    assert right >= 36


@pytest.mark.parametrize("kind", KINDS)
def test_two_models_of_a_kind_differ_more_than_two_shots_of_noise(kind: str) -> None:
    scene = Scene(5, "plain", clutter=False)
    shots = [pixels(Item(model(kind, number), "blue"), scene) for number in range(6)]
    for i, one in enumerate(shots):
        for other in shots[:i]:
            assert np.abs(one - other).mean() > 2.5


@pytest.mark.parametrize("kind", KINDS)
def test_each_silhouette_has_an_outline_of_its_own(kind: str) -> None:
    scene = Scene(5, "plain", clutter=False)
    design = model(kind, 3)
    shots = [pixels(Item(replace(design, silhouette=s), "red"), scene) for s in range(4)]
    for i, one in enumerate(shots):
        for other in shots[:i]:
            assert np.abs(one - other).mean() > 3


def test_variants_of_a_model_share_all_but_the_body() -> None:
    scene = Scene(9, "plain", clutter=False)
    red, blue = (render(Item(model("backpack", 1), c), scene, 96) for c in ("red", "blue"))
    assert red.item_box == blue.item_box
    assert red.mark_box == blue.mark_box


@pytest.mark.parametrize("kind", ["scratch", "stain", "crack", "scuff"])
def test_wear_is_seen_in_its_box_and_nowhere_else(
    kind: Literal["scratch", "stain", "crack", "scuff"],
) -> None:
    size = 224
    for number in range(6):
        worn = Item(model("backpack", number), "blue", wear=(Wear(kind, number, 0.7),))
        scene = Scene(number, clutter=False)
        picture = render(worn, scene, size)
        clean = pixels(replace(worn, wear=()), scene, size)
        change = np.abs(np.asarray(picture.image, float) - clean).max(2)
        ((_, (x0, y0, x1, y1)),) = picture.wear_boxes
        near = np.zeros((size, size), bool)
        margin = 18  # a JPEG block and the blur
        left, top = (max(0, int(size * low) - margin) for low in (x0, y0))
        near[top : int(size * y1) + margin, left : int(size * x1) + margin] = True
        assert change[~near].max(initial=0) <= 12
        assert change[near].max() > 40


def test_a_flaw_stays_where_it_is_on_the_item() -> None:
    item = Item(model("book", 0), "beige", wear=(Wear("stain", 7, 0.8),))
    shares = []
    for seed in range(4):
        picture = render(item, Scene(seed), 224)
        assert picture.item_box is not None
        (_, flaw), box = picture.wear_boxes[0], picture.item_box
        shares.append(((flaw[0] + flaw[2]) / 2 - box[0]) / (box[2] - box[0]))
    assert max(shares) - min(shares) < 0.25
