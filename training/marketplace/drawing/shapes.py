"""Outlines in unit coordinates, as `(n, 2)` arrays with y pointing down.

Every function here is pure geometry: it returns a closed outline (or an open path where it says
so) and knows nothing of pixels, poses or colours.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
PathLike = Points | Sequence[tuple[float, float]] | Sequence[Points]

_CIRCLE = {
    n: np.column_stack(
        (
            np.cos(np.linspace(0, 2 * np.pi, n + 1)[:-1]),
            np.sin(np.linspace(0, 2 * np.pi, n + 1)[:-1]),
        )
    )
    for n in (16, 28, 40)
}
_CORNER = np.column_stack(
    (np.cos(np.linspace(0, np.pi / 2, 6)), np.sin(np.linspace(0, np.pi / 2, 6)))
)
_TURNS = np.concatenate((_CORNER, _CORNER[::-1] * (-1, 1), -_CORNER, _CORNER[::-1] * (1, -1)))


def mix(low: float, high: float, share: float) -> float:
    """Returns the value `share` of the way from `low` to `high`."""
    return low + (high - low) * share


def path(points: PathLike) -> Points:
    """Returns `points` as an array."""
    return np.asarray(points, dtype=np.float64)


def rect(x0: float, y0: float, x1: float, y1: float) -> Points:
    """Returns an upright rectangle."""
    return np.array(((x0, y0), (x1, y0), (x1, y1), (x0, y1)))


def rounded(x0: float, y0: float, x1: float, y1: float, radius: float) -> Points:
    """Returns an upright rectangle with round corners; the radius is cut to what fits."""
    r = max(0.0, min(radius, (x1 - x0) / 2, (y1 - y0) / 2))
    centres = np.array(((x1 - r, y1 - r), (x0 + r, y1 - r), (x0 + r, y0 + r), (x1 - r, y0 + r)))
    return np.repeat(centres, 6, axis=0) + r * _TURNS


def ellipse(x: float, y: float, rx: float, ry: float | None = None) -> Points:
    """Returns an ellipse, or a circle where `ry` is left out."""
    largest = max(rx, ry or rx)
    count = 16 if largest < 0.04 else 28 if largest < 0.15 else 40
    return _CIRCLE[count] * (rx, rx if ry is None else ry) + (x, y)


def arc(x: float, y: float, rx: float, ry: float, start: float, end: float) -> Points:
    """Returns an open arc from `start` to `end` degrees, clockwise from the right."""
    turn = np.radians(np.linspace(start, end, 20))
    return np.column_stack((x + rx * np.cos(turn), y + ry * np.sin(turn)))


def _spline(p0: Points, p1: Points, p2: Points, p3: Points, steps: int) -> Points:
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    a, b, c, d = (p[:, None, :] for p in (p0, p1, p2, p3))
    bent = 2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    flat: Points = (bent / 2).reshape(-1, 2)
    return flat


def smooth(points: PathLike, steps: int = 6) -> Points:
    """Returns the closed Catmull-Rom curve through `points`."""
    p = path(points)
    return _spline(np.roll(p, 1, 0), p, np.roll(p, -1, 0), np.roll(p, -2, 0), steps)


def curve(points: PathLike, steps: int = 6) -> Points:
    """Returns the open Catmull-Rom curve through `points`."""
    p = path(points)
    full = np.concatenate((p[:1], p, p[-1:]))
    return np.concatenate((_spline(full[:-3], full[1:-2], full[2:-1], full[3:], steps), p[-1:]))


def mirrored(half: PathLike, axis: float = 0.5) -> Points:
    """Returns the closed outline made of `half` and its mirror image about a vertical axis."""
    right = path(half)
    return np.concatenate((right, (right * (-1, 1) + (2 * axis, 0))[::-1]))


def stroke(points: PathLike, width: float, taper: float = 1.0) -> Points:
    """Returns the outline of an open path drawn with a pen whose end is `taper` as wide."""
    p = path(points)
    step = np.diff(p, axis=0)
    step /= np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-9)[:, None]
    ahead, behind = np.concatenate((step, step[-1:])), np.concatenate((step[:1], step))
    along = ahead + behind
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 0.7)[:, None]
    normal = np.column_stack((-along[:, 1], along[:, 0])) / length
    normal *= 2 / length
    reach = normal * (np.linspace(1, taper, len(p)) * width / 2)[:, None]
    return np.concatenate((p + reach, (p - reach)[::-1]))


def bar(x0: float, y0: float, x1: float, y1: float, width: float, taper: float = 1.0) -> Points:
    """Returns a straight bar between two points."""
    return stroke(((x0, y0), (x1, y1)), width, taper)


def star(x: float, y: float, outer: float, inner: float, tips: int) -> Points:
    """Returns a star that points up."""
    turn = np.arange(2 * tips) * np.pi / tips - np.pi / 2
    reach = np.where(np.arange(2 * tips) % 2 == 0, outer, inner)
    return np.column_stack((x + reach * np.cos(turn), y + reach * np.sin(turn)))


def regular(x: float, y: float, radius: float, sides: int) -> Points:
    """Returns a regular polygon with a corner at the top."""
    turn = np.arange(sides) * 2 * np.pi / sides - np.pi / 2
    return np.column_stack((x + radius * np.cos(turn), y + radius * np.sin(turn)))


def shifted(points: PathLike, x: float, y: float) -> Points:
    """Returns `points` moved by a step."""
    moved: Points = path(points) + np.array((x, y))
    return moved


def turned(points: Points, degrees: float, x: float = 0.5, y: float = 0.5) -> Points:
    """Returns `points` turned clockwise about a centre."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turned_points: Points = (points - (x, y)) @ np.array(((c, s), (-s, c))) + (x, y)
    return turned_points


def bounds(points: Points) -> tuple[float, float, float, float]:
    """Returns the upright box around `points`."""
    low, high = points.min(0), points.max(0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])
