"""The search of the market: does it bring the same thing, and does it know when there is none?"""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from eval_traces import names
from eval_traces.evaluators.run import Json, ScoredRun
from eval_traces.evaluators.score import Score
from eval_traces.scoring.truth import Truth


class Retrieval:
    """Judges the last search of a run, by the ids of the right listings where they are known."""

    name: ClassVar[str] = "retrieval"

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        """Yield what was found in any run that searched; hits where the market is known."""
        if not run.retrievals:
            return
        search = run.retrievals[-1]
        documents: Any = search.json(names.DOCUMENTS)
        if not isinstance(documents, list):
            return
        span, same = search.span_id, any(d.get("match") == "identical" for d in documents)
        yield Score("retrieval.found", float(bool(documents)), 1.0, span)
        yield Score("retrieval.identical_claimed", float(same), 1.0, span)
        if documents and isinstance(documents[0].get("score"), float | int):
            yield Score("retrieval.best_score", documents[0]["score"], 1.0, span)
        if run.truth is not None:
            yield from _hits(run.truth, documents, search.number(names.TOP_K), span)
            yield from _no_match(run.truth, documents, same, span)


def _hits(
    truth: Truth, documents: Sequence[Json], top_k: float | None, span: str
) -> Iterable[Score]:
    """Identical@1 (same SKU), similar@1 (same SPU), recall@k, where there is something to find."""
    ids = [d["id"] for d in documents]
    if truth.identical:
        hit = float(bool(ids) and ids[0] in truth.identical)
        yield Score("retrieval.identical_at_1", hit, 1.0, span)
    if truth.similar:
        yield Score("retrieval.similar_at_1", float(bool(ids) and ids[0] in truth.similar), 1, span)
        most = min(len(truth.similar), int(top_k) if top_k else len(truth.similar))
        yield Score("retrieval.recall_at_k", len(truth.similar & set(ids)) / most, 1.0, span)
    if truth.identical is not None:
        claimed = [d["id"] for d in documents if d.get("match") == "identical"]
        if claimed:
            good = sum(i in truth.identical for i in claimed)
            yield Score("retrieval.identical_precision", good / len(claimed), len(claimed), span)


def _no_match(truth: Truth, documents: Sequence[Json], same: bool, span: str) -> Iterable[Score]:
    """Where nothing was found: was there nothing? Where there is nothing: was something claimed?"""
    if truth.in_market is None:
        return
    if not documents:
        yield Score("retrieval.no_match_precision", float(not truth.in_market), 1.0, span)
    if not truth.in_market:
        yield Score("retrieval.false_identical", float(same), 1.0, span)
