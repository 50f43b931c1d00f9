"""One photograph, from its parts: background, clutter, item, wear, note, light.

One rule: each concern draws its lots from a generator of its own, so that a change of one thing
(an item's flaw, a note) leaves the rest of the photograph as it was.
"""

import numpy as np
from PIL import Image

from . import backgrounds, camera, finish, props, wear
from .canvas import Canvas
from .design import MATERIALS, Box, Item, Rendered, Scene
from .palette import brightness, mixed
from .registry import kind_of
from .shapes import Points


def render(item: Item, scene: Scene, size: int = 448) -> Rendered:
    """Returns the photograph of an item, `size` pixels square.

    The same arguments give the same bytes in every process (on the same library versions).

    Raises:
        ValueError: nothing draws the item's kind, or the size is below 32 pixels.
    """
    if size < 32:
        raise ValueError(f"size: {size} is below 32 pixels")
    kind = kind_of(item.design.kind)
    canvas = drawn(item, scene, 2 * size)
    flaws = tuple((one, wear.apply(canvas, one)) for one in item.wear)
    picture = backgrounds.paint(scene.lots("background"), scene.background, size, canvas.colour)
    lots = scene.lots("props")
    if (lots.random() < 0.3) if scene.clutter is None else scene.clutter:
        _lay(picture, props.clutter(2 * size, lots), None, lots)
    texture = MATERIALS.get(item.material or "", kind.texture)
    cover = finish.settle(canvas.layer, texture, min(1.0, brightness(canvas.colour) / 110))
    shadows = scene.lots("shadow")
    finish.drop_shadow(picture, cover.getchannel("A"), shadows, kind.stance)
    picture.paste(cover, (0, 0), cover)
    note_box = _note(picture, canvas, scene, shadows)
    return Rendered(
        image=camera.develop(picture, scene.lots("light")),
        item_box=_share(cover.getchannel("A").getbbox(), size),
        mark_box=_seen(_box(canvas, canvas.mark_at), note_box),
        wear_boxes=tuple(
            (one, box) for one, at in flaws if (box := _seen(_box(canvas, at), note_box))
        ),
        note_box=note_box,
    )


def drawn(item: Item, scene: Scene, side: int) -> Canvas:
    """Returns the item on its own layer of `side` pixels, posed as in the scene, without wear."""
    design, kind = item.design, kind_of(item.design.kind)
    paint = mixed(item.colour, design.accent, scene.lots("paint"))
    pose = camera.pose_of(scene.lots("pose"), kind.stance, side)
    canvas = Canvas(side, pose, paint.body, item.size_hint)
    kind.drawings[design.silhouette](canvas, design, paint)
    return canvas


def _note(
    picture: Image.Image, canvas: Canvas, scene: Scene, shadows: np.random.Generator
) -> Box | None:
    lots = scene.lots("note")
    words = scene.note
    if words is None and lots.random() >= 0.05:
        return None
    side = 2 * picture.width
    away = None if canvas.mark_at is None else canvas.pose(canvas.mark_at) / side
    layer, paper = props.note(side, lots, words or "", away)
    _lay(picture, layer, None, shadows)
    return _box(layer, paper)


def _lay(
    picture: Image.Image, canvas: Canvas, texture: str | None, lots: np.random.Generator
) -> None:
    cover = finish.settle(canvas.layer, texture)
    finish.drop_shadow(picture, cover.getchannel("A"), lots, "flat")
    picture.paste(cover, (0, 0), cover)


def _box(canvas: Canvas, corners: Points | None) -> Box | None:
    if corners is None:
        return None
    return _share(canvas.box_of(corners), canvas.layer.width)


def _seen(box: Box | None, cover: Box | None) -> Box | None:
    """Returns the box unless the note covers its centre."""
    if box is None or cover is None:
        return box
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return None if cover[0] < x < cover[2] and cover[1] < y < cover[3] else box


def _share(box: tuple[int, int, int, int] | None, side: int) -> Box | None:
    if box is None:
        return None
    x0, y0, x1, y1 = (min(1.0, v / side) for v in box)
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None
