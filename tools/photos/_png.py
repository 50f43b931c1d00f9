"""The chunks of a PNG file: size, orientation, profile, and the file without its metadata."""

import zlib

from tools.photos._exif import orientation
from tools.photos._header import MAX_ICC_BYTES, MalformedError, PhotoHeader

_MAX_CHUNKS = 100_000
_KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def read_png(data: bytes) -> PhotoHeader:
    """Return the header of a PNG file; of an animated one, `data` holds the first frame alone.

    Raises:
        MalformedError: it is truncated, does not open with its size, or has absurdly many chunks.
    """
    if data[12:16] != b"IHDR" or len(data) < 33:
        raise MalformedError("is a damaged PNG: it does not begin with its image size")
    turned, icc, animated = 1, None, False
    kept = [_SIGNATURE]
    at = len(_SIGNATURE)
    for _ in range(_MAX_CHUNKS):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(data):
            raise MalformedError("is truncated: the PNG image data stops before its end")
        if kind in _KEPT:
            kept.append(data[at:end])
        elif kind == b"eXIf":
            turned = orientation(data[at + 8 : end - 4])
        elif kind == b"iCCP":
            icc = _profile(data[at + 8 : end - 4])
        elif kind == b"acTL":
            animated = True
        at = end
        if kind == b"IEND":
            break
    else:
        raise MalformedError(f"is a damaged PNG: more than {_MAX_CHUNKS} chunks")
    return PhotoHeader(
        format="PNG",
        width=int.from_bytes(data[16:20], "big"),
        height=int.from_bytes(data[20:24], "big"),
        data=b"".join(kept),
        orientation=turned,
        icc=icc,
        frames_note="is animated; only the first frame is used" if animated else None,
    )


def _profile(chunk: bytes) -> bytes | None:
    """Return the profile in an iCCP chunk; None when it is damaged or inflates past the limit."""
    _, found, rest = chunk.partition(b"\x00")
    inflate = zlib.decompressobj()
    try:
        profile = inflate.decompress(rest[1:], MAX_ICC_BYTES + 1)
    except zlib.error:
        return None
    return profile if found and 0 < len(profile) <= MAX_ICC_BYTES else None
