"""Pictures for an audit: from the photo store, scaled down; for a missing one, why it is."""

import io
from collections.abc import Iterable

from PIL import Image

from eval_traces.audit.view import AuditPhoto
from listing import Photo
from listing.errors import BadInputError, IndexStoreError, NotFoundError
from tools.photos import PhotoStore

SIDE = 900
"""Longest side of the run's photos, pixels."""
_SMALL_SIDE = 420
"""The same for photos of other listings."""
_MANY = 3
_MANY_SIDE = 560
"""The same for the run's photos where there are more than `_MANY`."""
_QUALITY = 80


def read_photos_of(photos: Iterable[Photo], store: PhotoStore | None) -> tuple[AuditPhoto, ...]:
    """Return the run's photos, each with its picture or why there is none."""
    photos = list(photos)
    side = SIDE if len(photos) <= _MANY else _MANY_SIDE
    return tuple(
        AuditPhoto(p.sha256, p.width, p.height, *_picture(store, p.sha256, side)) for p in photos
    )


def read_listing_photos(keys: Iterable[str], store: PhotoStore | None) -> tuple[AuditPhoto, ...]:
    """Return photos of other listings by hash, small, each once."""
    known = dict.fromkeys(keys)
    pictures = ((key, _picture(store, key, _SMALL_SIDE)) for key in known)
    return tuple(AuditPhoto(key, data=data, note=note) for key, (data, note) in pictures)


def _picture(store: PhotoStore | None, key: str, side: int) -> tuple[bytes | None, str]:
    if store is None:
        return None, "no photo store was given"
    try:
        with Image.open(io.BytesIO(store.get(key))) as image:
            shown = image.convert("RGB")
    except NotFoundError:
        return None, f"not in the photo store ({store.folder})"
    except (BadInputError, IndexStoreError) as error:
        return None, str(error)
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        return None, f"cannot be decoded ({type(error).__name__})"
    shown.thumbnail((side, side), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    shown.save(buffer, "JPEG", quality=_QUALITY, optimize=True)
    return buffer.getvalue(), ""
