"""The flaws of a used item, drawn on its body: scratches, stains, cracks and scuffs.

One rule: where a flaw sits is fixed by its own seed in the item's coordinates, so that two
photographs of one item show the same flaw in the same place.
"""

import numpy as np

from .canvas import SKIN_FROM, Canvas
from .design import Wear, stable_rng
from .palette import DARK, RGB, brightness
from .shapes import Points, bounds, ellipse, mix, rect, regular, smooth, stroke

_PALE: RGB = (236, 230, 218)


def apply(canvas: Canvas, wear: Wear) -> Points:
    """Draws one flaw and returns the corners of its box in unit coordinates."""
    rng = stable_rng("wear", wear.kind, wear.seed)
    reach = mix(0.075, 0.15, wear.severity)
    spot = _spot(canvas, rng, reach)
    draw = {"scratch": _scratch, "stain": _stain, "crack": _crack, "scuff": _scuff}[wear.kind]
    figures = draw(canvas, rng, spot, reach, round(mix(120, 235, wear.severity)))
    x0, y0, x1, y1 = bounds(np.concatenate(figures))
    return rect(x0, y0, x1, y1)


def _spot(canvas: Canvas, rng: np.random.Generator, reach: float) -> Points:
    """Returns the first place drawn by lot that has the most body around it."""
    spots = rng.uniform(0.08, 0.92, (160, 2))
    ring = np.concatenate(
        (ellipse(0, 0, 0.8 * reach)[::4], ellipse(0, 0, 0.45 * reach)[::4], [(0, 0)])
    )
    alpha = np.asarray(canvas.layer.getchannel("A"))
    around = canvas.pose((spots[:, None] + ring).reshape(-1, 2)).round().astype(int)
    inside = np.logical_and(around.min(1) >= 0, around.max(1) < canvas.layer.width)
    held = np.where(inside[:, None], around, 0)
    body = np.where(inside, alpha[held[:, 1], held[:, 0]] >= SKIN_FROM, False)
    best: Points = spots[int(body.reshape(len(spots), -1).sum(1).argmax())]
    return best


def _against(canvas: Canvas, dark: RGB) -> RGB:
    return dark if brightness(canvas.colour) > 84 else _PALE


def _scratch(
    canvas: Canvas, rng: np.random.Generator, spot: Points, reach: float, ink: int
) -> list[Points]:
    heading = rng.uniform(0, np.pi)
    figures = []
    for _ in range(int(rng.integers(3, 6))):
        turn = heading + rng.normal(0, 0.12)
        along = np.array((np.cos(turn), np.sin(turn))) * reach * rng.uniform(0.55, 1.0)
        middle = spot + rng.normal(0, 0.26 * reach, 2)
        bend = middle + rng.normal(0, 0.05 * reach, 2)
        line = np.array((middle - along, bend, middle + along))
        canvas.overlay([stroke(line + 0.004, 0.009, 0.2)], DARK, ink)
        figures.append(stroke(line, 0.008, 0.2))
        canvas.overlay(figures[-1:], _against(canvas, _PALE), ink)
    return figures


def _stain(
    canvas: Canvas, rng: np.random.Generator, spot: Points, reach: float, ink: int
) -> list[Points]:
    colour = _against(canvas, ((92, 66, 30), (66, 58, 50), (120, 88, 20))[rng.integers(3)])
    rim = regular(0, 0, 0.82 * reach, 10) * rng.uniform(0.62, 1.15, (10, 1))
    outer = smooth(spot + rim)
    canvas.overlay([outer], colour, round(0.62 * ink))
    canvas.overlay([smooth(spot + 0.8 * rim)], canvas.colour, round(0.3 * ink))
    drops = [spot + rng.normal(0, 0.75 * reach, 2) + ellipse(0, 0, 0.12 * reach) for _ in range(3)]
    canvas.overlay(drops, colour, round(0.6 * ink))
    return [outer, *drops]


def _crack(
    canvas: Canvas, rng: np.random.Generator, spot: Points, reach: float, ink: int
) -> list[Points]:
    figures = []
    for arm in range(int(rng.integers(4, 7))):
        turn = arm * 1.15 + rng.uniform(0, 0.7)
        line = [spot]
        for _ in range(4):
            turn += rng.normal(0, 0.42)
            stride = reach * rng.uniform(0.16, 0.34)
            line.append(line[-1] + stride * np.array((np.cos(turn), np.sin(turn))))
        figures.append(stroke(np.array(line), 0.012, 0.15))
    canvas.overlay([figure + 0.005 for figure in figures], _PALE, round(0.7 * ink))
    canvas.overlay(figures, _against(canvas, (22, 20, 22)), ink)
    return figures


def _scuff(
    canvas: Canvas, rng: np.random.Generator, spot: Points, reach: float, ink: int
) -> list[Points]:
    worn = (206, 198, 184) if brightness(canvas.colour) < 170 else (112, 104, 96)
    figures = [smooth(spot + regular(0, 0, 0.6 * reach, 10) * rng.uniform(0.5, 1.05, (10, 1)))]
    canvas.overlay(figures, worn, round(0.36 * ink))
    heading = rng.uniform(0, np.pi)
    along = np.array((np.cos(heading), np.sin(heading))) * reach
    for _ in range(16):
        middle = spot + rng.normal(0, 0.36 * reach, 2)
        half = along * rng.uniform(0.1, 0.42)
        figures.append(stroke((middle - half, middle + half), 0.011, 0.4))
    canvas.overlay(figures[1:], worn, round(0.8 * ink))
    return figures
