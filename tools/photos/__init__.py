"""Photo intake and storage: the first door, which lets in only upright RGB without metadata."""

from tools.photos.intake import (
    NormalisedPhoto,
    read_photo,
    read_photo_file,
    read_photos,
    read_uploads,
)
from tools.photos.limits import DEFAULT_LIMITS, PhotoLimits
from tools.photos.store import PhotoStore

__all__ = [
    "DEFAULT_LIMITS",
    "NormalisedPhoto",
    "PhotoLimits",
    "PhotoStore",
    "read_photo",
    "read_photo_file",
    "read_photos",
    "read_uploads",
]
