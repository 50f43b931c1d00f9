"""Long messages in pieces, so that no fact is lost in a prompt with a bound."""

import re

_ENDS = (re.compile(r"(?<=[.!?])\s+|(?<=[。！？；\n])"), re.compile(r"(?<=[,;:，、])\s*|\s+"))


def pieces(text: str, size: int) -> list[str]:
    """Return `text` in pieces of at most `size` code points, cut at sentences, else at words.

    Joined they are the text without the white space around the cuts; none is empty.
    """
    rest, found = text.strip(), []
    while len(rest) > size:
        at = _cut(rest, size)
        found.append(rest[:at].strip())
        rest = rest[at:].strip()
    return [piece for piece in [*found, rest] if piece]


def _cut(text: str, size: int) -> int:
    """Where to cut: at the last sentence end in the second half, else word end, else at `size`."""
    for ends in _ENDS:
        places = [m.end() for m in ends.finditer(text, 0, size + 1) if size // 2 < m.end() <= size]
        if places:
            return places[-1]
    return size
