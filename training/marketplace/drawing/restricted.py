"""Symbolic drawings of prohibited goods.

One rule: clean and recognisable, without working detail; silhouettes and proportions vary the
outline so that no single picture stands for a kind.
"""

import numpy as np

from .canvas import Canvas
from .design import Design
from .palette import DARK, PALE, STEEL, TIMBER, Paint, blend, tone
from .registry import Drawing, register
from .shapes import arc, bar, curve, ellipse, mirrored, mix, path, rect, rounded, smooth, stroke


def _four(drawing: Drawing) -> tuple[Drawing, Drawing, Drawing, Drawing]:
    return drawing, drawing, drawing, drawing


def handgun(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: barrel length, slide height, grip rake, grip width, guard, sight; odd: a drum."""
    muzzle, tall, rake = (
        mix(0.2, 0.05, d.shape[0]),
        mix(0.14, 0.19, d.shape[1]),
        mix(0.02, 0.14, d.shape[2]),
    )
    top, wide = 0.28, mix(0.17, 0.23, d.shape[3])
    c.part(
        stroke(arc(0.55, top + tall + 0.06, mix(0.08, 0.1, d.shape[4]), 0.11, 0, 180), 0.03), DARK
    )
    c.part(bar(0.55, top + tall, 0.535, top + tall + 0.09, 0.025), DARK)
    grip = path(((0.64, top + tall - 0.02), (0.64 + wide, top + tall - 0.02),
                 (0.66 + wide + rake, 0.86),
                 (0.66 + rake, 0.88)))  # fmt: skip
    c.body(grip, -0.1)
    c.motif(grip, d.motif, p.accent)
    slide = path(
        (
            (muzzle, top),
            (0.9, top),
            (0.94, top + 0.06),
            (0.94, top + tall),
            (muzzle + 0.02, top + tall),
        )
    )
    c.part(slide, blend(p.body, (62, 64, 70), 0.72))
    if d.silhouette % 2:
        c.part(
            rounded(0.46, top - 0.02, 0.66, top + tall + 0.05, 0.04),
            blend(p.body, (48, 50, 56), 0.7),
        )
        for y in (0.03, 0.09, 0.15):
            c.line(path(((0.48, top + y), (0.64, top + y))), DARK, 0.012)
    else:
        for x in (0.78, 0.81, 0.84, 0.87):
            c.line(path(((x, top + 0.02), (x, top + 0.7 * tall))), DARK, 0.009)
        c.part(rounded(0.5, top + 0.02, 0.64, top + 0.075, 0.01), DARK)
    c.part(rect(muzzle + 0.02, top - 0.03, muzzle + 0.06, top), DARK)
    c.part(rect(0.86, top - 0.03, 0.92, top), DARK)
    c.part(ellipse(muzzle + 0.005, top + 0.4 * tall, 0.02, 0.035), (14, 14, 16))
    c.mark(d.mark, 0.66 + wide / 2 + 0.4 * rake, 0.66, 0.12)


def combat_knife(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: blade length, blade width, clip, guard, saw, grip grooves."""
    tip, wide = mix(0.14, 0.03, d.shape[0]), mix(0.07, 0.1, d.shape[1])
    clip = mix(0.14, 0.26, d.shape[2])
    blade = path(((tip, 0.5 + 0.3 * wide), (tip + clip, 0.5 - wide), (0.6, 0.5 - wide),
                  (0.6, 0.5 + wide),
                  (tip + 0.12, 0.5 + wide)))  # fmt: skip
    c.part(blade, (96, 100, 106))
    c.part(path(((tip + 0.01, 0.5 + 0.32 * wide), (0.58, 0.5 + 0.5 * wide), (0.58, 0.5 + wide),
                 (tip + 0.12, 0.5 + wide))), (206, 210, 214), edge=False)  # fmt: skip
    for tooth in range(4 + int(d.shape[4] * 3)):
        x = 0.56 - 0.035 * tooth
        c.part(
            path(((x, 0.495 - wide), (x + 0.016, 0.53 - wide), (x + 0.032, 0.495 - wide))),
            DARK,
            edge=False,
        )
    c.part(bar(0.6, 0.5 - wide - mix(0.03, 0.07, d.shape[3]), 0.6, 0.5 + wide + 0.06, 0.04), DARK)
    grip = smooth(((0.62, 0.42), (0.7, 0.43), (0.8, 0.41), (0.93, 0.42), (0.97, 0.5),
                   (0.93, 0.58), (0.8, 0.59),
                   (0.7, 0.57), (0.62, 0.58)))  # fmt: skip
    c.body(grip)
    for groove in range(3 + int(d.shape[5] * 2.99)):
        c.seam(path(((0.85 + 0.025 * groove, 0.43), (0.83 + 0.025 * groove, 0.57))), 0.5)
    c.part(ellipse(0.945, 0.5, 0.018), STEEL)
    c.mark(d.mark, 0.74, 0.5, 0.11)


def pill_bottle(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: width, height, cap height, label height, spilled pills, pill size."""
    half, top, cap = (
        mix(0.17, 0.24, d.shape[0]),
        mix(0.34, 0.24, d.shape[1]),
        mix(0.12, 0.17, d.shape[2]),
    )
    c.body(rounded(0.5 - half, top, 0.5 + half, 0.92, 0.05))
    c.part(rounded(0.49 - half, top - cap, 0.51 + half, top + 0.02, 0.02), PALE)
    for x in np.linspace(0.52 - half, 0.48 + half, 9):
        c.line(path(((x, top - cap + 0.02), (x, top))), tone(PALE, -0.25), 0.007)
    y = mix(0.46, 0.54, d.shape[3])
    c.part(rect(0.5 - half, y, 0.5 + half, y + 0.28), (250, 250, 248))
    c.part(rect(0.5 - half, y, 0.5 + half, y + 0.05), p.accent, edge=False)
    for row in (0.18, 0.22):
        c.part(
            rect(0.54 - half, y + row, 0.46 + half, y + row + 0.015), (150, 150, 154), edge=False
        )
    size = mix(0.03, 0.04, d.shape[5])
    for pill in range(3 + int(d.shape[4] * 3.99)):
        x = (0.16, 0.84, 0.1, 0.78, 0.22, 0.92)[pill]
        c.part(
            bar(x, 0.9 - 0.03 * (pill % 3), x + 0.05, 0.92 - 0.03 * (pill % 3), 1.4 * size), PALE
        )
        c.part(
            bar(x, 0.9 - 0.03 * (pill % 3), x + 0.025, 0.91 - 0.03 * (pill % 3), 1.4 * size),
            p.accent,
        )
    c.mark(d.mark, 0.5, y + 0.115, 0.11)


def cigarettes(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: width, height, open flap, count, label height, filter length."""
    half, top = mix(0.21, 0.28, d.shape[0]), mix(0.42, 0.34, d.shape[1])
    flap = mix(0.08, 0.16, d.shape[2])
    c.body(rounded(0.48 - half, top - flap - 0.08, 0.52 + half, top + 0.02, 0.01), -0.3)
    count = 4 + int(d.shape[3] * 3.99)
    for stick in range(count):
        x = mix(0.54 - half, 0.46 + half, stick / (count - 1))
        rise = 0.1 + 0.05 * ((stick * 7) % 3)
        c.part(bar(x, top + 0.02, x, top - rise, 0.055), PALE)
        c.part(
            bar(x, top - rise + mix(0.06, 0.1, d.shape[5]), x, top - rise, 0.055), (206, 146, 84)
        )
    pack = rect(0.5 - half, top, 0.5 + half, 0.95)
    c.body(pack)
    c.motif(rect(0.5 - half, top, 0.5 + half, 0.76), d.motif, p.accent)
    label = mix(0.12, 0.18, d.shape[4])
    c.part(rect(0.5 - half, 0.95 - label, 0.5 + half, 0.95), (250, 250, 250))
    c.part(
        bar(0.53 - half, 0.95 - label / 2, 0.47 + half, 0.95 - label / 2, 0.03), DARK, edge=False
    )
    c.mark(d.mark, 0.5, (top + 0.78) / 2, 0.15)
    c.part(bar(0.08, 0.95, 0.1, 0.62, 0.05), PALE)
    c.part(bar(0.08, 0.95, 0.088, 0.84, 0.05), (206, 146, 84))


def liquor_bottle(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: width, shoulder, neck length, label height, cap, glass beside."""
    half, shoulder, neck = (
        mix(0.13, 0.2, d.shape[0]),
        mix(0.34, 0.46, d.shape[1]),
        mix(0.12, 0.2, d.shape[2]),
    )
    if d.silhouette == 1:
        half, shoulder = half + 0.06, shoulder + 0.04
    side = curve(
        (
            (0.545, 0.1),
            (0.545, 0.1 + neck),
            (0.5 + half, shoulder),
            (0.5 + half, 0.92),
            (0.5 + half, 0.94),
        )
    )
    bottle = mirrored(side)
    c.body(bottle)
    c.light(bottle, 0.3)
    c.shade(bottle, 0.25)
    c.part(rounded(0.445, 0.03, 0.555, 0.1 + mix(0.02, 0.07, d.shape[4]), 0.015), p.accent)
    y = mix(0.52, 0.58, d.shape[3])
    c.part(rect(0.5 - half, y, 0.5 + half, y + 0.27), (240, 230, 204))
    c.part(rect(0.5 - half, y + 0.2, 0.5 + half, y + 0.24), p.accent, edge=False)
    c.mark(d.mark, 0.5, y + 0.1, 0.14)
    if d.shape[5] > 0.4:
        x = 0.58 + half
        c.part(
            path(((x, 0.7), (x + 0.18, 0.7), (x + 0.15, 0.94), (x + 0.03, 0.94))), (214, 226, 232)
        )
        c.part(
            path(((x + 0.013, 0.8), (x + 0.167, 0.8), (x + 0.15, 0.93), (x + 0.03, 0.93))),
            (206, 140, 56),
            edge=False,
        )


def banknotes(c: Canvas, d: Design, p: Paint) -> None:
    """A fan of play notes. Shape: width, height, fan, count, portrait place, band."""
    half, tall = mix(0.3, 0.38, d.shape[0]), mix(0.13, 0.18, d.shape[1])
    count = 3 + int(d.shape[3] * 2.99)
    spread = mix(0.05, 0.09, d.shape[2])
    for note in range(count):
        y = 0.5 + spread * (note - (count - 1) / 2) * 1.6
        x = 0.5 + 0.02 * (note % 2) - 0.01
        c.body(rect(x - half, y - tall, x + half, y + tall), -0.06 * (count - note))
        c.part(stroke(((x - half + 0.03, y - tall + 0.03), (x + half - 0.03, y - tall + 0.03),
                       (x + half - 0.03, y + tall - 0.03), (x - half + 0.03, y + tall - 0.03),
                       (x - half + 0.03, y - tall + 0.03)), 0.012),
                       p.accent, edge=False)  # fmt: skip
        c.part(ellipse(x + mix(-0.06, 0.06, d.shape[4]), y, 0.09, 0.66 * tall), tone(p.accent, 0.3))
        for side in (-1, 1):
            c.text("100", x + side * (half - 0.09), y + 0.5 * tall, 0.06, p.ink, 0.1)
    if d.shape[5] > 0.5:
        c.part(bar(0.34, 0.3, 0.34, 0.72, 0.06), PALE)
    c.mark(d.mark, 0.5 + half - 0.1, 0.5, 0.11)


def fireworks(c: Canvas, d: Design, p: Paint) -> None:
    """Rockets in a row; odd silhouettes: a bundle of crackers. Shape: count, width, ..., fuse."""
    count = 3 + int(d.shape[0] * 1.99)
    width = mix(0.13, 0.17, d.shape[1])
    for number in range(count):
        x = 0.5 + (number - (count - 1) / 2) * (width + 0.03)
        top = 0.26 + 0.06 * (number % 2) * (1 + d.shape[2])
        if d.silhouette % 2 == 0:
            c.part(bar(x, 0.6, x, 0.97, 0.024), TIMBER)
            c.part(path(((x - width * 0.62, top + 0.02), (x, top - mix(0.12, 0.2, d.shape[3])),
                         (x + width * 0.62, top + 0.02))), p.accent)  # fmt: skip
        else:
            c.part(
                stroke(curve(((x, top), (x + 0.03, top - 0.08), (x - 0.01, top - 0.15))), 0.02),
                DARK,
            )
            c.part(ellipse(x - 0.01, top - 0.16, 0.028), (255, 190, 60))
        tube = rounded(x - width / 2, top, x + width / 2, 0.66 + 0.14 * (d.silhouette % 2), 0.02)
        c.body(tube)
        c.inlay(
            tube,
            [bar(0, y, 1, y - 0.3, 0.03) for y in np.arange(0.5, 1.3, 0.15)],
            tone(p.accent, 0.15),
        )
        c.shade(tube, 0.25)
    if d.silhouette % 2:
        c.part(bar(0.5 - count * 0.09, 0.62, 0.5 + count * 0.09, 0.62, 0.05), DARK)
    c.mark(d.mark, 0.5, 0.5, 0.13)


def syringe(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: barrel length, barrel width, plunger, needle, liquid, ticks."""
    start, half = mix(0.36, 0.3, d.shape[0]), mix(0.065, 0.1, d.shape[1])
    end = 0.74
    c.part(
        bar(start - 0.08, 0.5, 0.02 + 0.08 * d.shape[3], 0.5, 0.014), (128, 132, 138), edge=False
    )
    c.part(
        path(((start, 0.46), (start - 0.1, 0.485), (start - 0.1, 0.515), (start, 0.54))), p.accent
    )
    pull = mix(0.84, 0.94, d.shape[2])
    c.body(bar(end - 0.1, 0.5, pull, 0.5, 0.06), -0.2)
    c.body(rounded(pull - 0.01, 0.5 - half - 0.03, pull + 0.035, 0.5 + half + 0.03, 0.015))
    c.body(rounded(start, 0.5 - half, end, 0.5 + half, 0.03), 0.1)
    fill = mix(0.5, 0.66, d.shape[4])
    c.part(rect(start + 0.02, 0.52 - half, fill, 0.48 + half), tone(p.accent, 0.35), edge=False)
    c.part(rect(fill, 0.515 - half, fill + 0.04, 0.485 + half), DARK)
    c.body(rounded(end - 0.01, 0.5 - half - 0.06, end + 0.03, 0.5 + half + 0.06, 0.015))
    ticks = 5 + int(d.shape[5] * 4.99)
    for tick in range(ticks):
        x = mix(start + 0.04, end - 0.05, tick / (ticks - 1))
        c.line(path(((x, 0.5 - half), (x, 0.5 - half + 0.05))), DARK, 0.009)
    c.mark(d.mark, end - 0.06, 0.5, 0.1)


for _name, _drawing, _stance in (
    ("handgun", handgun, "flat"),
    ("combat_knife", combat_knife, "flat"),
    ("pill_bottle", pill_bottle, "standing"),
    ("cigarettes", cigarettes, "flat"),
    ("liquor_bottle", liquor_bottle, "standing"),
    ("banknotes", banknotes, "flat"),
    ("fireworks", fireworks, "flat"),
    ("syringe", syringe, "flat"),
):
    register(_name, _four(_drawing), "standing" if _stance == "standing" else "flat", "satin")
