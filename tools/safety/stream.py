"""The stream guard: a draft is released only as far as it is known to be clean.

It keeps back the longest match any rule can make plus the words that could excuse it, and looks at
places that depend on the text alone, never on how it was cut into deltas. So whatever the chunking,
the same text is released, the same rule halts it, and no part of a match gets out.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from listing import SafetyFinding
from tools.safety.compiled import Match
from tools.safety.matching import MAX_MATCH
from tools.safety.normalise import Folded, fold
from tools.safety.policy import Policy
from tools.safety.rules import Where

_STEP = 16
"""Code points between two looks."""
_AFTER = 16
"""Folded characters that must follow a match before it counts: what could still excuse it."""
_BEFORE = 40
"""Code points of released text kept as context."""
_SCORED = 400
"""Code points of text that the scorer is shown."""
_TOKEN = re.compile(r"[^\W\d_\u2e80-\u9fff]{1,16}|\d{1,16}|[\u2e80-\u9fff]|[^\w\s]")
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|[。！？\n]")
_WORD_END = re.compile(r"(?<=\w)(?=\s|[^\w\s])|(?<=[\u2e80-\u9fff])")


@dataclass(frozen=True, slots=True)
class GuardStep:
    """What may be shown now; once `done`, nothing more comes and generation can stop."""

    release: str
    halted: bool = False
    finding: SafetyFinding | None = None
    done: bool = False


class StreamGuard:
    """Guards one field of one draft. Feed it the deltas, then `finish`.

    Guarantees, whatever the chunking: for a text without a blocking match the releases concatenate
    to it (cut at the last sentence or word within `max_chars`); of a match nothing is released;
    findings are equal. Warnings and restrictions never halt: the whole draft is checked for them.
    `scorer`, when given, gets the text up to the end of each token (at most 400 code points) and
    returns how harmful that token is; two tokens in a row at or above `score_limit` halt.
    """

    def __init__(
        self,
        policy: Policy,
        where: Where,
        max_chars: int | None = None,
        holdback: int = MAX_MATCH,
        *,
        scorer: Callable[[str], float] | None = None,
        score_limit: float = 0.5,
    ) -> None:
        self._policy = policy
        self._where = where
        self._limit = max_chars
        self._hold = max(holdback, MAX_MATCH) + _AFTER
        self._scorer = scorer
        self._score_limit = score_limit
        self._text = ""
        self._released = 0
        self._looked = 0
        self._scored = 0
        self._flagged = False
        self.finding: SafetyFinding | None = None
        """The rule that halted the stream, if one did."""
        self.truncated = False
        """True when the text was cut at `max_chars`."""
        self.done = False
        """True once halted, cut or finished."""

    def feed(self, delta: str) -> GuardStep:
        """Take the next piece of text and return what is now safe to show."""
        if self.done:
            return self._step("")
        self._text += delta
        released = ""
        ends = len(self._text) if self._limit is None else min(len(self._text), self._limit)
        while not self.done and self._looked + _STEP <= ends:
            self._looked += _STEP
            released += self._look(self._looked)
        if not self.done and self._limit is not None and len(self._text) > self._limit:
            self.truncated = True
            released += self._close(self._cut(self._limit))
        return self._step(released)

    def finish(self) -> GuardStep:
        """Say that the text is over and return the rest of it, unless a rule stops it."""
        if self.done:
            return self._step("")
        return self._step(self._close(len(self._text)))

    def _step(self, release: str) -> GuardStep:
        return GuardStep(release, self.finding is not None, self.finding, self.done)

    def _look(self, end: int) -> str:
        """Judge the text up to `end` and release what no later text can make harmful."""
        start = max(0, self._released - _BEFORE)
        folded = fold(self._text[start:end])
        settled = len(folded.text) - _AFTER
        for match in self._policy.stream_matches(folded, self._where):
            at = start + folded.starts[match.start]
            if match.end <= settled and at >= self._released and self._confirm(end, at):
                return ""
        if self._score(end):
            return ""
        keep = len(folded.text) - self._hold
        return self._release(start + folded.starts[keep]) if keep > 0 else ""

    def _close(self, end: int) -> str:
        """Judge all of the text up to `end` and release the rest of it."""
        self._text = self._text[:end]
        folded = fold(self._text)
        matches = self._policy.stream_matches(folded, self._where)
        if matches:
            self._halt(folded, matches[0])
        elif not self._score(end, last=True):
            self.done = True
            return self._release(end)
        return ""

    def _confirm(self, end: int, at: int) -> bool:
        """Halt when the match at `at` still stands with the whole text before it in view."""
        folded = fold(self._text[:end])
        for match in self._policy.stream_matches(folded, self._where):
            if match.end and folded.span(match.start, match.end)[1] > at:
                self._halt(folded, match)
                return True
        return False

    def _halt(self, folded: Folded, match: Match) -> None:
        span = folded.span(match.start, match.end) if match.end else (0, 0)
        self.finding = match.rule.finding(self._where, *span, match.rule.notice_for(None))
        self.done = True

    def _score(self, end: int, *, last: bool = False) -> bool:
        """Score the tokens that end before `end`; halt and return True at two flagged in a row."""
        if self._scorer is None:
            return False
        for token in _TOKEN.finditer(self._text, self._scored, end):
            if token.end() == end and not last:
                break
            self._scored = token.end()
            context = self._text[max(0, token.end() - _SCORED) : token.end()]
            flagged = self._scorer(context) >= self._score_limit
            if flagged and self._flagged:
                self.finding = SafetyFinding(
                    rule="scorer",
                    risk="G19",
                    action="block",
                    where=self._where,
                    end=token.end(),
                    notice="The draft was stopped because it read as harmful. Please write it "
                    "yourself.",
                )
                self.done = True
                return True
            self._flagged = flagged
        return False

    def _release(self, end: int) -> str:
        released = self._text[self._released : end]
        self._released = max(self._released, end)
        return released

    def _cut(self, limit: int) -> int:
        """Return the last sentence end within `limit`, else the last word end, else `limit`."""
        for ends in (_SENTENCE_END, _WORD_END):
            places = [m.end() for m in ends.finditer(self._text, self._released, limit + 1)]
            inside = [place for place in places if place <= limit]
            if inside:
                return inside[-1]
        return limit
