"""A message in the pieces that are decided one after the other.

Rule: joined the pieces are the message without the white space around the cuts, so no fact is lost
in a prompt with a bound; for a model that reads best so, a piece is a sentence.
"""

import re

_ENDS = (re.compile(r"(?<=[.!?])\s+|(?<=[。！？；\n])"), re.compile(r"(?<=[,;:，、])\s*|\s+"))
_SENTENCES = re.compile(r"(?<=[.!?;])\s+|(?<=[。！？；])|\s*\n\s*|\s+(?=/\s)")
_SHORTENED = re.compile(r"(?:^|\W)(?:incl|excl|approx|ca|no|nr|vs|etc|e\.g|i\.e|max|min)\.$", re.I)
_WORD = re.compile(r"\w")


def pieces(text: str, size: int, *, sentences: bool = False, most: int = 8) -> list[str]:
    """Return `text` in pieces of at most `size` code points, none empty.

    They are cut at sentences, else at words, where `text` is longer. With `sentences` every
    sentence is a piece, as long as that makes no more than `most` of them.
    """
    rest, found = text.strip(), []
    if sentences and len(apart := _sentences(rest)) <= most:
        return [piece for sentence in apart for piece in pieces(sentence, size)]
    while len(rest) > size:
        at = _cut(rest, size)
        found.append(rest[:at].strip())
        rest = rest[at:].strip()
    return [piece for piece in [*found, rest] if piece]


def _sentences(text: str) -> list[str]:
    """The sentences of a text; what has no word of its own goes with the one before."""
    found: list[str] = []
    for part in _SENTENCES.split(text):
        if found and (not _WORD.search(part) or _SHORTENED.search(found[-1])):
            found[-1] = f"{found[-1]} {part}".rstrip()
        elif part:
            found.append(part)
    return found


def _cut(text: str, size: int) -> int:
    """Where to cut: at the last sentence end in the second half, else word end, else at `size`."""
    for ends in _ENDS:
        places = [m.end() for m in ends.finditer(text, 0, size + 1) if size // 2 < m.end() <= size]
        if places:
            return places[-1]
    return size
