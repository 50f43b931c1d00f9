"""The one thing that is read from EXIF, the orientation; all else in it is dropped unseen."""

import struct

_ORIENTATION = 0x0112
_MAX_ENTRIES = 512


def orientation(exif: bytes) -> int:
    """Return the orientation (1 to 8) in a block of EXIF; 1 where it is absent or damaged.

    Never raises: a camera's broken EXIF is no reason to refuse the photo.
    """
    tiff = exif.removeprefix(b"Exif\x00\x00")
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for entry in range(min(count, _MAX_ENTRIES)):
            tag, kind = struct.unpack_from(f"{order}HH", tiff, start + 2 + 12 * entry)
            if tag != _ORIENTATION:
                continue
            short_or_long = {3: "H", 4: "I"}.get(kind)
            if short_or_long is None:
                return 1
            (value,) = struct.unpack_from(
                f"{order}{short_or_long}", tiff, start + 2 + 12 * entry + 8
            )
            return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1
