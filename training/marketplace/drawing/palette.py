"""The named colours and what a drawing derives from them.

One rule: a body keeps its named colour. Jitter moves it within the name, and the accent is moved
away from the body, never the body from its name.
"""

import colorsys
from dataclasses import dataclass

import numpy as np

RGB = tuple[int, int, int]

COLOURS: dict[str, RGB] = {
    "black": (32, 32, 36),
    "white": (246, 246, 245),
    "grey": (136, 139, 144),
    "red": (204, 36, 42),
    "blue": (38, 86, 196),
    "green": (44, 142, 72),
    "yellow": (244, 208, 36),
    "orange": (240, 122, 24),
    "pink": (243, 142, 184),
    "purple": (124, 60, 172),
    "brown": (112, 68, 40),
    "beige": (220, 197, 160),
}

DARK: RGB = (44, 45, 50)
RUBBER: RGB = (58, 58, 62)
STEEL: RGB = (186, 190, 197)
GLASS: RGB = (46, 58, 76)
PALE: RGB = (246, 244, 238)
GOLD: RGB = (206, 166, 84)
TIMBER: RGB = (168, 116, 68)


@dataclass(frozen=True)
class Paint:
    """The colours that one drawing uses."""

    body: RGB
    accent: RGB
    ink: RGB  # reads on the body


def brightness(colour: RGB) -> float:
    """Returns perceived lightness, 0 to 255 (Rec. 601 luma)."""
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


def distance(one: RGB, other: RGB) -> float:
    """Returns the Euclidean distance of two colours."""
    return float(sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5)


def tone(colour: RGB, amount: float) -> RGB:
    """Returns a lighter (`amount` > 0) or darker colour; the darkest are lightened instead."""
    if amount < 0 and brightness(colour) < 56:
        amount = -0.42 * amount
    if amount < 0:
        return _rgb(*(c * (1 + amount) for c in colour))
    return _rgb(*(c + (255 - c) * amount for c in colour))


def blend(one: RGB, other: RGB, share: float) -> RGB:
    """Returns the colour `share` of the way from `one` to `other`."""
    return _rgb(*(a + (b - a) * share for a, b in zip(one, other, strict=True)))


def from_hsv(hue: float, saturation: float, value: float) -> RGB:
    """Returns the colour of a hue (in turns), saturation and value."""
    return _rgb(*(255 * c for c in colorsys.hsv_to_rgb(hue % 1, saturation, value)))


def mixed(name: str, accent: RGB, rng: np.random.Generator) -> Paint:
    """Returns the paint for a named body colour, jittered within the name."""
    hue, saturation, value = colorsys.rgb_to_hsv(*(c / 255 for c in COLOURS[name]))
    drift, fade, lift = rng.uniform(-1, 1, 3)
    body = from_hsv(
        hue + 0.008 * drift,
        min(1.0, saturation * (1 + 0.06 * fade)),
        min(1.0, value * (1 + 0.04 * lift)),
    )
    ink = DARK if brightness(body) > 120 else PALE
    return Paint(body, _apart(accent, COLOURS[name]), ink)


def _apart(accent: RGB, body: RGB) -> RGB:
    if distance(accent, body) > 70:
        return accent
    return tone(body, -0.5) if brightness(body) > 110 else tone(body, 0.5)


def _rgb(red: float, green: float, blue: float) -> RGB:
    return (
        min(255, max(0, round(red))),
        min(255, max(0, round(green))),
        min(255, max(0, round(blue))),
    )
