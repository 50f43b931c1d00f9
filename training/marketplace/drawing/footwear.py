"""Drawings of what goes on feet: sneakers and roller skates, seen from the outer side.

One rule: the toe points left, and the sole carries the accent so that the upper is the body.
"""

from .canvas import Canvas
from .design import Design
from .palette import DARK, PALE, Paint, tone
from .registry import register
from .shapes import Points, bar, curve, ellipse, mix, path, smooth, stroke


def _sole(c: Canvas, d: Design, p: Paint, top: float, thick: float, rake: float) -> None:
    heel = top + thick
    c.part(smooth(((0.05, top + 0.02 - rake), (0.3, top + 0.02), (0.6, top), (0.94, top - 0.02),
                   (0.965, heel - 0.02), (0.6, heel), (0.3, heel), (0.1, heel - 0.01 - rake))),
           p.accent)  # fmt: skip
    c.part(stroke(((0.1, heel - 0.008 - 0.7 * rake), (0.3, heel - 0.005), (0.95, heel - 0.012)),
                  0.02),
           tone(p.accent, -0.4), edge=False)  # fmt: skip


def _upper(toe: float, ankle: float, sole: float) -> Points:
    """The upper's outline: toe height, ankle height and the line where the sole begins."""
    return smooth(((0.06, sole), (0.07, sole - 0.5 * toe), (0.16, sole - toe),
                   (0.34, sole - toe - 0.07),
                   (0.52, ankle + 0.08), (0.58, ankle + 0.01), (0.66, ankle + 0.035),
                   (0.78, ankle + 0.03),
                   (0.92, ankle - 0.01), (0.93, 0.5 * (ankle + sole)), (0.955, sole),
                   (0.6, sole + 0.03), (0.3, sole + 0.03)))  # fmt: skip


def _laces(
    c: Canvas, toe: float, ankle: float, sole: float, rows: int, colour: tuple[int, int, int]
) -> None:
    for row in range(rows):
        share = (row + 0.6) / rows
        x, y = mix(0.34, 0.55, share), mix(sole - toe - 0.05, ankle + 0.06, share)
        c.part(bar(x - 0.035, y - 0.012, x + 0.075, y + 0.055, 0.026), colour)


def _shoe(c: Canvas, d: Design, p: Paint, toe: float, ankle: float, thick: float) -> None:
    """Shape: sole, ankle, toe height, heel patch, toe cap, lace rows."""
    sole = 0.86 - thick
    _sole(c, d, p, sole, thick, 0.03)
    upper = _upper(toe, ankle, sole)
    c.body(upper)
    c.part(ellipse(0.74, ankle + 0.035, 0.13, 0.03), tone(DARK, 0.1), edge=False)
    side = smooth(((0.3, sole - 0.02), (0.44, sole - toe - 0.02), (0.62, ankle + 0.12),
                   (0.84, ankle + 0.1), (0.85, sole - 0.02)))  # fmt: skip
    c.motif(side, d.motif, p.accent)
    if d.shape[4] > 0.3:
        cap = mix(0.13, 0.24, d.shape[4])
        c.seam(
            curve(
                (
                    (0.06 + cap, sole + 0.02),
                    (0.03 + cap, sole - 0.5 * toe),
                    (cap, sole - toe - 0.02),
                )
            )
        )
    heel = mix(0.0, 0.24, d.shape[3])
    c.inlay(upper, [path(((0.9 - 0.4 * heel, sole),
                          (0.95 - heel * 0.5, ankle + 0.5 * (sole - ankle)),
                          (1.0, ankle + 0.3 * (sole - ankle)), (1, sole)))], p.accent)  # fmt: skip
    c.shade(upper, 0.22, "bottom")
    _laces(
        c,
        toe,
        ankle,
        sole,
        3 + int(d.shape[5] * 3.99),
        PALE if sum(p.body) < 600 else (90, 92, 100),
    )
    c.mark(d.mark, 0.66, 0.5 * (ankle + 0.1 + sole), 0.15)
    if c.size_hint:
        c.text(c.size_hint, 0.84, sole - 0.05, 0.045, p.ink, 0.12)


