"""Drawings of clothes laid flat: T-shirts and jackets.

One rule: a T-shirt is closed and a jacket opens at the front; trims carry the accent.
"""

import numpy as np

from .canvas import Canvas
from .design import Design
from .palette import DARK, PALE, STEEL, Paint, tone
from .registry import register
from .shapes import Points, bar, curve, ellipse, mirrored, mix, path, rect, rounded, smooth, stroke


def _torso(shoulder: float, hem: float, bottom: float, neck: float) -> Points:
    side = curve(((0.5 + shoulder, 0.17), (0.5 + 0.9 * shoulder, 0.38), (0.5 + hem, bottom)))
    return mirrored(
        np.concatenate((path(((0.5, 0.14), (0.5 + neck, 0.1))), side, [(0.5, bottom + 0.015)]))
    )


def _sleeves(
    c: Canvas, p: Paint, shoulder: float, length: float, spread: float, width: float
) -> None:
    for side in (-1, 1):
        x0, y0 = 0.5 + side * (shoulder - 0.07), 0.2
        x1, y1 = x0 + side * (spread + 0.05), y0 + length
        c.body(bar(x0, y0, x1, y1, width, 0.82), -0.1)
        along = np.array((x1 - x0, y1 - y0)) / np.hypot(x1 - x0, y1 - y0) * 0.045
        c.part(bar(x1 - along[0], y1 - along[1], x1, y1, 0.85 * width), p.accent)


def _label(c: Canvas, y: float) -> None:
    c.part(rect(0.46, y, 0.54, y + 0.05), PALE, edge=False)
    if c.size_hint:
        c.text(c.size_hint, 0.5, y + 0.025, 0.04, DARK, 0.07)


def _shirt(c: Canvas, d: Design, p: Paint, length: float, spread: float, width: float) -> float:
    """Draws sleeves, torso, graphic and mark; returns the neck's half width.

    Shape: shoulders, hem, length, neck width, sleeve length, sleeve width.
    """
    shoulder, hem = mix(0.25, 0.32, d.shape[0]), mix(0.22, 0.33, d.shape[1])
    bottom, neck = mix(0.78, 0.95, d.shape[2]), mix(0.09, 0.15, d.shape[3])
    if length:
        _sleeves(c, p, shoulder, length, spread, width)
    torso = _torso(shoulder, hem, bottom, neck)
    c.body(torso)
    c.motif(rect(0.5 - shoulder * 0.93, 0.3, 0.5 + shoulder * 0.93, bottom), d.motif, p.accent)
    c.shade(torso, 0.12, "bottom")
    for x in (0.36, 0.62):
        c.seam(
            curve(((x, bottom - 0.03), (x + 0.02, bottom - 0.12), (x - 0.01, bottom - 0.22))), 0.13
        )
    c.mark(d.mark, 0.5, 0.36, 0.18)
    return neck


