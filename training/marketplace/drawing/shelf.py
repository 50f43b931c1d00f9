"""Drawings of what stands on a shelf: books and toy cars.

One rule: a book shows its cover and its pages, a toy car its side and big wheels.
"""

from .canvas import Canvas
from .design import Design
from .palette import DARK, PALE, RUBBER, STEEL, Paint, tone
from .registry import register
from .shapes import Points, arc, bar, ellipse, mix, path, rect, rounded, smooth, stroke

_PAGES = (240, 234, 218)


def _cover(c: Canvas, d: Design, p: Paint, cover: Points, title: float, x: float) -> None:
    """Draws the front: graphic, title plate, print and mark."""
    c.body(cover)
    c.motif(cover, d.motif, p.accent)
    x0, y0, x1, y1 = cover[:, 0].min(), cover[:, 1].min(), cover[:, 0].max(), cover[:, 1].max()
    y = mix(y0 + 0.12, y1 - 0.16, title)
    wide = 0.34 * (x1 - x0)
    c.part(rounded(x - wide, y - 0.04, x + wide, y + 0.04, 0.015), p.accent)
    ink = PALE if sum(p.accent) < 420 else DARK
    c.text(d.model or d.brand, x, y, 0.06, ink, 1.7 * wide)
    c.mark(d.mark, x, y + 0.24 if title < 0.5 else y - 0.24, 0.17)


