"""The segments of a JPEG file: size, orientation, profile, and the file without its metadata.

The rule: what the decoder does not need (EXIF, XMP, comments, thumbnails, a video glued to the end)
is cut off first, and what costs it unbounded time (thousands of scans) is refused.
"""

import re
from dataclasses import dataclass, field

from tools.photos._exif import orientation
from tools.photos._header import MAX_ICC_BYTES, MalformedError, PhotoHeader

_MAX_SEGMENTS = 10_000
_MAX_SCANS = 64
_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})
_SOS, _EOI, _COM, _DNL = 0xDA, 0xD9, 0xFE, 0xDC
_KEPT_APP = frozenset({0xE0, 0xEE})  # JFIF and Adobe decide the colour space
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


@dataclass
class _Segments:
    """What a walk over the file found."""

    size: tuple[int, int] | None = None
    orientation: int | None = None
    icc: dict[int, bytes] = field(default_factory=dict)
    kept: list[bytes] = field(default_factory=lambda: [b"\xff\xd8"])
    scans: int = 0
    scan_start: int = 0
    end: int = 0


def read_jpeg(data: bytes) -> PhotoHeader:
    """Return the header of a JPEG file.

    Raises:
        MalformedError: it is truncated, declares no size or several, or has absurdly many parts.
    """
    found = _walk(data)
    if found.size is None:
        raise MalformedError("is a damaged JPEG: it declares no image size")
    joined = b"".join(found.icc[number] for number in sorted(found.icc))
    return PhotoHeader(
        format="JPEG",
        width=found.size[0],
        height=found.size[1],
        data=b"".join(found.kept),
        orientation=found.orientation or 1,
        icc=joined if 0 < len(joined) <= MAX_ICC_BYTES else None,
    )


def same_container(data: bytes, encoded: bytes) -> bool:
    """Tell whether `data` is a file as our encoder writes it, with nothing more in it.

    True when all before the pixels equals `encoded` byte for byte, there is one scan, and nothing
    follows it; such a file may be kept as it is.
    """
    ours, theirs = _walk(encoded), _walk(data)
    return (
        theirs.scans == 1
        and theirs.end == len(data)
        and data[: theirs.scan_start] == encoded[: ours.scan_start]
        and theirs.scan_start == ours.scan_start
        and _MARKER.search(data, theirs.scan_start, theirs.end - 2) is None
    )


def _walk(data: bytes) -> _Segments:
    found = _Segments()
    at = 2
    for _ in range(_MAX_SEGMENTS):
        match = _MARKER.search(data, at)
        if match is None:
            raise MalformedError("is truncated: the JPEG image data stops before its end")
        if found.scans:
            found.kept.append(data[at : match.start()])
        marker, start = data[match.start() + 1], match.end()
        if marker == _EOI:
            found.kept.append(b"\xff\xd9")
            found.end = start
            return found
        at = start
        if marker not in _BARE:
            at = _segment(data, marker, start, found)
    raise MalformedError(f"is a damaged JPEG: more than {_MAX_SEGMENTS} segments")


def _segment(data: bytes, marker: int, start: int, found: _Segments) -> int:
    length = int.from_bytes(data[start : start + 2], "big")
    body, end = data[start + 2 : start + length], start + length
    if length < 2 or end > len(data):
        raise MalformedError("is truncated: a JPEG segment runs past the end of the file")
    if marker in _SOF:
        if found.size is not None:
            raise MalformedError("is a damaged JPEG: it declares its size twice")
        found.size = (int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big"))
    elif marker == _SOS:
        found.scans += 1
        found.scan_start = end
        if found.scans > _MAX_SCANS:
            raise MalformedError(f"is a damaged JPEG: more than {_MAX_SCANS} scans")
    elif marker == 0xE1 and body.startswith(b"Exif\x00\x00") and found.orientation is None:
        found.orientation = orientation(body)
    elif marker == 0xE2 and body.startswith(b"ICC_PROFILE\x00") and len(body) > 14:
        found.icc.setdefault(body[12], body[14:])
    if marker in _KEPT_APP or not (0xE0 <= marker <= 0xEF or marker in (_COM, _DNL)):
        found.kept.append(b"\xff" + bytes([marker]) + data[start:end])
    return end
