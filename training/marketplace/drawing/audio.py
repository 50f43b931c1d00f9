"""Drawings of headphones, laid flat with their cups turned outwards.

One rule: the mark sits on the right cup, or on the case where there are no cups.
"""

from .canvas import Canvas
from .design import Design
from .palette import DARK, RUBBER, Paint
from .registry import register
from .shapes import arc, bar, curve, ellipse, mix, path, rect, rounded, shifted, stroke


def _band(c: Canvas, p: Paint, half: float, top: float, thick: float, y: float) -> None:
    hoop = arc(0.5, y, half, y - top, 180, 360)
    c.body(stroke(hoop, thick))
    c.part(stroke(arc(0.5, y, half, y - top, 235, 305), 1.15 * thick), p.accent)


def headphones_round(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: cup size, cup height, band width, band rise, cushion, yoke."""
    size, tall = mix(0.17, 0.215, d.shape[0]), mix(0.9, 1.3, d.shape[1])
    half, y = 0.47 - size * 0.9, 0.66
    _band(c, p, half, mix(0.2, 0.05, d.shape[3]), mix(0.05, 0.095, d.shape[2]), y - 0.1)
    for side in (-1, 1):
        x = 0.5 + side * half
        c.part(bar(x, y - 0.2, x, y - 0.05, mix(0.03, 0.09, d.shape[5])), p.accent)
        c.part(ellipse(x - side * mix(0.03, 0.07, d.shape[4]), y, size, size * tall), RUBBER)
        cup = ellipse(x, y, size, size * tall)
        c.body(cup)
        c.motif(cup, d.motif, p.accent)
        c.shade(cup, 0.2)
    c.mark(d.mark, 0.5 + half, y, 0.16)


def headphones_light(c: Canvas, d: Design, p: Paint) -> None:
    """On the ear, with a thin band. Shape: cup size, cup width, band, rise, cushion, wire."""
    size, half, y = mix(0.13, 0.17, d.shape[0]), mix(0.26, 0.36, d.shape[1]), 0.74
    hoop = arc(0.5, 0.6, half, mix(0.4, 0.52, d.shape[3]), 180, 360)
    c.body(stroke(hoop, mix(0.075, 0.12, d.shape[2])))
    c.part(stroke(shifted(hoop[6:14], 0, 0.02), 0.05), p.accent)
    if d.shape[5] > 0.45:
        c.part(
            stroke(
                curve(((0.5 - half, y), (0.5 - half / 2, 0.98), (0.5, 0.86), (0.55, 0.98))), 0.024
            ),
            DARK,
        )
    for side in (-1, 1):
        x = 0.5 + side * half
        c.part(
            rounded(x - size * 0.75, y - 1.05 * size, x + size * 0.75, y + 1.05 * size, 0.08),
            RUBBER,
        )
        cup = rounded(x - size, y - size, x + size, y + size, mix(0.04, 0.16, d.shape[4]))
        c.body(cup)
        c.motif(cup, d.motif, p.accent)
    c.mark(d.mark, 0.5 + half, y, 0.15)


def headphones_buds(c: Canvas, d: Design, p: Paint) -> None:
    """Two buds over their case. Shape: case width, case height, corners, bud size, stem, lid."""
    half, tall = mix(0.26, 0.4, d.shape[0]), mix(0.32, 0.44, d.shape[1])
    top = 0.94 - tall
    bud, stem = mix(0.085, 0.12, d.shape[3]), mix(0.08, 0.22, d.shape[4])
    for side in (-1, 1):
        x = 0.5 + side * 0.2
        c.body(bar(x + side * 0.03, 0.18, x + side * 0.04, 0.2 + stem, 0.075), -0.1)
        c.body(ellipse(x, 0.18, bud, 0.9 * bud))
        c.part(ellipse(x - side * 0.8 * bud, 0.2, 0.55 * bud, 0.5 * bud), p.accent)
    case = rounded(0.5 - half, top, 0.5 + half, 0.94, mix(0.06, 0.22, d.shape[2]))
    c.body(case)
    c.motif(case, d.motif, p.accent)
    lid = top + tall * mix(0.2, 0.42, d.shape[5])
    c.inlay(case, [rect(0, lid, 1, lid + 0.018)], DARK)
    c.mark(d.mark, 0.5, top + 0.68 * tall, 0.15)


def headphones_gaming(c: Canvas, d: Design, p: Paint) -> None:
    """With a microphone. Shape: cup width, cup height, band, arm reach, cushion, ears."""
    wide, tall = mix(0.13, 0.19, d.shape[0]), mix(0.16, 0.23, d.shape[1])
    half, y = 0.46 - wide, 0.6
    _band(c, p, half, 0.1, mix(0.06, 0.12, d.shape[2]), y - 0.1)
    reach = mix(0.12, 0.3, d.shape[3])
    c.part(
        stroke(
            curve(((0.5 - half, y + tall), (0.52 - half, 0.92), (0.5 - half + reach, 0.94))), 0.035
        ),
        DARK,
    )
    c.part(rounded(0.5 - half + reach, 0.9, 0.6 - half + reach, 0.98, 0.04), p.accent)
    for side in (-1, 1):
        x = 0.5 + side * half
        if d.shape[5] > 0.55:
            c.body(path(((x - 0.08, 0.24), (x + side * 0.05, 0.03), (x + 0.08, 0.3))))
        c.part(
            rounded(
                x - side * mix(0.02, 0.08, d.shape[4]) - wide, y - tall, x + wide, y + tall, 0.06
            ),
            RUBBER,
        )
        cup = path(((x - wide, y - 0.6 * tall), (x - 0.6 * wide, y - tall),
                    (x + 0.6 * wide, y - tall),
                    (x + wide, y - 0.6 * tall), (x + wide, y + 0.6 * tall),
                    (x + 0.6 * wide, y + tall),
                    (x - 0.6 * wide, y + tall), (x - wide, y + 0.6 * tall)))  # fmt: skip
        c.body(cup)
        c.motif(cup, d.motif, p.accent)
    c.mark(d.mark, 0.5 + half, y, 0.16)


register("headphones", (headphones_round, headphones_light, headphones_buds, headphones_gaming))
