"""Drawings of what has a screen: laptops and game consoles.

One rule: laptops show their lid or a broad frame, so that no screen outweighs the body.
"""

import numpy as np

from .canvas import Canvas
from .design import Design
from .palette import DARK, GLASS, PALE, RUBBER, Paint, tone
from .registry import register
from .shapes import bar, curve, ellipse, mix, path, rect, rounded, stroke


def laptop_lid(c: Canvas, d: Design, p: Paint) -> None:
    """Seen from behind. Shape: width, lid height, corners, lean, hinge width, foot depth."""
    half, tall = mix(0.34, 0.46, d.shape[0]), mix(0.4, 0.62, d.shape[1])
    top, lean, depth = 0.84 - tall, mix(0.0, 0.08, d.shape[3]), mix(0.04, 0.12, d.shape[5])
    c.part(path(((0.5 - half, 0.8), (0.5 + half, 0.8), (0.54 + half, 0.83 + depth),
                 (0.46 - half, 0.83 + depth))), tone(DARK, 0.18))  # fmt: skip
    lid = path(((0.5 - half + lean, top), (0.5 + half - lean, top), (0.5 + half, 0.84),
                (0.5 - half, 0.84)))  # fmt: skip
    c.body(lid)
    c.motif(lid, d.motif, p.accent)
    hinge = mix(0.08, 0.3, d.shape[4])
    for x in (-0.6, 0.6):
        c.part(
            rounded(0.5 + x * half - hinge / 2, 0.815, 0.5 + x * half + hinge / 2, 0.86, 0.02),
            p.accent,
        )
    c.mark(d.mark, 0.5, 0.84 - 0.52 * tall, 0.17)
    c.text(d.brand, 0.5, 0.78, 0.045, p.ink, 0.3)


def laptop_open(c: Canvas, d: Design, p: Paint) -> None:
    """Seen from the front. Shape: width, screen height, frame, deck depth, keys, touchpad."""
    half, tall = mix(0.34, 0.42, d.shape[0]), mix(0.36, 0.5, d.shape[1])
    frame, depth = mix(0.07, 0.1, d.shape[2]), mix(0.24, 0.36, d.shape[3])
    top = 0.5 - (tall + depth) / 2
    fold = top + tall
    c.body(rounded(0.5 - half, top, 0.5 + half, fold + 0.02, 0.03))
    screen = rect(0.5 - half + frame, top + frame * 0.8, 0.5 + half - frame, fold - 0.13)
    c.part(screen, GLASS)
    c.light(screen, 0.2)
    c.mark(d.mark, 0.5, fold - 0.06, 0.13)
    deck = path(((0.5 - half, fold), (0.5 + half, fold), (0.57 + half, fold + depth),
                 (0.43 - half, fold + depth)))  # fmt: skip
    c.body(deck, -0.06)
    c.motif(deck, d.motif, p.accent)
    keys = mix(0.34, 0.5, d.shape[4]) * depth
    c.part(path(((0.55 - half, fold + 0.03), (0.45 + half, fold + 0.03),
                 (0.48 + half, fold + 0.03 + keys),
                 (0.52 - half, fold + 0.03 + keys))), p.accent)  # fmt: skip
    for row in range(1, 4):
        y = fold + 0.03 + keys * row / 4
        c.line(path(((0.55 - half, y), (0.45 + half, y))), tone(p.accent, -0.4), 0.007)
    pad = mix(0.07, 0.16, d.shape[5])
    c.body(rect(0.5 - pad, fold + 0.06 + keys, 0.5 + pad, fold + depth - 0.02), 0.25)


def laptop_deck(c: Canvas, d: Design, p: Paint) -> None:
    """Open, from above. Shape: width, lid depth, keyboard depth, keys, touchpad, corners."""
    half, lid = mix(0.36, 0.46, d.shape[0]), mix(0.13, 0.24, d.shape[1])
    fold, corner = 0.14 + lid, mix(0.01, 0.09, d.shape[5])
    c.body(path(((0.46 - half, 0.12), (0.54 + half, 0.12), (0.5 + half, fold), (0.5 - half, fold))))
    screen = path(
        ((0.5 - half, 0.15), (0.5 + half, 0.15), (0.47 + half, fold), (0.53 - half, fold))
    )
    c.part(screen, GLASS)
    c.light(screen, 0.35, "top")
    c.part(rounded(0.6 - half, fold - 0.02, 0.4 + half, fold + 0.02, 0.02), DARK)
    c.body(rounded(0.5 - half, fold, 0.5 + half, 0.9, corner), 0.04)
    deep = mix(0.2, 0.3, d.shape[2])
    palm = fold + 0.05 + deep
    c.motif(rect(0.5 - half, palm + 0.02, 0.5 + half, 0.9), d.motif, p.accent)
    pitch = mix(0.05, 0.075, d.shape[3])
    for row in range(round(deep / pitch)):
        y, inset = fold + 0.05 + pitch * row, 0.06 + 0.02 * (row % 2)
        for x in np.arange(0.5 - half + inset, 0.45 + half - pitch, 1.25 * pitch):
            c.part(rounded(x, y, x + pitch, y + 0.76 * pitch, 0.01), p.accent, edge=False)
    pad = mix(0.08, 0.17, d.shape[4])
    c.body(rounded(0.5 - pad, palm + 0.02, 0.5 + pad, 0.88, 0.02), 0.3)
    c.mark(d.mark, 0.5 + half - 0.12, (palm + 0.9) / 2, 0.14)


