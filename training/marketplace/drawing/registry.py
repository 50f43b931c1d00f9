"""The register of drawings, filled by the modules of kinds as they are imported.

One rule: a kind has four drawings, one for each silhouette, and says how the item is laid.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from .canvas import Canvas
from .design import Design
from .palette import Paint

Drawing = Callable[[Canvas, Design, Paint], None]
Stance = Literal["flat", "standing"]


@dataclass(frozen=True)
class Kind:
    """How the items of a kind are drawn and laid: flat and turned, or standing upright."""

    drawings: tuple[Drawing, Drawing, Drawing, Drawing]
    stance: Stance
    texture: str  # where the item names no material


_KINDS: dict[str, Kind] = {}


def register(
    name: str,
    drawings: tuple[Drawing, Drawing, Drawing, Drawing],
    stance: Stance = "flat",
    texture: str = "satin",
) -> None:
    """Adds a kind to the register."""
    _KINDS[name] = Kind(drawings, stance, texture)


def kind_of(name: str) -> Kind:
    """Returns the registered kind; ValueError where nothing draws it."""
    if name not in _KINDS:
        raise ValueError(f"kind: nothing draws {name!r}")
    return _KINDS[name]
