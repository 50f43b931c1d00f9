"""Drawings of what stands in a kitchen: mugs and kettles.

One rule: handles are open loops, so that the ground shows through them.
"""

from .canvas import Canvas
from .design import Design
from .palette import DARK, STEEL, Paint, tone
from .registry import register
from .shapes import Points, arc, bar, curve, ellipse, mirrored, mix, path, rounded, stroke


def _mug(c: Canvas, d: Design, p: Paint, wall: Points, rim: float, top: float) -> None:
    """Shape: width, height, handle size, handle width, handle form, rim band."""
    reach, width = mix(0.12, 0.2, d.shape[2]), mix(0.05, 0.085, d.shape[3])
    edge = float(wall[:, 0].max())
    loop = arc(edge - 0.04, 0.54, reach, mix(0.12, 0.21, d.shape[2]), -88, 88)
    if d.shape[4] > 0.6:
        loop = path(((edge - 0.05, 0.38), (edge + reach, 0.4), (edge + 0.6 * reach, 0.7),
                     (edge - 0.05, 0.72)))  # fmt: skip
    c.body(stroke(loop, width), -0.1)
    c.body(wall)
    c.motif(wall, d.motif, p.accent)
    c.shade(wall, 0.28)
    c.light(wall, 0.16)
    if d.shape[5] > 0.35:
        band = mix(0.02, 0.08, d.shape[5])
        c.inlay(wall, [rounded(0, top, 1, top + band, 0)], p.accent)
    c.body(ellipse(0.44, top, rim, 0.055), 0.2)
    c.part(ellipse(0.44, top + 0.006, rim - 0.028, 0.038), (70, 52, 44), edge=False)
    c.mark(d.mark, 0.42, 0.55, 0.17)
    c.text(d.brand, 0.42, 0.69, 0.045, p.ink, 1.2 * rim)


def _wall(half: tuple[tuple[float, float], ...]) -> Points:
    return mirrored(path(half), 0.44)


