"""Overlap of the draft with a text of a person: BLEU-1 to 4 and ROUGE-1, 2 and L.

Beside the other metrics, never alone: overlap has been seen to fall as truth rises.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar

from eval_traces.evaluators.run import ScoredRun
from eval_traces.evaluators.score import Score

_ROUGE = {"rouge1": "text.rouge_1", "rouge2": "text.rouge_2", "rougeL": "text.rouge_l"}


class TextOverlap:
    """Sentence BLEU as sacrebleu has it (13a tokens, exponential smoothing), F1 of rouge-score.

    Both in [0, 1], both over title and text in lower case; drafts weigh alike.
    """

    name: ClassVar[str] = "text_overlap"
    requires: ClassVar[tuple[str, ...]] = ("sacrebleu", "rouge_score")

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        """Yield the overlaps of a draft whose item has a reference text."""
        document, truth = run.document, run.truth
        if document is None or not run.drafted or truth is None or not truth.text:
            return
        draft = f"{document['title']}\n{document['description']}".strip()
        if not draft:
            return
        yield from self._bleu(draft, truth.text)
        for kind, result in self._rouge_scorer.score(truth.text, draft).items():
            yield Score(_ROUGE[kind], result.fmeasure)

    def _bleu(self, draft: str, reference: str) -> Iterable[Score]:
        """BLEU of each order from one count of n-grams."""
        from sacrebleu.metrics import BLEU

        counted = self._bleu_scorer.sentence_score(draft, [reference])
        for order in (1, 2, 3, 4):
            found = BLEU.compute_bleu(
                counted.counts,
                counted.totals,
                counted.sys_len,
                counted.ref_len,
                smooth_method="exp",
                effective_order=True,
                max_ngram_order=order,
            )
            yield Score(f"text.bleu_{order}", found.score / 100)

    @cached_property
    def _bleu_scorer(self) -> Any:
        from sacrebleu.metrics import BLEU

        return BLEU(lowercase=True, effective_order=True)

    @cached_property
    def _rouge_scorer(self) -> Any:
        from rouge_score.rouge_scorer import RougeScorer

        return RougeScorer(list(_ROUGE))
