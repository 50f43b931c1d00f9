"""Names that nobody supplied: brands and model codes that the draft states out of nowhere.

A capitalised word inside a sentence, or a word that mixes letters and digits, that is neither a
known value nor an ordinary word of titles, is taken as a claim of brand or model. Words of the
category and of the template are ordinary.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Sequence

from listing import AttributeSpec, EvidenceLedger
from listing.claim import ClaimField
from tools.audit.candidate import ClaimCandidate
from tools.audit.data import audit_wording
from tools.taxonomy import market_taxonomy

_WORD = r"[A-Z][\w’'\-]*|[a-z]{0,2}[A-Z][\w\-]*"
_CODE = r"(?=[\w\-]*\d)(?=[\w\-]*[A-Za-z])[\w\-]{3,}"
_NAME = re.compile(
    rf"(?<![\w’'\-])(?:{_CODE}|{_WORD})(?:\s(?:{_CODE}|{_WORD}|\d{{1,4}}(?![\w.])))*"
)
_CODE_ONLY = re.compile(_CODE)
_OPENS = re.compile(r"(?:^|[.!?:•*\n\-–]\s*|^\s*)$")


def unknown_names(
    field: ClaimField,
    text: str,
    specs: Sequence[AttributeSpec],
    found: Sequence[ClaimCandidate],
    ledger: EvidenceLedger,
) -> Iterator[ClaimCandidate]:
    """Yield name-like words of `text` outside of `found`, as claims of brand or model."""
    names = [spec.name for spec in specs if spec.name in ("brand", "model")]
    names = names or [spec.name for spec in specs if spec.name in ("title", "author")]
    if not names or text.isupper():
        return
    ordinary = audit_wording().title_words | _ordinary(ledger)
    stated = {c.attribute for c in found}
    for start, end in _runs(field, text, found, ordinary):
        code = _CODE_ONLY.fullmatch(text[start:end])
        free = [n for n in names if n not in stated]
        name = "model" if "model" in names and (code or free == ["model"]) else names[0]
        stated.add(name)
        scope = next(spec.scope for spec in specs if spec.name == name)
        yield ClaimCandidate(field, start, end, text[start:end], name, text[start:end], scope=scope)


def _runs(
    field: ClaimField, text: str, found: Sequence[ClaimCandidate], ordinary: frozenset[str]
) -> Iterator[tuple[int, int]]:
    """Runs of name-like words that are not ordinary and overlap nothing found."""
    for match in _NAME.finditer(text):
        words = list(re.finditer(r"\S+", match[0]))
        spans = [(match.start() + w.start(), match.start() + w.end()) for w in words]
        if field == "description" and _OPENS.search(text[: match.start()]):
            spans = spans[1:] if not _CODE_ONLY.fullmatch(words[0][0]) else spans
        run: list[tuple[int, int]] = []
        for start, end in [*spans, (0, 0)]:
            if end and not _plain(text[start:end], ordinary) and not _taken(start, end, found):
                run.append((start, end))
                continue
            if run and not text[run[0][0] : run[-1][1]].isdigit():
                yield run[0][0], run[-1][1]
            run = []


def _plain(word: str, ordinary: frozenset[str]) -> bool:
    key = word.casefold().strip("'’-.,")
    parts = re.split(r"[-’']", key)
    return key in ordinary or key.rstrip("s") in ordinary or all(p in ordinary for p in parts if p)


def _taken(start: int, end: int, found: Sequence[ClaimCandidate]) -> bool:
    return any(start < c.end and c.start < end for c in found)


def _ordinary(ledger: EvidenceLedger) -> frozenset[str]:
    """Words that name kinds of goods or attributes, singular and plural."""
    texts = [e.text for e in ledger if e.kind in ("category", "template")]
    return _both_numbers([*texts, *_kind_names()])


@functools.cache
def _kind_names() -> tuple[str, ...]:
    return tuple(category.name for category in market_taxonomy().categories)


def _both_numbers(texts: Iterable[str]) -> frozenset[str]:
    words = {w.casefold() for text in texts for w in re.findall(r"\w+", text)}
    return frozenset(words | {w.rstrip("s") for w in words} | {w + "s" for w in words})
