"""The quality score that the run recorded, and how much of the draft its seller kept."""

import re
from collections.abc import Iterable, Sequence
from typing import ClassVar

from eval_traces.evaluators.run import ScoredRun
from eval_traces.evaluators.score import Score

_TOKEN = re.compile(r"\w+|[^\w\s]")


class QualityScore:
    """IPL's quality score (appendix C.2) and its features, as they stand in the document."""

    name: ClassVar[str] = "quality"

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        """Yield the score and each feature of a draft."""
        if run.document is None or not run.drafted:
            return
        quality = run.document["quality"]
        yield Score("quality.score", quality["score"])
        for feature, value in quality["features"].items():
            yield Score(f"quality.{feature}", value)


class Adoption:
    """What the seller kept: LCS of the tokens of draft and published text, by the draft's tokens.

    The published text is the truth file's `published`, else the document's.
    """

    name: ClassVar[str] = "adoption"

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        """Yield the share kept, and whether that is any, or more than half."""
        if run.document is None or not run.drafted:
            return
        published = run.truth.published if run.truth is not None else None
        published = published or run.document.get("published")
        if not isinstance(published, str):
            return
        draft = _TOKEN.findall(f"{run.document['title']}\n{run.document['description']}".lower())
        if not draft:
            return
        kept = common(draft, _TOKEN.findall(published.lower())) / len(draft)
        yield Score("adoption.kept", kept)
        yield Score("adoption.kept_any", float(kept > 0))
        yield Score("adoption.kept_half", float(kept > 0.5))


def common(a: Sequence[str], b: Sequence[str]) -> int:
    """Return the length of the longest common subsequence (Hyyrö 2004: one integer a row)."""
    places: dict[str, int] = {}
    for at, token in enumerate(a):
        places[token] = places.get(token, 0) | 1 << at
    everything = (1 << len(a)) - 1
    row = everything
    for token in b:
        hit = row & places.get(token, 0)
        row = (row + hit | row - hit) & everything
    return len(a) - row.bit_count()
