"""Token ids to text as they come: text once given is final, and no character is cut in two.

Works on the tokens' bytes, so each token costs its own length, not that of the whole answer.
"""

import codecs
from collections.abc import Sequence

from models.constraints import TokenVocabulary


class IncrementalText:
    """The text of a growing answer; holds back half characters and beginnings of stop strings."""

    def __init__(self, vocabulary: TokenVocabulary, stop: Sequence[str] = ()) -> None:
        self._vocabulary = vocabulary
        self._stop = tuple(text for text in stop if text)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""
        self.stopped = False

    def push(self, token_id: int) -> str:
        """The text that became certain with this token; sets `stopped` at a stop string."""
        return self._release(self._decoder.decode(self._vocabulary.text_bytes(token_id)))

    def finish(self) -> str:
        """What was held back, now that no more tokens come."""
        if self.stopped:
            return ""
        rest = self._release(self._decoder.decode(b"", final=True))
        return rest if self.stopped else rest + self._held

    def _release(self, text: str) -> str:
        if not self._stop:
            return text
        self._held += text
        found = [at for stop in self._stop if (at := self._held.find(stop)) >= 0]
        if found:
            self.stopped = True
            return self._held[: min(found)]
        keep = max(_overlap(self._held, stop) for stop in self._stop)
        released, self._held = _split(self._held, len(self._held) - keep)
        return released


def _split(text: str, at: int) -> tuple[str, str]:
    return text[:at], text[at:]


def _overlap(text: str, stop: str) -> int:
    """The length of the longest end of `text` that could be the beginning of `stop`."""
    longest = min(len(text), len(stop) - 1)
    return next((size for size in range(longest, 0, -1) if text.endswith(stop[:size])), 0)
