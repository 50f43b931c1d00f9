"""A score, the evaluator that gives it, and what a run says of itself to be scored.

One rule: an evaluator sees one recorded run and nothing else, and yields a score only where the
question makes sense for it. A run without a score for a metric does not count in that metric.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from eval_traces.evaluators.run import ScoredRun


class Score(NamedTuple):
    """What one evaluator says of one run; a tuple because a large evaluation makes millions."""

    name: str
    """The metric: `topic.what`."""
    value: float
    weight: float = 1.0
    """Over runs, a metric's figure is the sum of value x weight by the sum of weight: 1 counts
    runs alike, the number of claims counts claims alike."""
    span_id: str | None = None
    """The span judged; None for the run as a whole."""
    label: str | None = None
    explanation: str | None = None


@runtime_checkable
class Evaluator(Protocol):
    """Scores one run at a time; must be picklable, since runs are scored in several processes."""

    name: ClassVar[str]
    """What it is chosen by."""

    def evaluate(self, run: "ScoredRun") -> Iterable[Score]:
        """Yield the scores of a run.

        What it raises is told with its name and the trace, and costs its scores of that run only.
        """
        ...
