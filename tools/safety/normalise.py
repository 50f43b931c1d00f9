"""Folding of text for matching, with a map back to the original's code points.

Folding works code point by code point (NFKC, case, accents, digits of any script, invisible
characters, white space), then word by word (look-alikes of other scripts), so that a window of a
text folds as the whole does. What a reader sees as one word becomes that word; nothing is guessed.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_LOOKALIKES = str.maketrans(
    "авеёзікмнорстухѕјԁһԛԝ" + "αβεζηικμνορτυχωγ" + "ոսօհց",
    "abee3ikmhopctyxsjdhqw" + "abeznikmvoptuxwy" + "nuohg",
)
_SMALL_CAPS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True))
_PUNCTUATION = {
    "‘": "'", "’": "'", "‚": "'", "`": "'", "´": "'", "“": '"', "”": '"', "‐": "-", "‑": "-",
    "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "⁃": "-", "⠀": " ", "×": "x",
}  # fmt: skip
_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
_WHITE = re.compile(r"[ \n]{2,}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f`]")
_FOREIGN = re.compile(r"[\u0370-\u058f]")
_WORD = re.compile(r"[^\W_]+")


def _is_ignorable(char: str) -> bool:
    code = ord(char)
    if 0x300 <= code <= 0x36F or 0x1AB0 <= code <= 0x1AFF or 0x1DC0 <= code <= 0x1DFF:
        return True
    if 0x20D0 <= code <= 0x20FF or 0xFE20 <= code <= 0xFE2F:
        return True
    if 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF or 0x180B <= code <= 0x180F:
        return True
    return char in _FILLERS or unicodedata.category(char) in ("Cf", "Cc", "Cs", "Co")


def _plain_letter(char: str) -> str:
    """Return a Latin, Greek or Cyrillic letter without its accents; any other unchanged."""
    code = ord(char)
    if 0xC0 <= code < 0x530 or 0x1E00 <= code < 0x2000:
        return "".join(c for c in unicodedata.normalize("NFD", char) if not _is_ignorable(c))
    return char


def _fold_char(char: str) -> str:
    if char in _BREAKS:
        return "\n"
    if char in _PUNCTUATION:
        return _PUNCTUATION[char]
    if char.isspace():
        return " "
    if _is_ignorable(char):
        return ""
    if char in _SMALL_CAPS:
        return _SMALL_CAPS[char]
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    code = ord(char)
    if 0x1F150 <= code <= 0x1F169:
        return chr(code - 0x1F150 + 97)
    if 0x1F170 <= code <= 0x1F189:
        return chr(code - 0x1F170 + 97)
    folded = unicodedata.normalize("NFKC", char).casefold()
    return "".join(_plain_letter(c) for c in folded if not _is_ignorable(c))


class _FoldTable(dict[str, str]):
    """Folds of single code points, filled as they are met (a pure function's memory)."""

    def __missing__(self, char: str) -> str:
        folded = _fold_char(char)
        if len(self) < 20_000:
            self[char] = folded
        return folded


_FOLDS = _FoldTable()


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `starts[i]` is the offset in `original` that `text[i]` came from."""

    original: str
    text: str
    starts: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original's code-point span of `text[start:end]` (not empty)."""
        return self.starts[start], self.starts[end - 1] + 1

    def hidden_inside(self, start: int, end: int) -> bool:
        """Tell whether `text[start:end]` hides invisible characters or look-alike letters."""
        for i in range(start, end):
            at = self.starts[i]
            if self.text[i].isascii() and self.text[i].isalpha():
                code = ord(self.original[at])
                if 0x370 <= code < 0x590:
                    return True
            if i + 1 < end and self.starts[i + 1] - at > 1 and not self.text[i].isspace():
                between = self.original[at + 1 : self.starts[i + 1]]
                if any(unicodedata.category(c) == "Cf" for c in between):
                    return True
        return False


def fold(text: str) -> Folded:
    """Fold `text`: lower case, compatibility forms, look-alikes; white space runs are one."""
    if text.isascii() and not _CONTROL.search(text) and not _WHITE.search(text):
        return Folded(text, text.lower(), range(len(text)))
    chars: list[str] = []
    starts: list[int] = []
    for offset, char in enumerate(text):
        for out in _FOLDS[char]:
            if out in " \n" and chars and chars[-1] in " \n":
                if out == "\n":
                    chars[-1] = "\n"
                continue
            chars.append(out)
            starts.append(offset)
    folded = "".join(chars)
    if _FOREIGN.search(folded):
        folded = _WORD.sub(_unmask, folded)
    return Folded(text, folded, starts)


def _unmask(match: re.Match[str]) -> str:
    """Turn look-alike letters of a word into Latin when the word is mixed or wholly look-alike."""
    word = match[0]
    if not _FOREIGN.search(word):
        return word
    latin = word.translate(_LOOKALIKES)
    mixed = any("a" <= c <= "z" for c in word)
    return latin if mixed or latin.isascii() else word


def is_unspaced(char: str) -> bool:
    """Tell whether `char` belongs to a script written without spaces between words."""
    code = ord(char)
    return (
        0x0E00 <= code <= 0x0EFF
        or 0x1000 <= code <= 0x109F
        or 0x1780 <= code <= 0x17FF
        or 0x2E80 <= code <= 0x30FF
        or 0x3400 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or 0x20000 <= code <= 0x3FFFF
    )


def is_hangul(char: str) -> bool:
    """Tell whether `char` is Korean, where endings attach to words."""
    return 0xAC00 <= ord(char) <= 0xD7A3
