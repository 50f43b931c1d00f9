"""Cues that a text steers, made ready to match and weighed.

Rule: a cue has a weight; a text steers when the weights of the different cues in it reach the
threshold. Texts and words are matched folded (case, accents, look-alikes), in one pass a group.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from listing.errors import SettingsError
from tools.safety.matching import pattern_problem
from tools.safety.normalise import Folded, fold
from tools.safety.steering_file import CueFile, CueSpec, read_cue_file

Place = Literal["seller", "reference"]
_GROUP = re.compile(r"\{([a-z_]+)\}")
_EXPRESSION = "re:"
"""Before a member of a group that is an expression over the folded text."""
_BARE = str.maketrans("ıđøł", "idol")
"""Letters whose mark is no accent, so that folding leaves them."""
_SPACED = re.compile(r"[a-z0-9\u0370-\u052f]")
"""Scripts with words apart and endings; in the others a word may stand inside another."""


Spans = Sequence[tuple[int, int]]


class _Seen:
    """One text with the places of each group's words, searched for once and only when asked."""

    def __init__(self, text: str, groups: Mapping[str, re.Pattern[str]]) -> None:
        self.text = text
        self._groups = groups
        self._found: dict[str, Spans] = {}

    def spans(self, group: str) -> Spans:
        """Return where words of `group` stand, in order."""
        if group not in self._found:
            matches = self._groups[group].finditer(self.text)
            self._found[group] = [match.span() for match in matches]
        return self._found[group]


@dataclass(frozen=True, slots=True, eq=False)
class Cue:
    """A cue ready to match."""

    spec: CueSpec
    patterns: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]

    def weight(self, where: Place) -> int:
        """Return how much the cue counts in such a text."""
        more = self.spec.weight_in_reference
        return more if where == "reference" and more is not None else self.spec.weight

    def find(self, seen: _Seen) -> tuple[int, int] | None:
        """Return the folded span of the first hit that nothing excuses."""
        excused: Spans | None = None
        for start, end in self._hits(seen):
            if excused is None:
                excused = [m.span() for pattern in self.unless for m in pattern.finditer(seen.text)]
            if not any(a <= start and end <= b for a, b in excused):
                return start, end
        return None

    def _hits(self, seen: _Seen) -> Iterator[tuple[int, int]]:
        for first, second in self.spec.near:
            for one in seen.spans(first):
                for other in seen.spans(second):
                    if self._meet(seen.text, *sorted((one, other))):
                        yield min(one[0], other[0]), max(one[1], other[1])
        for pattern in self.patterns:
            yield from (match.span() for match in pattern.finditer(seen.text))

    def _meet(self, text: str, first: tuple[int, int], second: tuple[int, int]) -> bool:
        gap = second[0] - first[1]
        return 0 <= gap <= self.spec.within and "\n" not in text[first[1] : second[0]]


@dataclass(frozen=True, slots=True, eq=False)
class SteeringCues:
    """All cues of a file, ready to weigh a text. Safe to share between threads."""

    threshold: int
    cues: tuple[Cue, ...]
    groups: Mapping[str, re.Pattern[str]]
    spec: CueFile

    @classmethod
    def load(cls, file: Path) -> "SteeringCues":
        """Read and compile the cues.

        Raises:
            SettingsError: the file cannot be read, breaks the form or has a pattern without end.
        """
        spec = read_cue_file(file)
        sources = {name: _alternatives(words) for name, words in spec.groups.items()}
        groups = {
            name: _pattern(source, {}, f"group {name!r}", file) for name, source in sources.items()
        }
        cues = tuple(_compiled(cue, sources, file) for cue in spec.cues)
        return cls(spec.threshold, cues, groups, spec)

    def weigh(self, folded: Folded, where: Place) -> tuple[int, tuple[int, int] | None]:
        """Return the sum of the cues' weights and where the heaviest stands in the original."""
        total, best, place = 0, 0, None
        seen = _Seen(folded.text.translate(_BARE), self.groups)
        for cue in self.cues:
            span = cue.find(seen)
            if span is None:
                continue
            weight = cue.weight(where)
            total += weight
            if weight > best:
                best, place = weight, folded.span(*span)
        return total, place

    def shown(self, text: str, where: Place = "seller") -> dict[str, int]:
        """Return the cues that `text` shows with their weights, for an operator."""
        seen = self._seen(text)
        return {c.spec.id: c.weight(where) for c in self.cues if c.find(seen) is not None}

    def _seen(self, text: str) -> _Seen:
        return _Seen(fold(text).text.translate(_BARE), self.groups)

    def failing_cases(self) -> list[str]:
        """Return, one line each, the cases of the file that do not hold."""
        lines = []
        for cue in self.cues:
            for text in cue.spec.must:
                if cue.find(self._seen(text)) is None:
                    lines.append(f"cue {cue.spec.id!r}: must find: {text!r}")
            for text in cue.spec.may:
                if cue.find(self._seen(text)) is not None:
                    lines.append(f"cue {cue.spec.id!r}: hits: {text!r}")
        for text in self.spec.steers:
            if self.weigh(fold(text), "seller")[0] < self.threshold:
                lines.append(f"must be flagged: {text!r}: {self.shown(text)}")
        for text in self.spec.honest:
            if self.weigh(fold(text), "seller")[0] >= self.threshold:
                lines.append(f"must not be flagged: {text!r}: {self.shown(text)}")
        return lines


def _compiled(spec: CueSpec, groups: Mapping[str, str], file: Path) -> Cue:
    sources = list(spec.patterns)
    if spec.words:
        sources.append(_alternatives(spec.words))
    for name in (name for pair in spec.near for name in pair):
        if name not in groups:
            raise SettingsError(f"{file}: cue {spec.id!r}: near: there is no group {name!r}")
    if not sources and not spec.near:
        raise SettingsError(f"{file}: cue {spec.id!r}: has no words, near or patterns")
    return Cue(
        spec,
        tuple(_pattern(source, groups, f"cue {spec.id!r}", file) for source in sources),
        tuple(_pattern(source, groups, f"cue {spec.id!r}", file) for source in spec.unless),
    )


def _pattern(source: str, groups: Mapping[str, str], cue: str, file: Path) -> re.Pattern[str]:
    def group(match: re.Match[str]) -> str:
        if match[1] not in groups:
            raise SettingsError(f"{file}: {cue}: there is no group {match[1]!r}")
        return groups[match[1]]

    full = _GROUP.sub(group, source)
    problem = pattern_problem(full)
    if problem:
        raise SettingsError(f"{file}: {cue}: {source[:60]!r} {problem}")
    return re.compile(full)


def _alternatives(words: Sequence[str]) -> str:
    """Return one expression for any of `words`; the word's start is looked for once for all."""
    whole, inside = [], []
    for word in words:
        bare = fold(word.rstrip("*")).text.translate(_BARE)
        if word.startswith(_EXPRESSION):
            whole.append(rf"(?:{word.removeprefix(_EXPRESSION)})(?!\w)")
        elif _SPACED.match(bare[:1]):
            whole.append(_word(bare, word.endswith("*")))
        else:
            inside.append(_word(bare, word.endswith("*")))
    started = [rf"(?<!\w)(?:{'|'.join(whole)})"] if whole else []
    return "(?:" + "|".join([*started, *inside]) + ")"


def _word(bare: str, any_ending: bool) -> str:
    """Return the expression of one folded word or phrase from its first letter on."""
    escaped = re.escape(bare).replace(r"\ ", " ")
    if not _SPACED.match(bare[-1:]):
        return escaped
    return escaped + (r"\w{0,12}" if any_ending else r"(?!\w)")