def shirt_crew(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: see `_shirt`."""
    neck = _shirt(c, d, p, mix(0.06, 0.2, d.shape[4]), 0.2, mix(0.2, 0.27, d.shape[5]))
    c.part(ellipse(0.5, 0.115, neck, 0.07), p.accent)
    c.body(ellipse(0.5, 0.1, neck - 0.025, 0.055), -0.42)
    _label(c, 0.09)


def shirt_vee(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: see `_shirt`; long sleeves."""
    neck = _shirt(c, d, p, mix(0.44, 0.6, d.shape[4]), 0.1, mix(0.12, 0.16, d.shape[5]))
    c.part(path(((0.49 - neck, 0.09), (0.51 + neck, 0.09), (0.5, 0.27))), p.accent)
    c.body(path(((0.52 - neck, 0.085), (0.48 + neck, 0.085), (0.5, 0.225))), -0.42)
    _label(c, 0.1)


def shirt_polo(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: see `_shirt`."""
    neck = _shirt(c, d, p, mix(0.2, 0.32, d.shape[4]), 0.12, mix(0.13, 0.18, d.shape[5]))
    c.body(ellipse(0.5, 0.1, neck, 0.045), -0.42)
    for side in (-1, 1):
        c.part(path(((0.5 + side * neck, 0.075), (0.5 + side * (neck + 0.06), 0.15),
                     (0.5 + side * 0.09, 0.25), (0.5, 0.14))), p.accent)  # fmt: skip
    c.part(rect(0.475, 0.14, 0.525, 0.27), p.accent)
    for y in (0.17, 0.21, 0.25):
        c.part(ellipse(0.5, y, 0.011), PALE, edge=False)


def shirt_tank(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: shoulders, hem, length, neck width, neck depth, strap width."""
    chest, hem = mix(0.24, 0.31, d.shape[0]), mix(0.22, 0.33, d.shape[1])
    bottom, neck = mix(0.8, 0.95, d.shape[2]), mix(0.08, 0.12, d.shape[3])
    strap, deep = mix(0.06, 0.1, d.shape[5]), mix(0.2, 0.28, d.shape[4])
    side = curve(((0.5 + neck + strap, 0.06), (0.5 + neck + strap - 0.01, 0.24), (0.5 + chest, 0.4),
                  (0.5 + hem, bottom)))  # fmt: skip
    torso = mirrored(np.concatenate((curve(((0.5, deep), (0.5 + 0.7 * neck, deep - 0.05),
                                            (0.5 + neck, 0.06))),
                                            side, [(0.5, bottom)])))  # fmt: skip
    c.body(smooth(((0.5 - neck, 0.08), (0.5, 0.14), (0.5 + neck, 0.08), (0.5 + neck, deep + 0.03),
                   (0.5 - neck, deep + 0.03))), -0.42)  # fmt: skip
    c.body(torso)
    c.motif(mirrored(path(((0.5 + chest * 0.8, 0.4), (0.5 + hem, bottom)))), d.motif, p.accent)
    c.shade(torso, 0.12, "bottom")
    for sign in (-1, 1):
        rim = curve(
            [(0.5 + sign * x, y) for x, y in ((0, deep), (0.7 * neck, deep - 0.05), (neck, 0.06))]
        )
        c.part(stroke(rim, 0.03), p.accent, edge=False)
        arm = side[:14] * (sign, 1) + (0.5 - 0.5 * sign, 0)
        c.part(stroke(arm, 0.03), p.accent, edge=False)
    c.mark(d.mark, 0.5, 0.45, 0.17)


register("tshirt", (shirt_crew, shirt_vee, shirt_polo, shirt_tank), "flat", "soft")


def _coat(c: Canvas, d: Design, p: Paint, hem: float, bottom: float, sleeve: float) -> float:
    """Draws sleeves and torso; returns the shoulders' half width.

    Shape: shoulders, hem, length, sleeve width, trim, pockets.
    """
    shoulder = mix(0.25, 0.31, d.shape[0])
    if sleeve:
        _sleeves(c, p, shoulder, sleeve, 0.11, mix(0.14, 0.2, d.shape[3]))
    torso = _torso(shoulder, hem, bottom, 0.12)
    c.body(torso)
    c.motif(rect(0.5 - shoulder, 0.28, 0.5 + shoulder, bottom), d.motif, p.accent)
    c.shade(torso, 0.14, "bottom")
    return shoulder


def _zip(c: Canvas, top: float, bottom: float) -> None:
    c.part(bar(0.5, top, 0.5, bottom, 0.022), tone(DARK, 0.2), edge=False)
    c.part(rounded(0.485, top + 0.03, 0.515, top + 0.09, 0.01), STEEL)


def _pockets(c: Canvas, p: Paint, y: float, lean: float) -> None:
    for side in (-1, 1):
        c.part(
            bar(0.5 + side * 0.12, y - lean, 0.5 + side * (0.2 + 0.3 * abs(lean)), y + lean, 0.026),
            p.accent,
        )


def jacket_bomber(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: see `_coat`."""
    bottom = mix(0.74, 0.9, d.shape[2])
    hem = mix(0.22, 0.32, d.shape[1])
    _coat(c, d, p, hem, bottom, 0.5)
    band = mix(0.04, 0.09, d.shape[4])
    c.part(rounded(0.5 - hem, bottom - band, 0.5 + hem, bottom + 0.02, 0.02), p.accent)
    c.part(rounded(0.37, 0.06, 0.63, 0.14, 0.03), p.accent)
    _zip(c, 0.08, bottom)
    _pockets(c, p, bottom - 0.2, mix(-0.06, 0.06, d.shape[5]))
    c.mark(d.mark, 0.63, 0.34, 0.16)


def jacket_coat(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: see `_coat`; lapels and buttons."""
    _coat(c, d, p, mix(0.26, 0.38, d.shape[1]), mix(0.88, 0.96, d.shape[2]), 0.56)
    c.seam(path(((0.5, 0.4), (0.5, 0.93))), 0.5)
    deep, wide = mix(0.34, 0.5, d.shape[4]), mix(0.1, 0.16, d.shape[4])
    c.body(path(((0.39, 0.08), (0.61, 0.08), (0.5, deep))), -0.5)
    for side in (-1, 1):
        c.part(path(((0.5 + side * 0.13, 0.07), (0.5 + side * (wide + 0.04), 0.2),
                     (0.5 + side * wide, 0.24),
                     (0.5, deep), (0.5 + side * 0.09, 0.09))), p.accent)  # fmt: skip
    for y in (deep + 0.06, deep + 0.18, deep + 0.3):
        for x in (0.455, 0.545) if d.shape[5] > 0.5 else (0.53,):
            c.part(ellipse(x, y, 0.018), p.accent)
    c.mark(d.mark, 0.65, 0.4, 0.15)


def jacket_hood(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: see `_coat`; a hood and a big pocket."""
    bottom = mix(0.78, 0.93, d.shape[2])
    c.body(
        smooth(((0.36, 0.2), (0.34, 0.06), (0.5, 0.0), (0.66, 0.06), (0.64, 0.2), (0.5, 0.26))),
        -0.14,
    )
    _coat(c, d, p, mix(0.24, 0.34, d.shape[1]), bottom, 0.52)
    size = mix(0.08, 0.12, d.shape[4])
    c.part(ellipse(0.5, 0.13, size + 0.02, 0.105), p.accent)
    c.body(ellipse(0.5, 0.125, size, 0.085), -0.45)
    pocket = path(((0.36, bottom - 0.06), (0.4, bottom - mix(0.2, 0.3, d.shape[5])),
                   (0.6, bottom - mix(0.2, 0.3, d.shape[5])), (0.64, bottom - 0.06)))  # fmt: skip
    c.body(pocket, -0.16)
    _zip(c, 0.22, bottom)
    for x in (0.45, 0.55):
        c.part(bar(x, 0.22, x, 0.36, 0.018), p.accent)
    c.mark(d.mark, 0.63, 0.4, 0.15)


def jacket_puffer(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: shoulders, hem, length, quilt rows, collar, armholes; without sleeves."""
    hem, bottom = mix(0.26, 0.37, d.shape[1]), mix(0.82, 0.95, d.shape[2])
    c.part(rounded(0.35, 0.12 - mix(0.06, 0.11, d.shape[4]), 0.65, 0.2, 0.04), p.accent)
    shoulder = _coat(c, d, p, hem, bottom, 0.0)
    rows = 4 + int(d.shape[3] * 3.99)
    for row in range(1, rows):
        y = mix(0.2, bottom, row / rows)
        half = mix(0.9 * shoulder, hem, row / rows)
        c.seam(curve(((0.5 - half, y), (0.5 - half / 2, y + 0.025), (0.5, y))), 0.45)
        c.seam(curve(((0.5, y), (0.5 + half / 2, y + 0.025), (0.5 + half, y))), 0.45)
    for side in (-1, 1):
        c.part(stroke(curve(((0.5 + side * shoulder, 0.17), (0.5 + side * 0.86 * shoulder, 0.3),
                             (0.5 + side * 0.95 * shoulder, 0.44))),
                             mix(0.03, 0.06, d.shape[5])), p.accent)  # fmt: skip
    _zip(c, 0.1, bottom)
    c.mark(d.mark, 0.64, 0.34, 0.15)


register("jacket", (jacket_bomber, jacket_coat, jacket_hood, jacket_puffer), "flat", "weave")
