"""The drawing of umbrellas, open and seen from the side.

One rule: the canopy is the body, with a scalloped hem.
"""

from .canvas import Canvas
from .design import Design
from .palette import DARK, STEEL, Paint
from .registry import register
from .shapes import arc, bar, curve, mix, path, rounded, stroke


def umbrella(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: span, rise, scallops, handle bend, shaft, trim; odd: a straight grip."""
    span, rise = mix(0.38, 0.47, d.shape[0]), mix(0.34, 0.46, d.shape[1])
    c.part(bar(0.5, 0.06, 0.5, 0.86, mix(0.02, 0.035, d.shape[4])), STEEL)
    if d.silhouette % 2:
        c.part(rounded(0.46, 0.72, 0.54, 0.95, 0.03), p.accent)
    else:
        reach = mix(0.05, 0.09, d.shape[3])
        c.part(stroke(arc(0.5 + reach, 0.84, reach, 0.09, 180, 0), 0.04), p.accent)
    low = 0.1 + rise
    canopy = arc(0.5, low, span, rise, 180, 360)
    lobes = 3 + d.silhouette + int(d.shape[2] * 1.99)
    hem = [
        arc(0.5 + span - span * (2 * i + 1) / lobes, low, span / lobes, 0.05, 0, -180)
        for i in range(lobes)
    ]
    outline = path([tuple(point) for part in (canopy, *hem) for point in part])
    c.body(outline)
    c.motif(outline, d.motif, p.accent)
    for i in range(1, lobes):
        x = 0.5 - span + 2 * span * i / lobes
        c.seam(curve(((0.5, 0.1), (mix(0.5, x, 0.75), 0.1 + 0.45 * rise), (x, low))), 0.35)
    if d.shape[5] > 0.5:
        c.part(stroke(canopy, 0.03), p.accent, edge=False)
    c.part(bar(0.5, 0.04, 0.5, 0.11, 0.022), DARK)
    c.mark(d.mark, 0.5, 0.1 + 0.62 * rise, 0.16)


register("umbrella", (umbrella, umbrella, umbrella, umbrella), "flat", "weave")
