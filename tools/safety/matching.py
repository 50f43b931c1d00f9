"""Terms found in one pass by an Aho-Corasick automaton, spelled straight or in disguise.

The automaton reads a skeleton: letters and digits alone, leetspeak undone, separators dropped.
A hit counts only when the folded text bears it out: whole words, gaps where the term has gaps, and
otherwise a trick that no honest text plays (single letters apart, digits inside a word).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import ahocorasick

from tools.safety.normalise import Folded, fold, is_hangul, is_unspaced

MAX_MATCH = 64
"""No match is longer than this many folded characters: what the stream guard must hold back."""

_JOINED, _SPACE, _ODD, _POINT, _HARD = range(5)
_LEET = str.maketrans("01l3457@$!|", "oiieastasii")
_SWAPS = {
    "0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "7": "t",
    "@": "a", "$": "s", "!": "i", "|": "il",
}  # fmt: skip
_PLAIN_GAP = frozenset(" -/'&+")
_POINTS = frozenset(',;:!?()[]{}"<>.。，、；：！？（）【】《》「」“”…')
_LONGEST_GAP = 3


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The letters and digits of a folded text; `places[i]` is where `text[i]` stands in it."""

    text: str
    letters: str
    places: Sequence[int]
    gaps: Sequence[int]
    """What stands before each character: one of joined, space, odd, point, hard."""


def skeleton(folded: Folded) -> Skeleton:
    """Drop what is neither letter nor digit and undo leetspeak."""
    text = folded.text
    letters: list[str] = []
    places: list[int] = []
    gaps: list[int] = []
    last = -1
    for at, char in enumerate(text):
        if not (char.isalnum() or (char in "@$!|" and _inside_word(text, at))):
            continue
        letters.append(char)
        places.append(at)
        gaps.append(_JOINED if at == last + 1 and last >= 0 else _gap(text[last + 1 : at]))
        last = at
    joined = "".join(letters)
    return Skeleton(joined.translate(_LEET), joined, places, gaps)


def _inside_word(text: str, at: int) -> bool:
    return 0 < at < len(text) - 1 and text[at - 1].isalnum() and text[at + 1].isalpha()


def _gap(between: str) -> int:
    if len(between) > _LONGEST_GAP or "\n" in between:
        return _HARD
    if all(c in _PLAIN_GAP for c in between):
        return _SPACE
    return _POINT if any(c in _POINTS for c in between) else _ODD


@dataclass(frozen=True, slots=True)
class Term:
    """One term as the automaton knows it."""

    key: int
    """What the caller asked to be told when it is found."""
    letters: str
    gaps: tuple[int, ...]
    """What stands before each letter in the term itself."""
    plural: bool
    unspaced: bool


@dataclass(frozen=True, slots=True)
class TermHit:
    """A term found at `[start, end)` of the folded text; `disguised` when a trick hid it."""

    key: int
    start: int
    end: int
    disguised: bool


def make_term(text: str, key: int) -> Term | None:
    """Return the term, or None when nothing to match is left of it or it is too long."""
    bones = skeleton(fold(text))
    if not bones.letters or len(bones.letters) > MAX_MATCH:
        return None
    letters = bones.letters
    return Term(
        key=key,
        letters=letters,
        gaps=tuple(bones.gaps),
        plural=letters.isascii() and letters[-1].isalpha() and len(letters) >= 4,
        unspaced=any(is_unspaced(c) for c in letters),
    )


@dataclass(slots=True)
class TermMatcher:
    """All terms in one automaton. `find` is linear in the text and the hits."""

    _by_skeleton: dict[str, list[Term]] = field(default_factory=dict)
    _automaton: "ahocorasick.Automaton | None" = None

    @classmethod
    def build(cls, terms: Iterable[Term]) -> "TermMatcher":
        """Build the automaton over `terms`."""
        matcher = cls()
        for term in terms:
            key = term.letters.translate(_LEET)
            matcher._by_skeleton.setdefault(key, []).append(term)
        if matcher._by_skeleton:
            matcher._automaton = ahocorasick.Automaton()
            for key, entries in matcher._by_skeleton.items():
                matcher._automaton.add_word(key, entries)
            matcher._automaton.make_automaton()
        return matcher

    def find(self, folded: Folded) -> Iterator[TermHit]:
        """Yield every term found in `folded`, in order of their ends."""
        if self._automaton is None:
            return
        bones = skeleton(folded)
        for last, entries in self._automaton.iter(bones.text):
            for term in entries:
                hit = _verify(term, bones, folded, last + 1 - len(term.letters))
                if hit is not None:
                    yield hit


