"""What is said to come along: every thing of a list after "comes with", known or not.

A thing is claimed with all the words that describe it ("two extra cables"), so that nobody who
said "cable" vouches for two of them, and so that it is taken back whole.
"""

import re
from collections.abc import Collection, Iterator, Sequence

from listing import AttributeSpec
from listing.claim import ClaimField
from tools.audit.candidate import ClaimCandidate
from tools.audit.data import audit_wording
from tools.normalise import canonical, is_plain
from tools.normalise.data import wording

_CLAUSE = re.compile(
    r"[^.;!?\n()\[\]|•–—。；]*?(?=[;!?\n()\[\]|•–—。；]|\.(?:\s|$)|$|\s-\s"
    r"|\s(?:for|when|which|that|because|so|as|but|if|while|is|are|has|have|in|at|from)\s)"
)
_NEXT = re.compile(
    r"\s*(?:,\s*(?:and|plus|or)\s+|,|&|\+|\s(?:and|plus|or|with)\s)\s*", re.IGNORECASE
)
_LEAD = re.compile(
    r"(?:[\s:]|\b(?:the|an?|its|my|your|our|some|also|all|one|original|matching|are|is|even)\b)*",
    re.IGNORECASE,
)
_TAIL = re.compile(r"\s+(?:too|as well|included|free|of charge|to it|with it)$", re.IGNORECASE)
_TALK = ("grammar", "selling", "praise")
_DESCRIBES = ("accessories", "colour", "part_colour", "material", "quantity", "size", "condition")
"""Claims that may be part of how a thing is described."""
_CLAUSAL = frozenset(
    {"i", "am", "is", "are", "was", "were", "it", "this", "these", "they", "that", "you", "we",
     "has", "have", "had", "my", "selling", "sell", "sold", "offering", "offered", "sale"}
)  # fmt: skip
"""Words of a clause, which is no thing: "I am selling a chair, lock included"."""
_LONGEST = 5


def extras(
    field: ClaimField,
    text: str,
    specs: Sequence[AttributeSpec],
    found: Sequence[ClaimCandidate],
) -> Iterator[ClaimCandidate]:
    """Yield the things that `text` says come along, other than those in `found` word for word."""
    labels = frozenset(word for spec in specs for word in _labels(spec))
    wording = audit_wording()
    for cue in wording.extras_before.finditer(text):
        clause = _CLAUSE.match(text, cue.end())
        if cue[0] == "+" and not text[: cue.start()].endswith(" "):
            continue  # "ages 6+"
        if clause and text[cue.end() : cue.end() + 1] in (" ", ":", ""):
            yield from _listed(field, text, cue.end(), clause.end(), found, labels)
    if field == "title":
        for cue in re.finditer(r"(?<!\w)with(?!\w)", text, re.IGNORECASE):
            clause = _CLAUSE.match(text, cue.end())
            if clause:
                yield from _listed(field, text, cue.end(), clause.end(), found, labels)
    for cue in wording.extras_after.finditer(text):
        before = re.search(r"[^.;!?\n()\[\]|•–—。；:]*$", text[: cue.start()])
        if before:
            yield from _listed(field, text, before.start(), cue.start(), found, labels)


def _labels(spec: AttributeSpec) -> Iterator[str]:
    if spec.name != "accessories":
        for cue in (spec.label, *wording().cues.get(spec.name, ())):
            yield cue.casefold().split()[-1]


def _listed(
    field: ClaimField,
    text: str,
    start: int,
    end: int,
    found: Sequence[ClaimCandidate],
    labels: Collection[str],
) -> Iterator[ClaimCandidate]:
    """The things of the list between `start` and `end`."""
    place = start
    for gap in [*_NEXT.finditer(text, start, end), None]:
        stop = gap.start() if gap else end
        thing = _thing(text, place, stop)
        if thing and _is_thing(text, *thing, found, labels):
            words = text[thing[0] : thing[1]]
            value = canonical("accessories", words)
            yield ClaimCandidate(field, *thing, words, "accessories", value)
        place = gap.end() if gap else end


def _thing(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The words without articles before and remarks after; None when too many or none are left."""
    lead = _LEAD.match(text, start, end)
    start = lead.end() if lead else start
    words = text[start:end].rstrip()
    tail = _TAIL.search(words)
    words = words[: tail.start()] if tail else words
    return (start, start + len(words)) if 0 < len(words.split()) <= _LONGEST else None


def _is_thing(
    text: str, start: int, end: int, found: Sequence[ClaimCandidate], labels: Collection[str]
) -> bool:
    """It says something new, and is no statement of another attribute ("comes with 128 GB")."""
    inside = [c for c in found if c.start < end and start < c.end]
    if any(c.attribute not in _DESCRIBES for c in inside):
        return False
    words = list(re.finditer(r"[\w’'\-]+", text[start:end]))
    if not words or any(word[0].casefold() in _CLAUSAL for word in words):
        return False
    if words[-1][0].casefold() in labels and any(c.attribute != "accessories" for c in inside):
        return False
    rest = [
        word[0]
        for word in words
        if not any(c.start <= start + word.start() and start + word.end() <= c.end for c in inside)
    ]
    if any(c.attribute == "accessories" for c in inside):
        return any(not is_plain(word, groups=("grammar",)) for word in rest)
    return any(not is_plain(word, groups=_TALK) for word in rest)