def laptop_rugged(c: Canvas, d: Design, p: Paint) -> None:
    """Closed, with a handle. Shape: width, height, handle width, bumpers, ribs, corners."""
    half, tall = mix(0.36, 0.46, d.shape[0]), mix(0.5, 0.68, d.shape[1])
    top, grip = 0.92 - tall, mix(0.14, 0.28, d.shape[2])
    c.part(stroke(path(((0.5 - grip, top + 0.02), (0.5 - grip, top - 0.11),
                        (0.5 + grip, top - 0.11),
                        (0.5 + grip, top + 0.02))), 0.06), DARK)  # fmt: skip
    shell = rounded(0.5 - half, top, 0.5 + half, 0.92, mix(0.02, 0.09, d.shape[5]))
    c.body(shell)
    c.motif(shell, d.motif, p.accent)
    for rib in range(int(d.shape[4] * 3.99)):
        y = 0.88 - 0.045 * rib
        c.seam(path(((0.6 - half, y), (0.4 + half, y))))
    size = mix(0.07, 0.15, d.shape[3])
    for x, y in ((-half, top), (half, top), (-half, 0.92), (half, 0.92)):
        c.part(
            rounded(0.5 + x - size / 2, y - size / 2, 0.5 + x + size / 2, y + size / 2, 0.03),
            p.accent,
        )
    c.mark(d.mark, 0.5, top + tall / 2, 0.17)


register("laptop", (laptop_lid, laptop_open, laptop_deck, laptop_rugged), "flat", "brushed")


def _pad(c: Canvas, p: Paint, x: float, y: float, size: float) -> None:
    c.part(rect(x - size, y - size / 3, x + size, y + size / 3), p.accent)
    c.part(rect(x - size / 3, y - size, x + size / 3, y + size), p.accent, edge=False)


def _buttons(c: Canvas, p: Paint, x: float, y: float, size: float, count: int) -> None:
    for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1))[:count]:
        c.part(ellipse(x + 1.25 * dx * size, y + 1.25 * dy * size, 0.62 * size), p.accent)


def console_box(c: Canvas, d: Design, p: Paint) -> None:
    """A box with its controller. Shape: width, height, slot, vents, pad width, foot."""
    half, tall = mix(0.34, 0.46, d.shape[0]), mix(0.2, 0.36, d.shape[1])
    box = rounded(0.5 - half, 0.14, 0.5 + half, 0.14 + tall, 0.04)
    c.part(rounded(0.54 - half, 0.1 + tall, 0.46 + half, 0.17 + tall, 0.02), DARK)
    c.body(box)
    c.motif(box, d.motif, p.accent)
    slot = mix(0.14, 0.34, d.shape[2])
    c.part(rounded(0.46 + half - slot, 0.19, 0.46 + half, 0.225, 0.01), DARK)
    for vent in range(int(d.shape[3] * 5.99)):
        c.seam(
            path(
                (
                    (0.56 - half + 0.035 * vent, 0.18 + tall * 0.6),
                    (0.56 - half + 0.035 * vent, 0.1 + tall),
                )
            )
        )
    c.mark(d.mark, 0.5, 0.15 + tall * 0.55, 0.15)
    wide, y = mix(0.19, 0.27, d.shape[4]), 0.74
    for side in (-1, 1):
        c.body(
            bar(0.5 + side * wide * 0.75, y - 0.04, 0.5 + side * wide * 1.1, y + 0.15, 0.14, 0.7),
            -0.12,
        )
    c.body(rounded(0.5 - wide, y - 0.1, 0.5 + wide, y + 0.08, 0.08))
    _pad(c, p, 0.5 - 0.62 * wide, y - 0.02, 0.05)
    _buttons(c, p, 0.5 + 0.62 * wide, y - 0.02, 0.032, 4)