def sneaker_low(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: see `_shoe`."""
    _shoe(
        c,
        d,
        p,
        mix(0.1, 0.17, d.shape[2]),
        mix(0.47, 0.36, d.shape[1]),
        mix(0.06, 0.13, d.shape[0]),
    )


def sneaker_high(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: see `_shoe`."""
    _shoe(
        c,
        d,
        p,
        mix(0.12, 0.18, d.shape[2]),
        mix(0.24, 0.09, d.shape[1]),
        mix(0.05, 0.11, d.shape[0]),
    )


def sneaker_chunky(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: see `_shoe`; the sole is waved."""
    thick = mix(0.13, 0.18, d.shape[0])
    _shoe(c, d, p, mix(0.14, 0.2, d.shape[2]), mix(0.34, 0.22, d.shape[1]), thick)
    sole = 0.87 - thick
    ridge = [(0.06 + 0.09 * i, sole + (0.02 if i % 2 else 0.085)) for i in range(11)]
    c.part(stroke(curve(ridge), 0.022), PALE if sum(p.accent) < 480 else DARK, edge=False)


def sneaker_strap(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: sole, ankle, toe height, strap width, strap lean, strap count."""
    toe, ankle, thick = (
        mix(0.13, 0.18, d.shape[2]),
        mix(0.44, 0.3, d.shape[1]),
        mix(0.05, 0.1, d.shape[0]),
    )
    sole = 0.86 - thick
    _sole(c, d, p, sole, thick, 0.0)
    upper = smooth(((0.05, sole), (0.06, sole - 0.8 * toe), (0.2, sole - toe - 0.04),
                    (0.42, ankle + 0.1),
                    (0.55, ankle), (0.9, ankle), (0.95, sole), (0.6, sole + 0.03),
                    (0.3, sole + 0.03)))  # fmt: skip
    c.body(upper)
    c.part(ellipse(0.72, ankle + 0.005, 0.16, 0.03), tone(DARK, 0.1), edge=False)
    c.motif(
        smooth(((0.5, sole), (0.56, ankle + 0.1), (0.88, ankle + 0.08), (0.9, sole))),
        d.motif,
        p.accent,
    )
    width, lean = mix(0.05, 0.085, d.shape[3]), mix(-0.06, 0.08, d.shape[4])
    for strap in range(2 + int(d.shape[5] * 1.99)):
        x, y = 0.27 + 0.12 * strap, sole - toe - 0.06 - 0.5 * strap * (sole - toe - ankle - 0.06)
        c.part(bar(x, y, x + 0.1 + lean, sole - 0.03, width), p.accent)
    c.shade(upper, 0.22, "bottom")
    c.mark(d.mark, 0.75, 0.5 * (ankle + sole) + 0.02, 0.15)


register("sneakers", (sneaker_low, sneaker_high, sneaker_chunky, sneaker_strap), "standing", "soft")


def roller_skate(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: sole, ankle, toe height, wheel size, stopper, lace rows; odd: in line."""
    ankle, sole = mix(0.12, 0.06, d.shape[1]), 0.62
    upper = _upper(mix(0.13, 0.18, d.shape[2]), ankle, sole)
    c.part(bar(0.12, 0.69, 0.9, 0.69, 0.06), tone(DARK, 0.15))
    wheel = mix(0.075, 0.095, d.shape[3])
    inline = d.silhouette % 2 == 1
    for x in (0.14, 0.38, 0.62, 0.86) if inline else (0.2, 0.36, 0.68, 0.84):
        c.part(ellipse(x, 0.82, wheel), p.accent)
        c.part(ellipse(x, 0.82, 0.4 * wheel), PALE)
    if d.shape[4] > 0.4:
        c.part(ellipse(0.05, 0.72, 0.05), DARK)
    c.part(bar(0.07, 0.64, 0.95, 0.64, 0.05), DARK)
    c.body(upper)
    c.part(ellipse(0.74, ankle + 0.035, 0.13, 0.03), tone(DARK, 0.1), edge=False)
    c.motif(
        smooth(((0.3, sole), (0.6, ankle + 0.1), (0.86, ankle + 0.1), (0.9, sole))),
        d.motif,
        p.accent,
    )
    c.shade(upper, 0.22, "bottom")
    _laces(c, 0.15, ankle, sole, 4 + int(d.shape[5] * 2.99), PALE)
    c.mark(d.mark, 0.72, 0.4, 0.16)


register(
    "roller_skates", (roller_skate, roller_skate, roller_skate, roller_skate), "standing", "pebble"
)
