"""Drawings of allowed goods that resemble prohibited ones: a water pistol, a kitchen knife.

One rule: what tells them apart is large: the water tank, the broad bright blade.
"""

import numpy as np

from .canvas import Canvas
from .design import Design
from .palette import STEEL, Paint
from .registry import register
from .shapes import (
    arc,
    curve,
    ellipse,
    mix,
    path,
    rect,
    rounded,
    smooth,
    stroke,
)


def water_pistol(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: tank size, tank place, nozzle, grip, trigger, rings."""
    tank, x = mix(0.13, 0.19, d.shape[0]), mix(0.5, 0.7, d.shape[1])
    water = ellipse(x, 0.26, tank * 1.2, tank)
    c.part(water, (150, 214, 240))
    c.inlay(water, [rect(0, 0.26, 1, 1)], (84, 176, 226))
    c.part(rounded(x - 0.06, 0.26 - tank - 0.05, x + 0.06, 0.28 - tank, 0.02), p.accent)
    c.part(stroke(arc(0.57, 0.6, 0.11, 0.14, 0, 180), 0.05), p.accent)
    grip = smooth(((0.64, 0.54), (0.86, 0.54), (0.92, 0.86), (0.8, 0.93), (0.7, 0.86)))
    c.body(grip, -0.1)
    nose = mix(0.14, 0.07, d.shape[2])
    c.part(rounded(nose - 0.05, 0.42, nose + 0.08, 0.52, 0.03), p.accent)
    hull = smooth(((nose + 0.04, 0.4), (0.4, 0.37), (0.75, 0.34), (0.93, 0.42), (0.92, 0.56),
                   (0.7, 0.62),
                   (0.4, 0.6), (nose + 0.04, 0.55)))  # fmt: skip
    c.body(hull)
    c.motif(hull, d.motif, p.accent)
    for ring in range(1 + int(d.shape[5] * 2.99)):
        rx = nose + 0.1 + 0.07 * ring
        c.part(rounded(rx, 0.37, rx + 0.03, 0.59, 0.015), p.accent)
    c.mark(d.mark, 0.68, 0.48, 0.16)


def kitchen_knife(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: blade length, blade depth, belly, handle length, rivets, dimples."""
    tip, deep = mix(0.12, 0.02, d.shape[0]), mix(0.14, 0.22, d.shape[1])
    blade = np.concatenate((
        path(((0.6, 0.4), (0.6, 0.4 + deep))),
        curve(((0.56, 0.4 + deep), (mix(0.3, 0.2, d.shape[2]), 0.38 + 0.85 * deep), (tip, 0.41))),
    ))  # fmt: skip
    c.part(blade, (222, 226, 230))
    c.light(blade, 0.6, "top")
    for dimple in range(int(d.shape[5] * 5.99)):
        c.part(
            ellipse(0.52 - 0.06 * dimple, 0.38 + 0.45 * deep, 0.014, 0.03),
            (196, 202, 208),
            edge=False,
        )
    c.part(rounded(0.57, 0.385, 0.63, 0.5, 0.01), STEEL)
    end = mix(0.9, 0.98, d.shape[3])
    handle = smooth(((0.62, 0.38), (0.8, 0.385), (end, 0.38), (end + 0.01, 0.52),
                     (end - 0.05, 0.55),
                     (0.78, 0.51), (0.62, 0.52)))  # fmt: skip
    c.body(handle)
    for rivet in range(2 + int(d.shape[4] * 1.99)):
        c.part(ellipse(0.83 + 0.05 * rivet, 0.45, 0.014), p.accent)
    c.mark(d.mark, 0.72, 0.45, 0.12)


register("water_pistol", (water_pistol,) * 4, "flat", "gloss")
register("kitchen_knife", (kitchen_knife,) * 4, "flat", "grain")
