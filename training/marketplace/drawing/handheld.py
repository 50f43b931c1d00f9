"""Drawings of what fits a hand: phones, cameras and watches.

One rule: lenses, screens and keys stay small enough that the body's colour prevails.
"""

from .canvas import Canvas
from .design import Design
from .palette import DARK, PALE, STEEL, Paint, tone
from .registry import register
from .shapes import ellipse, mix, path, rect, rounded


def _lens(c: Canvas, x: float, y: float, radius: float, ring: tuple[int, int, int]) -> None:
    c.part(ellipse(x, y, radius), ring)
    c.part(ellipse(x, y, 0.76 * radius), (24, 26, 32), edge=False)
    c.part(ellipse(x, y, 0.46 * radius), (52, 66, 104), edge=False)
    c.part(ellipse(x - 0.25 * radius, y - 0.25 * radius, 0.16 * radius), PALE, edge=False)


def _slab(c: Canvas, d: Design, radius: float) -> tuple[float, float, float, float]:
    half = mix(0.2, 0.275, d.shape[0])
    x0, y0, x1, y1 = 0.5 - half, 0.05, 0.5 + half, 0.95
    c.part(rect(x1 - 0.03, 0.26, x1 + 0.014, 0.36), tone(STEEL, -0.3))
    c.body(rounded(x0, y0, x1, y1, radius), -0.24)
    c.body(rounded(x0 + 0.012, y0 + 0.012, x1 - 0.012, y1 - 0.012, radius), edge=False)
    return x0, y0, x1, y1


def _back(c: Canvas, d: Design, p: Paint, top: float) -> None:
    """Graphic, mark and print on the back of a phone below `top`."""
    half = mix(0.2, 0.275, d.shape[0]) - 0.012
    c.motif(rounded(0.5 - half, top, 0.5 + half, 0.93, 0.03), d.motif, p.accent)
    c.mark(d.mark, 0.5, top + 0.42 * (0.9 - top), 0.15)
    c.text(d.brand, 0.5, 0.875, 0.036, p.ink, 0.3)


