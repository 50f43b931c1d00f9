"""How true the draft's claims are: by the ledger (judge E) and by the truth (judge T).

Claims weigh alike: a figure over runs counts claims, not drafts. Definitions: METRICS, after CHAIR
(Rohrbach et al. 2018) for hallucination and SAFE (Wei et al. 2024) for F1@K.
"""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from eval_traces.evaluators.entailment import key_of
from eval_traces.evaluators.run import Json, ScoredRun
from eval_traces.evaluators.score import Score

FALSE = ("unsupported", "contradicted")


class ClaimPrecision:
    """Share of the claims that hold; common sense is left out.

    `claims.precision` is judge E: the verdict recorded with the draft. `claims.precision_truth` is
    judge T, over the claims on attributes that the truth file has.
    """

    name: ClassVar[str] = "claim_precision"

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        """Yield both where there are claims to judge."""
        checkable, span = run.checkable, _audit_span(run)
        if checkable:
            good = sum(c["verdict"] == "supported" for c in checkable)
            yield Score("claims.precision", good / len(checkable), len(checkable), span)
        by_truth = run.judged
        if by_truth:
            good = sum(true for _, true in by_truth)
            wrong = [f"{c['attribute']} {c['value']!r}" for c, true in by_truth if not true]
            said = f"not true: {', '.join(wrong)}" if wrong else None
            value = good / len(by_truth)
            yield Score("claims.precision_truth", value, len(by_truth), span, explanation=said)


class Hallucination:
    """CHAIR: share of claims that are false or underivable (i), and of drafts with one (s).

    By E a claim is underivable where its verdict is unsupported or contradicted; by T it is false
    where the truth says otherwise; `_any` is either, over all claims, and exists only where the
    truth is known. General claims count as claims that nobody calls false.
    """

    name: ClassVar[str] = "hallucination"

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        """Yield rates over claims and over drafts; a draft without claims has none of them."""
        if not run.drafted:
            return
        underivable = {_place(c) for c in run.claims if c["verdict"] in FALSE}
        yield from _rates("", len(underivable), len(run.claims))
        if run.truth is None:
            return
        by_truth = run.judged
        false = {_place(c) for c, true in by_truth if not true}
        yield from _rates("_truth", len(false), len(by_truth))
        yield from _rates("_any", len(false | underivable), len(run.claims))


def _rates(judge: str, false: int, count: int) -> Iterable[Score]:
    yield Score(f"claims.hallucinating_drafts{judge}", float(false > 0))
    if count:
        yield Score(f"claims.hallucination{judge}", false / count, count)


class F1AtK:
    """F1@K: P is the share of claims supported, R = min(supported / K, 1).

    K counts the attributes that are knowable: by the truth file, else those that the run's document
    found evidence for. Supported claims count once an attribute, since saying a colour twice
    informs no better.
    """

    name: ClassVar[str] = "f1_at_k"

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        """Yield the score of a draft that could say something."""
        if not run.drafted:
            return
        knowable: Sequence[str] = sorted(run.attributes)
        if run.truth is not None and run.truth.knowable is not None:
            knowable = sorted(run.truth.knowable)
        if not knowable:
            return
        good = [c for c in run.checkable if c["verdict"] == "supported"]
        precision = len(good) / len(run.checkable) if run.checkable else 0.0
        told = {key_of(c["attribute"]) for c in good}
        recall = min(len(told) / len(knowable), 1.0)
        total = precision + recall
        yield Score("claims.f1_at_k", 2 * precision * recall / total if total else 0.0)


def _place(claim: Json) -> tuple[Any, ...]:
    return claim["field"], claim["start"], claim["end"], claim["attribute"]


def _audit_span(run: ScoredRun) -> str | None:
    """The node whose verdicts the document has: the last audit."""
    audits = run.named(run.nodes, "audit_draft")
    return audits[-1].span_id if audits else None
