"""The chunks of a WebP file: size, orientation and profile, read before its canvas is allocated."""

from tools.photos._exif import orientation
from tools.photos._header import MAX_ICC_BYTES, MalformedError, PhotoHeader

_MAX_CHUNKS = 100_000
_ANIMATION = 0x02


def read_webp(data: bytes) -> PhotoHeader:
    """Return the header of a WebP file.

    Raises:
        MalformedError: it is truncated, holds no image, or has absurdly many chunks.
    """
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise MalformedError("is truncated: the WebP image data stops before its end")
    size: tuple[int, int] | None = None
    turned, icc, animated = 1, None, False
    at = 12
    for _ in range(_MAX_CHUNKS):
        if at + 8 > end:
            break
        kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        body = data[at + 8 : at + 8 + length]
        if kind == b"VP8X":
            animated = bool(body[:1] and body[0] & _ANIMATION)
        elif kind == b"EXIF":
            turned = orientation(body)
        elif kind == b"ICCP" and len(body) <= MAX_ICC_BYTES:
            icc = body
        size = size or _size(kind, body)
        at += 8 + length + length % 2
    else:
        raise MalformedError(f"is a damaged WebP: more than {_MAX_CHUNKS} chunks")
    if size is None:
        raise MalformedError("is a damaged WebP: it declares no image size")
    return PhotoHeader(
        format="WebP",
        width=size[0],
        height=size[1],
        data=data,
        orientation=turned,
        icc=icc,
        frames_note="is animated; only the first frame is used" if animated else None,
    )


def _size(kind: bytes, body: bytes) -> tuple[int, int] | None:
    """Return the (width, height) that an image chunk declares (RFC 9649, sections 2.5 to 2.7)."""
    if kind == b"VP8X" and len(body) >= 10:
        return (
            int.from_bytes(body[4:7], "little") + 1,
            int.from_bytes(body[7:10], "little") + 1,
        )
    if kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a" and len(body) >= 10:
        return (
            int.from_bytes(body[6:8], "little") & 0x3FFF,
            int.from_bytes(body[8:10], "little") & 0x3FFF,
        )
    if kind == b"VP8L" and body[:1] == b"\x2f" and len(body) >= 5:
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None
