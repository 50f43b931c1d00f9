"""Names that nobody supplied: brands and model codes that the draft states out of nowhere.

A capitalised word inside a sentence, or a word that mixes letters and digits, that is neither a
known value nor an ordinary word of titles, is taken as a claim of brand or model. Words of the
category and of the template are ordinary.
"""

import re
from collections.abc import Collection, Iterator, Sequence

from listing import AttributeSpec, EvidenceLedger
from listing.attribute import Scope
from listing.claim import ClaimField
from tools.audit.candidate import ClaimCandidate
from tools.audit.data import audit_wording
from tools.normalise import canonical, is_plain
from tools.normalise.kinds import both_numbers, kind_words

_WORD = r"[A-Z][\w’'&\-]*|[a-z]{0,2}[A-Z][\w\-]*"
_CODE = r"(?=[\w\-]*\d)(?=[\w\-]*[A-Za-z])[\w\-]{3,}"
_NAME = re.compile(
    rf"(?<![\w’'\-])(?:{_CODE}|{_WORD})(?:\s(?:&\s)?(?:{_CODE}|{_WORD}|\d{{1,4}}(?![\w.])))*"
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
    ordinary = audit_wording().title_words | kind_of(ledger) | kind_words()
    stated = {c.attribute for c in found}
    scopes: dict[str, Scope] = {spec.name: spec.scope for spec in specs}
    for start, end in _runs(field, text, found, ordinary):
        words = text[start:end]
        name = _told_as(words, ledger) or _guessed(words, names, stated)
        stated.add(name)
        yield ClaimCandidate(field, start, end, words, name, words, scope=scopes.get(name, "item"))


def _guessed(words: str, names: Sequence[str], stated: Collection[str]) -> str:
    """A name with a number in it is a model's; so is one where the brand is already stated."""
    free = [name for name in names if name not in stated]
    model = "model" in names and (any(c.isdigit() for c in words) or free == ["model"])
    return "model" if model else names[0]


def _told_as(name: str, ledger: EvidenceLedger) -> str | None:
    """The maker or writer whose name this is a part of: a surname, the first word of a firm's."""
    words = set(canonical("brand", name).split())
    for item in ledger:
        value = item.value if item.attribute in ("brand", "author") else None
        if value and words and words <= set(canonical("brand", value).split()):
            return item.attribute
    return None


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
            free = end and not _taken(start, end, found)
            # A name that has begun goes on over ordinary words: "Souto Sport".
            goes_on = run and field == "description" and text[start:end].istitle()
            if free and (goes_on or not _plain(text[start:end], ordinary)):
                run.append((start, end))
                continue
            if run and not text[run[0][0] : run[-1][1]].isdigit():
                yield run[0][0], run[-1][1]
            run = []


def _plain(word: str, ordinary: frozenset[str]) -> bool:
    key = word.casefold().strip("'’-.,")
    if "'" in key.replace("’", "'") and is_plain(key):  # "I'd", "it's"
        return True
    parts = re.split(r"[-’']", key)
    return key in ordinary or key.rstrip("s") in ordinary or all(p in ordinary for p in parts if p)


def _taken(start: int, end: int, found: Sequence[ClaimCandidate]) -> bool:
    return any(start < c.end and c.start < end for c in found)


def kind_of(ledger: EvidenceLedger) -> frozenset[str]:
    """Return the words that name the item's kind and its attributes, in both numbers."""
    return both_numbers(e.text for e in ledger if e.kind in ("category", "template")) | {"item"}
