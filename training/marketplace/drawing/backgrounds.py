"""What lies behind the item: wood, cloth, a floor, a shop's shelf or a plain wall.

One rule: the costly part, a grey relief, is drawn once per process for each of a few variants;
a scene only crops it, flips it and gives it colours.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from .design import Backdrop, stable_rng
from .palette import RGB, blend, brightness, distance, from_hsv, tone

VARIANTS = 10
_BACKDROPS: tuple[Backdrop, ...] = ("wood", "cloth", "floor", "shop", "plain")
_WOODS: tuple[RGB, ...] = (
    (196, 152, 104), (132, 88, 54), (222, 190, 146), (226, 220, 208), (150, 146, 140),
    (92, 66, 50), (178, 116, 72),
)  # fmt: skip
Relief = NDArray[np.float32]


def paint(rng: np.random.Generator, wanted: Backdrop | None, size: int, body: RGB) -> Image.Image:
    """Returns a background of `size` pixels square, set off from the body's colour."""
    kind = wanted or _BACKDROPS[rng.choice(5, p=(0.28, 0.22, 0.16, 0.14, 0.2))]
    variant = int(rng.integers(VARIANTS))
    base = _base(kind, variant, size)
    left, top = (int(v) for v in rng.integers(0, base.width - size + 1, 2))
    tile = base.crop((left, top, left + size, top + size))
    if rng.random() < 0.5:
        tile = tile.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if kind == "wood" and rng.random() < 0.5:
        tile = tile.transpose(Image.Transpose.TRANSPOSE)
    ground = _apart(_ground(kind, rng), body)
    if kind == "shop":
        return _tinted(tile, ground)
    return _coloured(tile, ground)


def _ground(kind: Backdrop, rng: np.random.Generator) -> RGB:
    if kind == "wood":
        return tone(_WOODS[rng.integers(len(_WOODS))], float(rng.uniform(-0.12, 0.1)))
    if kind == "shop":
        return from_hsv(float(rng.random()), float(rng.uniform(0.03, 0.16)), 0.9)
    light = float(rng.uniform(0.42, 0.96))
    strength = float(rng.uniform(0.02, 0.5 if kind == "cloth" else 0.28))
    return from_hsv(float(rng.random()), strength, light)


def _apart(ground: RGB, body: RGB) -> RGB:
    if distance(ground, body) > 75:
        return ground
    return tone(ground, -0.3) if brightness(ground) > 120 else tone(ground, 0.3)


def _coloured(relief: Image.Image, ground: RGB) -> Image.Image:
    dark, light = tone(ground, -0.62), blend(tone(ground, 0.42), (255, 250, 240), 0.2)
    stops = [
        np.interp(np.arange(256), (0, 140, 255), (dark[i], ground[i], light[i])).astype(np.uint8)
        for i in range(3)
    ]
    return Image.merge("RGB", [relief.point(stop.tolist()) for stop in stops])


