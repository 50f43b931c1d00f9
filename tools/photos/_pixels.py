"""From a checked header to upright sRGB pixels no larger than asked, and to the bytes kept."""

import io
import struct
import zlib

import numpy as np
from PIL import Image, ImageCms
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from tools.photos._header import MalformedError, PhotoHeader
from tools.photos._heif import decode_heif
from tools.photos._jpeg import same_container

JPEG_QUALITY = 92
DECODE_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    RuntimeError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    MemoryError,
    AssertionError,
    AttributeError,
    struct.error,
    zlib.error,
)
"""What Pillow and libheif raise on damaged bytes, found by feeding them such."""

# The plugins are called by name, not through Image.open: no other format is ever tried, and its
# size check, a warning, would come after ours.
_PLUGINS: dict[str, type[ImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WebP": WebPImageFile,
}
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def upright_rgb(header: PhotoHeader, side: int) -> Image.Image:
    """Return the photo in RGB (sRGB), upright, its longest side at most `side` pixels.

    Transparent parts become white. Raises one of `DECODE_ERRORS` on damaged image data.
    """
    image = _flat(_decode(header, side))
    # A large step is made by averaging first: four times faster and as good to the eye.
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    image = _srgb(image, header.icc)
    turn = _TURNS.get(header.orientation)
    if turn is not None:
        image = image.transpose(turn)
    image.info = {}
    return image


def jpeg_bytes(image: Image.Image, header: PhotoHeader) -> bytes:
    """Return the photo as JPEG without metadata, the same bytes for the same pixels.

    A file that, less its metadata, is as this function writes it is not encoded again, so that a
    photo taken from the store and read again keeps its hash and loses nothing.
    """
    buffer = io.BytesIO()
    image.save(buffer, format="JPEG", quality=JPEG_QUALITY, subsampling="4:2:0")
    encoded = buffer.getvalue()
    same_pixels = (
        header.format == "JPEG"
        and header.orientation == 1
        and header.icc is None
        and image.size == (header.width, header.height)
    )
    return header.data if same_pixels and same_container(header.data, encoded) else encoded


def _decode(header: PhotoHeader, side: int) -> Image.Image:
    if header.format == "HEIC":
        image = decode_heif(header.data)
        _same_size(image, header)
        return image
    opened = _PLUGINS[header.format](io.BytesIO(header.data))
    _same_size(opened, header)
    if header.format == "JPEG":
        # libjpeg decodes at 1/2, 1/4 or 1/8 for little; twice the side keeps the quality.
        opened.draft(None, (2 * side, 2 * side))
    opened.load()
    return opened


def _same_size(image: Image.Image, header: PhotoHeader) -> None:
    if image.size != (header.width, header.height):
        raise MalformedError("is damaged: its parts declare different image sizes")


def _flat(image: Image.Image) -> Image.Image:
    """Return the image in L, RGB or CMYK of eight bits, transparency laid on white."""
    if image.mode.startswith("I"):
        sixteen = np.clip(np.asarray(image).astype(np.int64), 0, 0xFFFF)
        return Image.fromarray((sixteen >> 8).astype(np.uint8))
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, (255, 255, 255, 255))
        white.alpha_composite(image.convert("RGBA"))
        return white.convert("RGB")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def _srgb(image: Image.Image, icc: bytes | None) -> Image.Image:
    """Return RGB, through the colour profile where there is one that fits and can be read."""
    if icc is not None:
        try:
            converted = ImageCms.profileToProfile(
                image, io.BytesIO(icc), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            converted = None  # a profile for another colour space, or a broken one
        if converted is not None:
            return converted
    return image.convert("RGB")
