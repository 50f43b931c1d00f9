"""The layer that an item is drawn on: outlines in unit coordinates, posed as they are drawn.

One rule: a pose moves points, never pixels, so nothing is resampled twice. Pixels of the body
carry alpha 255 and all other parts 250, which is how later steps find the body.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFont

from . import shapes
from .marks import badge
from .motifs import figures_of
from .palette import RGB, brightness, tone
from .shapes import Points

SKIN, SKIN_FROM, PART = 255, 253, 250
PixelBox = tuple[int, int, int, int]


@dataclass(frozen=True)
class Pose:
    """A projective map from unit coordinates to pixels, and its size in pixels per unit."""

    matrix: NDArray[np.float64]
    scale: float

    def __call__(self, points: Points) -> Points:
        """Returns `(n, 2)` pixel positions."""
        mapped = points @ self.matrix[:, :2].T + self.matrix[:, 2]
        flat: Points = mapped[:, :2] / mapped[:, 2:]
        return flat


class Canvas:
    """A transparent square layer of `side` pixels that takes outlines in unit coordinates."""

    def __init__(self, side: int, pose: Pose, body: RGB, size_hint: str | None = None) -> None:
        """Starts empty; `body` is the colour of everything drawn with `body()`."""
        self.layer = Image.new("RGBA", (side, side), (0, 0, 0, 0))
        self.pose = pose
        self.colour = body
        self.size_hint = size_hint
        self.mark_at: Points | None = None
        self._pen = ImageDraw.Draw(self.layer)
        self._line = max(1, round(0.0065 * pose.scale))

    def body(self, outline: Points, shift: float = 0.0, edge: bool = True) -> None:
        """Fills an outline with the body's colour, made lighter or darker by `shift`."""
        self._fill(outline, tone(self.colour, shift) if shift else self.colour, SKIN, edge)

    def part(self, outline: Points, colour: RGB, edge: bool = True) -> None:
        """Fills an outline with a colour of its own."""
        self._fill(outline, colour, PART, edge)

    def cut(self, outline: Points) -> None:
        """Makes the inside of an outline transparent again."""
        self._pen.polygon(self._flat(outline), fill=(0, 0, 0, 0))

    def line(self, points: Points, colour: RGB, width: float = 0.008) -> None:
        """Draws a thin open path."""
        pixels = max(1, round(width * self.pose.scale))
        self._pen.line(self._flat(points), fill=(*colour, PART), width=pixels)

    def seam(self, points: Points, strength: float = 0.3) -> None:
        """Draws a thin path in a darker tone of the body, which stays body."""
        pen = (*tone(self.colour, -strength), SKIN)
        self._pen.line(self._flat(points), fill=pen, width=max(1, round(0.007 * self.pose.scale)))

    def inlay(self, region: Points, figures: Sequence[Points], colour: RGB, ink: int = 255) -> None:
        """Paints figures where they lie within a region; `ink` under 255 is a thin coat."""
        outline = self.pose(region)
        box = self._within(outline)
        if box is None:
            return
        mask = self._mask((outline,), box)
        drawn = self._mask([self.pose(figure) for figure in figures], box, ink)
        self.layer.paste((*colour, PART), box, ImageChops.multiply(mask, drawn))

    def overlay(self, figures: Sequence[Points], colour: RGB, ink: int) -> None:
        """Paints figures over whatever has been drawn, and nowhere else."""
        posed = [self.pose(figure) for figure in figures]
        box = self._within(np.concatenate(posed))
        if box is None:
            return
        drawn = self.layer.crop(box).getchannel("A")
        self.layer.paste(
            (*colour, PART), box, ImageChops.multiply(self._mask(posed, box, ink), drawn)
        )

    def motif(self, region: Points, index: int, colour: RGB) -> None:
        """Paints the large graphic of a model on a region."""
        if index:
            self.inlay(region, figures_of(index, shapes.bounds(region)), colour)

    def shade(self, region: Points, strength: float = 0.3, side: str = "right") -> None:
        """Darkens a region towards one side (`right`, `left`, `bottom`, `top`)."""
        self._veil(region, (0, 0, 0), strength, side)

    def light(self, region: Points, strength: float = 0.3, side: str = "left") -> None:
        """Lightens a region towards one side."""
        self._veil(region, (255, 255, 255), strength, side)

    def mark(self, index: int, x: float, y: float, size: float) -> None:
        """Draws a brand mark `size` wide about a centre, and remembers where."""
        for outline, colour in badge(index):
            self._fill(outline * (size / 2) + (x, y), colour, PART, edge=False)
        self.mark_at = shapes.rect(x - size / 2, y - size / 2, x + size / 2, y + size / 2)

    def text(
        self, words: str, x: float, y: float, height: float, colour: RGB, width: float
    ) -> None:
        """Prints words about a centre, no wider than `width`; leaves out what would be a blur."""
        pixels = round(height * self.pose.scale)
        if pixels < 8 or not words:
            return
        stencil = _stencil(words, min(pixels, 96))
        wide = min(width, height * stencil.width / stencil.height)
        tall = wide * stencil.height / stencil.width
        self.stamp(
            stencil, shapes.rect(x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2), colour
        )

    def stamp(self, stencil: Image.Image, frame: Points, colour: RGB) -> None:
        """Paints a colour through a stencil whose corners go to the four points of `frame`."""
        corners = self.pose(frame)
        box = self._within(corners)
        if box is None:
            return
        mask = stencil.transform(
            (box[2] - box[0], box[3] - box[1]),
            Image.Transform.AFFINE,
            _inverse(corners - box[:2], stencil.size),
            Image.Resampling.BILINEAR,
        )
        self.layer.paste((*colour, PART), box, mask)

    def box_of(self, points: Points) -> PixelBox | None:
        """Returns the pixel box of points in unit coordinates, cut to the layer."""
        return self._within(self.pose(points))

    def _fill(self, outline: Points, colour: RGB, alpha: int, edge: bool) -> None:
        flat = self._flat(outline)
        self._pen.polygon(flat, fill=(*colour, alpha))
        if edge:
            shift = -0.36 if brightness(colour) > 56 else -0.3
            pen = (*tone(colour, shift), alpha)
            self._pen.line(flat + flat[:4], fill=pen, width=self._line)

    def _flat(self, points: Points) -> list[float]:
        flat: list[float] = self.pose(points).ravel().tolist()
        return flat

    def _veil(self, region: Points, colour: RGB, strength: float, side: str) -> None:
        outline = self.pose(region)
        box = self._within(outline)
        if box is None:
            return
        mask = self._mask((outline,), box, round(255 * strength))
        ramp = _ramp(side).resize(mask.size, Image.Resampling.BILINEAR)
        self.layer.paste((*colour, SKIN), box, ImageChops.multiply(mask, ramp))

    def _mask(self, outlines: Iterable[Points], box: PixelBox, ink: int = 255) -> Image.Image:
        mask = Image.new("L", (box[2] - box[0], box[3] - box[1]), 0)
        pen = ImageDraw.Draw(mask)
        for outline in outlines:
            pen.polygon((outline - box[:2]).ravel().tolist(), fill=ink)
        return mask

    def _within(self, outline: Points) -> PixelBox | None:
        low, high = np.floor(outline.min(0)), np.ceil(outline.max(0)) + 1
        x0, y0, x1, y1 = (int(min(max(v, 0), self.layer.width)) for v in (*low, *high))
        return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None


def _inverse(corners: Points, size: tuple[int, int]) -> tuple[float, ...]:
    across = (corners[1] - corners[0]) / size[0]
    down = (corners[3] - corners[0]) / size[1]
    inverse = np.linalg.inv(np.column_stack((across, down)))
    start = -inverse @ corners[0]
    return (*inverse[0], start[0], *inverse[1], start[1])


@lru_cache(maxsize=8)
def _ramp(side: str) -> Image.Image:
    ramp = Image.linear_gradient("L").resize((32, 32))
    turn = {"bottom": 0, "right": 90, "top": 180, "left": 270}[side]
    return ramp.rotate(turn)


@lru_cache(maxsize=4096)
def _stencil(words: str, pixels: int) -> Image.Image:
    font = ImageFont.load_default(size=pixels)
    left, top, right, bottom = font.getbbox(words)
    stencil = Image.new("L", (max(1, int(right - left)) + 2, max(1, int(bottom - top)) + 2), 0)
    ImageDraw.Draw(stencil).text((1 - left, 1 - top), words, fill=255, font=font)
    return stencil