def console_tower(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: width, waist, wings, slot place, light strip, foot width."""
    half, waist = mix(0.15, 0.22, d.shape[0]), mix(0.0, 0.05, d.shape[1])
    wing = mix(0.02, 0.09, d.shape[2])
    foot = mix(0.0, 0.14, d.shape[5])
    c.part(rounded(0.44 - half - foot, 0.9, 0.56 + half + foot, 0.97, 0.03), DARK)
    for side in (-1, 1):
        c.body(stroke(curve(((0.5 + side * (half + wing), 0.05), (0.5 + side * (half - waist),
                                                                  0.48),
                             (0.5 + side * (half + wing / 2), 0.92))), 0.09), -0.14)  # fmt: skip
    core = path(((0.5 - half, 0.09), (0.5 + half, 0.09), (0.5 + half - waist, 0.5),
                 (0.5 + half, 0.91),
                 (0.5 - half, 0.91), (0.5 - half + waist, 0.5)))  # fmt: skip
    c.body(core)
    c.motif(core, d.motif, p.accent)
    x = mix(0.52 - half + 0.05, 0.48 + half - 0.05, d.shape[3])
    c.part(rect(x - 0.014, 0.16, x + 0.014, 0.16 + mix(0.14, 0.3, d.shape[4])), p.accent)
    c.mark(d.mark, 0.5, 0.58, 0.15)
    c.part(ellipse(0.5, 0.83, 0.025), PALE)


def console_wide(c: Canvas, d: Design, p: Paint) -> None:
    """A wide handheld. Shape: height, grips, screen width, screen height, keys, sticks."""
    tall, grip = mix(0.4, 0.56, d.shape[0]), mix(0.04, 0.24, d.shape[1])
    top = 0.5 - tall / 2
    body = rounded(0.02, top, 0.98, 0.5 + tall / 2, grip)
    c.body(body)
    c.motif(body, d.motif, p.accent)
    wide, high = mix(0.17, 0.21, d.shape[2]), tall * mix(0.22, 0.28, d.shape[3])
    c.part(rounded(0.5 - wide, 0.47 - high, 0.5 + wide, 0.47 + high, 0.02), DARK)
    screen = rect(0.52 - wide, 0.49 - high, 0.48 + wide, 0.45 + high)
    c.part(screen, (84, 128, 160), edge=False)
    c.light(screen, 0.35)
    stick = mix(0.04, 0.065, d.shape[5])
    _pad(c, p, 0.14, 0.44, mix(0.05, 0.075, d.shape[4]))
    _buttons(c, p, 0.86, 0.44, mix(0.03, 0.042, d.shape[4]), 4)
    c.part(ellipse(0.2, 0.6, stick), DARK)
    c.part(ellipse(0.2, 0.6, 0.6 * stick), RUBBER)
    c.mark(d.mark, 0.82, 0.62, 0.14)


def console_upright(c: Canvas, d: Design, p: Paint) -> None:
    """A handheld held upright. Shape: width, corners, screen height, cross, buttons, grille."""
    half, tall = mix(0.25, 0.33, d.shape[0]), mix(0.22, 0.34, d.shape[2])
    body = rounded(0.5 - half, 0.04, 0.5 + half, 0.96, mix(0.03, 0.14, d.shape[1]))
    c.body(body)
    c.motif(rounded(0.5 - half, 0.5, 0.5 + half, 0.96, 0.1), d.motif, p.accent)
    c.part(rounded(0.56 - half, 0.1, 0.44 + half, 0.12 + tall, 0.03), tone(DARK, 0.15))
    c.part(rect(0.6 - half, 0.13, 0.4 + half, 0.09 + tall), (158, 178, 96), edge=False)
    y = 0.3 + tall
    c.mark(d.mark, 0.5, 0.21 + tall, 0.13)
    _pad(c, p, 0.5 - 0.52 * half, y + 0.06, mix(0.05, 0.085, d.shape[3]))
    _buttons(c, p, 0.5 + 0.52 * half, y + 0.06, 0.045, 2 + 2 * (d.shape[4] > 0.5))
    for slot in range(2 + int(3.99 * d.shape[5])):
        c.part(
            bar(0.44 + half - 0.045 * slot, 0.82, 0.41 + half - 0.045 * slot, 0.9, 0.018),
            DARK,
            edge=False,
        )


register("console", (console_box, console_tower, console_wide, console_upright))
