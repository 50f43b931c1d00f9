"""The drawing of desk fans, seen from the front.

One rule: the blades are the body, behind a cage in the accent.
"""

import numpy as np

from .canvas import Canvas
from .design import Design
from .palette import STEEL, Paint
from .registry import register
from .shapes import (
    arc,
    bar,
    ellipse,
    mix,
    rounded,
    stroke,
    turned,
)


def desk_fan(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: cage size, blade count, blade width, stem, foot, hub."""
    radius, y = mix(0.28, 0.36, d.shape[0]), 0.4
    c.body(bar(0.5, y, 0.5, 0.88, mix(0.06, 0.12, d.shape[3])), -0.12)
    foot = mix(0.18, 0.3, d.shape[4])
    shape = (
        ellipse(0.5, 0.9, foot, 0.055)
        if d.silhouette % 2
        else rounded(0.5 - foot, 0.84, 0.5 + foot, 0.95, 0.03)
    )
    c.body(shape)
    c.part(ellipse(0.5, y, radius), (222, 228, 232))
    blades = 3 + int(d.shape[1] * 2.99)
    blade = ellipse(0.5, y - 0.5 * radius, mix(0.3, 0.44, d.shape[2]) * radius, 0.44 * radius)
    for number in range(blades):
        c.body(turned(blade, 360 * number / blades + 20, 0.5, y))
    for ring in (1.0, 0.72, 0.44) if d.silhouette < 2 else (1.0,):
        c.part(
            stroke(arc(0.5, y, ring * radius, ring * radius, 0, 360), 0.022), p.accent, edge=False
        )
    for spoke in range(0, 360, 30):
        c.line(
            turned(np.array(((0.5, y - 0.2 * radius), (0.5, y - radius))), spoke, 0.5, y),
            STEEL,
            0.008,
        )
    c.part(ellipse(0.5, y, mix(0.08, 0.12, d.shape[5])), p.accent)
    c.mark(d.mark, 0.5, y, 0.14)


register("desk_fan", (desk_fan, desk_fan, desk_fan, desk_fan), "standing", "satin")