def _tinted(tile: Image.Image, tint: RGB) -> Image.Image:
    return tile.point(
        [min(255, value * tint[band] // 235) for band in range(3) for value in range(256)]
    )


@lru_cache(maxsize=160)
def _base(kind: Backdrop, variant: int, size: int) -> Image.Image:
    side = round(size * 1.3)
    rng = stable_rng("backdrop", kind, variant)
    if kind == "shop":
        return _shop(rng, side)
    draw = {"wood": _wood, "cloth": _cloth, "floor": _floor, "plain": _plain}[kind]
    relief = np.clip(draw(rng, side), 0, 255).astype(np.uint8)
    return Image.fromarray(relief)


def _noise(rng: np.random.Generator, side: int, columns: int, rows: int) -> Relief:
    seed = Image.fromarray(rng.random((rows, columns), dtype=np.float32) - np.float32(0.5))
    return np.asarray(seed.resize((side, side), Image.Resampling.BICUBIC), np.float32)


def _wood(rng: np.random.Generator, side: int) -> Relief:
    planks = int(rng.integers(4, 8))
    across = np.linspace(0, planks, side, dtype=np.float32)[:, None] + float(rng.random())
    which = across.astype(int)
    shade = rng.normal(0, 13, planks + 2).astype(np.float32)[which]
    wander = _noise(rng, side, 5, 6)
    rings = np.sin((across * 5.0 + wander * 5.0 + which * 1.7) * 6.28)
    grain = _noise(rng, side, 9, min(side, 220))
    seam = np.clip(1 - np.abs(across - which - 0.01) * side / planks / (side * 0.006), 0, 1)
    relief: Relief = 140 + shade + 9 * rings + 44 * grain - 105 * seam
    return relief


def _cloth(rng: np.random.Generator, side: int) -> Relief:
    y, x = np.mgrid[0 : 1 : side * 1j, 0 : 1 : side * 1j].astype(np.float32)
    relief = np.full((side, side), 140, np.float32)
    warp = _noise(rng, side, 4, 4) * 1.3
    for _ in range(3):
        angle, pace = rng.uniform(0, 3.14), rng.uniform(1.2, 3.4)
        along = x * np.cos(angle) + y * np.sin(angle) + warp * rng.uniform(0.3, 0.8)
        fold = np.sin(along * pace * 6.28 + rng.uniform(0, 6.28))
        relief += 15 * np.sign(fold) * np.abs(fold) ** 1.7
    weave = rng.standard_normal((side, side), dtype=np.float32)
    if rng.random() < 0.3:
        relief += 26 * (np.sin(x * 60) > 0.6) * float(rng.choice((-1, 1)))
    return relief + 4.5 * weave + 20 * _noise(rng, side, 60, 60)


def _floor(rng: np.random.Generator, side: int) -> Relief:
    speck = rng.standard_normal((side, side), dtype=np.float32)
    if rng.random() < 0.4:
        return (
            138
            + 60 * _noise(rng, side, side // 3, side // 3)
            + 6 * speck
            + 18 * _noise(rng, side, 4, 4)
        )
    count = int(rng.integers(3, 6))
    y, x = np.mgrid[0 : count : side * 1j, 0 : count : side * 1j].astype(np.float32)
    x, y = x + float(rng.random()), y + float(rng.random())
    if rng.random() < 0.4:
        x = x + 0.5 * (y.astype(int) % 2)
    columns, rows = x.astype(int), y.astype(int)
    shade = rng.normal(0, 7, (count + 3, count + 3)).astype(np.float32)[rows, columns]
    if rng.random() < 0.35:
        shade = shade + 34 * (((rows + columns) % 2) * 2 - 1)
    rim = np.minimum(np.minimum(x % 1, 1 - x % 1), np.minimum(y % 1, 1 - y % 1))
    grout = np.clip(1 - rim / 0.022, 0, 1)
    relief: Relief = 148 + shade + 22 * _noise(rng, side, 12, 12) + 2 * speck - 60 * grout
    return relief


def _plain(rng: np.random.Generator, side: int) -> Relief:
    y = np.linspace(-1, 1, side, dtype=np.float32)[:, None]
    relief = 146 + 12 * float(rng.uniform(-1, 1)) * y + 16 * _noise(rng, side, 3, 3)
    relief = relief + 5 * _noise(rng, side, 70, 70)
    if rng.random() < 0.5:
        edge = float(rng.uniform(-0.1, 0.5))
        relief = (
            relief + np.where(y > edge, 22, -8) - 26 * np.clip(1 - np.abs(y - edge) / 0.02, 0, 1)
        )
    return relief.astype(np.float32)


def _shop(rng: np.random.Generator, side: int) -> Image.Image:
    wall = from_hsv(float(rng.random()), 0.12, float(rng.uniform(0.55, 0.85)))
    scene = Image.new("RGB", (side, side), wall)
    pen = ImageDraw.Draw(scene)
    counter = round(side * rng.uniform(0.52, 0.66))
    for shelf in (0.24 * side, 0.5 * side):
        left = 0.0
        while left < side:
            wide, tall = side * rng.uniform(0.05, 0.16), side * rng.uniform(0.08, 0.2)
            goods = from_hsv(
                float(rng.random()), float(rng.uniform(0.15, 0.5)), float(rng.uniform(0.4, 0.85))
            )
            if rng.random() < 0.85:
                pen.rectangle((left, shelf - tall, left + wide, shelf), fill=goods)
            left += wide + side * rng.uniform(0.0, 0.04)
        pen.rectangle((0, shelf, side, shelf + side * 0.025), fill=tone(wall, -0.35))
    scene = scene.filter(ImageFilter.GaussianBlur(side * 0.012))
    top = tone(_WOODS[rng.integers(len(_WOODS))], 0.12)
    ImageDraw.Draw(scene).rectangle((0, counter, side, side), fill=top)
    ramp = (
        Image.linear_gradient("L")
        .resize((side, side - counter))
        .point([v // 4 for v in range(256)])
    )
    scene.paste(tone(top, -0.5), (0, counter), ramp)
    return scene.filter(ImageFilter.GaussianBlur(side * 0.003))