def _verify(term: Term, bones: Skeleton, folded: Folded, first: int) -> TermHit | None:
    end = first + len(term.letters)
    if not (_starts(bones, first) and (ends := _ends(bones, end, term))):
        return None
    swapped = _swaps(term, bones, folded, first)
    if swapped is None:
        return None
    tricks = _gaps(term, bones, first)
    if tricks is None:
        return None
    start_place, end_place = bones.places[first], bones.places[ends - 1] + 1
    if end_place - start_place > MAX_MATCH:
        return None
    disguised = bool(tricks or swapped) or folded.hidden_inside(start_place, end_place)
    return TermHit(term.key, start_place, end_place, disguised)


def _starts(bones: Skeleton, first: int) -> bool:
    if first == 0 or bones.gaps[first] != _JOINED:
        return True
    return is_unspaced(bones.letters[first]) or is_unspaced(bones.letters[first - 1])


def _ends(bones: Skeleton, end: int, term: Term) -> int:
    """Return where the match ends (an English plural's s included), or 0 when inside a word."""
    letters = bones.letters
    if end == len(letters) or bones.gaps[end] != _JOINED:
        return end
    if is_unspaced(letters[end - 1]) or is_unspaced(letters[end]) or is_hangul(letters[end - 1]):
        return end
    for plural in ("s", "es"):
        after = end + len(plural)
        if term.plural and letters.startswith(plural, end):
            joined = after < len(letters) and bones.gaps[after] == _JOINED
            if not joined and max(bones.gaps[end:after]) == _JOINED:
                return after
    return 0


def _swaps(term: Term, bones: Skeleton, folded: Folded, first: int) -> int | None:
    """Count letters written as look-alike signs; None when a difference is no such trick."""
    end = first + len(term.letters)
    written = bones.letters[first:end]
    if written == term.letters:
        return 0
    count = 0
    for offset, (have, want) in enumerate(zip(written, term.letters, strict=True)):
        if have == want:
            continue
        count += 1
        if want in _SWAPS.get(have, ""):
            continue
        original = folded.original[folded.starts[bones.places[first + offset]]]
        if not (want == "l" and original == "I" and first + offset > 0):
            return None
        before = folded.original[folded.starts[bones.places[first + offset - 1]]]
        if not before.islower():
            return None
    kept = sum(c.isalpha() for c in written)
    return count if len(term.letters) >= 5 and kept * 2 >= len(written) else None


def _gaps(term: Term, bones: Skeleton, first: int) -> int | None:
    """Count gaps that the term does not have; None when they are more than a trick would make."""
    count = odd = 0
    for offset in range(1, len(term.letters)):
        gap = bones.gaps[first + offset]
        if gap == _JOINED:
            continue
        if gap == _HARD:
            return None
        here, before = bones.letters[first + offset], bones.letters[first + offset - 1]
        own = term.gaps[offset]
        if own != _JOINED and gap <= max(own, _SPACE):
            continue
        if gap == _SPACE and here.isdigit() != before.isdigit():
            continue
        if term.unspaced and gap == _POINT:
            return None
        count += 1
        odd += gap == _ODD
    if not count or term.unspaced:
        return count
    pieces = count + sum(gap != _JOINED for gap in (_SPACE, *term.gaps[1:]))
    size = len(term.letters)
    if size >= 4 and pieces * 2 >= size:
        return count
    return count if size >= 6 and odd == count else None


def pattern_problem(pattern: str) -> str | None:
    """Say what is wrong with a rule's pattern, or None: it must compile and have an end."""
    try:
        re.compile(pattern)
    except re.error as error:
        return f"not a valid pattern: {error}"
    bare = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "x", pattern)
    if re.search(r"[*+]|\{\d*,\}", bare.replace("(?>", "(")):
        return "repeats without end ('*', '+' or '{n,}'): write {0,20} so that a stream can be held"
    return None
