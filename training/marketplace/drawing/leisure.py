"""Drawings of what rolls: bicycles and skateboards.

One rule: frames and decks are broad, since their colour must be read from afar.
"""

import numpy as np

from .canvas import Canvas
from .design import Design
from .palette import DARK, RUBBER, STEEL, Paint, tone
from .registry import register
from .shapes import Points, arc, bar, curve, ellipse, mix, path, rounded, smooth, stroke


def _wheel(c: Canvas, p: Paint, x: float, y: float, radius: float, rim: float) -> None:
    c.part(stroke(arc(x, y, radius, radius, 0, 360), 0.03), RUBBER, edge=False)
    c.body(stroke(arc(x, y, radius - 0.035, radius - 0.035, 0, 360), rim), edge=False)
    for turn in np.radians(np.arange(0, 180, 36)):
        dx, dy = (radius - 0.05) * np.cos(turn), (radius - 0.05) * np.sin(turn)
        c.line(path(((x - dx, y - dy), (x + dx, y + dy))), STEEL, 0.006)
    c.part(ellipse(x, y, 0.03), p.accent)


def _cycle(c: Canvas, d: Design, p: Paint, radius: float, low: bool, thick: float) -> None:
    """Draws wheels, frame, saddle, bar and graphic.

    Shape: wheel size, saddle height, bar height, tube width, mudguards, bar form.
    """
    y = 0.9 - radius - 0.01
    back, front, crank = (0.04 + radius, y), (0.96 - radius, y), (0.47, y + 0.03)
    seat = (0.36, mix(0.36, 0.24, d.shape[1]))
    head = (0.7, mix(0.3, 0.18, d.shape[2]))
    for hub in (back, front):
        _wheel(c, p, *hub, radius, 0.04)
        if d.shape[4] > 0.4:
            c.part(stroke(arc(*hub, radius + 0.025, radius + 0.025, 195, 330), 0.035), p.accent)
    tubes = [(back, crank), (back, (seat[0] + 0.02, seat[1] + 0.14)), (head, front), (seat, crank)]
    neck = (head[0] + 0.01, head[1] + 0.12)
    tubes += [((0.42, y - 0.08), (neck[0], neck[1] + 0.08)),
              (crank, (neck[0], neck[1] + 0.16))] if low else [
        ((seat[0] + 0.01, seat[1] + 0.1), neck), (crank, neck)]  # fmt: skip
    for a, b in tubes:
        c.body(bar(*a, *b, thick))
    c.part(bar(seat[0] - 0.1, seat[1], seat[0] + 0.1, seat[1] - 0.015, 0.06, 0.5), p.accent)
    _handle(c, d, p, head)
    c.part(ellipse(*crank, 0.065), DARK)
    c.part(ellipse(*crank, 0.035), STEEL)
    c.part(bar(crank[0], crank[1], crank[0] + 0.1, crank[1] + 0.04, 0.022), DARK)


def _handle(c: Canvas, d: Design, p: Paint, head: tuple[float, float]) -> None:
    x, y = head
    forms = (
        ((x, y), (x + 0.1, y - 0.02), (x + 0.14, y + 0.05), (x + 0.08, y + 0.1)),
        ((x, y), (x - 0.03, y - 0.06), (x - 0.14, y - 0.05)),
        ((x, y), (x + 0.02, y - 0.14), (x - 0.08, y - 0.15)),
    )
    c.part(stroke(curve(forms[int(d.shape[5] * 2.99)]), 0.036), p.accent)


def _panel(c: Canvas, d: Design, p: Paint, corners: tuple[tuple[float, float], ...]) -> None:
    """A bag or chain guard in the frame that has room for the graphic and the mark."""
    panel = path(corners)
    c.body(panel)
    c.motif(panel, d.motif, p.accent)
    x, y = panel.mean(0)
    c.mark(d.mark, float(x), float(y), 0.14)


