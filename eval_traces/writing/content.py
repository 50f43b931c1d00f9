"""What may enter a trace: plain JSON, photos by hash, no bytes, no EXIF, no contact data.

Every value and string that is recorded passes through one `ContentFilter`. The same filter makes
the canonical form that replay looks values up by, so that a live value meets its recorded twin.
"""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from pathlib import PurePath
from typing import Any, cast
from uuid import UUID

import numpy as np
from PIL import Image
from pydantic import BaseModel

from eval_traces.writing.binary_text import cut_binary
from eval_traces.writing.photo_part import as_photo_part, content_uri

Redact = Callable[[str], str]
Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

MAX_DEPTH = 48
_REMEMBERED = 256
_LONG_NUMBER = 10**8
_METADATA_KEYS = frozenset(
    {"exif", "gps", "gpsinfo", "gps_info", "makernote", "maker_note", "xmp", "iptc", "icc_profile"}
)
_ID_KEYS = frozenset(
    {"id", "listing_id", "category_id", "parent", "sha256", "photo", "photos", "uri", "evidence"}
    | {"trace_id", "span_id", "thread_id", "checkpoint_id", "call_id", "tool_call_id", "exclude"}
)
"""Keys of ids that this program gave out: a long number there is no telephone number."""
_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,127}", re.ASCII)
_SOURCE = re.compile(r"(?:photo|listing|category|template|policy):[A-Za-z0-9_.:-]{1,128}", re.ASCII)
_HASH = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    r"[0-9a-f]{64}|[0-9a-f]{32}|(?=[0-9]*[a-f])[0-9a-f]{16}"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r")(?![0-9A-Za-z])"
)


def canonical_json(value: Json) -> str:
    """Return the one JSON text of a plain value: sorted keys, no spaces, non-ASCII as it is.

    Two equal values give equal texts, and `json.loads` gives the value back.
    """
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


class ContentFilter:
    """Turns any value into JSON that may be recorded; `redact` takes contact data out of a text."""

    def __init__(self, redact: Redact) -> None:
        self._redact = redact
        self.text = lru_cache(maxsize=_REMEMBERED)(self._text)
        """Return a text without binary content and contact data; hashes and span ids survive.

        Remembered, because a reference's text passes through many steps of a run.
        """

    def json(self, value: object) -> str:
        """Return `value` filtered, as canonical JSON."""
        return canonical_json(self.value(value))

    def _text(self, text: str) -> str:
        text = cut_binary(text)
        kept = _HASH.findall(text)
        if not kept:
            return self._redact(text) if text else text
        between = [self._redact(part) if part else part for part in _HASH.split(text)]
        return "".join(a + b for a, b in zip(between, [*kept, ""], strict=True))

    def label(self, text: str) -> str:
        """Return a name or id of the program's own as it is, any other text filtered."""
        return cut_binary(text) if _ID.fullmatch(text) else self.text(text)

    def value(self, value: object, key: str = "", depth: int = 0) -> Json:
        """Return `value` as plain JSON data that may be recorded.

        Pydantic models and dataclasses become objects, sets sorted lists, bytes and pictures
        `{"type": "uri", "uri": "sha256:..."}`, arrays their shape and hash; of an object of any
        other type only the name of its class is kept.
        """
        if depth > MAX_DEPTH:
            return "[nested too deep]"
        if value is None or isinstance(value, bool):
            return value
        kind = type(value)
        if kind is str:  # most values are of these three
            return self._string(str(value), key)
        if isinstance(value, dict):
            return self._mapping(value, depth)
        if kind is list:
            return self._list(cast("list[object]", value), key, depth)
        if isinstance(value, Enum):
            return self.value(value.value, key, depth)
        if isinstance(value, np.generic):
            return self.value(value.item(), key, depth)
        if isinstance(value, str):
            return self._string(value, key)
        if isinstance(value, int):
            return self._integer(value)
        if isinstance(value, float):
            return value if math.isfinite(value) else str(value)
        if isinstance(value, bytes | bytearray | memoryview):
            data = bytes(value)
            return {"type": "uri", "uri": content_uri(data), "size": len(data)}
        return self._compound(value, key, depth)

    def _string(self, text: str, key: str) -> str:
        if _SOURCE.fullmatch(text):
            return text
        return self.label(text) if key in _ID_KEYS else self.text(text)

    def _integer(self, number: int) -> Json:
        """A telephone number is contact data as a JSON number too."""
        if -_LONG_NUMBER < number < _LONG_NUMBER:
            return int(number)
        text = str(number)
        redacted = self._redact(text)
        return int(number) if redacted == text else redacted

    def _compound(self, value: object, key: str, depth: int) -> Json:
        if isinstance(value, Image.Image):
            return self._mapping({"type": "image", "image": value}, depth)
        if isinstance(value, np.ndarray):
            uri = content_uri(np.ascontiguousarray(value).tobytes())
            return {
                "type": "array", "shape": list(value.shape), "dtype": str(value.dtype), "uri": uri,
            }  # fmt: skip
        if isinstance(value, BaseModel):
            return self._mapping(value.model_dump(), depth)
        if is_dataclass(value) and not isinstance(value, type):
            return self._mapping({f.name: getattr(value, f.name) for f in fields(value)}, depth)
        if isinstance(value, Mapping):
            return self._mapping(value, depth)
        if isinstance(value, Set):
            return sorted((self.value(v, key, depth + 1) for v in value), key=canonical_json)
        if isinstance(value, Sequence):
            return self._list(value, key, depth)
        if isinstance(value, BaseException):
            return {"type": type(value).__name__, "message": self.text(str(value))}
        if isinstance(value, date | time | PurePath | UUID | Decimal):
            return self._string(str(value), key)
        return {"type": "object", "class": f"{type(value).__module__}.{type(value).__qualname__}"}

    def _list(self, items: Sequence[object], key: str, depth: int) -> Json:
        return [self.value(item, key, depth + 1) for item in items]

    def _mapping(self, value: Mapping[Any, object], depth: int) -> Json:
        photo = as_photo_part(value)
        if photo is not None:
            return {k: self._string(v, k) if isinstance(v, str) else v for k, v in photo.items()}
        result: dict[str, Json] = {}
        for k, v in value.items():
            name = k if isinstance(k, str) else str(k)
            if name.lower() not in _METADATA_KEYS:
                result[self.text(name)] = self.value(v, name, depth + 1)
        return result
