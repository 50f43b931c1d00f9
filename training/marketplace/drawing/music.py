"""Drawings of guitars, their head up.

One rule: the neck is a darker tone of the body, so that the body's colour prevails.
"""

import numpy as np

from .canvas import Canvas
from .design import Design
from .palette import DARK, PALE, STEEL, Paint
from .registry import register
from .shapes import (
    Points,
    curve,
    ellipse,
    mix,
    path,
    rect,
    rounded,
    smooth,
)


def _neck(c: Canvas, d: Design, p: Paint, bottom: float) -> None:
    """Neck and head of a guitar. Shape 3: head form; shape 4: neck width."""
    half = mix(0.025, 0.036, d.shape[4])
    heads = (
        path(((0.45, 0.16), (0.43, 0.02), (0.57, 0.02), (0.55, 0.16))),
        path(((0.46, 0.17), (0.4, 0.03), (0.47, 0.0), (0.56, 0.1), (0.54, 0.17))),
        path(((0.46, 0.17), (0.42, 0.06), (0.5, 0.1), (0.58, 0.06), (0.54, 0.17))),
    )
    form = int(d.shape[3] * 2.99)
    for y in (0.05, 0.09, 0.13):
        for side in (-1, 1):
            c.part(ellipse(0.5 + side * 0.085, y, 0.016), STEEL)
    c.body(heads[form], -0.1)
    c.body(rect(0.5 - half, 0.15, 0.5 + half, bottom), -0.45)
    for fret in np.linspace(0.19, bottom, 9):
        c.line(path(((0.5 - half, fret), (0.5 + half, fret))), STEEL, 0.007)


def _strings(c: Canvas, bottom: float) -> None:
    for x in (-0.013, 0.013):
        c.line(path(((0.5 + x, 0.1), (0.5 + x, bottom))), (226, 226, 220), 0.005)


def _soundboard(c: Canvas, d: Design, p: Paint, board: Points) -> None:
    c.body(board)
    c.motif(board, d.motif, p.accent)
    c.shade(board, 0.25)


def guitar_acoustic(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: upper bout, waist, lower bout, head, neck, rose."""
    up, waist, low = (
        mix(0.15, 0.22, d.shape[0]),
        mix(0.12, 0.19, d.shape[1]),
        mix(0.24, 0.31, d.shape[2]),
    )
    side = curve(((0.5, 0.42), (0.5 + up, 0.47), (0.5 + waist, 0.61), (0.5 + low, 0.78),
                  (0.5 + 0.6 * low, 0.95),
                  (0.5, 0.97)))  # fmt: skip
    _soundboard(c, d, p, np.concatenate((side, (side * (-1, 1) + (1, 0))[::-1])))
    rose = mix(0.055, 0.085, d.shape[5])
    c.part(ellipse(0.5, 0.62, rose + 0.022), p.accent)
    c.part(ellipse(0.5, 0.62, rose), DARK)
    _neck(c, d, p, 0.58)
    c.part(rounded(0.4, 0.79, 0.6, 0.825, 0.01), DARK)
    _strings(c, 0.8)
    c.mark(d.mark, 0.5 + 0.56 * low, 0.82, 0.13)


def _pickups(c: Canvas, d: Design, p: Paint, low: float) -> None:
    for number in range(1 + int(d.shape[5] * 2.99)):
        y = 0.62 + 0.07 * number
        c.part(rounded(0.43, y, 0.57, y + 0.04, 0.01), DARK)
    c.part(rounded(0.43, 0.86, 0.57, 0.89, 0.01), STEEL)
    for x, y in ((0.6, 0.84), (0.66, 0.8)):
        c.part(ellipse(x, y, 0.019), p.accent)
    c.mark(d.mark, 0.5 - 0.62 * low, 0.8, 0.13)


def guitar_single(c: Canvas, d: Design, p: Paint) -> None:
    """One cutaway. Shape: shoulder, waist, lower bout, head, neck, pickups."""
    up, waist, low = (
        mix(0.16, 0.23, d.shape[0]),
        mix(0.13, 0.18, d.shape[1]),
        mix(0.23, 0.29, d.shape[2]),
    )
    _soundboard(c, d, p, smooth(((0.47, 0.5), (0.5 - up, 0.5), (0.5 - waist, 0.65),
                                 (0.5 - low, 0.82),
                                 (0.5 - 0.5 * low, 0.96), (0.5 + 0.5 * low, 0.96),
                                 (0.5 + low, 0.82),
                                 (0.5 + waist, 0.68), (0.5 + up, 0.52), (0.58, 0.6))))  # fmt: skip
    _neck(c, d, p, 0.62)
    _pickups(c, d, p, low)
    _strings(c, 0.87)


def guitar_double(c: Canvas, d: Design, p: Paint) -> None:
    """Two horns. Shape: left horn, right horn, lower bout, head, neck, pickups."""
    left, right, low = (
        mix(0.52, 0.4, d.shape[0]),
        mix(0.54, 0.44, d.shape[1]),
        mix(0.23, 0.29, d.shape[2]),
    )
    _soundboard(c, d, p, smooth(((0.46, 0.57), (0.38, 0.54), (0.32, left), (0.27, left + 0.04),
                                 (0.3, 0.62),
                                 (0.5 - low, 0.8), (0.5 - 0.5 * low, 0.96), (0.5 + 0.5 * low, 0.97),
                                 (0.5 + low, 0.83), (0.7, 0.64), (0.73, right + 0.04),
                                 (0.68, right),
                                 (0.62, 0.55), (0.54, 0.58))))  # fmt: skip
    c.part(smooth(((0.5, 0.6), (0.6, 0.62), (0.63, 0.7), (0.58, 0.76), (0.46, 0.71), (0.42, 0.63))),
           p.accent if d.motif == 0 else PALE)  # fmt: skip
    _neck(c, d, p, 0.63)
    _pickups(c, d, p, low)
    _strings(c, 0.87)


def guitar_vee(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: left wing, right wing, notch, head, neck, pickups."""
    left, right, notch = (
        mix(0.2, 0.33, d.shape[0]),
        mix(0.2, 0.33, d.shape[1]),
        mix(0.74, 0.88, d.shape[2]),
    )
    _soundboard(c, d, p, path(((0.45, 0.5), (0.55, 0.5), (0.62 + right, 0.9),
                               (0.54 + right, 0.98), (0.5, notch),
                               (0.46 - left, 0.98), (0.38 - left, 0.9))))  # fmt: skip
    _neck(c, d, p, 0.56)
    for number in range(1 + int(d.shape[5] * 1.99)):
        c.part(rounded(0.44, 0.59 + 0.07 * number, 0.56, 0.63 + 0.07 * number, 0.01), DARK)
    _strings(c, notch - 0.04)
    c.mark(d.mark, 0.5 - 0.68 * left, 0.84, 0.14)


register("guitar", (guitar_acoustic, guitar_single, guitar_double, guitar_vee), "flat", "gloss")
