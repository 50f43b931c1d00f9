"""What there is to draw: the design of a model, one worn item of it, and the photograph's scene.

One rule: everything that a picture shows is named here, so that a picture is a function of these
values and of nothing else. Construction checks each field and names the bad one.
"""

import hashlib
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from PIL import Image

from .palette import COLOURS

KINDS: tuple[str, ...] = (
    "phone", "laptop", "headphones", "console", "camera", "sneakers", "jacket", "tshirt",
    "handbag", "backpack", "watch", "mug", "lamp", "chair", "bicycle", "book", "toy_car",
    "guitar", "kettle", "skateboard",
)  # fmt: skip
LONG_TAIL: tuple[str, ...] = ("umbrella", "desk_fan", "roller_skates")
PROHIBITED: tuple[str, ...] = (
    "handgun", "combat_knife", "pill_bottle", "cigarettes", "liquor_bottle", "banknotes",
    "fireworks", "syringe",
)  # fmt: skip
LOOKALIKES: tuple[str, ...] = ("water_pistol", "kitchen_knife")
SILHOUETTES, MOTIFS, MARKS = 4, 8, 40

Backdrop = Literal["wood", "cloth", "floor", "shop", "plain"]
WearKind = Literal["scratch", "stain", "crack", "scuff"]
Box = tuple[float, float, float, float]

TEXTURES: dict[str, tuple[str, ...]] = {
    "pebble": ("leather", "faux leather", "vegan leather", "suede", "nubuck", "rubber"),
    "weave": ("canvas", "linen", "nylon", "polyester", "mesh", "cordura", "jute", "rattan"),
    "twill": ("denim", "twill", "corduroy", "tweed"),
    "grain": ("wood", "oak", "maple", "walnut", "bamboo", "mahogany", "pine", "spruce", "beech"),
    "brushed": ("metal", "steel", "stainless steel", "aluminium", "titanium", "iron", "brass",
                "copper", "chrome"),
    "gloss": ("ceramic", "glass", "porcelain", "enamel", "stoneware", "resin"),
    "satin": ("plastic", "carbon", "polycarbonate", "acrylic", "silicone", "vinyl"),
    "soft": ("cotton", "wool", "fleece", "velvet", "knit", "jersey", "felt", "down", "silk",
             "paper", "paperback", "hardcover", "cardboard", "fabric", "cloth"),
}  # fmt: skip
MATERIALS: dict[str, str] = {name: grain for grain, names in TEXTURES.items() for name in names}


def _check(field: str, value: object, good: bool, wanted: str) -> None:
    if not good:
        raise ValueError(f"{field}: {value!r} is not {wanted}")


def _check_index(field: str, value: int, count: int) -> None:
    _check(field, value, value in range(count), f"in 0..{count - 1}")


@dataclass(frozen=True)
class Design:
    """What a model looks like, the same for all its variants.

    `shape` holds six proportions in [0, 1], whose meaning the docstring of each drawing gives.
    """

    kind: str
    silhouette: int
    shape: tuple[float, ...]
    accent: tuple[int, int, int]
    motif: int
    mark: int
    brand: str
    model: str

    def __post_init__(self) -> None:
        """Raises ValueError naming the first field that no drawing can use."""
        known = (*KINDS, *LONG_TAIL, *PROHIBITED, *LOOKALIKES)
        _check("kind", self.kind, self.kind in known, f"one of {', '.join(known)}")
        _check_index("silhouette", self.silhouette, SILHOUETTES)
        _check_index("motif", self.motif, MOTIFS)
        _check_index("mark", self.mark, MARKS)
        inside = len(self.shape) == 6 and all(0 <= value <= 1 for value in self.shape)
        _check("shape", self.shape, inside, "six numbers in [0, 1]")
        legal = len(self.accent) == 3 and all(value in range(256) for value in self.accent)
        _check("accent", self.accent, legal, "three integers in 0..255")


@dataclass(frozen=True)
class Wear:
    """One flaw of an item; `severity` in [0, 1] sets its size and how far it stands out."""

    kind: WearKind
    seed: int
    severity: float

    def __post_init__(self) -> None:
        """Raises ValueError naming the bad field."""
        _check("wear.kind", self.kind, self.kind in get_args(WearKind), str(get_args(WearKind)))
        _check("wear.severity", self.severity, 0 <= self.severity <= 1, "in [0, 1]")


@dataclass(frozen=True)
class Item:
    """One second-hand item: a design in a colour and material, with its flaws."""

    design: Design
    colour: str
    material: str | None = None
    wear: tuple[Wear, ...] = ()
    size_hint: str | None = None

    def __post_init__(self) -> None:
        """Raises ValueError naming the bad field."""
        _check("colour", self.colour, self.colour in COLOURS, f"one of {', '.join(COLOURS)}")
        known = self.material is None or self.material in MATERIALS
        _check("material", self.material, known, f"one of {', '.join(MATERIALS)}")


@dataclass(frozen=True)
class Scene:
    """How the photograph is taken; what is None is drawn by lot from the seed."""

    seed: int
    background: Backdrop | None = None
    clutter: bool | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        """Raises ValueError naming the bad field."""
        known = self.background is None or self.background in get_args(Backdrop)
        _check("background", self.background, known, str(get_args(Backdrop)))

    def lots(self, concern: str) -> np.random.Generator:
        """Returns the generator of one concern, alike in every process and call order."""
        return stable_rng("scene", self.seed, concern)


@dataclass(frozen=True)
class Rendered:
    """The picture, with boxes in [0, 1] of it; a box is None where its thing is not in view."""

    image: Image.Image
    item_box: Box | None
    mark_box: Box | None
    wear_boxes: tuple[tuple[Wear, Box], ...]
    note_box: Box | None


def stable_rng(*fields: object) -> np.random.Generator:
    """Returns a generator seeded by the fields' text, whatever the process."""
    digest = hashlib.blake2b(repr(fields).encode(), digest_size=8).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "little")))
