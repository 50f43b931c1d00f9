"""Drawings of watches, laid flat with their strap spread up and down.

One rule: strap and dial are the body; bezel, hands and crown carry the accent.
"""

import numpy as np

from .canvas import Canvas
from .design import Design
from .palette import DARK, PALE, STEEL, Paint, tone
from .registry import register
from .shapes import Points, bar, ellipse, mix, path, rounded


def _strap(c: Canvas, d: Design, p: Paint, wide: float, taper: float) -> None:
    """Shape: case size, strap width, taper, bezel, markers, links."""
    for sign in (-1, 1):
        half = path(((0.5 - wide, 0.5), (0.5 + wide, 0.5), (0.5 + wide * taper, 0.5 + 0.47 * sign),
                     (0.5 - wide * taper, 0.5 + 0.47 * sign)))  # fmt: skip
        c.body(half, -0.08)
        c.motif(path(((0.5 - wide, 0.5 + 0.2 * sign), (0.5 + wide, 0.5 + 0.2 * sign),
                      (0.5 + wide * taper, 0.5 + 0.45 * sign),
                      (0.5 - wide * taper, 0.5 + 0.45 * sign))),
                d.motif, p.accent)  # fmt: skip
        if d.shape[5] > 0.5:
            for y in np.arange(0.22, 0.46, 0.045):
                c.seam(path(((0.5 - wide, 0.5 + y * sign), (0.5 + wide, 0.5 + y * sign))), 0.4)
        else:
            for y in np.arange(0.3, 0.44, 0.045):
                c.part(ellipse(0.5, 0.5 + y * sign, 0.011), tone(p.body, -0.6), edge=False)
    c.part(rounded(0.48 - wide * taper, 0.02, 0.52 + wide * taper, 0.07, 0.02), STEEL)


def _hands(c: Canvas, d: Design, colour: tuple[int, int, int], reach: float) -> None:
    step = 1 if d.shape[4] > 0.6 else 3 if d.shape[4] > 0.25 else 6
    for hour in range(0, 12, step):
        turn = hour * np.pi / 6
        x, y = np.sin(turn), -np.cos(turn)
        c.part(bar(0.5 + 0.82 * reach * x, 0.5 + 0.82 * reach * y, 0.5 + 0.97 * reach * x,
                   0.5 + 0.97 * reach * y, 0.02), colour, edge=False)  # fmt: skip
    c.part(bar(0.5, 0.5, 0.5 - 0.42 * reach, 0.5 - 0.3 * reach, 0.026), colour, edge=False)
    c.part(bar(0.5, 0.5, 0.5 + 0.6 * reach, 0.5 - 0.42 * reach, 0.018), colour, edge=False)
    c.part(ellipse(0.5, 0.5, 0.018), colour, edge=False)


def _case(c: Canvas, p: Paint, outer: Points, inner: Points, crown: float) -> None:
    c.part(rounded(crown - 0.02, 0.46, crown + 0.035, 0.54, 0.015), STEEL)
    c.part(outer, p.accent)
    c.body(inner, 0.1)


def watch_round(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: see `_strap`."""
    radius, rim = mix(0.2, 0.27, d.shape[0]), mix(0.9, 0.76, d.shape[3])
    _strap(c, d, p, mix(0.11, 0.17, d.shape[1]), mix(0.65, 1.0, d.shape[2]))
    _case(c, p, ellipse(0.5, 0.5, radius), ellipse(0.5, 0.5, radius * rim), 0.5 + radius)
    _hands(c, d, p.ink, radius * rim)
    c.mark(d.mark, 0.5, 0.5 + 0.45 * radius, 0.13)


def watch_square(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: see `_strap`; a digital face."""
    size, rim = mix(0.18, 0.25, d.shape[0]), mix(0.02, 0.045, d.shape[3])
    _strap(c, d, p, mix(0.12, 0.17, d.shape[1]), mix(0.7, 1.0, d.shape[2]))
    _case(c, p, rounded(0.5 - size, 0.5 - size, 0.5 + size, 0.5 + size, 0.05),
          rounded(0.5 - size + rim, 0.5 - size + rim, 0.5 + size - rim, 0.5 + size - rim, 0.03),
          0.5 + size)  # fmt: skip
    c.part(rounded(0.54 - size + rim, 0.41, 0.46 + size - rim, 0.51, 0.01), (174, 190, 150))
    c.text("10:08", 0.5, 0.46, 0.1, DARK, 1.2 * size)
    c.mark(d.mark, 0.5, 0.53 + 0.4 * size, 0.13)


def watch_smart(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: see `_strap`; a tall face with rings."""
    wide, tall = mix(0.15, 0.2, d.shape[0]), mix(0.2, 0.28, d.shape[3])
    _strap(c, d, p, mix(0.14, 0.18, d.shape[1]), mix(0.75, 1.0, d.shape[2]))
    _case(c, p, rounded(0.49 - wide, 0.5 - tall, 0.51 + wide, 0.5 + tall, 0.1),
          rounded(0.515 - wide, 0.525 - tall, 0.485 + wide, 0.475 + tall, 0.08),
          0.5 + wide)  # fmt: skip
    y = 0.5 - 0.36 * tall
    for share, colour in ((0.42, PALE), (0.31, p.accent), (0.19, DARK)):
        c.part(ellipse(0.5, y, share * wide * 1.3), colour, edge=False)
    c.mark(d.mark, 0.5, 0.5 + 0.46 * tall, 0.13)


def watch_diver(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: see `_strap`; a toothed bezel with three small dials."""
    radius, rim = mix(0.24, 0.3, d.shape[0]), mix(0.88, 0.78, d.shape[3])
    _strap(c, d, p, mix(0.13, 0.19, d.shape[1]), mix(0.7, 1.0, d.shape[2]))
    for y in (0.38, 0.62):
        c.part(rounded(0.48 + radius * 0.85, y - 0.03, 0.55 + radius * 0.85, y + 0.03, 0.02), STEEL)
    teeth = 24
    turn = np.arange(2 * teeth) * np.pi / teeth
    reach = radius * np.where(np.arange(2 * teeth) % 2, 1.0, 0.94)
    bezel = np.column_stack((0.5 + reach * np.cos(turn), 0.5 + reach * np.sin(turn)))
    _case(c, p, bezel, ellipse(0.5, 0.5, radius * rim), 0.5 + radius)
    for x, y in ((-0.4, 0), (0.4, 0), (0, -0.42)):
        c.part(ellipse(0.5 + x * radius, 0.5 + y * radius, 0.14 * radius), PALE)
    _hands(c, d, p.ink, radius * rim)
    c.mark(d.mark, 0.5, 0.5 + 0.42 * radius, 0.13)


register("watch", (watch_round, watch_square, watch_smart, watch_diver), "flat", "pebble")
