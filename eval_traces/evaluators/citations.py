"""ALCE's citation recall and precision (Gao et al. 2023), with entailment by value comparison.

Recall of a claim: what it cites together entails it. A citation is irrelevant if it entails nothing
alone and the rest entails the claim without it.
"""

from collections.abc import Iterable
from typing import ClassVar

from eval_traces.evaluators.entailment import contributes, entailed
from eval_traces.evaluators.run import ScoredRun
from eval_traces.evaluators.score import Score


class Citations:
    """Judges what the draft's claims cite; a contradicted claim cites what speaks against it."""

    name: ClassVar[str] = "citations"

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        """Yield recall over the claims, precision over the citations of supported ones."""
        if not run.checkable:
            return
        recalled = cited = relevant = 0
        broken = []
        for claim in run.checkable:
            items = [run.evidence[i] for i in claim["evidence"] if i in run.evidence]
            holds = claim["verdict"] == "supported" and entailed(claim, items)
            recalled += holds
            if not holds:
                broken.append(f"{claim['attribute']} {claim['value']!r}")
            if claim["verdict"] != "supported":
                continue
            cited += len(claim["evidence"])
            for item in items:
                rest = [other for other in items if other is not item]
                useless = entailed(claim, rest) and not contributes(claim, item)
                relevant += holds and not useless
        said = f"not entailed by what it cites: {', '.join(broken)}" if broken else None
        n = len(run.checkable)
        yield Score("citations.recall", recalled / n, n, explanation=said)
        if cited:
            yield Score("citations.precision", relevant / cited, cited)