def mug_straight(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: see `_mug`."""
    r, top = mix(0.24, 0.34, d.shape[0]), mix(0.3, 0.14, d.shape[1])
    base = arc(0.44, 0.86, r, 0.06, 0, 90)
    _mug(c, d, p, _wall(((0.44 + r, top), *map(tuple, base))), r, top)


def mug_conical(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: see `_mug`."""
    r, top = mix(0.28, 0.36, d.shape[0]), mix(0.32, 0.2, d.shape[1])
    base = arc(0.44, 0.86, 0.52 * r, 0.05, 0, 90)
    _mug(c, d, p, _wall(((0.44 + r, top), *map(tuple, base))), r, top)


def mug_round(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: see `_mug`."""
    r, top = mix(0.26, 0.32, d.shape[0]), mix(0.34, 0.24, d.shape[1])
    side = curve(((0.44 + 0.74 * r, top), (0.44 + 1.12 * r, 0.56), (0.44 + 0.9 * r, 0.8),
                  (0.44 + 0.4 * r, 0.9), (0.44, 0.9)))  # fmt: skip
    _mug(c, d, p, _wall(tuple(map(tuple, side))), 0.74 * r, top)


def mug_travel(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: width, lid height, flare, grip place, grip height, lid form."""
    r, flare = mix(0.17, 0.23, d.shape[0]), mix(0.6, 1.0, d.shape[2])
    wall = mirrored(path(((0.5 + r, 0.2), (0.5 + flare * r, 0.9), (0.5 + flare * r - 0.03, 0.95))))
    c.body(wall)
    c.motif(wall, d.motif, p.accent)
    grip, y = mix(0.05, 0.12, d.shape[4]), mix(0.32, 0.76, d.shape[3])
    c.inlay(wall, [rounded(0, y, 1, y + grip, 0)], p.accent)
    c.shade(wall, 0.3)
    c.light(wall, 0.18)
    lid = mix(0.06, 0.12, d.shape[1])
    if d.shape[5] > 0.5:
        c.part(rounded(0.42, 0.1 - lid, 0.58, 0.16 - lid / 2, 0.03), DARK)
    c.part(rounded(0.48 - r, 0.2 - lid, 0.52 + r, 0.215, 0.03), tone(DARK, 0.12))
    c.mark(d.mark, 0.5, 0.56 if y < 0.5 or y > 0.66 else 0.42, 0.15)


register("mug", (mug_straight, mug_conical, mug_round, mug_travel), "standing", "gloss")


def _kettle(c: Canvas, d: Design, p: Paint, wall: Points) -> None:
    c.body(wall)
    c.motif(wall, d.motif, p.accent)
    c.shade(wall, 0.3)
    c.light(wall, 0.2)


def kettle_stove(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: width, height, spout length, handle height, knob size, belly."""
    r, top = mix(0.27, 0.35, d.shape[0]), mix(0.5, 0.38, d.shape[1])
    reach, rise = mix(0.1, 0.17, d.shape[2]), mix(0.16, 0.3, d.shape[3])
    c.body(stroke(((0.5 - r + 0.06, 0.76), (0.46 - r - 0.4 * reach, 0.56), (0.5 - r - reach, 0.42)),
                  0.13, 0.5), -0.12)  # fmt: skip
    hoop = arc(0.5, top + 0.05, 0.72 * r, rise + 0.05, 182, 358)
    c.part(stroke(hoop, 0.055), p.accent)
    side = curve(((0.5 + 0.3 * r, top), (0.5 + 0.8 * r, top + 0.08),
                  (0.5 + r, mix(0.6, 0.8, d.shape[5])), (0.5 + 0.93 * r, 0.9),
                  (0.5, 0.92)))  # fmt: skip
    _kettle(c, d, p, mirrored(side))
    c.body(ellipse(0.5, top + 0.01, 0.36 * r, 0.035), 0.18)
    c.part(ellipse(0.5, top - 0.03, mix(0.03, 0.055, d.shape[4])), p.accent)
    c.mark(d.mark, 0.5, (top + 1.0) / 2, 0.17)


def kettle_jug(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: top width, height, spout length, handle reach, base height, foot width."""
    r, top = mix(0.16, 0.24, d.shape[0]), mix(0.22, 0.1, d.shape[1])
    foot, reach = mix(0.24, 0.31, d.shape[5]), mix(0.16, 0.27, d.shape[3])
    c.part(stroke(curve(((0.46 + r, top + 0.04), (0.5 + r + reach, top + 0.07),
                         (0.5 + r + reach, 0.5), (0.46 + foot, 0.7))), 0.06), p.accent)  # fmt: skip
    c.body(path(((0.5 - r, top), (0.5 - r - mix(0.07, 0.14, d.shape[2]), top + 0.01),
                 (0.5 - r - 0.02, top + 0.24))), -0.1)  # fmt: skip
    _kettle(c, d, p, mirrored(path(((0.5 + r, top), (0.5 + foot, 0.86)))))
    c.body(rounded(0.5 - r, top - 0.05, 0.5 + r, top + 0.02, 0.03), -0.2)
    c.part(ellipse(0.5, top - 0.055, 0.04, 0.025), DARK)
    c.part(rounded(0.47 - foot, 0.95 - mix(0.05, 0.11, d.shape[4]), 0.53 + foot, 0.95, 0.02), DARK)
    c.mark(d.mark, 0.5, 0.52, 0.16)


def kettle_gooseneck(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: width, height, neck rise, handle reach, knob size, foot width."""
    r, top = mix(0.17, 0.22, d.shape[0]), mix(0.5, 0.36, d.shape[1])
    x, rise, foot = 0.52, mix(0.1, 0.3, d.shape[2]), mix(0.24, 0.32, d.shape[5])
    neck = curve(((x - foot + 0.04, 0.82), (x - foot - 0.1, 0.78), (x - foot - 0.1, 0.56),
                  (x - foot - 0.1, top - rise + 0.2),
                  (x - foot - 0.19, top - rise + 0.12)))  # fmt: skip
    c.body(stroke(neck, 0.075, 0.7), -0.12)
    reach = mix(0.12, 0.2, d.shape[3])
    c.part(stroke(path(((x + r - 0.02, top + 0.06), (x + foot + reach, top + 0.04),
                        (x + foot + reach - 0.04, 0.8))), 0.06), p.accent)  # fmt: skip
    _kettle(c, d, p, mirrored(path(((x + r, top), (x + foot, 0.86), (x + foot - 0.02, 0.92))), x))
    c.body(ellipse(x, top, r, 0.04), 0.18)
    c.part(bar(x, top - 0.01, x, top - 0.05, 0.03), STEEL)
    c.part(ellipse(x, top - 0.07, mix(0.03, 0.055, d.shape[4])), p.accent)
    c.mark(d.mark, x, (top + 0.93) / 2, 0.16)


def kettle_globe(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: size, flatness, spout length, handle reach, lid width, foot height."""
    r, flat = mix(0.28, 0.34, d.shape[0]), mix(0.8, 1.0, d.shape[1])
    x, y, foot = 0.46, 0.56, mix(0.04, 0.1, d.shape[5])
    reach = mix(0.08, 0.16, d.shape[3])
    c.part(stroke(arc(x + 0.86 * r, y, reach + 0.05, 0.2, -95, 95), 0.06), p.accent)
    c.body(path(((x - 0.7 * r, y - 0.5 * r), (x - r - mix(0.03, 0.1, d.shape[2]), y - 0.75 * r),
                 (x - 0.98 * r, y))), -0.12)  # fmt: skip
    c.part(rounded(x - 0.72 * r, 0.93 - foot, x + 0.72 * r, 0.95, 0.02), DARK)
    c.part(path(((x - 0.5 * r, y), (x + 0.5 * r, y), (x + 0.62 * r, 0.94 - foot),
                 (x - 0.62 * r, 0.94 - foot))), tone(DARK, 0.15))  # fmt: skip
    _kettle(c, d, p, ellipse(x, y, r, r * flat))
    lid = mix(0.08, 0.15, d.shape[4])
    c.part(rounded(x - lid, y - r * flat - 0.03, x + lid, y - r * flat + 0.05, 0.03), p.accent)
    c.part(ellipse(x, y - r * flat - 0.05, 0.035), DARK)
    c.mark(d.mark, x, y, 0.17)


register(
    "kettle", (kettle_stove, kettle_jug, kettle_gooseneck, kettle_globe), "standing", "brushed"
)
