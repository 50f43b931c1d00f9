"""The forty brand marks: twenty glyphs, each on two kinds of badge, in colours of their own.

One rule: a mark carries its own ground and rim, so that it reads on a body of any colour.
"""

from functools import lru_cache

import numpy as np

from .palette import PALE, RGB
from .shapes import (
    Points,
    arc,
    bar,
    ellipse,
    path,
    rect,
    regular,
    rounded,
    shifted,
    smooth,
    star,
    stroke,
)

Figure = tuple[Points, RGB]

_INKS: tuple[RGB, ...] = (
    (196, 30, 44), (24, 84, 176), (18, 122, 74), (30, 30, 36), (216, 96, 12),
    (112, 44, 150), (0, 122, 140), (176, 32, 112), (96, 60, 24), (54, 66, 120),
)  # fmt: skip


@lru_cache(maxsize=64)
def badge(index: int) -> tuple[Figure, ...]:
    """Returns the outlines of a mark with their colours, back to front, within [-1, 1]."""
    glyph, framed = index % 20, index >= 20
    ink = _INKS[(index * 3 + index // 20 * 4) % len(_INKS)]
    ground, figure = (ink, PALE) if framed else (PALE, ink)
    rim = PALE if framed else ink
    outer, inner = (_frame(radius, framed) for radius in (1.0, 0.88))
    solid, holes = _glyphs()[glyph]
    return (
        (outer, rim),
        (inner, ground),
        *((outline, figure) for outline in solid),
        *((outline, ground) for outline in holes),
    )


def _frame(radius: float, square: bool) -> Points:
    if square:
        return rounded(-radius, -radius, radius, radius, 0.3 * radius)
    return ellipse(0, 0, radius)


@lru_cache(maxsize=1)
def _glyphs() -> tuple[tuple[tuple[Points, ...], tuple[Points, ...]], ...]:
    wave = np.column_stack((np.linspace(-0.66, 0.66, 15), 0.2 * np.sin(np.linspace(0, 9.4, 15))))
    return (
        ((ellipse(0, 0, 0.62),), (ellipse(0, 0, 0.34),)),  # ring
        ((path(((0, -0.66), (0.64, 0.5), (-0.64, 0.5))),), ()),  # triangle
        ((path(((0.16, -0.72), (-0.5, 0.14), (-0.06, 0.14), (-0.18, 0.72), (0.5, -0.16),
                (0.06, -0.16))),), ()),  # bolt
        ((stroke(shifted(wave, 0, -0.26), 0.22),
          stroke(shifted(wave, 0, 0.26), 0.22)), ()),  # waves
        ((star(0, 0.03, 0.72, 0.3, 5),), ()),  # star
        ((rect(-0.56, 0.0, -0.24, 0.56), rect(-0.16, -0.28, 0.16, 0.56),
          rect(0.24, -0.56, 0.56, 0.56)), ()),  # bars
        ((smooth(((0.5, -0.56), (0.42, 0.24), (-0.3, 0.44), (-0.42, -0.1))),
          bar(-0.6, 0.62, -0.2, 0.2, 0.16)), ()),  # leaf
        ((rect(-0.19, -0.62, 0.19, 0.62), rect(-0.62, -0.19, 0.62, 0.19)), ()),  # cross
        ((path(((0, -0.7), (0.5, 0), (0, 0.7), (-0.5, 0))),), ()),  # lozenge
        ((ellipse(0, 0, 0.62),), (ellipse(0.28, -0.12, 0.5),)),  # crescent
        ((path(((0, -0.66), (0.6, 0), (0.22, 0), (0.22, 0.62), (-0.22, 0.62), (-0.22, 0),
                (-0.6, 0))),), ()),  # arrow
        ((smooth(((0, 0.66), (-0.62, 0.0), (-0.5, -0.46), (-0.14, -0.5), (0, -0.3),
                  (0.14, -0.5), (0.5, -0.46), (0.62, 0.0))),), ()),  # heart
        ((regular(0, 0, 0.68, 6),), (regular(0, 0, 0.36, 6),)),  # nut
        ((smooth(((0, -0.74), (0.24, -0.16), (0.46, 0.24), (0.0, 0.64), (-0.46, 0.24),
                  (-0.24, -0.16))),), ()),  # drop
        ((path(((-0.62, 0.5), (-0.62, -0.42), (-0.28, 0.0), (0, -0.56), (0.28, 0.0),
                (0.62, -0.42), (0.62, 0.5))),), ()),  # crown
        ((path(((-0.52, -0.62), (0.52, -0.62), (-0.52, 0.62), (0.52, 0.62))),), ()),  # hourglass
        ((path(((0, -0.72), (0.38, -0.2), (-0.38, -0.2))), path(((0, -0.36), (0.54, 0.32),
                (-0.54, 0.32))), rect(-0.12, 0.3, 0.12, 0.66)), ()),  # pine
        ((smooth(((-0.7, 0), (0, -0.42), (0.7, 0), (0, 0.42))),), (ellipse(0, 0, 0.24),)),  # eye
        ((stroke(((-0.5, -0.06), (0, -0.5), (0.5, -0.06)), 0.24),
          stroke(((-0.5, 0.46), (0, 0.02), (0.5, 0.46)), 0.24)), ()),  # chevrons
        ((np.concatenate((arc(0, 0.3, 0.68, 0.8, 180, 360), path(((0.0, 0.3),)))),
          rect(-0.68, 0.38, 0.68, 0.58)), ()),  # sunrise
    )  # fmt: skip
