"""Drawings of what furnishes a room: lamps and chairs.

One rule: legs and stems are thick enough to carry the body's colour at a small size.
"""

import numpy as np

from .canvas import Canvas
from .design import Design
from .palette import DARK, STEEL, Paint, tone
from .registry import register
from .shapes import (
    arc,
    bar,
    curve,
    ellipse,
    mirrored,
    mix,
    path,
    rect,
    rounded,
    shifted,
    stroke,
    turned,
)

_GLOW = (255, 240, 196)


def _foot(c: Canvas, p: Paint, x: float, half: float, tall: float) -> None:
    c.body(rounded(x - half, 0.95 - tall, x + half, 0.95, tall / 2), -0.15)


def lamp_shade(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: shade top, shade bottom, shade height, stem belly, foot, trim."""
    top, low, tall = (
        mix(0.12, 0.26, d.shape[0]),
        mix(0.32, 0.43, d.shape[1]),
        mix(0.38, 0.5, d.shape[2]),
    )
    foot = mix(0.14, 0.25, d.shape[4])
    belly = mix(0.03, 0.12, d.shape[3])
    c.part(
        mirrored(curve(((0.53, tall), (0.5 + belly, tall + 0.5 * (0.9 - tall)), (0.535, 0.9)))),
        p.accent,
    )
    _foot(c, p, 0.5, foot, 0.07)
    shade = path(
        ((0.5 - top, 0.07), (0.5 + top, 0.07), (0.5 + low, 0.07 + tall), (0.5 - low, 0.07 + tall))
    )
    c.body(shade)
    c.motif(shade, d.motif, p.accent)
    c.light(shade, 0.25, "bottom")
    trim = mix(0.0, 0.07, d.shape[5])
    c.inlay(shade, [rect(0, 0.07 + tall - trim, 1, 0.07 + tall)], tone(p.accent, -0.2))
    c.mark(d.mark, 0.5, 0.09 + 0.5 * tall, 0.16)


def lamp_desk(c: Canvas, d: Design, p: Paint) -> None:
    """A jointed arm. Shape: foot, lower arm, upper arm, head size, head turn, joints."""
    foot, low = mix(0.17, 0.27, d.shape[0]), mix(0.24, 0.4, d.shape[1])
    x, y = 0.3 - 0.08 * d.shape[1], 0.88 - low
    head_x, head_y = mix(0.52, 0.64, d.shape[2]), mix(0.2, 0.32, d.shape[5])
    c.body(bar(0.36, 0.88, x, y, 0.075))
    c.body(bar(x, y, head_x, head_y, 0.07))
    for joint in ((x, y), (0.36, 0.87), (head_x - 0.03, head_y)):
        c.part(ellipse(*joint, 0.055), p.accent)
    size, turn = mix(0.2, 0.3, d.shape[3]), mix(-55, -15, d.shape[4])
    cone = shifted(
        ((-0.09, -0.14), (0.09, -0.14), (size, 0.24), (-size, 0.24)), head_x + 0.08, head_y + 0.08
    )
    bulb = ellipse(head_x + 0.08, head_y + 0.32, 0.6 * size, 0.06)
    c.part(turned(bulb, turn, head_x, head_y), _GLOW)
    shade = turned(cone, turn, head_x, head_y)
    c.body(shade)
    c.motif(shade, d.motif, p.accent)
    middle = turned(np.array(((head_x + 0.08, head_y + 0.16),)), turn, head_x, head_y)[0]
    c.body(rounded(0.36 - foot, 0.87, 0.36 + foot, 0.95, 0.03), -0.1)
    c.mark(d.mark, float(middle[0]), float(middle[1]), 0.15)


def lamp_globe(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: globe size, flatness, neck, foot width, foot height, rings."""
    radius, flat = mix(0.24, 0.34, d.shape[0]), mix(0.84, 1.0, d.shape[1])
    y, foot, tall = 0.1 + radius * flat, mix(0.16, 0.3, d.shape[3]), mix(0.08, 0.24, d.shape[4])
    base = path(((0.5 - 0.1, y), (0.5 + 0.1, y), (0.5 + foot, 0.95), (0.5 - foot, 0.95)))
    c.part(base, p.accent)
    c.body(rounded(0.46 - foot, 0.95 - tall, 0.54 + foot, 0.95, 0.03), -0.1)
    c.part(
        rounded(
            0.36,
            y + radius * flat - 0.03,
            0.64,
            y + radius * flat + mix(0.02, 0.08, d.shape[2]),
            0.02,
        ),
        STEEL,
    )
    globe = ellipse(0.5, y, radius, radius * flat)
    c.body(globe, 0.12)
    c.motif(globe, d.motif, p.accent)
    for ring in range(int(d.shape[5] * 3.99)):
        c.part(
            stroke(arc(0.5, y, radius * (1 - 0.27 * ring), radius * flat, 60, 120), 0.016),
            p.accent,
            edge=False,
        )
    c.light(globe, 0.3, "top")
    c.mark(d.mark, 0.5, y, 0.16)


def lamp_tripod(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: shade width, shade height, spread, leg width, brace height, trim."""
    half, tall = mix(0.2, 0.33, d.shape[0]), mix(0.3, 0.44, d.shape[1])
    spread = mix(0.16, 0.36, d.shape[2])
    width = mix(0.04, 0.065, d.shape[3])
    c.body(bar(0.5, 0.4, 0.5, 0.92, width), -0.3)
    for side in (-1, 1):
        c.body(bar(0.5, 0.38, 0.5 + side * spread, 0.95, width))
    brace = mix(0.6, 0.8, d.shape[4])
    reach = spread * (brace - 0.38) / 0.57
    c.part(bar(0.5 - reach, brace, 0.5 + reach, brace, 0.03), p.accent)
    shade = rounded(0.5 - half, 0.05, 0.5 + half, 0.05 + tall, 0.03)
    c.body(shade)
    c.motif(shade, d.motif, p.accent)
    c.light(shade, 0.25, "bottom")
    trim = mix(0.0, 0.06, d.shape[5])
    for y in (0.05, 0.05 + tall - trim):
        c.inlay(shade, [rect(0, y, 1, y + trim)], tone(p.accent, -0.2))
    c.mark(d.mark, 0.5, 0.05 + tall / 2, 0.16)


register("lamp", (lamp_shade, lamp_desk, lamp_globe, lamp_tripod), "standing", "satin")


def chair_dining(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: back width, back height, slat count, leg width, crown, seat depth."""
    half, top = mix(0.22, 0.31, d.shape[0]), mix(0.2, 0.05, d.shape[1])
    leg, seat = mix(0.05, 0.08, d.shape[3]), 0.58
    for side in (-1, 1):
        c.body(bar(0.5 + side * (half - 0.03), seat, 0.5 + side * (half - 0.05), 0.86, leg), -0.3)
        c.body(bar(0.5 + side * half, top + 0.04, 0.5 + side * half, seat + 0.05, leg))
        c.body(bar(0.5 + side * (half + 0.05), seat + 0.06, 0.5 + side * (half + 0.06), 0.96, leg))
    slats = 2 + int(d.shape[2] * 3.99)
    for slat in range(slats):
        x = mix(0.5 - half, 0.5 + half, (slat + 1) / (slats + 1))
        c.part(bar(x, top + 0.1, x, seat, 0.035), p.accent)
    crown = mix(0.0, 0.09, d.shape[4])
    rail = path(((0.46 - half, top), (0.5, top - crown), (0.54 + half, top),
                 (0.54 + half, top + 0.17),
                 (0.46 - half, top + 0.17)))  # fmt: skip
    c.body(rail)
    deep = mix(0.1, 0.2, d.shape[5])
    cushion = path(
        (
            (0.5 - half, seat),
            (0.5 + half, seat),
            (0.59 + half, seat + deep),
            (0.41 - half, seat + deep),
        )
    )
    c.body(cushion, 0.05)
    c.motif(cushion, d.motif, p.accent)
    c.mark(d.mark, 0.5, top + 0.085, 0.15)


def chair_arm(c: Canvas, d: Design, p: Paint) -> None:
    """Upholstered. Shape: back width, back height, arm width, arm height, crown, feet."""
    half, top = mix(0.24, 0.33, d.shape[0]), mix(0.26, 0.08, d.shape[1])
    arm, rise = mix(0.11, 0.17, d.shape[2]), mix(0.52, 0.4, d.shape[3])
    feet = mix(0.02, 0.1, d.shape[5])
    for x in (0.14, 0.86):
        c.part(bar(x, 0.86, x, 0.9 + feet * 0.6, 0.07, 0.6), p.accent)
    back = rounded(0.5 - half, top, 0.5 + half, 0.75, mix(0.03, 0.24, d.shape[4]))
    c.body(back)
    c.motif(back, d.motif, p.accent)
    c.body(rounded(0.18, 0.58, 0.82, 0.74, 0.05), 0.1)
    c.body(rounded(0.14, 0.7, 0.86, 0.88, 0.03), -0.1)
    for side in (-1, 1):
        x = 0.5 + side * (0.45 - arm / 2)
        c.body(rounded(x - arm / 2, rise, x + arm / 2, 0.89, 0.07), -0.05)
        c.part(ellipse(x, rise + arm / 2, 0.3 * arm), p.accent)
    c.mark(d.mark, 0.5, (top + 0.6) / 2, 0.17)


def chair_office(c: Canvas, d: Design, p: Paint) -> None:
    """Swivelling. Shape: back width, back height, back taper, arms, castors, headrest."""
    half, top = mix(0.2, 0.3, d.shape[0]), mix(0.2, 0.1, d.shape[1])
    c.part(bar(0.5, 0.62, 0.5, 0.88, 0.055), STEEL)
    for x in (0.2, 0.36, 0.64, 0.8):
        c.part(stroke(((0.5, 0.83), (x, 0.9)), 0.045), p.accent)
        c.part(ellipse(x, 0.92, mix(0.03, 0.045, d.shape[4])), DARK)
    if d.shape[5] > 0.5:
        c.body(rounded(0.38, 0.02, 0.62, 0.12, 0.04), -0.1)
        c.part(rect(0.47, 0.11, 0.53, top + 0.02), DARK)
    taper = mix(0.6, 1.0, d.shape[2])
    back = path(
        (
            (0.5 - half, top),
            (0.5 + half, top),
            (0.5 + half * taper, 0.58),
            (0.5 - half * taper, 0.58),
        )
    )
    c.body(back)
    c.motif(back, d.motif, p.accent)
    if d.shape[3] > 0.4:
        rise = mix(0.5, 0.36, d.shape[3])
        for side in (-1, 1):
            c.part(bar(0.5 + side * 0.34, rise, 0.5 + side * 0.31, 0.66, 0.04), p.accent)
            c.part(bar(0.5 + side * 0.36, rise, 0.5 + side * 0.28, rise, 0.055), DARK)
    c.body(rounded(0.18, 0.57, 0.82, 0.71, 0.06), -0.06)
    c.mark(d.mark, 0.5, (top + 0.58) / 2, 0.17)


def chair_shell(c: Canvas, d: Design, p: Paint) -> None:
    """A moulded seat on splayed legs. Shape: width, height, waist, spread, leg width, slot."""
    half, top, waist = (
        mix(0.27, 0.38, d.shape[0]),
        mix(0.2, 0.06, d.shape[1]),
        mix(0.6, 1.0, d.shape[2]),
    )
    spread, leg = mix(0.06, 0.2, d.shape[3]), mix(0.04, 0.06, d.shape[4])
    for side in (-1, 1):
        c.part(
            bar(0.5 + side * 0.12, 0.68, 0.5 + side * (0.08 + spread), 0.88, leg),
            tone(p.accent, -0.35),
        )
        c.part(bar(0.5 + side * 0.2, 0.7, 0.5 + side * (0.24 + spread), 0.96, leg), p.accent)
    shell = mirrored(curve(((0.5, top), (0.5 + 0.8 * half, top + 0.05), (0.5 + half, top + 0.24),
                            (0.5 + half * waist, 0.54), (0.5 + half, 0.62),
                            (0.5 + 0.8 * half, 0.73),
                            (0.5, 0.75))))  # fmt: skip
    c.body(shell)
    c.motif(rounded(0.5 - half, top, 0.5 + half, 0.55, 0.1), d.motif, p.accent)
    seat = ellipse(0.5, 0.64, 0.8 * half, 0.085)
    c.body(seat, 0.12)
    if d.shape[5] > 0.5:
        c.part(rounded(0.4, top + 0.07, 0.6, top + 0.11, 0.02), DARK)
    c.mark(d.mark, 0.5, top + 0.27, 0.17)


register("chair", (chair_dining, chair_arm, chair_office, chair_shell), "standing", "satin")
