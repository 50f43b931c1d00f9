"""What a caller of `render` gets: the same bytes, every kind, boxes, errors that name fields."""

import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from training.marketplace.drawing import (
    KINDS,
    LONG_TAIL,
    LOOKALIKES,
    PROHIBITED,
    SILHOUETTES,
    Item,
    Rendered,
    Scene,
    Wear,
    render,
)

from .designs import model

ROOT = Path(__file__).parents[3]
EVERY_KIND = (*KINDS, *LONG_TAIL, *PROHIBITED, *LOOKALIKES)
IN_ANOTHER_PROCESS = """
import hashlib
from tests.training.drawing.test_render import busy
print(hashlib.sha256(busy().image.tobytes()).hexdigest())
"""


def busy() -> Rendered:
    """Returns a picture in which every part of the renderer had a hand."""
    wear = (Wear("scratch", 3, 0.6), Wear("stain", 4, 0.4))
    item = Item(model("sneakers", 2), "red", "leather", wear, "42")
    return render(item, Scene(11, "wood", clutter=True, note="Size 42, 25 euro"), 128)


def boxes(picture: Rendered) -> list[tuple[float, float, float, float]]:
    """Returns all boxes of a picture that are in view."""
    maybe = (picture.item_box, picture.mark_box, picture.note_box)
    return [box for box in maybe if box] + [box for _, box in picture.wear_boxes]


def test_same_arguments_give_same_bytes_whatever_was_drawn_before() -> None:
    first = busy().image.tobytes()
    render(Item(model("mug", 5), "blue"), Scene(1), 128)
    assert busy().image.tobytes() == first


def test_another_process_gives_the_same_bytes() -> None:
    command = [sys.executable, "-c", IN_ANOTHER_PROCESS]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == hashlib.sha256(busy().image.tobytes()).hexdigest()


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_silhouette_of_a_kind_is_drawn_with_its_mark(kind: str) -> None:
    for silhouette in range(SILHOUETTES):
        item = Item(model(kind, silhouette + 8, silhouette), "green")
        picture = render(item, Scene(silhouette), 96)
        assert picture.image.size == (96, 96)
        assert picture.image.mode == "RGB"
        assert picture.item_box is not None
        x0, y0, x1, y1 = picture.item_box
        assert max(x1 - x0, y1 - y0) > 0.45
        assert picture.mark_box is not None


@pytest.mark.parametrize("kind", KINDS)
def test_extreme_proportions_are_drawn(kind: str) -> None:
    for silhouette in range(SILHOUETTES):
        for end in (0.0, 1.0):
            design = replace(model(kind, 1, silhouette), shape=(end,) * 6)
            assert render(Item(design, "blue"), Scene(3), 96).item_box


def test_boxes_lie_within_the_picture() -> None:
    for seed in range(24):
        item = Item(model(KINDS[seed % 20], seed), "orange", wear=(Wear("scuff", seed, 1.0),))
        for x0, y0, x1, y1 in boxes(render(item, Scene(seed, note="Lamp, works"), 96)):
            assert 0 <= x0 < x1 <= 1
            assert 0 <= y0 < y1 <= 1


def test_a_note_is_drawn_only_where_the_scene_has_one() -> None:
    item = Item(model("lamp", 3), "pink")
    plain, noted = (render(item, Scene(2, note=words), 128) for words in (None, "12"))
    assert plain.note_box is None
    assert noted.note_box is not None
    assert noted.item_box == plain.item_box


def test_a_small_picture_and_a_large_one_show_the_same_scene() -> None:
    item, scene = Item(model("camera", 1), "black"), Scene(6)
    small, large = render(item, scene, 96), render(item, scene, 384)
    shrunk = np.asarray(large.image.resize((96, 96)), float)
    assert np.abs(shrunk - np.asarray(small.image, float)).mean() < 14
    assert np.allclose(small.item_box or (), large.item_box or (), atol=0.03)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "spaceship"),
        ("silhouette", 4),
        ("motif", -1),
        ("mark", 40),
        ("shape", (0.5,) * 5),
        ("shape", (0.5,) * 5 + (1.5,)),
        ("accent", (0, 0, 256)),
    ],
)
def test_a_bad_design_is_refused_by_the_name_of_its_field(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=field):
        replace(model("mug", 0), **{field: value})  # type: ignore[arg-type]


def test_other_bad_values_are_refused_by_the_name_of_their_field() -> None:
    with pytest.raises(ValueError, match="colour"):
        Item(model("mug", 0), "mauve")
    with pytest.raises(ValueError, match="material"):
        Item(model("mug", 0), "red", "unobtainium")
    with pytest.raises(ValueError, match="severity"):
        Wear("crack", 1, 1.2)
    with pytest.raises(ValueError, match=r"wear\.kind"):
        Wear("dent", 1, 0.2)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="background"):
        Scene(1, "moon")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="size"):
        render(Item(model("mug", 0), "red"), Scene(1), 8)
