"""What a photo may be: the limits that intake enforces, all checked before any pixel is decoded."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PhotoLimits:
    """Limits on one photo and on one request; the defaults admit the photos of today's phones."""

    max_count: int = 9
    """Photos in one request."""
    max_bytes: int = 25 * 1024 * 1024
    """Size of the file as it came."""
    max_pixels: int = 65_000_000
    """Declared width times height; 64-megapixel phones pass."""
    min_side: int = 32
    """Shorter side in pixels, below which there is nothing to see."""
    max_aspect: float = 8.0
    """Longer side over shorter side."""
    side: int = 1600
    """Longest side of the normalised photo; smaller photos are not enlarged."""


DEFAULT_LIMITS = PhotoLimits()
