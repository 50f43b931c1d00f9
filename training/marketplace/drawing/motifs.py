"""The eight large graphics of models, as figures that fill part of a box.

One rule: no graphic covers more than three tenths of its region, so that the body's colour
prevails.
"""

from . import shapes
from .shapes import Points

Extent = tuple[float, float, float, float]


def figures_of(index: int, extent: Extent) -> list[Points]:
    """Returns the figures of a graphic that fill their part of a box.

    The graphics are, from 0: none, one stripe, two stripes, colour block, dots, chevron,
    diagonal band, circle.
    """
    x0, y0, x1, y1 = extent
    wide, tall = x1 - x0, y1 - y0
    unit = [figure * (wide, tall) + (x0, y0) for figure in _UNIT[index]]
    if index == 4:
        radius = 0.105 * (wide * tall) ** 0.5
        middles = (figure.mean(0) for figure in unit)
        return [shapes.ellipse(float(x), float(y), radius) for x, y in middles]
    if index == 7:
        return [shapes.ellipse((x0 + x1) / 2, y0 + 0.5 * tall, 0.3 * min(wide, tall))]
    return unit


_UNIT: tuple[tuple[Points, ...], ...] = (
    (),
    (shapes.rect(0, 0.42, 1, 0.62),),
    (shapes.rect(0, 0.27, 1, 0.385), shapes.rect(0, 0.58, 1, 0.695)),
    (shapes.rect(0, 0.74, 1, 1),),
    tuple(
        shapes.rect(x - 0.05, y - 0.05, x + 0.05, y + 0.05)
        for x, y in ((0.2, 0.2), (0.8, 0.2), (0.5, 0.5), (0.2, 0.8), (0.8, 0.8))
    ),
    (shapes.path(((0, 0.34), (0.5, 0.68), (1, 0.34), (1, 0.55), (0.5, 0.89), (0, 0.55))),),
    (shapes.path(((0, 0.8), (0.8, 0), (1, 0), (1, 0.06), (0.06, 1), (0, 1))),),
    (),
)
