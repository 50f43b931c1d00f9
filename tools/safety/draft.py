"""Judgements that need a finished draft: keyword stuffing and missing text."""

import re
from collections import Counter
from collections.abc import Iterator

from tools.safety.normalise import Folded

_WORD = re.compile(r"[^\W\d_]{3,}")
_TAGS = re.compile(r"(?:#[^\s#]{2,30}[ ,]{0,2}){6}")
_TAG_LIST = re.compile(
    r"(?:^|[\n.!?] ?)(?:tags?|keywords?|search terms?|关键词|标签) ?[:：].{20,}", re.DOTALL
)
_BRANDS = re.compile(
    r"(?<![a-z])(?:apple|iphone|samsung|huawei|xiaomi|oppo|vivo|nokia|motorola|oneplus|sony|lg"
    r"|nike|adidas|puma|reebok|asics|gucci|prada|chanel|dior|hermes|burberry|zara|uniqlo"
    r"|rolex|omega|casio|seiko|dell|lenovo|asus|acer|toshiba|canon|nikon|fujifilm|panasonic|bosch|makita|dewalt|lego|playmobil)(?![a-z])"
)
_STOP = frozenset({"the", "and", "for", "with", "this", "that", "you", "are", "not", "has", "from"})


def find_stuffing(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield the spans of words that serve searches, not readers: repeats, tags, lists of brands."""
    text = folded.text
    for pattern in (_TAGS, _TAG_LIST):
        yield from (match.span() for match in pattern.finditer(text))
    yield from _brand_lists(text)
    words = [w for w in _WORD.findall(text) if w not in _STOP]
    for word, count in Counter(words).items():
        if count >= 6 and count * 5 >= len(words):
            at = text.index(word)
            yield at, at + len(word)


def _brand_lists(text: str) -> Iterator[tuple[int, int]]:
    """Yield spans of six different brands standing next to one another."""
    run: list[re.Match[str]] = []
    for match in [*_BRANDS.finditer(text), None]:
        if match and (not run or match.start() - run[-1].end() <= 3):
            run.append(match)
            continue
        if len({m[0] for m in run}) >= 6:
            yield run[0].start(), run[-1].end()
        run = [match] if match else []


def find_empty(folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield the whole of a text that has no letter and no digit."""
    if not any(c.isalnum() for c in folded.text):
        yield 0, len(folded.text)
