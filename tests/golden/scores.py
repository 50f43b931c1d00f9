"""The scores of golden runs, as `expected.json` has them: of evaluators that need no more packages.

A score of a run that several of its parts have is their weighted mean, to four decimals.
"""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from eval_traces.evaluators import STANDARD, load_evaluators
from eval_traces.scoring.scores import RunScores, score_traces
from eval_traces.scoring.trajectories import TrajectoryCheck, read_trajectories
from eval_traces.scoring.truth import read_truth
from listing.errors import BadInputError

_ELSEWHERE = "text_overlap"
"""Its figures are those of other packages, and change with their versions."""
_SAID = ("ladder.mode.", "ladder.status.", "seconds.node.")


def golden_scores(
    files: Sequence[Path], truth: Path, trajectories: Path
) -> dict[str, dict[str, float]]:
    """Return the scores by name for each file's case; BadInputError where one cannot be scored."""
    chosen = [name for e in STANDARD if (name := e().name) != _ELSEWHERE]
    expected = TrajectoryCheck(read_trajectories(trajectories))
    evaluators = load_evaluators([*chosen, expected.name], extra=[expected]).chosen
    found = {}
    for run in score_traces(files, evaluators, truth=read_truth(truth)):
        if run.problems:
            raise BadInputError(f"{run.path}: {'; '.join(run.problems)}")
        found[run.path.name.partition(".")[0]] = _figures(run)
    return found


def _figures(run: RunScores) -> dict[str, float]:
    sums: dict[str, float] = defaultdict(float)
    weights: dict[str, float] = defaultdict(float)
    for score in run.scores:
        sums[score.name] += score.value * score.weight
        weights[score.name] += score.weight
    figures = {n: round(total / weights[n], 4) for n, total in sorted(sums.items()) if weights[n]}
    return {n: value for n, value in figures.items() if not _said_elsewhere(n, value)}


def _said_elsewhere(name: str, value: float) -> bool:
    """Status and mode stand beside the scores; a node's settled time says nothing."""
    return name.startswith(_SAID) or (name.startswith("ladder.") and not value)
