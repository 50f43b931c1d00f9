"""Photos on their way out: paths or bytes, sent by content, never by address."""

import base64
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from listing.errors import PhotoError

PhotoLike: TypeAlias = str | os.PathLike[str] | bytes
"""A file's path, or a photo's bytes."""
_HEIF = frozenset({b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis", b"hevc"})


@dataclass(frozen=True)
class Upload:
    """One photo as it is sent."""

    name: str
    data: bytes

    @property
    def media_type(self) -> str:
        """What the first bytes say; the service looks at the content itself."""
        head = self.data[:12]
        if head.startswith(b"\xff\xd8\xff"):
            return "image/jpeg"
        if head.startswith(b"\x89PNG\r\n\x1a\n"):
            return "image/png"
        if head[:4] == b"RIFF" and head[8:] == b"WEBP":
            return "image/webp"
        if head[4:8] == b"ftyp" and head[8:] in _HEIF:
            return "image/heic"
        return "application/octet-stream"

    @property
    def data_url(self) -> str:
        """The photo as a data URL."""
        return f"data:{self.media_type};base64,{base64.b64encode(self.data).decode('ascii')}"


def load_photos(photos: Sequence[PhotoLike]) -> list[Upload]:
    """Return the photos with their bytes.

    Raises:
        PhotoError: a file cannot be read, or an address was given instead of one.
    """
    return [_read(photo, place) for place, photo in enumerate(photos, 1)]


def _read(photo: PhotoLike, place: int) -> Upload:
    if isinstance(photo, bytes):
        return Upload(f"photo-{place}", photo)
    name = os.fspath(photo)
    if "://" in name:
        raise PhotoError(name, "is an address; give a file or its bytes")
    try:
        return Upload(Path(name).name, Path(name).read_bytes())
    except OSError as error:
        raise PhotoError(name, f"cannot be read ({error.strerror}); give another file") from error
