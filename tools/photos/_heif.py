"""HEIC photos through pillow-heif, called by name so that Pillow's registry stays as it is."""

import importlib
from typing import Any

from PIL import Image

from tools.photos._header import MAX_ICC_BYTES, MalformedError, PhotoHeader


def read_heif(data: bytes) -> PhotoHeader:
    """Return the header of a HEIC file; its turn is part of the format, so orientation is 1.

    Raises:
        MalformedError: the container cannot be read, or pillow-heif is not installed.
    """
    container = _open(data)
    main = container[container.primary_index]
    icc = main.info.get("icc_profile")
    usable = isinstance(icc, bytes) and 0 < len(icc) <= MAX_ICC_BYTES
    several = len(container) > 1
    return PhotoHeader(
        format="HEIC",
        width=int(main.size[0]),
        height=int(main.size[1]),
        data=data,
        icc=icc if usable else None,
        frames_note="holds several images; only the main one is used" if several else None,
    )


def decode_heif(data: bytes) -> Image.Image:
    """Return the main image, upright; raises ValueError, RuntimeError, EOFError or OSError."""
    container = _open(data)
    image: Image.Image = container[container.primary_index].to_pillow()
    return image


def _open(data: bytes) -> Any:
    try:
        heif = importlib.import_module("pillow_heif")
    except ImportError as error:
        raise MalformedError(
            "is a HEIC photo, which needs pillow-heif: install it, or export the photo as JPEG"
        ) from error
    try:
        return heif.open_heif(data, convert_hdr_to_8bit=True)
    except (ValueError, RuntimeError, EOFError, OSError) as error:
        raise MalformedError(f"is a damaged HEIC photo ({_one_line(error)})") from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
