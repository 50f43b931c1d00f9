"""What a photo file says of itself before it is decoded, and how its format is told.

The rule: formats are told by content, never by name, and sizes are read from the declaration, so
that an image that would not fit is refused without allocating it.
"""

from dataclasses import dataclass
from typing import Literal

PhotoFormat = Literal["JPEG", "PNG", "WebP", "HEIC"]

MAX_ICC_BYTES = 4 * 1024 * 1024
"""Colour profiles beyond this are dropped: the largest of print shops are about 2 MiB."""


class MalformedError(ValueError):
    """The bytes break their own format. The message is the reason, to stand after a file name."""


@dataclass(frozen=True)
class PhotoHeader:
    """A photo's declaration, and the bytes that the decoder is to see."""

    format: PhotoFormat
    width: int
    height: int
    data: bytes
    """The file without its metadata where the format lets segments be dropped, else the file."""
    orientation: int = 1
    """EXIF orientation, 1 to 8; 1 where there is none or it cannot be read."""
    icc: bytes | None = None
    """Colour profile, at most `MAX_ICC_BYTES`."""
    frames_note: str | None = None
    """What was left out of a file of several images, else None."""


_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_FOREIGN = (
    (b"GIF8", "a GIF image"),
    (b"BM", "a BMP image"),
    (b"II*\x00", "a TIFF or camera raw image"),
    (b"MM\x00*", "a TIFF or camera raw image"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL image"),
    (b"\xff\x0a", "a JPEG XL image"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 image"),
    (b"\x1a\x45\xdf\xa3", "a video"),
)


def photo_format(data: bytes) -> PhotoFormat | None:
    """Return the format that the content has, or None when it is not one that intake reads."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    brands = _brands(data)
    return "HEIC" if brands & _HEIF_BRANDS and not brands & _AVIF_BRANDS else None


def foreign_kind(data: bytes) -> str:
    """Return in words what a file is that `photo_format` does not know: "a GIF image", "text"."""
    for magic, kind in _FOREIGN:
        if data.startswith(magic):
            return kind
    brands = _brands(data)
    if brands:
        return "an AVIF image" if brands & _AVIF_BRANDS else "a video"
    head = data[:4096]
    # A cut in the middle of a character is no sign against text, hence "ignore" and the count.
    words = head.decode("utf-8", errors="ignore")
    text = len(words.encode()) >= len(head) - 3 and b"\x00" not in head
    return "a text file" if text else "not a format known here"


def _brands(data: bytes) -> frozenset[bytes]:
    """Return the brands of an ISO media file's `ftyp` box; empty for anything else."""
    if data[4:8] != b"ftyp":
        return frozenset()
    size = min(int.from_bytes(data[:4], "big"), 256)
    return frozenset(data[at : at + 4] for at in (8, *range(16, size - 3, 4)))
