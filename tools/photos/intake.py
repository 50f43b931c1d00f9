"""Reading photos in: one door, with one reason for each refusal.

The rule: what a file declares is checked before it is decoded, and what leaves here is upright RGB
in a JPEG without metadata, so that nothing after this needs to be careful.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from listing import Photo
from listing.errors import BadInputError, PhotoError
from tools.photos._header import MalformedError, PhotoHeader, foreign_kind, photo_format
from tools.photos._heif import read_heif
from tools.photos._jpeg import read_jpeg
from tools.photos._pixels import DECODE_ERRORS, jpeg_bytes, upright_rgb
from tools.photos._png import read_png
from tools.photos._webp import read_webp
from tools.photos.limits import DEFAULT_LIMITS, PhotoLimits

_READERS: dict[str, Callable[[bytes], PhotoHeader]] = {
    "JPEG": read_jpeg,
    "PNG": read_png,
    "WebP": read_webp,
    "HEIC": read_heif,
}


@dataclass(frozen=True)
class NormalisedPhoto:
    """A photo that has passed the door, with the bytes whose hash is its name."""

    photo: Photo
    data: bytes
    """JPEG, RGB, upright, no metadata; `sha256(data) == photo.sha256`."""
    notes: tuple[str, ...] = ()
    """What a user should know, with the file named: "a.png: is animated; only ..."."""


def read_photo(data: bytes, name: str, limits: PhotoLimits = DEFAULT_LIMITS) -> NormalisedPhoto:
    """Return the photo in `data` normalised: sRGB, upright, at most `limits.side` pixels long.

    The format is told by content, so `name` serves only in messages. The result is the same bytes
    for the same input under one build of Pillow; a photo that was normalised before under the same
    limits comes back unchanged.

    Raises:
        PhotoError: with `name` and the reason; nothing beyond the limits was decoded.
    """
    shown = _shown(name)
    _check_bytes(len(data), shown, limits)
    try:
        header = _header(data)
        _check_size(header, shown, limits)
        image = upright_rgb(header, limits.side)
        kept = jpeg_bytes(image, header)
    except MalformedError as error:
        raise PhotoError(shown, str(error)) from error
    except DECODE_ERRORS as error:
        detail = " ".join(str(error).split())[:120] or type(error).__name__
        raise PhotoError(shown, f"cannot be decoded ({detail}); export it again as JPEG") from error
    photo = Photo(sha256=hashlib.sha256(kept).hexdigest(), width=image.width, height=image.height)
    notes = (f"{shown}: {header.frames_note}",) if header.frames_note else ()
    return NormalisedPhoto(photo=photo, data=kept, notes=notes)


def read_photo_file(
    path: str | os.PathLike[str], limits: PhotoLimits = DEFAULT_LIMITS
) -> NormalisedPhoto:
    """Return the photo in a file, as `read_photo`; the file is read no further than the limit.

    Raises:
        PhotoError: the path is missing, a folder or unreadable, or the photo is refused.
    """
    name = _shown(os.fspath(path))
    try:
        status = Path(path).stat()
        if stat.S_ISDIR(status.st_mode):
            raise PhotoError(name, "is a folder; name the photos in it")
        if not stat.S_ISREG(status.st_mode):
            raise PhotoError(name, "is not a file")
        _check_bytes(status.st_size, name, limits)
        with Path(path).open("rb") as file:
            data = file.read(limits.max_bytes + 1)
    except FileNotFoundError as error:
        raise PhotoError(name, "there is no such file") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PhotoError(name, f"cannot be read ({reason})") from error
    return read_photo(data, name, limits)


def read_photos(
    paths: Sequence[str | os.PathLike[str]], limits: PhotoLimits = DEFAULT_LIMITS
) -> list[NormalisedPhoto]:
    """Return the photos of one request, one to `limits.max_count`, in the order given.

    A photo that comes twice is kept once, with a note on the one kept.

    Raises:
        BadInputError: there are none, or too many; told before any file is opened.
        PhotoError: one of them is refused.
    """
    _check_count(len(paths), limits)
    return _unique((_shown(os.fspath(path)), read_photo_file(path, limits)) for path in paths)


def read_uploads(
    uploads: Sequence[tuple[str, bytes]], limits: PhotoLimits = DEFAULT_LIMITS
) -> list[NormalisedPhoto]:
    """Return the photos of one request that came as (name, bytes); otherwise as `read_photos`."""
    _check_count(len(uploads), limits)
    return _unique((_shown(name), read_photo(data, name, limits)) for name, data in uploads)


def _shown(name: str) -> str:
    """Return a name as a message may print it, control and unprintable characters escaped."""
    return name if name.isprintable() else ascii(name)[1:-1]


def _unique(photos: Iterable[tuple[str, NormalisedPhoto]]) -> list[NormalisedPhoto]:
    kept: dict[str, NormalisedPhoto] = {}
    for name, photo in photos:
        first = kept.get(photo.photo.sha256)
        if first is None:
            kept[photo.photo.sha256] = photo
        else:
            note = f"{name}: is the same photo as an earlier one; kept once"
            kept[photo.photo.sha256] = replace(first, notes=(*first.notes, note))
    return list(kept.values())


def _check_count(count: int, limits: PhotoLimits) -> None:
    if count == 0:
        raise BadInputError(f"photos: none given; give one to {limits.max_count}")
    if count > limits.max_count:
        raise BadInputError(
            f"photos: {count} given, at most {limits.max_count} are read; leave some out"
        )


def _check_bytes(size: int, name: str, limits: PhotoLimits) -> None:
    if size == 0:
        raise PhotoError(name, "is empty (0 bytes)")
    if size > limits.max_bytes:
        raise PhotoError(
            name,
            f"is {size / 2**20:.1f} MiB, more than the limit of "
            f"{limits.max_bytes / 2**20:.1f} MiB; export it smaller",
        )


def _header(data: bytes) -> PhotoHeader:
    form = photo_format(data)
    if form is None:
        raise MalformedError(
            f"is not a photo that can be read: it is {foreign_kind(data)}; "
            "give a JPEG, PNG, WebP or HEIC photo"
        )
    return _READERS[form](data)


def _check_size(header: PhotoHeader, name: str, limits: PhotoLimits) -> None:
    width, height = header.width, header.height
    size = f"is {width} x {height} pixels"
    if min(width, height) < limits.min_side:
        raise PhotoError(name, f"{size}; the shorter side must be at least {limits.min_side}")
    if width * height > limits.max_pixels:
        raise PhotoError(
            name,
            f"{size}, {width * height / 1e6:.0f} megapixels, more than the limit of "
            f"{limits.max_pixels / 1e6:.0f}; export it smaller",
        )
    if max(width, height) > limits.max_aspect * min(width, height):
        raise PhotoError(
            name, f"{size}; the longer side may be at most {limits.max_aspect:g} times the shorter"
        )
