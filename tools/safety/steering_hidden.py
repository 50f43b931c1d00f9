"""Orders in disguise: encoded, spelled backwards or letter by letter, or one word over and over.

Rule: only what decodes to readable text counts; a serial number decodes to nothing.
"""

import base64
import binascii
import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_lowercase

_BASE64 = re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{16,4096}={0,2}(?![A-Za-z0-9+/=])")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{2}[ :]?){10,2048}(?![0-9A-Za-z])")
_BINARY = re.compile(r"(?<![01])(?:[01]{8} ?){4,1024}(?![01])")
_MORSE = re.compile(r"(?:[.\-–—_]{1,6}(?: / | ?/ ?| {1,3})){6,400}[.\-–—_]{1,6}")
_SPELLED = re.compile(r"(?<!\w)(?:[^\W\d_][ ._\-*]{1,2}){7,200}[^\W\d_](?!\w)")
_MORSE_SIGNS = (
    ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- "
    "-..- -.-- --.."
)
_REPEATED = re.compile(r"(?<!\w)(\w[^\n]{1,60}?)(?:[\s.,!?]{1,3}\1){5}", re.IGNORECASE)
_READABLE = 0.9


@dataclass(frozen=True, slots=True)
class HiddenText:
    """A reading of a text that is not its plain one; `encoded` where a code had to be undone."""

    text: str
    encoded: bool


def hidden_texts(text: str) -> Iterator[HiddenText]:
    """Yield what `text` says in Base64, hex, binary, Morse, single letters, backwards and ROT13.

    What decodes to no readable text is left out.
    """
    for pattern, decode in (
        (_BASE64, _from_base64), (_HEX, _from_hex), (_BINARY, _from_binary), (_MORSE, _from_morse)
    ):  # fmt: skip
        for match in pattern.finditer(text):
            decoded = decode(match[0])
            if decoded is not None and _is_readable(decoded):
                yield HiddenText(decoded, True)
    if _SPELLED.search(text):
        yield HiddenText(_SPELLED.sub(_joined_letters, text), False)
    yield HiddenText(text[::-1], False)
    yield HiddenText(codecs.encode(text, "rot13"), False)


def repeats_itself(text: str) -> bool:
    """Tell whether a phrase stands six times in a row and makes up half of the text or more."""
    return any(
        len(match[0]) * 2 >= len(text) or len(match[0]) >= 120
        for match in _REPEATED.finditer(text)
        if any(char.isalpha() for char in match[1]) or len(match[1]) > 3
    )


def _is_readable(text: str) -> bool:
    good = sum(char.isalpha() or char in " ,.'!?\n" for char in text)
    return len(text) >= 4 and good >= _READABLE * len(text)


def _as_text(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _from_base64(code: str) -> str | None:
    bare = code.rstrip("=")
    try:
        return _as_text(base64.b64decode(bare + "=" * (-len(bare) % 4)))
    except (binascii.Error, ValueError):
        return None


def _from_hex(code: str) -> str | None:
    return _as_text(bytes.fromhex(re.sub(r"[ :]", "", code)))


def _from_binary(code: str) -> str | None:
    bits = code.replace(" ", "")
    return _as_text(bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8)))


def _from_morse(code: str) -> str | None:
    letters = dict(zip(_MORSE_SIGNS.split(), ascii_lowercase, strict=True))
    signs = re.sub(r"[–—_]", "-", code)
    words = [word.split() for word in re.split(r" ?/ ?", signs)]
    return " ".join("".join(letters.get(sign, "") for sign in word) for word in words)


def _joined_letters(match: re.Match[str]) -> str:
    """Join letters spelled apart: two separators in a row stand between words."""
    return re.sub(r"[ ._\-*]", "", re.sub(r"[ ._\-*]{2}", "\0", match[0])).replace("\0", " ")
