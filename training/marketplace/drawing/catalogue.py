"""The list of the modules that draw kinds; importing it fills the register."""

from . import (
    bags,
    clothing,
    computing,
    footwear,
    furniture,
    handheld,
    kitchen,
    leisure,
    restricted,
    shelf,
    timepieces,
)

__all__ = [
    "bags",
    "clothing",
    "computing",
    "footwear",
    "furniture",
    "handheld",
    "kitchen",
    "leisure",
    "restricted",
    "shelf",
    "timepieces",
]
