"""The list of the modules that draw kinds; importing it fills the register."""

from . import (
    appliances,
    audio,
    bags,
    clothing,
    computing,
    footwear,
    furniture,
    handheld,
    kitchen,
    leisure,
    lookalikes,
    music,
    restricted,
    shelf,
    timepieces,
    umbrellas,
)

__all__ = [
    "appliances",
    "audio",
    "bags",
    "clothing",
    "computing",
    "footwear",
    "furniture",
    "handheld",
    "kitchen",
    "leisure",
    "lookalikes",
    "music",
    "restricted",
    "shelf",
    "timepieces",
    "umbrellas",
]
