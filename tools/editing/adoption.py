"""How much of a draft a seller kept: the longest common subsequence of its tokens.

Rule: a word is a token; a Chinese, Japanese or Korean character is one by itself; punctuation and
case do not count.
"""

import re

_TOKEN = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]"
    r"|[^\W_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+"
)


def tokens(text: str) -> list[str]:
    """Return the text's tokens, case-folded, in order."""
    return [match[0].casefold() for match in _TOKEN.finditer(text)]


def kept_share(draft: str, published: str) -> float:
    """Return `LCS(draft, published) / len(draft)` over tokens, in [0, 1]; 0 for an empty draft."""
    ours, theirs = tokens(draft), tokens(published)
    if not ours:
        return 0.0
    return _common_length(ours, theirs) / len(ours)


def _common_length(a: list[str], b: list[str]) -> int:
    """The length of the longest common subsequence, one big integer a row (Hyyrö 2004)."""
    places: dict[str, int] = {}
    for i, token in enumerate(a):
        places[token] = places.get(token, 0) | 1 << i
    full = (1 << len(a)) - 1
    row = full
    for token in b:
        match = places.get(token, 0)
        if match:
            row = ((row + (row & match)) | (row & ~match)) & full
    return len(a) - row.bit_count()
