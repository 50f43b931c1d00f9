"""The category: how often right, how often withheld, how sure.

A prediction that was withheld (below the threshold), or that failed, counts as wrong for top-1 and
top-5: nothing is dropped. Over the runs, confidence and top-1 give the calibration error.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from eval_traces.evaluators.run import ScoredRun
from eval_traces.evaluators.score import Score


class CategoryAccuracy:
    """Judges the model's own prediction, and the category that the listing ended in."""

    name: ClassVar[str] = "category"

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        """Yield coverage and confidence of any run that predicted; the rest where it is known."""
        calls = run.named(run.tools, "predict_category")
        if not calls:
            return
        found: Any = calls[-1].output
        found = found if isinstance(found, dict) else None
        span = calls[-1].span_id
        yield Score("category.covered", float(found is not None), 1.0, span)
        if found is not None:
            yield Score("category.confidence", found["confidence"], 1.0, span)
        true = run.truth.category if run.truth is not None else None
        if true is None:
            return
        ranked = [] if found is None else [found["id"], *(a["id"] for a in found["alternatives"])]
        first = float(ranked[:1] == [true])
        label = ranked[0] if ranked else "none"
        yield Score("category.top1", first, 1.0, span, label, f"right is {true}")
        yield Score("category.top5", float(true in ranked[:5]), 1.0, span)
        if found is not None:
            yield Score("category.top1_covered", first, 1.0, span)
        if run.document is not None and run.drafted:
            last = run.document.get("category")
            yield Score("category.final", float(last is not None and last["id"] == true))
