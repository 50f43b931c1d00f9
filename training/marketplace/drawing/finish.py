"""From a drawn layer to an object in the picture: bevel, material and shadow.

One rule: these steps work at the picture's own size on whole masks, so that their cost does not
grow with the number of parts.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

from .canvas import PART, SKIN_FROM
from .design import stable_rng
from .registry import Stance

Field = NDArray[np.float32]

_ONLY_SKIN = [255 if value >= SKIN_FROM else 0 for value in range(256)]
_OPAQUE = [min(255, value * 255 // PART) for value in range(256)]


def skin_of(layer: Image.Image) -> Image.Image:
    """Returns the mask of the pixels in the body's colour."""
    return layer.getchannel("A").point(_ONLY_SKIN)


def settle(layer: Image.Image, texture: str | None, glow: float = 1.0) -> Image.Image:
    """Returns the layer at half its size, rounded at its rims and with its material's surface.

    `glow` scales the highlights: a dark body keeps its name only under dim ones.
    """
    small = layer.convert("RGBa").reduce(2).convert("RGBA")
    alpha, size = small.getchannel("A").point(_OPAQUE), small.width
    if texture is None:
        small.putalpha(alpha)
        return small
    surface = small.convert("RGB")
    skin = skin_of(layer).reduce(2)
    dark, light = _surface(texture, size)
    surface.paste((0, 0, 0), (0, 0), ImageChops.multiply(skin, dark))
    shine = skin if glow == 1 else skin.point([round(glow * v) for v in range(256)])
    surface.paste((255, 255, 255), (0, 0), ImageChops.multiply(shine, light))
    reach = max(1, round(size * 0.013))
    soft = alpha.filter(ImageFilter.BoxBlur(reach))
    under = ImageChops.subtract(alpha, ImageChops.offset(soft, -reach, -reach), scale=2.2)
    over = ImageChops.subtract(alpha, ImageChops.offset(soft, reach, reach), scale=3.2)
    surface.paste((16, 12, 20), (0, 0), under)
    surface.paste((255, 255, 250), (0, 0), over)
    surface.putalpha(alpha)
    return surface


def drop_shadow(
    ground: Image.Image, alpha: Image.Image, rng: np.random.Generator, stance: Stance
) -> None:
    """Darkens the ground where the item keeps the light from it."""
    size = ground.width
    box = alpha.getbbox()
    if box is None:
        return
    dx, dy = (round(v * size) for v in (rng.uniform(0.004, 0.022), rng.uniform(0.008, 0.026)))
    depth = float(rng.uniform(0.42, 0.7))
    small = alpha.reduce(2)
    if stance == "standing":
        small = _footprint(small, tuple(v // 2 for v in box))
        dy = round(0.01 * size)
    wide = small.filter(ImageFilter.GaussianBlur(size * 0.013)).resize((size, size))
    tight = small.filter(ImageFilter.BoxBlur(max(1, size // 150))).resize((size, size))
    for mask, share, slip in ((wide, depth, 1.0), (tight, depth * 0.7, 0.3)):
        veil = mask.point([round(share * v) for v in range(256)])
        ground.paste((14, 10, 16), (round(dx * slip), round(dy * slip)), veil)


def _footprint(alpha: Image.Image, box: tuple[int, ...]) -> Image.Image:
    x0, y0, x1, y1 = box
    foot = max(2, (y1 - y0) // 9)
    print_ = alpha.crop((x0, y1 - foot, x1, y1)).filter(ImageFilter.BoxBlur(1))
    wide = max(2, round((x1 - x0) * 1.06))
    squashed = print_.resize((wide, max(2, round(foot * 0.75))))
    floor = Image.new("L", alpha.size, 0)
    floor.paste(squashed, (x0 - (wide - x1 + x0) // 2, y1 - round(foot * 0.55)))
    return ImageChops.lighter(floor, alpha.point([v // 5 for v in range(256)]))


@lru_cache(maxsize=64)
def _surface(texture: str, size: int) -> tuple[Image.Image, Image.Image]:
    """Returns how much a material darkens and lightens each pixel of the picture."""
    rng = stable_rng("surface", texture)
    side = 448
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    fine = rng.standard_normal((side, side)).astype(np.float32)
    relief = _RELIEFS[texture](x, y, fine)
    image = Image.fromarray(relief.astype(np.float32)).resize((size, size), Image.Resampling.BOX)
    values = np.asarray(image)
    dark = np.clip(-values, 0, 90).astype(np.uint8)
    light = np.clip(values, 0, 90).astype(np.uint8)
    return Image.fromarray(dark), Image.fromarray(light)


def _smoothed(noise: Field, cells: int) -> Field:
    coarse = Image.fromarray(noise[:cells, :cells].copy())
    return np.asarray(coarse.resize((448, 448), Image.Resampling.BICUBIC), np.float32)


def _sheen(x: Field, y: Field, middle: float, width: float) -> Field:
    across = (x + 0.45 * y) / 650 - middle
    return np.exp(-((across / width) ** 2), dtype=np.float32)


def _brushed(x: Field, y: Field, n: Field) -> Field:
    bands = 54 * _sheen(x, y, 0.36, 0.07) - 24 * _sheen(x, y, 0.62, 0.09)
    relief: Field = 7 * n[:, :1] + bands + 30 * _sheen(x, y, 0.8, 0.05)
    return relief


def _grain(x: Field, y: Field, n: Field) -> Field:
    rings = 14 * np.sin((y + 26 * _smoothed(n, 5)) * 0.22)
    return np.asarray(rings + 9 * np.sin(y * 0.9 + 3 * _smoothed(n, 9)), np.float32)


_RELIEFS: dict[str, Callable[[Field, Field, Field], Field]] = {
    "pebble": lambda x, y, n: 9 * _smoothed(n, 110) + 10 * _sheen(x, y, 0.4, 0.2),
    "weave": lambda x, y, n: 13 * np.sin(x * 1.05) * np.sin(y * 1.05) + 5 * _smoothed(n, 60),
    "twill": lambda x, y, n: 16 * np.sin((x + y) * 0.78) + 7 * _smoothed(n, 150),
    "grain": _grain,
    "brushed": _brushed,
    "gloss": lambda x, y, n: 52 * _sheen(x, y, 0.34, 0.035) + 26 * _sheen(x, y, 0.43, 0.016),
    "satin": lambda x, y, n: 20 * _sheen(x, y, 0.38, 0.13) + 1.2 * n,
    "soft": lambda x, y, n: 5 * n + 9 * _smoothed(n, 14),
}
