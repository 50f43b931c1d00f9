"""Seeded photographs of second-hand goods in a fictional market, drawn with Pillow and numpy.

One rule: a picture is a function of its item and scene; the same values give the same bytes.
"""

from . import catalogue as _catalogue  # noqa: F401  (registers the drawings)
from .design import (
    KINDS,
    LONG_TAIL,
    LOOKALIKES,
    MARKS,
    MATERIALS,
    MOTIFS,
    PROHIBITED,
    SILHOUETTES,
    Box,
    Design,
    Item,
    Rendered,
    Scene,
    Wear,
)
from .palette import COLOURS
from .renderer import render

__all__ = [
    "COLOURS",
    "KINDS",
    "LONG_TAIL",
    "LOOKALIKES",
    "MARKS",
    "MATERIALS",
    "MOTIFS",
    "PROHIBITED",
    "SILHOUETTES",
    "Box",
    "Design",
    "Item",
    "Rendered",
    "Scene",
    "Wear",
    "render",
]