def phone_island(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: width, corners, island width, island length, lens count, lens size."""
    x0, y0, x1, _ = _slab(c, d, mix(0.02, 0.13, d.shape[1]))
    wide, tall = mix(0.12, 0.22, d.shape[2]), mix(0.13, 0.36, d.shape[3])
    _back(c, d, p, y0 + tall + 0.08)
    c.part(rounded(x0 + 0.035, y0 + 0.035, x0 + 0.035 + wide, y0 + 0.035 + tall, 0.04), p.accent)
    count = 1 + int(d.shape[4] * 2.99)
    radius = min(mix(0.032, 0.06, d.shape[5]), 0.42 * tall / count, 0.42 * wide)
    for lens in range(count):
        _lens(c, x0 + 0.035 + wide / 2, y0 + 0.035 + tall * (lens + 0.5) / count, radius, DARK)
    c.part(ellipse(x1 - 0.06, y0 + 0.07, 0.016), (252, 240, 190))


def phone_visor(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: width, corners, visor height, visor place, lens count, lens size."""
    x0, _, x1, _ = _slab(c, d, mix(0.04, 0.17, d.shape[1]))
    tall, y = mix(0.07, 0.15, d.shape[2]), mix(0.13, 0.26, d.shape[3])
    _back(c, d, p, y + tall)
    c.part(rounded(x0 - 0.006, y, x1 + 0.006, y + tall, 0.02), p.accent)
    count = 2 + int(d.shape[4] * 2.99)
    for lens in range(count):
        x = mix(x0 + 0.08, x1 - 0.08, lens / (count - 1))
        _lens(c, x, y + tall / 2, min(mix(0.03, 0.06, d.shape[5]), 0.42 * tall), DARK)


def phone_disc(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: width, corners, disc size, disc height, lens count, ring width."""
    _slab(c, d, mix(0.03, 0.14, d.shape[1]))
    radius, y = mix(0.1, 0.17, d.shape[2]), mix(0.24, 0.34, d.shape[3])
    _back(c, d, p, y + radius + 0.03)
    c.part(ellipse(0.5, y, radius), p.accent)
    c.part(ellipse(0.5, y, radius * mix(0.9, 0.66, d.shape[5])), DARK)
    for dx, dy in ((0, -1), (0, 1), (-1, 0), (1, 0))[: 2 + int(d.shape[4] * 2.99)]:
        _lens(c, 0.5 + 0.38 * radius * dx, y + 0.38 * radius * dy, 0.26 * radius, STEEL)


def phone_keypad(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: width, corners, screen height, key gap, key roundness, aerial."""
    half = mix(0.18, 0.23, d.shape[0])
    if d.shape[5] > 0.5:
        c.part(rounded(0.5 + half - 0.1, 0.0, 0.5 + half - 0.04, 0.14, 0.02), DARK)
    c.body(rounded(0.5 - half, 0.05, 0.5 + half, 0.95, mix(0.05, 0.16, d.shape[1])))
    c.motif(rounded(0.5 - half, 0.05, 0.5 + half, 0.95, 0.1), d.motif, p.accent)
    tall, inner = mix(0.13, 0.2, d.shape[2]), half - 0.05
    c.part(rounded(0.5 - inner, 0.11, 0.5 + inner, 0.11 + tall, 0.02), DARK)
    c.part(rect(0.52 - inner, 0.13, 0.48 + inner, 0.09 + tall), (150, 176, 130), edge=False)
    c.mark(d.mark, 0.5, 0.2 + tall, 0.14)
    top = 0.31 + tall
    pitch = (0.9 - top) / 4
    size = mix(0.042, 0.03, d.shape[3])
    for row in range(4):
        for column in (-1, 0, 1):
            x, y = 0.5 + column * 0.66 * inner, top + pitch * (row + 0.5)
            c.part(rounded(x - size, y - 0.023, x + size, y + 0.023, 0.03 * d.shape[4]), p.accent)


register("phone", (phone_island, phone_visor, phone_disc, phone_keypad))


def camera_reflex(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: body height, hump width, lens size, lens place, grip width, ring width."""
    top = mix(0.34, 0.26, d.shape[0])
    hump = mix(0.12, 0.22, d.shape[1])
    c.body(path(((0.5 - hump, top + 0.02), (0.56 - hump, top - 0.14), (0.44 + hump, top - 0.14),
                 (0.5 + hump, top + 0.02))))  # fmt: skip
    c.part(rounded(0.16, top - 0.05, 0.26, top + 0.03, 0.02), STEEL)
    c.body(rounded(0.04, top, 0.96, 0.82, 0.07))
    grip = mix(0.1, 0.2, d.shape[4])
    c.body(rounded(0.02, top - 0.02, 0.04 + grip, 0.84, 0.05), -0.22)
    c.motif(rounded(0.05 + grip, top, 0.96, 0.82, 0.07), d.motif, p.accent)
    _objective(c, d, p, mix(0.46, 0.56, d.shape[3]), (top + 0.83) / 2)
    c.mark(d.mark, 0.86, top + 0.12, 0.15)
    c.text(d.brand, 0.5, top - 0.07, 0.045, p.ink, 1.6 * hump)


def _objective(c: Canvas, d: Design, p: Paint, x: float, y: float) -> None:
    radius = mix(0.15, 0.22, d.shape[2])
    c.part(ellipse(x, y, radius), p.accent)
    c.part(ellipse(x, y, radius * mix(0.92, 0.74, d.shape[5])), DARK)
    _lens(c, x, y, 0.64 * radius, STEEL)


def camera_compact(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: height, corners, lens size, lens place, flash width, ring width."""
    top = mix(0.36, 0.22, d.shape[0])
    c.part(rounded(0.66, top - 0.05, 0.8, top + 0.03, 0.02), p.accent)
    c.part(rounded(0.14, top - 0.03, 0.3, top + 0.03, 0.02), STEEL)
    body = rounded(0.04, top, 0.96, 0.78, mix(0.02, 0.17, d.shape[1]))
    c.body(body)
    c.motif(body, d.motif, p.accent)
    flash = mix(0.07, 0.14, d.shape[4])
    c.part(rounded(0.84 - 2 * flash, top + 0.05, 0.84, top + 0.05 + flash, 0.015), (236, 240, 244))
    _objective(c, d, p, mix(0.42, 0.68, d.shape[3]), (top + 0.06 + 0.78) / 2 + 0.04)
    c.mark(d.mark, 0.16, top + 0.14, 0.15)
    c.text(d.brand, 0.16, 0.72, 0.045, p.ink, 0.2)


def camera_instant(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: width of the top, corners, lens size, slot height, step, ring width."""
    half, step = mix(0.26, 0.36, d.shape[0]), mix(0.5, 0.64, d.shape[4])
    slot = mix(0.06, 0.12, d.shape[3])
    c.body(rounded(0.5 - half, 0.1, 0.5 + half, step + 0.1, mix(0.03, 0.16, d.shape[1])))
    c.body(rounded(0.1, step, 0.9, 0.9, 0.05), -0.12)
    c.motif(rect(0.1, step, 0.9, 0.9), d.motif, p.accent)
    c.part(rounded(0.2, 0.82 - slot / 2, 0.8, 0.82 + slot / 2, 0.02), DARK)
    c.part(rounded(0.53 + 0.4 * half, 0.15, 0.46 + half, 0.27, 0.02), (236, 240, 244))
    _objective(c, d, p, 0.48, 0.1 + 0.5 * step)
    c.mark(d.mark, 0.57 - half, 0.2, 0.14)


def camera_twin(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: width, hood height, lens size, knob side, trim, ring width."""
    half, hood = mix(0.2, 0.29, d.shape[0]), mix(0.05, 0.15, d.shape[1])
    knob = 0.5 + half if d.shape[3] > 0.5 else 0.5 - half
    c.part(rounded(knob - 0.06, 0.42, knob + 0.06, 0.58, 0.03), STEEL)
    c.body(path(((0.55 - half, 0.2), (0.6 - half, 0.2 - hood), (0.4 + half, 0.2 - hood),
                 (0.45 + half, 0.2))), -0.25)  # fmt: skip
    body = rounded(0.5 - half, 0.18, 0.5 + half, 0.95, 0.04)
    c.body(body)
    c.motif(body, d.motif, p.accent)
    radius = mix(0.1, 0.14, d.shape[2])
    for y in (0.42, 0.42 + 2.05 * radius):
        c.part(ellipse(0.5, y, radius), p.accent)
        _lens(c, 0.5, y, radius * mix(0.9, 0.66, d.shape[5]), DARK)
    c.mark(d.mark, 0.5, 0.25, 0.13)
    c.text(d.brand, 0.5, 0.89, 0.045, p.ink, 1.6 * half)


register("camera", (camera_reflex, camera_compact, camera_instant, camera_twin))
