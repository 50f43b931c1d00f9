"""What a draft says beyond every known wording: statements that somebody has to vouch for too.

The audit's world is closed: a word that no claim covers, that the talk of selling (`plain.yaml`)
does not know, and that names neither the kind of thing nor an attribute, states something. In a
sentence about the item itself ("it plays everything") words of where and how things are used state
something too. So an invented function is found whatever it is called. Latin script only; in others
nothing is left over.
"""

import functools
import re
from collections.abc import Collection, Iterator, Sequence

from listing import AttributeSpec, EvidenceLedger
from listing.claim import ClaimField
from tools.audit.candidate import ClaimCandidate
from tools.audit.names import kind_of
from tools.normalise import is_plain
from tools.normalise.data import wording
from tools.normalise.kinds import kind_words
from tools.normalise.plain import plain_words

STATEMENT = "statement"
"""The attribute of a claim that is of no known kind."""
_WORD = re.compile(r"[A-Za-zÀ-ɏ](?:[A-Za-zÀ-ɏ0-9'’]|&(?=[A-Za-z]))*|\d[\w.,/:]*\w|\d")
_TALK = ("grammar", "selling", "praise", "kinds")
_SENTENCE = re.compile(r"[^\s.!?;][^.!?;\n]*")
_ABOUT_US = re.compile(
    r"(?:you|your|please|message|write|send|ask|feel|let|just|thanks|thank|happy|glad|questions|"
    r"more|hope|look|looking|hello|hi|hey|welcome|do|don't|if|take|contact|details|wishing|see|"
    r"check|a warm)\b"
    r"|(?:i|i'm|i'd|i'll|i've|we|we're|we'd)\b.*\b(?:happy|glad|pleased|look|hope|list|listed|"
    r"describe|rate|call|would|answer|messages?|photos?|pictures?|questions?|send|ask|add|adding|"
    r"include|including|know|hear)\b",
    re.IGNORECASE,
)
"""Sentences that are about seller and buyer."""
_SALE = re.compile(
    r"\b(?:sell|selling|sale|offer|offered|offering|owner|home|parting|passing|comes with|"
    r"described)\b",
    re.IGNORECASE,
)
_GOOD_FOR = re.compile(
    r"(?:^|\b)(?:for|to|at|in|on|beside|near|when|while|during|with|after|before)\s"
    r"(?!(?:use|a few|the box)\b)",
    re.IGNORECASE,
)
_DOES = re.compile(
    r"(?:(?:it|they|this|these|this one|the \w+(?: \w+)?|and|but|which|that)\s+)?"
    r"(?:(?:still|always|also|really|even|never|can|will|would|could|just|simply|easily)\s+)*"
    r"(?:keeps?|takes?|makes?|turns?|holds?|gives?|goes|go|runs?|does|starts?|begins?|moves?|stays?|"
    r"shows?|brings?|helps?|lets|tells?|finds?|remains?|becomes?|tries|happens?|belongs?)\b",
    re.IGNORECASE,
)
"""The item does something, however nicely that is put: "it keeps perfect time"."""
_SERIES = re.compile(r"(?<!\w)[A-Z]{1,4}[\s\-]$")
_BRIDGE = re.compile(r"(?:[\s\-/&+]|\b(?:of|and|a|an|the|in|to|up|for|on|with|or|is|at)\b)*", re.I)
"""What may stand between two words of one statement."""


def leftovers(
    field: ClaimField,
    text: str,
    specs: Sequence[AttributeSpec],
    found: Sequence[ClaimCandidate],
    ledger: EvidenceLedger,
) -> Iterator[ClaimCandidate]:
    """Yield what `text` states outside of `found`, neighbouring words as one statement each."""
    own = kind_of(ledger) | _label_words(tuple((s.label, s.name) for s in specs))
    own |= _people(ledger)
    known = own | kind_words()
    own |= kind_words() - plain_words("use")
    taken = [(c.start, c.end) for c in found]
    run: list[re.Match[str]] = []
    of_item = _about_the_item(text) if field == "description" else []
    for match in _WORD.finditer(text):
        if any(match.start() < end and start < match.end() for start, end in taken):
            continue
        strict = any(start <= match.start() < end for start, end in of_item)
        if is_plain(match[0], own, _TALK) if strict else is_plain(match[0], known):
            continue
        if run and not _BRIDGE.fullmatch(text, run[-1].end(), match.start()):
            yield _statement(field, text, run)
            run = []
        run.append(match)
    if run:
        yield _statement(field, text, run)
    for start, end in of_item:
        whole = _SENTENCE.match(text, start)
        if whole and _asserts(text, (start, end), whole.end(), taken, own):
            words = text[start : whole.end()].rstrip()
            value = " ".join(words.casefold().split())
            yield ClaimCandidate(field, start, start + len(words), words, STATEMENT, value)


def _asserts(
    text: str,
    predicate: tuple[int, int],
    end: int,
    taken: Sequence[tuple[int, int]],
    kinds: Collection[str],
) -> bool:
    """A sentence that neither praises nor offers nor names anything, but asserts all the same."""
    start, stop = predicate
    if any(a < end and start < b for a, b in taken):
        return False
    if _DOES.match(text, start, end):
        return True
    after = {word.casefold() for word in _WORD.findall(text[stop:end])}
    return _bare(text[start:end]) or (_bare(text[start:stop]) and not after & set(kinds))


def _bare(words: str) -> bool:
    said = _WORD.findall(words)
    return len(said) > 2 and all(is_plain(word, (), ("grammar",)) for word in said)


def _about_the_item(text: str) -> list[tuple[int, int]]:
    """Sentences that say something of the item, up to where they turn to what it is good for."""
    found = []
    for sentence in _SENTENCE.finditer(text):
        if _ABOUT_US.match(sentence[0]) or _SALE.search(sentence[0]):
            continue
        good_for = _GOOD_FOR.search(sentence[0])
        end = sentence.start() + good_for.start() if good_for else sentence.end()
        found.append((sentence.start(), end))
    return found


def _statement(field: ClaimField, text: str, run: Sequence[re.Match[str]]) -> ClaimCandidate:
    start, end = run[0].start(), run[-1].end()
    series = _SERIES.search(text[:start]) if run[0][0][0].isdigit() else None
    if series:  # "T 590", "ZX-500"
        start = series.start()
    words = " ".join(match[0].casefold() for match in run)
    return ClaimCandidate(field, start, end, text[start:end], STATEMENT, words)


def _people(ledger: EvidenceLedger) -> frozenset[str]:
    """Parts of the makers' and writers' names: "cosmo" of Cosmo Peilton."""
    names = (e.value for e in ledger if e.attribute in ("brand", "author") and e.value)
    return frozenset(word for name in names for word in name.casefold().split())


@functools.lru_cache(maxsize=256)
def _label_words(labels: tuple[tuple[str, str], ...]) -> frozenset[str]:
    """Words that announce an attribute and so state nothing without its value."""
    cues = [cue for _, name in labels for cue in wording().cues.get(name, ())]
    last = (cue.casefold().split()[-1] for cue in cues)
    return frozenset([*last, *(word for label, _ in labels for word in label.casefold().split())])
