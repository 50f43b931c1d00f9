"""Cuts binary content out of text: data URLs, base64, byte literals, mistaken decodings.

A run that can be decoded is replaced by the hash of its bytes, the same `sha256:` uri that the
photo store uses; what cannot be decoded is replaced by a note of its length.
"""

import base64
import binascii
import hashlib
import re

_DATA_URL = re.compile(
    r"data:[\w.+-]*/?[\w.+-]*(?:;[\w.+=-]+)*;base64,\s*([A-Za-z0-9+/_=%-]*)", re.IGNORECASE
)
_BASE64 = re.compile(
    r"(?:[A-Za-z0-9+/_-]{48,}(?:\\n|\\r|\s){1,4}){2,}[A-Za-z0-9+/_-]*={0,2}"
    r"|[A-Za-z0-9+/_-]{128,}={0,2}"
    r"|(?:/9j/|iVBORw0KGgo|UklGR|R0lGOD|SUkqA|TU0AK|AAAA[A-Za-z0-9+/]GZ0eX)[A-Za-z0-9+/_-]{12,}={0,2}"
)
_BYTES_LITERAL = re.compile(r"""\bb(?:'(?:\\.|[^'\\])*'?|"(?:\\.|[^"\\])*"?)""")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_MAX_CONTROL_SHARE = 0.03
_MIN_DISTINCT = 12
"""A rule of dashes or a row of equal letters is text, however long."""


def sha256_uri(data: bytes) -> str:
    """Return `sha256:` and the 64 hex digits of the hash of `data`."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def decode_base64(text: str) -> bytes | None:
    """Return the bytes of a base64 text (standard or URL-safe, spaces and padding optional)."""
    plain = _decoded(text) if len(text) % 4 == 0 else None
    if plain is not None:  # as encoders write it: no need to look for blanks in megabytes
        return plain
    packed = re.sub(r"\\n|\\r|\s|=|%3D|%0A", "", text).replace("-", "+").replace("_", "/")
    return _decoded(packed + "=" * (-len(packed) % 4))


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def cut_binary(text: str) -> str:
    """Return `text`, as valid UTF-8, with every binary run replaced."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    controls = len(_CONTROL.findall(text))
    if controls > max(2, _MAX_CONTROL_SHARE * len(text)):
        return f"[binary, {len(text)} characters]"
    if controls:
        text = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
    if len(text) < 4:
        return text
    text = _DATA_URL.sub(lambda match: _replacement(match[1]), text)
    text = _BASE64.sub(_cut_run, text)
    return _BYTES_LITERAL.sub(_cut_literal, text)


def _cut_run(match: re.Match[str]) -> str:
    run = match[0]
    return _replacement(run) if len(set(run)) >= _MIN_DISTINCT else run


def _cut_literal(match: re.Match[str]) -> str:
    literal = match[0]
    return f"[bytes, {len(literal)} characters]" if "\\x" in literal else literal


def _replacement(run: str) -> str:
    data = decode_base64(run)
    return sha256_uri(data) if data else f"[binary, {len(run)} characters]"
