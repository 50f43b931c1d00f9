"""What an answer may say: a sentence is released only where nothing in it is new.

Rule: every number, name and closed value of a sentence stands in what came of the message, in the
message itself or in the listing; it breaks no rule of the market and repeats no prompt.
"""

import functools
import re
from collections.abc import Iterable, Sequence

from models.prompts import prompt_texts
from tools.attribute_extract import find_value
from tools.normalise.plain import is_plain
from tools.safety import Policy

RUN = 6
"""So many words in a row of a prompt are a repetition of it."""
_END = re.compile(r"(?<=[.!?])(?=\s)|(?<=[。！？\n])")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+")
_NAME = re.compile(r"\b(?:[A-Z][\w'’-]*|\w*\d\w*[A-Za-z]\w*|[A-Za-z]+\d\w*)")
_MARKUP = re.compile(r"<[^>]+>|[{}]|<\||```|https?:|www\.")
_TALK = frozenset({"hello", "hi", "noted", "sure", "welcome", "glad", "understood", "happy"})
"""How an answer may begin, beside words that state nothing."""


class Sentences:
    """Cuts a stream of text into sentences."""

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, text: str) -> list[str]:
        """Return the sentences that `text` completes."""
        *whole, self._rest = _END.split(self._rest + text)
        return whole

    def finish(self) -> list[str]:
        """Return what is left."""
        rest, self._rest = self._rest, ""
        return [rest] if rest.strip() else []


class AnswerGuard:
    """Guards the answer of one turn."""

    def __init__(self, policy: Policy, sources: Sequence[str], closed: Iterable[str]) -> None:
        """`sources` are the texts that may be repeated, `closed` the values to look for."""
        self._policy = policy
        self._said = "\n".join(sources)
        self._words = {word.casefold() for word in _WORD.findall(self._said)}
        self._numbers = set(_NUMBER.findall(self._said))
        self._closed = [v for v in dict.fromkeys(closed) if v and not find_value(self._said, v)]
        self._prompts = prompt_runs()

    def refused(self, sentence: str) -> str | None:
        """Return why the sentence may not be said; None where it may."""
        if _MARKUP.search(sentence):
            return "markup"
        if new := [n for n in _NUMBER.findall(sentence) if n not in self._numbers]:
            return f"a number from nowhere: {new[0]}"
        if new := [w for w in _NAME.findall(sentence) if not self._known(w)]:
            return f"a name from nowhere: {new[0]}"
        if new := [v for v in self._closed if find_value(sentence, v)]:
            return f"a value from nowhere: {new[0]}"
        if runs(sentence) & self._prompts:
            return "it repeats a prompt"
        if found := self._policy.check_text(sentence, "description"):
            return f"rule {found[0].rule}"
        return None

    def _known(self, name: str) -> bool:
        """Whether a capitalised word stands in the sources, or is no name."""
        if name.casefold() in _TALK or is_plain(name):
            return True
        return all(part.casefold() in self._words for part in _WORD.findall(name))


def runs(text: str) -> set[tuple[str, ...]]:
    """Return the runs of `RUN` words in a text, case-folded."""
    words = [word.casefold() for word in _WORD.findall(text)]
    return {tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1)}


@functools.cache
def prompt_runs() -> frozenset[tuple[str, ...]]:
    """Return the runs of words of every prompt there is."""
    return frozenset().union(*(runs(text) for text in prompt_texts()))