def bicycle_road(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: see `_cycle`; a bag fills the frame."""
    radius = mix(0.18, 0.23, d.shape[0])
    _cycle(c, d, p, radius, False, mix(0.05, 0.075, d.shape[3]))
    _panel(c, d, p, ((0.41, 0.42), (0.67, 0.38), (0.66, 0.46), (0.5, 0.68), (0.46, 0.66)))


def bicycle_city(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: see `_cycle`; a low step and a basket."""
    _cycle(c, d, p, mix(0.17, 0.21, d.shape[0]), True, mix(0.055, 0.08, d.shape[3]))
    _panel(c, d, p, ((0.76, 0.27), (1.0, 0.27), (0.97, 0.45), (0.79, 0.45)))


def bicycle_small(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: see `_cycle`; small wheels under a deep frame."""
    _cycle(c, d, p, mix(0.12, 0.15, d.shape[0]), False, mix(0.065, 0.09, d.shape[3]))
    _panel(c, d, p, ((0.4, 0.46), (0.68, 0.4), (0.7, 0.52), (0.52, 0.72), (0.45, 0.7)))


def bicycle_cargo(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: see `_cycle`; a box over the back wheel."""
    _cycle(c, d, p, mix(0.14, 0.18, d.shape[0]), True, mix(0.055, 0.08, d.shape[3]))
    _panel(c, d, p, ((0.03, 0.32), (0.27, 0.32), (0.27, 0.56), (0.03, 0.56)))


register("bicycle", (bicycle_road, bicycle_city, bicycle_small, bicycle_cargo), "standing", "satin")


def _deck(
    c: Canvas, d: Design, p: Paint, deck: Points, trucks: tuple[float, float], half: float
) -> None:
    """Draws wheels, deck, graphic and trucks, from below.

    Shape: width, length, nose, wheel size, wheel base, edge.
    """
    wheel = mix(0.03, 0.052, d.shape[3])
    for y in trucks:
        for side in (-1, 1):
            x = 0.5 + side * (half + 0.005)
            c.part(rounded(x - 0.032, y - wheel, x + 0.032, y + wheel, 0.025), p.accent)
    c.body(deck)
    c.motif(deck, d.motif, p.accent)
    c.shade(deck, 0.16)
    if d.shape[5] > 0.4:
        c.part(
            stroke(np.concatenate((deck, deck[:2])), mix(0.008, 0.022, d.shape[5])),
            p.accent,
            edge=False,
        )
    for y in trucks:
        c.part(rounded(0.455, y - 0.035, 0.545, y + 0.035, 0.02), STEEL)
        c.part(bar(0.5 - half, y, 0.5 + half, y, 0.032), tone(STEEL, -0.2))
    c.mark(d.mark, 0.5, 0.5, 0.15)
    c.text(d.brand, 0.5, 0.61, 0.05, p.ink, 1.5 * half)


def skateboard_street(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: see `_deck`."""
    half, tip = mix(0.13, 0.19, d.shape[0]), mix(0.1, 0.02, d.shape[1])
    gap = mix(0.17, 0.24, d.shape[4])
    deck = rounded(0.5 - half, tip, 0.5 + half, 1 - tip, mix(0.08, 0.2, d.shape[2]))
    _deck(c, d, p, deck, (tip + gap, 1 - tip - gap), half)


def skateboard_pintail(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: see `_deck`."""
    half = mix(0.165, 0.22, d.shape[0])
    nose = mix(0.3, 0.8, d.shape[2]) * half
    deck = smooth(((0.5, 0.02), (0.5 + nose, 0.1), (0.5 + half, 0.4), (0.5 + 0.8 * half, 0.7),
                   (0.51, 0.98),
                   (0.49, 0.98), (0.5 - 0.8 * half, 0.7), (0.5 - half, 0.4),
                   (0.5 - nose, 0.1)))  # fmt: skip
    gap = mix(0.16, 0.25, d.shape[4])
    _deck(c, d, p, deck, (gap, 0.96 - gap), 0.82 * half)


def skateboard_cruiser(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: see `_deck`; a pointed nose and a square tail."""
    half, nose = mix(0.16, 0.21, d.shape[0]), mix(0.04, 0.14, d.shape[2])
    deck = path(((0.5 - nose, 0.06), (0.5 + nose, 0.06), (0.5 + half, 0.26),
                 (0.5 + 0.82 * half, 0.5),
                 (0.5 + half, 0.74), (0.5 + 0.8 * half, 0.95), (0.5 - 0.8 * half, 0.95),
                 (0.5 - half, 0.74),
                 (0.5 - 0.82 * half, 0.5), (0.5 - half, 0.26)))  # fmt: skip
    gap = mix(0.2, 0.28, d.shape[4])
    _deck(c, d, p, deck, (gap, 1 - gap), 0.9 * half)


def skateboard_drop(c: Canvas, d: Design, p: Paint) -> None:
    """Shape: see `_deck`; cut in at the wheels."""
    half, neck = mix(0.175, 0.23, d.shape[0]), mix(0.07, 0.11, d.shape[2])
    side = curve(((0.5 + neck, 0.03), (0.5 + neck, 0.2), (0.5 + half, 0.3), (0.5 + half, 0.7),
                  (0.5 + neck, 0.8), (0.5 + neck, 0.97)))  # fmt: skip
    deck = np.concatenate((side, (side * (-1, 1) + (1, 0))[::-1]))
    gap = mix(0.1, 0.17, d.shape[4])
    _deck(c, d, p, deck, (gap, 1 - gap), half * 0.9)


register(
    "skateboard",
    (skateboard_street, skateboard_pintail, skateboard_cruiser, skateboard_drop),
    "flat",
    "grain",
)
