"""What else lies in the picture: clutter at its borders, and a note or a price tag.

One rule: a note shows the scene's text and no other; a tag without a text has only a scribble.
"""

import textwrap

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from .camera import plain_pose
from .canvas import Canvas
from .palette import DARK, PALE, RGB, STEEL, from_hsv, tone
from .shapes import Points, arc, bar, curve, ellipse, path, rect, rounded, stroke

_PAPERS: tuple[RGB, ...] = ((252, 250, 242), (252, 240, 170), (238, 246, 250), (250, 224, 214))
_PENS: tuple[RGB, ...] = ((28, 40, 120), (30, 30, 34), (150, 24, 34))
_CORNERS = ((0.04, 0.05), (0.96, 0.05), (0.04, 0.95), (0.96, 0.95))


def clutter(side: int, rng: np.random.Generator) -> Canvas:
    """Returns a layer with one to three small things near the borders."""
    things = (_coin, _pen, _cable, _cup_ring, _leaflet, _key)
    canvas = Canvas(side, plain_pose(side, 0.5, 0.5, 1.0, 0), PALE)
    for _ in range(int(rng.integers(1, 4))):
        turn = rng.uniform(0, 2 * np.pi)
        reach = rng.uniform(0.44, 0.52)
        x, y = 0.5 + np.clip(reach * 1.3 * np.array((np.cos(turn), np.sin(turn))), -0.46, 0.46)
        canvas.pose = plain_pose(side, x, y, 0.3, float(rng.uniform(0, 360)))
        things[rng.integers(len(things))](canvas, from_hsv(rng.random(), 0.5, 0.7))
    return canvas


def _coin(canvas: Canvas, hue: RGB) -> None:
    canvas.part(ellipse(0, 0, 0.17), (196, 164, 96))
    canvas.part(ellipse(0, 0, 0.13), (214, 186, 122))
    canvas.part(rect(-0.03, -0.08, 0.03, 0.08), (176, 142, 80), edge=False)


def _pen(canvas: Canvas, hue: RGB) -> None:
    canvas.part(rounded(-0.6, -0.045, 0.5, 0.045, 0.03), hue)
    canvas.part(path(((0.5, -0.045), (0.66, 0), (0.5, 0.045))), STEEL)
    canvas.part(rect(-0.6, -0.045, -0.46, 0.045), tone(hue, -0.4))


def _cable(canvas: Canvas, hue: RGB) -> None:
    lead = curve(((-0.7, 0.1), (-0.3, -0.2), (0.1, 0.2), (0.4, -0.1), (0.2, -0.35)), 10)
    canvas.part(stroke(lead, 0.04), (70, 70, 74), edge=False)
    canvas.part(rounded(0.13, -0.5, 0.27, -0.3, 0.03), (50, 50, 54))


def _cup_ring(canvas: Canvas, hue: RGB) -> None:
    for start, width in ((20, 0.035), (160, 0.02)):
        canvas.part(
            stroke(arc(0, 0, 0.34, 0.34, start, start + 150), width), (128, 94, 62), edge=False
        )


def _leaflet(canvas: Canvas, hue: RGB) -> None:
    canvas.part(rect(-0.4, -0.3, 0.4, 0.3), (244, 242, 236))
    canvas.part(rect(-0.4, -0.3, 0.4, -0.14), hue, edge=False)
    for y in (-0.04, 0.06, 0.16):
        canvas.part(rect(-0.32, y, 0.26, y + 0.03), (176, 176, 176), edge=False)


def _key(canvas: Canvas, hue: RGB) -> None:
    canvas.part(bar(0, 0, 0.5, 0, 0.06), STEEL)
    canvas.part(rect(0.34, 0, 0.4, 0.1), STEEL)
    canvas.part(rect(0.44, 0, 0.5, 0.12), STEEL)
    canvas.part(stroke(arc(-0.12, 0, 0.13, 0.13, 0, 360), 0.06), STEEL)


def note(
    side: int, rng: np.random.Generator, words: str, away: Points | None
) -> tuple[Canvas, Points]:
    """Returns a layer with a paper, and the paper's corners in that layer's coordinates.

    The paper lies in the corner farthest from `away`, a place in the frame in [0, 1].
    """
    lines = textwrap.wrap(words, max(10, min(24, round(1.7 * len(words) ** 0.62)))) or [""]
    longest = max(6, *(len(line) for line in lines))
    wide = min(0.66, 0.06 + 0.0265 * longest)
    tall = 0.05 + 0.058 * len(lines)
    corners = np.array(_CORNERS) + ((0, 0) if away is None else rng.normal(0, 0.02, 2))
    far = corners - ((0.5, 0.2) if away is None else away.mean(0))
    x, y = corners[int(np.hypot(far[:, 0], far[:, 1]).argmax())]
    x += (0.5 * wide + 0.02) * (1 if x < 0.5 else -1)
    y += (0.5 * tall + 0.02) * (1 if y < 0.5 else -1)
    canvas = Canvas(side, plain_pose(side, x, y, 1.0, float(rng.uniform(-7, 7))), PALE)
    paper = rect(-wide / 2, -tall / 2, wide / 2, tall / 2)
    canvas.part(paper, _PAPERS[rng.integers(len(_PAPERS))])
    ink = _PENS[rng.integers(len(_PENS))]
    if words:
        canvas.stamp(_written(lines, round(wide * side), round(tall * side)), paper, ink)
    else:
        _scribble(canvas, rng, wide, tall, ink)
    canvas.part(ellipse(-wide / 2 + 0.02, -tall / 2 + 0.02, 0.008), tone(DARK, 0.3), edge=False)
    return canvas, paper


def _scribble(canvas: Canvas, rng: np.random.Generator, wide: float, tall: float, ink: RGB) -> None:
    x = np.linspace(-0.36 * wide, 0.36 * wide, 9)
    wobble = np.column_stack((x, rng.uniform(-0.2, 0.2, 9) * tall))
    canvas.line(curve(wobble), ink, 0.005)


def _written(lines: list[str], wide: int, tall: int) -> Image.Image:
    stencil = Image.new("L", (wide, tall), 0)
    pen = ImageDraw.Draw(stencil)
    pixels = round(0.72 * tall / (len(lines) + 0.6))
    font = ImageFont.load_default(size=pixels)
    widest = max(1.0, *(font.getlength(line) for line in lines))
    if widest > 0.9 * wide:
        pixels = max(6, int(pixels * 0.9 * wide / widest))
        font = ImageFont.load_default(size=pixels)
    pitch = tall / (len(lines) + 0.5)
    for row, line in enumerate(lines):
        middle = pitch * (row + 0.75)
        pen.text(
            (0.06 * wide, middle), line, fill=255, font=font, anchor="lm", stroke_width=pixels // 26
        )
    return stencil
