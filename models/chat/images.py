"""Pictures in messages: from content blocks to decoded images with a content key.

Rule: a picture comes inside the message or not at all. Nothing is fetched or decoded before
its size is known, and equal bytes are decoded once.
"""

import base64
import binascii
import hashlib
import io
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from listing.errors import BadInputError

MAX_BYTES = 32 * 2**20
MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
IMAGE_BLOCKS = frozenset({"image", "image_url"})


@dataclass(frozen=True)
class DecodedImage:
    """An upright RGB image; `key` is the sha256 of the bytes it came from."""

    image: Image.Image
    key: str


class ImageDecoder:
    """Decodes image blocks and remembers the last `capacity` images. Safe to share by threads."""

    def __init__(self, capacity: int = 16) -> None:
        self._capacity = capacity
        self._images: OrderedDict[str, DecodedImage] = OrderedDict()
        self._lock = threading.Lock()

    def decode(self, block: Mapping[str, Any]) -> DecodedImage:
        """Return the image of a content block.

        Takes LangChain v1 and v0 image blocks, OpenAI `image_url` with a data URL and Anthropic
        `source` blocks. A remote address, or data that is no sound picture, raises BadInputError.
        """
        data = _block_bytes(block)
        key = hashlib.sha256(data).hexdigest()
        with self._lock:
            if (known := self._images.get(key)) is not None:
                self._images.move_to_end(key)
                return known
        decoded = DecodedImage(_decode(data), key)
        with self._lock:
            self._images[key] = decoded
            while len(self._images) > self._capacity:
                self._images.popitem(last=False)
        return decoded


def _block_bytes(block: Mapping[str, Any]) -> bytes:
    """Return the bytes inside an image block, wherever its dialect keeps them."""
    source = block.get("source")
    if isinstance(source, Mapping):
        return _block_bytes({"base64": source.get("data"), "url": source.get("url")})
    image_url = block.get("image_url")
    url = image_url.get("url") if isinstance(image_url, Mapping) else image_url
    url = url or block.get("url")
    encoded = block.get("base64") or block.get("data")
    if isinstance(url, str):
        encoded = _data_url(url)
    if isinstance(encoded, bytes):
        return encoded
    if not isinstance(encoded, str) or not encoded:
        raise BadInputError("image block: it holds no picture; send its bytes as base64")
    if len(encoded) > MAX_BYTES * 4 // 3 + 4:
        raise BadInputError(f"image block: larger than {MAX_BYTES // 2**20} MiB; send it smaller")
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadInputError(f"image block: the data is not base64 ({error})") from error


def _data_url(url: str) -> str:
    """Return the base64 part of a data URL; any other address is refused."""
    scheme, colon, rest = url.partition(":")
    if not colon or scheme.lower() != "data":
        raise BadInputError(
            f"image block: {url[:60]!r} is a remote address and nothing is fetched; "
            "send the picture as base64 or a data: URL"
        )
    head, comma, body = rest.partition(",")
    if not comma or not head.lower().endswith(";base64"):
        raise BadInputError("image block: the data: URL is not base64; use data:image/…;base64,…")
    return body


def _decode(data: bytes) -> Image.Image:
    try:
        image: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
        if image.width * image.height > MAX_PIXELS:
            raise BadInputError(
                f"image block: {image.width}x{image.height} is over {MAX_PIXELS // 10**6} "
                "megapixels; send it smaller"
            )
        return _opaque(ImageOps.exif_transpose(image))
    except UnidentifiedImageError as error:
        raise BadInputError(f"image block: not a picture in {', '.join(FORMATS)}") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadInputError(f"image block: {error}") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise BadInputError(f"image block: the picture is damaged ({error})") from error


def _opaque(image: Image.Image) -> Image.Image:
    """Return the image in RGB, what is transparent laid on white."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    layers = image.convert("RGBA")
    paper = Image.new("RGBA", layers.size, "white")
    return Image.alpha_composite(paper, layers).convert("RGB")
