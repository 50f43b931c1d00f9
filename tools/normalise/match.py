"""Where a text states values of an attribute.

All wordings of the attribute are matched at once and the longest wins, before the wanted values are
picked out: "rose gold" is no gold, "like new" is not new.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from listing import SpannedValue
from tools.normalise.canonical import canonical, same_value
from tools.normalise.data import alternation, attribute_key, flexible, phrase_key, wording
from tools.normalise.quantity import find_quantities

_BREAK_BEFORE = re.compile(r"(?:^|[,;.:!?\n\r|/()\[\]–—•·、，。；]|\s-\s)[\s*]*$")
_BREAK_AFTER = re.compile(r"^[\s*]*(?:$|[,;.!?\n\r|/()\[\]–—•·、，。；]|-\s)")
_FILLER = (
    r"\s*(?:of\s+(?:the|this|my|our)\s+\w+\s*)?(?:is|are|in|as|it's|=|:|-|of|a|an|the|its|original|some)?"
    r"\s*(?:(?:a|an|the|its|very|in|as)\s+)?"
)
_CHAIN = re.compile(
    r"^\s*(?:,|;|\band\b|&|\+|\bor\b|\bplus\b|和|、)*\s*(?:(?:a|an|the|its|original|with)\s+)*$",
    re.I,
)
_SPECIAL = {
    "size": re.compile(
        r"(?<!\w)(?:(?:eur?|us|uk)[\s\-]?(?:size\s)?\d{1,2}(?:[.,]5)?|\d{2}(?:[.,]5)?\s?eur?)(?![\w.,]*\d|\w)",
        re.I,
    ),
    "scale": re.compile(r"(?<![\w.:/])1\s?[:/]\s?\d{1,3}(?![\w:/])"),
    "age_group": re.compile(
        r"(?<!\w)(?:\d{1,2}\s?\+|(?:ages?\s)?\d{1,2}\s?(?:years?|yrs?)?\s?(?:and|or)\s(?:up|older|over))(?!\w)",
        re.I,
    ),
    "strings": re.compile(
        r"(?<!\w)(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|twelve)[\s\-]?string(?:s|ed)?(?!\w)",
        re.I,
    ),
}
_RATES = re.compile(
    r"\b(?:rate|describe|call|grade)d?\s+(?:\w+\s+){0,2}(?:condition|state)\s+$", re.I
)
_BARE_NUMBER = re.compile(r"(?<![\w.,:/])\d{1,3}(?:[.,]5)?(?![\w:/]|[.,]\d)")


@dataclass(frozen=True)
class _Hit:
    start: int
    end: int
    value: str
    alone: bool = False

    @property
    def rank(self) -> tuple[int, bool, int]:
        return (self.start - self.end, self.alone, self.start)


def mentions(attribute: str, text: str, values: Sequence[str] = ()) -> list[SpannedValue]:
    """Return where `text` states one of `values`, in text order and without overlaps.

    With no `values`: where it states any value that the wording data knows for the attribute, or
    any quantity of its dimension. Each result is verbatim: `text[start:end] == value`.
    """
    name = attribute_key(attribute)
    hits = [*_worded(name, text), *_literal(name, text, values)]
    kept = longest(_grounded(name, text, hits))
    return [
        SpannedValue(attribute=attribute, value=text[h.start : h.end], start=h.start, end=h.end)
        for h in sorted(kept, key=lambda h: h.start)
        if not values or any(same_value(name, h.value, value) for value in values)
    ]


def longest(hits: Iterable[_Hit]) -> list[_Hit]:
    """Return hits without overlaps; the longer wins, of equals the earlier."""
    kept: list[_Hit] = []
    for hit in sorted(hits, key=lambda h: h.rank):
        if all(hit.end <= other.start or other.end <= hit.start for other in kept):
            kept.append(hit)
    return kept


@functools.cache
def _patterns(name: str) -> tuple[tuple[re.Pattern[str], bool], ...]:
    phrases = wording().phrases.get(name, ())
    return tuple(
        (alternation(p.text for p in phrases if p.alone is alone), alone) for alone in (False, True)
    )


@functools.lru_cache(maxsize=512)
def _worded(name: str, text: str) -> tuple[_Hit, ...]:
    """What the wording data alone finds; a text is read once for all the values asked of it."""
    return (*_known(name, text), *_measured(name, text))


def _known(name: str, text: str) -> Iterator[_Hit]:
    for pattern, alone in _patterns(name):
        for match in pattern.finditer(text):
            value = wording().lookup[name].get(phrase_key(match[0]), match[0])
            yield _Hit(match.start(), match.end(), value, alone)


def _measured(name: str, text: str) -> Iterator[_Hit]:
    dimension = wording().dimensions.get(name)
    if dimension:
        for quantity in find_quantities(text, dimension):
            yield _Hit(quantity.start, quantity.end, str(quantity))
    if name in _SPECIAL:
        for match in _SPECIAL[name].finditer(text):
            yield _Hit(match.start(), match.end(), canonical(name, match[0]))
    if name == "size":
        for match in _BARE_NUMBER.finditer(text):
            yield _Hit(match.start(), match.end(), match[0], alone=True)


def _literal(name: str, text: str, values: Sequence[str]) -> Iterator[_Hit]:
    """Values that the wording data does not know: brands, models, titles."""
    known = wording().lookup.get(name, {}).values()
    for value in values:
        if not phrase_key(value) or canonical(name, value) in known:
            continue
        bare = value.strip()
        alone = bare.isdigit() or (len(bare) <= 2 and bare.isalpha())
        for match in _spelled(value, name == "model").finditer(text):
            yield _Hit(match.start(), match.end(), value, alone)


@functools.lru_cache(maxsize=4096)
def _spelled(value: str, code: bool) -> re.Pattern[str]:
    return re.compile(flexible(value, code=code), re.IGNORECASE)


def _grounded(name: str, text: str, hits: Iterable[_Hit]) -> list[_Hit]:
    """Drop `alone` hits without a cue, a segment of their own or a place in a list of such."""
    found = sorted(hits, key=lambda h: (h.start, -h.end))
    sure = [h for h in found if not h.alone or _grounded_alone(name, text, h)]
    if name == "condition":
        sure = [h for h in sure if not _rated(text, h)]
    if name == "accessories":
        for direction in (found, found[::-1]):
            for hit in direction:
                if hit not in sure and any(_chained(text, hit, other) for other in sure):
                    sure.append(hit)
    return sure


def announced(attribute: str, text: str, start: int, end: int) -> bool:
    """Return whether a word that announces the attribute stands right before or after the span."""
    cue_before, cue_after = _cues(attribute_key(attribute))
    return bool(cue_before.search(text[:start]) or cue_after.match(text[end:]))


def _grounded_alone(name: str, text: str, hit: _Hit) -> bool:
    before, after = text[: hit.start], text[hit.end :]
    number = hit.value.replace(",", ".").replace(".", "").isdigit()
    cue_before, cue_after = _cues(name)
    if cue_before.search(before) or (cue_after.match(after) and not (number and name == "size")):
        return True
    if name in ("accessories", "capacity") or (number and name != "strings"):
        return False
    return bool(_BREAK_BEFORE.search(before) and _BREAK_AFTER.match(after))


def _rated(text: str, hit: _Hit) -> bool:
    """Whether "as" belongs to a verb: "I rate the condition as new" says new, not as new."""
    as_new = text[hit.start : hit.end].lower().startswith("as ")
    return as_new and _RATES.search(text[: hit.start]) is not None


def _chained(text: str, hit: _Hit, other: _Hit) -> bool:
    first, second = sorted((hit, other), key=lambda h: h.start)
    return bool(_CHAIN.match(text[first.end : second.start])) and first.end < second.start


@functools.cache
def _cues(name: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    cues = wording().cues.get(name, (name.replace("_", " "),))
    words = "|".join(flexible(c) for c in sorted(cues, key=len, reverse=True))
    kind = r"(?:\w+\s+)?" if name == "accessories" else ""  # "with a black case"
    return (
        re.compile(rf"(?:{words}){_FILLER}{kind}$", re.IGNORECASE),
        re.compile(rf"^[\s\-]*(?:(?:is|are|will be)\s+)?(?:also\s+)?(?:{words})", re.IGNORECASE),
    )
