"""Where words start and end in any language's text, for values that are never half a word.

Letters (with their marks) and digits each hold together; a change between them is a boundary, so
that `128` can be taken from `128GB`. Scripts written without spaces have a boundary everywhere.
Nothing starts or ends with a space.
"""

import unicodedata
from bisect import bisect_right

LONGEST = 12
"""Words that a piece of text has at most where all of its pieces are listed."""

# Thai, Lao, Tibetan, Myanmar, Khmer; kana; CJK ideographs with their extensions.
_UNSPACED = (
    (0x0E00, 0x0FFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x2E80, 0x30FF),
    (0x3400, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


def word_starts(text: str) -> list[int]:
    """The code-point offsets at which a value may start, ascending."""
    kinds = [_kind(character) for character in text]
    return [
        index
        for index, kind in enumerate(kinds)
        if kind not in "sm" and (index == 0 or kind == "o" or _body(kinds, index - 1) != kind)
    ]


def word_ends(text: str) -> list[int]:
    """The code-point offsets (exclusive) at which a value may end, ascending."""
    kinds = [_kind(character) for character in text]
    ends = []
    for index in range(1, len(kinds) + 1):
        body = _body(kinds, index - 1)
        following = kinds[index] if index < len(kinds) else "s"
        if body != "s" and following != "m" and (body == "o" or body != following):
            ends.append(index)
    return ends


def word_spans(text: str, longest: int = LONGEST) -> list[str]:
    """Return the pieces of `text` that are whole words, at most `longest` of them, each once.

    Those that start first come first, shorter before longer.
    """
    starts, ends = word_starts(text), word_ends(text)
    found: dict[str, None] = {}
    for start in starts:
        first = bisect_right(ends, start)
        found |= {text[start:end]: None for end in ends[first : first + longest]}
    return list(found)


def _body(kinds: list[str], index: int) -> str:
    # A combining mark belongs to the character before it.
    while index > 0 and kinds[index] == "m":
        index -= 1
    return kinds[index]


def _kind(character: str) -> str:
    """`l` letter, `d` digit, `m` combining mark, `s` space, `o` anything that stands alone."""
    if character.isspace():
        return "s"
    category = unicodedata.category(character)[0]
    if category == "M":
        return "m"
    code = ord(character)
    if any(low <= code <= high for low, high in _UNSPACED):
        return "o"
    return {"L": "l", "N": "d", "C": "s", "Z": "s"}.get(category, "o")
