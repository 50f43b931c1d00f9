"""Drawings of bags: handbags and backpacks.

One rule: a handbag is wide with a handle above it, a backpack is tall with a pocket in front.
"""

from .canvas import Canvas
from .design import Design
from .palette import DARK, GOLD, STEEL, Paint, tone
from .registry import register
from .shapes import arc, bar, curve, ellipse, mirrored, mix, path, rect, rounded, smooth, stroke


def handbag_tote(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: top width, bottom width, height, handle rise, handle gap, rim."""
    wide, foot, top = (
        mix(0.34, 0.46, d.shape[0]),
        mix(0.26, 0.42, d.shape[1]),
        mix(0.48, 0.34, d.shape[2]),
    )
    gap, rise = mix(0.11, 0.22, d.shape[4]), mix(0.2, 0.34, d.shape[3])
    c.part(stroke(arc(0.5, top + 0.05, gap, rise, 180, 360), 0.036), tone(p.accent, -0.3))
    bag = path(((0.5 - wide, top), (0.5 + wide, top), (0.5 + foot, 0.94), (0.5 - foot, 0.94)))
    c.body(bag)
    c.motif(bag, d.motif, p.accent)
    c.shade(bag, 0.18, "bottom")
    c.inlay(bag, [rect(0, top, 1, top + mix(0.03, 0.1, d.shape[5]))], tone(p.accent, -0.15))
    c.part(stroke(arc(0.5, top + 0.12, gap, rise, 180, 360), 0.042), p.accent)
    c.mark(d.mark, 0.5, 0.68, 0.16)
    c.text(d.brand, 0.5, 0.83, 0.05, p.ink, 0.4)


def handbag_saddle(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: width, height, strap rise, flap depth, clasp, piping."""
    half, tall, top = mix(0.34, 0.45, d.shape[0]), mix(0.38, 0.54, d.shape[1]), 0.4
    c.part(stroke(curve(((0.52 - half, top + 0.06), (0.58 - half, 0.2),
                         (0.5, 0.2 - mix(0, 0.15, d.shape[2])),
                         (0.42 + half, 0.2), (0.48 + half, top + 0.06))), 0.034),
                         p.accent)  # fmt: skip
    pouch = smooth(((0.5 - half, top), (0.5 + half, top), (0.5 + 0.96 * half, top + 0.6 * tall),
                    (0.5, top + tall), (0.5 - 0.96 * half, top + 0.6 * tall)))  # fmt: skip
    c.body(pouch, -0.16)
    c.motif(pouch, d.motif, p.accent)
    deep = tall * mix(0.42, 0.72, d.shape[3])
    flap = smooth(((0.5 - half, top - 0.01), (0.5, top - 0.03), (0.5 + half, top - 0.01),
                   (0.5 + 0.8 * half, top + 0.7 * deep), (0.5, top + deep),
                   (0.5 - 0.8 * half, top + 0.7 * deep)))  # fmt: skip
    c.body(flap)
    if d.shape[5] > 0.5:
        c.part(stroke(flap[13:31], 0.024), p.accent, edge=False)
    c.mark(d.mark, 0.5, top + 0.42 * deep, 0.15)
    c.part(rounded(0.5 - mix(0.03, 0.09, d.shape[4]),
                   top + deep - 0.03, 0.5 + mix(0.03, 0.09, d.shape[4]),
                   top + deep + 0.03, 0.02), GOLD)  # fmt: skip


def handbag_frame(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: top width, height, handle width, strap place, feet, handle thickness."""
    wide, top = mix(0.22, 0.38, d.shape[0]), mix(0.48, 0.36, d.shape[1])
    gap = mix(0.1, 0.2, d.shape[2])
    c.part(stroke(path(((0.5 - gap, top + 0.02), (0.52 - gap, top - 0.2), (0.48 + gap, top - 0.2),
                        (0.5 + gap, top + 0.02))), mix(0.035, 0.07, d.shape[5])),
                        p.accent)  # fmt: skip
    bag = path(
        (
            (0.5 - wide, top),
            (0.5 + wide, top),
            (0.95, 0.88),
            (0.92, 0.93),
            (0.08, 0.93),
            (0.05, 0.88),
        )
    )
    c.body(bag)
    c.motif(bag, d.motif, p.accent)
    c.shade(bag, 0.2, "bottom")
    x = mix(0.14, 0.28, d.shape[3])
    for side in (-1, 1):
        c.part(bar(0.5 + side * x * 0.85, top, 0.5 + side * (x + 0.04), 0.93, 0.04), p.accent)
        if d.shape[4] > 0.5:
            c.part(ellipse(0.5 + side * 0.32, 0.945, 0.025), GOLD)
    c.body(rounded(0.47 - wide, top - 0.03, 0.53 + wide, top + 0.05, 0.02), -0.2)
    c.mark(d.mark, 0.5, top + 0.28, 0.16)


def handbag_bucket(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: mouth, waist, foot, chain reach, drawstring, base band."""
    mouth, waist, foot = (
        mix(0.2, 0.3, d.shape[0]),
        mix(0.24, 0.36, d.shape[1]),
        mix(0.24, 0.32, d.shape[2]),
    )
    reach = mix(0.1, 0.28, d.shape[3])
    for bead in arc(0.5, 0.34, mouth + 0.04, reach, 180, 360):
        c.part(ellipse(bead[0], bead[1], 0.021), GOLD)
    bag = mirrored(
        curve(((0.5 + mouth, 0.3), (0.5 + waist, 0.62), (0.5 + foot, 0.92), (0.5, 0.94)))
    )
    c.body(bag)
    c.motif(bag, d.motif, p.accent)
    c.shade(bag, 0.22)
    c.inlay(bag, [rect(0, 0.94 - mix(0.04, 0.13, d.shape[5]), 1, 1)], p.accent)
    c.body(ellipse(0.5, 0.3, mouth, 0.045), -0.4)
    y = 0.37
    c.part(
        stroke(((0.5 - mouth - 0.02, y), (0.5, y + 0.02), (0.5 + mouth + 0.02, y)), 0.028), p.accent
    )
    for side in (-1, 1):
        tassel = mix(0.08, 0.22, d.shape[4])
        c.part(bar(0.5 + side * 0.03, y + 0.01, 0.5 + side * 0.08, y + tassel, 0.03, 1.6), p.accent)
    c.mark(d.mark, 0.5, 0.7, 0.16)


register(
    "handbag", (handbag_tote, handbag_saddle, handbag_frame, handbag_bucket), "standing", "pebble"
)


def _pocket(c: Canvas, d: Design, p: Paint, half: float, top: float) -> None:
    """Front pocket from `top` down, with its zip and the mark above it."""
    c.body(rounded(0.5 - half, top, 0.5 + half, 0.9, 0.06), -0.14)
    c.part(bar(0.53 - half, top + 0.05, 0.47 + half, top + 0.05, 0.024), p.accent)
    c.part(rounded(0.44 + half, top + 0.05, 0.47 + half, top + 0.12, 0.01), STEEL)
    c.mark(d.mark, 0.5, top + 0.2, 0.15)


def _loop(c: Canvas, p: Paint, top: float) -> None:
    c.part(stroke(arc(0.5, top, 0.08, 0.09, 180, 360), 0.034), p.accent)


def backpack_round(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: width, crown, pocket width, pocket height, side pockets, zip height."""
    half, crown = mix(0.26, 0.36, d.shape[0]), mix(0.12, 0.34, d.shape[1])
    _loop(c, p, 0.1)
    side = mix(0.0, 0.09, d.shape[4])
    c.part(rounded(0.5 - half - side, 0.55, 0.5 + half + side, 0.88, 0.06), p.accent)
    bag = rounded(0.5 - half, 0.08, 0.5 + half, 0.94, crown)
    c.body(bag)
    c.motif(rounded(0.5 - half, 0.1, 0.5 + half, 0.62, 0.2), d.motif, p.accent)
    zip_ = mix(0.2, 0.36, d.shape[5])
    c.part(
        stroke(arc(0.5, 0.42, half - 0.05, 0.42 - zip_ + 0.06, 190, 350), 0.022), DARK, edge=False
    )
    _pocket(c, d, p, half * mix(0.6, 0.88, d.shape[2]), mix(0.6, 0.48, d.shape[3]))


def backpack_roll(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: width, taper, roll height, strap place, buckle, base band."""
    half, foot, roll = (
        mix(0.24, 0.33, d.shape[0]),
        mix(0.24, 0.36, d.shape[1]),
        mix(0.08, 0.16, d.shape[2]),
    )
    bag = path(((0.5 - half, 0.14), (0.5 + half, 0.14), (0.5 + foot, 0.9), (0.47 + foot, 0.95),
                (0.53 - foot, 0.95), (0.5 - foot, 0.9)))  # fmt: skip
    c.body(bag)
    c.motif(
        path(((0.5 - half, 0.3), (0.5 + half, 0.3), (0.5 + foot, 0.9), (0.5 - foot, 0.9))),
        d.motif,
        p.accent,
    )
    c.inlay(bag, [rect(0, 0.96 - mix(0.04, 0.16, d.shape[5]), 1, 1)], tone(p.accent, -0.2))
    c.shade(bag, 0.2, "bottom")
    c.body(rounded(0.46 - half, 0.08, 0.54 + half, 0.08 + roll, roll / 2), -0.2)
    x = mix(0.0, 0.18, d.shape[3])
    for side in (-1, 1) if x > 0.04 else (0,):
        c.part(bar(0.5 + side * x, 0.07, 0.5 + side * x, 0.4, 0.045), p.accent)
        c.part(
            rounded(
                0.46 + side * x, 0.34, 0.54 + side * x, 0.34 + mix(0.05, 0.09, d.shape[4]), 0.01
            ),
            STEEL,
        )
    c.mark(d.mark, 0.5, 0.62, 0.17)


def backpack_box(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: width, corners, handle gap, panel height, panel trim, patch."""
    half, gap = mix(0.27, 0.36, d.shape[0]), mix(0.05, 0.12, d.shape[2])
    for side in (-1, 1):
        c.part(stroke(arc(0.5 + side * gap, 0.16, 0.05, 0.12, 180, 360), 0.032), p.accent)
    for side in (-1, 1):
        c.part(
            bar(0.5 + side * (half + 0.02), 0.3, 0.5 + side * (half + 0.03), 0.86, 0.06), p.accent
        )
    bag = rounded(0.5 - half, 0.14, 0.5 + half, 0.95, mix(0.02, 0.12, d.shape[1]))
    c.body(bag)
    line = mix(0.4, 0.56, d.shape[3])
    c.motif(rect(0.5 - half, line, 0.5 + half, 0.95), d.motif, p.accent)
    c.part(
        bar(0.5 - half, line, 0.5 + half, line, mix(0.015, 0.05, d.shape[4])), p.accent, edge=False
    )
    c.seam(path(((0.55 - half, 0.2), (0.45 + half, 0.2))))
    c.mark(d.mark, 0.5, (0.16 + line) / 2, 0.16)
    if d.shape[5] > 0.5:
        c.body(rounded(0.56 - half, 0.78, 0.44 + half, 0.9, 0.02), -0.18)


def backpack_trek(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: width, lid height, side pockets, mat width, strap count, pocket height."""
    half, lid = mix(0.22, 0.3, d.shape[0]), mix(0.12, 0.22, d.shape[1])
    side, mat = mix(0.05, 0.12, d.shape[2]), mix(0.06, 0.1, d.shape[3])
    c.part(rounded(0.44 - half, 0.97 - 1.6 * mat, 0.56 + half, 0.985, mat), p.accent)
    for sign in (-1, 1):
        x0, x1 = sorted((0.5 + sign * half * 0.8, 0.5 + sign * (half + side)))
        c.body(rounded(x0, 0.5, x1, 0.86, 0.06), -0.2)
    bag = rounded(0.5 - half, 0.12, 0.5 + half, 0.9, 0.09)
    c.body(bag)
    c.motif(rect(0.5 - half, 0.1 + lid, 0.5 + half, 0.9), d.motif, p.accent)
    for strap in range(1 + int(d.shape[4] * 2.99)):
        y = 0.42 + 0.17 * strap
        c.part(bar(0.5 - half, y, 0.5 + half, y, 0.026), p.accent)
    c.body(rounded(0.47 - half, 0.04, 0.53 + half, 0.06 + lid, 0.07), -0.12)
    for x in (0.5 - half / 2, 0.5 + half / 2):
        c.part(bar(x, 0.03 + lid, x, 0.16 + lid, 0.034), DARK)
    c.mark(d.mark, 0.5, mix(0.5, 0.68, d.shape[5]), 0.16)


register(
    "backpack", (backpack_round, backpack_roll, backpack_box, backpack_trek), "standing", "weave"
)