def book_upright(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: width, height, thickness, title place, spine width, corners."""
    half, tall, thick = (
        mix(0.22, 0.34, d.shape[0]),
        mix(0.36, 0.44, d.shape[1]),
        mix(0.02, 0.11, d.shape[2]),
    )
    x0, y0, x1, y1 = 0.5 - half, 0.5 - tall, 0.5 + half, 0.5 + tall
    c.body(
        path(((x0, y1), (x1, y1), (x1 + thick, y1 + 0.5 * thick), (x0 + thick, y1 + 0.5 * thick))),
        -0.4,
    )
    c.part(
        path(
            (
                (x1, y0 + 0.01),
                (x1 + thick, y0 + 0.5 * thick),
                (x1 + thick, y1 + 0.4 * thick),
                (x1, y1),
            )
        ),
        _PAGES,
    )
    for share in (0.3, 0.6):
        c.line(
            path(((x1 + thick * share, y0 + 0.03), (x1 + thick * share, y1))),
            tone(_PAGES, -0.2),
            0.006,
        )
    _cover(c, d, p, rounded(x0, y0, x1, y1, 0.05 * d.shape[5]), d.shape[3], 0.53)
    spine = mix(0.02, 0.07, d.shape[4])
    c.part(rect(x0, y0, x0 + spine, y1), p.accent)


def book_wide(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: width, height, thickness, title place, spine width, frame."""
    half, tall, thick = (
        mix(0.38, 0.45, d.shape[0]),
        mix(0.25, 0.33, d.shape[1]),
        mix(0.03, 0.08, d.shape[2]),
    )
    x0, y0, x1, y1 = 0.5 - half, 0.48 - tall, 0.5 + half, 0.48 + tall
    c.part(path(((x0, y1), (x1, y1), (x1 - 0.01, y1 + thick), (x0 + 0.02, y1 + thick))), _PAGES)
    c.line(
        path(((x0 + 0.02, y1 + thick / 2), (x1 - 0.02, y1 + thick / 2))), tone(_PAGES, -0.2), 0.006
    )
    _cover(c, d, p, rect(x0, y0, x1, y1), d.shape[3], 0.53)
    c.part(rect(x0, y0, x0 + mix(0.02, 0.07, d.shape[4]), y1), p.accent)
    if d.shape[5] > 0.5:
        c.part(stroke(((x0 + 0.1, y0 + 0.03), (x1 - 0.03, y0 + 0.03), (x1 - 0.03, y1 - 0.03),
                       (x0 + 0.1, y1 - 0.03)),
                      0.014), p.accent, edge=False)  # fmt: skip


def book_rings(c: Canvas, d: Design, p: Paint) -> None:
    """Bound with rings at the side. Shape: width, height, rings, title place, band, corners."""
    half, tall = mix(0.25, 0.36, d.shape[0]), mix(0.36, 0.44, d.shape[1])
    x0, y0, x1, y1 = 0.52 - half, 0.5 - tall, 0.52 + half, 0.5 + tall
    c.part(rounded(x0 + 0.015, y0 + 0.015, x1 + 0.02, y1 + 0.02, 0.04), _PAGES)
    _cover(c, d, p, rounded(x0, y0, x1, y1, mix(0.01, 0.1, d.shape[5])), d.shape[3], 0.55)
    x = mix(x1 - 0.12, x1 - 0.04, d.shape[4])
    c.part(rect(x - 0.02, y0 + 0.005, x + 0.02, y1 - 0.005), tone(p.accent, -0.2), edge=False)
    rings = 6 + int(d.shape[2] * 9.99)
    for ring in range(rings):
        y = mix(y0 + 0.05, y1 - 0.05, ring / (rings - 1))
        c.part(ellipse(x0 + 0.045, y, 0.014), DARK, edge=False)
        c.part(rounded(x0 - 0.035, y - 0.01, x0 + 0.045, y + 0.01, 0.01), STEEL, edge=False)


def book_thick(c: Canvas, d: Design, p: Paint) -> None:
    """With a ribbed spine. Shape: cover width, height, spine width, title place, ribs, clasp."""
    wide, tall, spine = (
        mix(0.36, 0.5, d.shape[0]),
        mix(0.34, 0.43, d.shape[1]),
        mix(0.14, 0.24, d.shape[2]),
    )
    x, y0, y1 = 0.5 - (wide - spine) / 2, 0.5 - tall, 0.5 + tall
    c.part(
        path(
            (
                (x - spine + 0.02, y0 + 0.04),
                (x + wide - spine, y0 - 0.03),
                (x + wide, y0 + 0.03),
                (x, y0 + 0.03),
            )
        ),
        _PAGES,
    )
    _cover(
        c, d, p, path(((x, y0), (x + wide, y0), (x + wide, y1), (x, y1))), d.shape[3], x + wide / 2
    )
    back = path(((x - spine, y0 + 0.05), (x, y0), (x, y1), (x - spine, y1 - 0.05)))
    c.body(back, -0.24)
    for rib in range(2 + int(d.shape[4] * 3.99)):
        y = mix(y0 + 0.16, y1 - 0.16, (rib + 0.5) / (2 + int(d.shape[4] * 3.99)))
        c.part(bar(x - spine - 0.012, y, x, y, 0.035), p.accent)
    if d.shape[5] > 0.5:
        c.part(rounded(x + wide - 0.08, 0.46, x + wide + 0.025, 0.54, 0.02), STEEL)


register("book", (book_upright, book_wide, book_rings, book_thick), "flat", "soft")


def _tyres(c: Canvas, p: Paint, places: tuple[float, ...], y: float, radius: float) -> None:
    for x in places:
        c.part(ellipse(x, y, radius), RUBBER)
        c.body(ellipse(x, y, 0.72 * radius))
        c.part(ellipse(x, y, 0.34 * radius), p.accent)


def _lights(c: Canvas, y: float) -> None:
    c.part(ellipse(0.06, y, 0.025, 0.03), (255, 236, 150))
    c.part(rounded(0.93, y - 0.03, 0.965, y + 0.03, 0.01), (200, 40, 40))


def _hull(c: Canvas, d: Design, p: Paint, hull: Points, mark: tuple[float, float]) -> None:
    c.body(hull)
    c.motif(hull, d.motif, p.accent)
    c.shade(hull, 0.2, "bottom")
    c.mark(d.mark, *mark, 0.16)


def car_saloon(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: roof height, cabin place, cabin length, wheel size, wheel base, bumper."""
    roof, x, long = (
        mix(0.34, 0.22, d.shape[0]),
        mix(0.38, 0.54, d.shape[1]),
        mix(0.15, 0.24, d.shape[2]),
    )
    c.body(
        path(((x - long - 0.12, 0.5), (x - long, roof), (x + long, roof), (x + long + 0.12, 0.5)))
    )
    for side in (-1, 1):
        c.part(path(((x + side * 0.02, roof + 0.05), (x + side * (long - 0.05), roof + 0.05),
                     (x + side * (long - 0.01), 0.43), (x + side * 0.02, 0.43))),
                     (186, 214, 230))  # fmt: skip
    _hull(c, d, p, rounded(0.03, 0.44, 0.97, 0.77, 0.1), (0.5, 0.58))
    c.part(rounded(0.01, 0.7, 0.99, 0.7 + mix(0.02, 0.05, d.shape[5]), 0.02), p.accent)
    base = mix(0.24, 0.32, d.shape[4])
    _tyres(c, p, (0.5 - base, 0.5 + base), 0.77, mix(0.095, 0.14, d.shape[3]))
    _lights(c, 0.56)


def car_truck(c: Canvas, d: Design, p: Paint) -> None:
    """A cab with a box. Shape: cab height, box height, box length, wheel size, axles, bumper."""
    cab, top, start = (
        mix(0.42, 0.32, d.shape[0]),
        mix(0.34, 0.16, d.shape[1]),
        mix(0.44, 0.34, d.shape[2]),
    )
    box = rounded(start, top, 0.97, 0.74, 0.03)
    _hull(c, d, p, box, ((start + 0.97) / 2, (top + 0.72) / 2))
    c.body(
        path(((0.04, 0.76), (0.04, 0.56), (0.12, cab), (start - 0.02, cab), (start - 0.02, 0.76))),
        -0.12,
    )
    c.part(
        path(((0.11, 0.54), (0.15, cab + 0.04), (start - 0.06, cab + 0.04), (start - 0.06, 0.54))),
        (186, 214, 230),
    )
    c.part(rounded(0.02, 0.72, 0.98, 0.74 + mix(0.03, 0.07, d.shape[5]), 0.02), p.accent)
    places = (0.2, 0.76) if d.shape[4] < 0.5 else (0.18, 0.6, 0.83)
    _tyres(c, p, places, 0.8, mix(0.08, 0.115, d.shape[3]))


def car_round(c: Canvas, d: Design, p: Paint) -> None:
    """A round little car. Shape: height, crown, window size, wheel size, wheel base, guards."""
    top, crown = mix(0.32, 0.2, d.shape[0]), mix(0.16, 0.3, d.shape[1])
    hull = smooth(((0.05, 0.66), (0.14, 0.52), (0.5 - crown, top + 0.1), (0.5, top),
                   (0.5 + crown, top + 0.1),
                   (0.88, 0.52), (0.95, 0.68), (0.85, 0.76), (0.5, 0.77),
                   (0.15, 0.76)))  # fmt: skip
    _hull(c, d, p, hull, (0.5, 0.63))
    size = mix(0.07, 0.12, d.shape[2])
    for side in (-1, 1):
        c.part(smooth(((0.5 + side * 0.03, top + 0.08), (0.5 + side * (size + 0.02), top + 0.13),
                       (0.5 + side * (size + 0.03), 0.47), (0.5 + side * 0.03, 0.47))),
                       (186, 214, 230))  # fmt: skip
    base, tyre = mix(0.24, 0.3, d.shape[4]), mix(0.1, 0.14, d.shape[3])
    for side in (-1, 1):
        if d.shape[5] > 0.4:
            c.part(
                stroke(arc(0.5 + side * base, 0.78, tyre + 0.02, tyre + 0.02, 195, 345), 0.036),
                p.accent,
            )
    _tyres(c, p, (0.5 - base, 0.5 + base), 0.79, tyre)
    _lights(c, 0.62)


def car_racer(c: Canvas, d: Design, p: Paint) -> None:
    """A low racer with a wing. Shape: nose, cockpit, wing height, front wheel, back wheel, fin."""
    nose, seat, wing = (
        mix(0.62, 0.54, d.shape[0]),
        mix(0.42, 0.58, d.shape[1]),
        mix(0.34, 0.22, d.shape[2]),
    )
    c.part(bar(0.86, 0.54, 0.9, wing, 0.04), DARK)
    c.part(rounded(0.76, wing - 0.05, 0.99, wing + 0.035, 0.02), p.accent)
    hull = path(((0.02, nose + 0.08), (0.1, nose), (seat - 0.14, 0.44), (seat, 0.38),
                 (0.86, 0.4), (0.96, 0.54),
                 (0.96, 0.76), (0.06, 0.76)))  # fmt: skip
    if d.shape[5] > 0.5:
        c.body(path(((seat + 0.1, 0.43), (seat + 0.2, 0.28), (0.84, 0.43))), -0.2)
    c.part(ellipse(seat + 0.04, 0.36, 0.065), PALE)
    c.part(rounded(seat - 0.03, 0.33, seat + 0.05, 0.375, 0.02), DARK)
    _hull(c, d, p, hull, (0.5, 0.6))
    front, back = mix(0.09, 0.13, d.shape[3]), mix(0.12, 0.16, d.shape[4])
    _tyres(c, p, (0.22,), 0.89 - front, front)
    _tyres(c, p, (0.78,), 0.89 - back, back)


register("toy_car", (car_saloon, car_truck, car_round, car_racer), "standing", "gloss")
