"""Scores recorded runs without any model: files in, one `RunScores` a run out, in a fixed order.

One rule: nothing is lost in silence. A file that cannot be read, an evaluator that fails and a run
that cannot be scored are told in the `problems` of what is yielded, with path, name and reason.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import islice
from math import isfinite
from pathlib import Path
from sys import intern
from typing import Any

from eval_traces.evaluators.run import ScoredRun
from eval_traces.evaluators.score import Evaluator, Score
from eval_traces.scoring.pool import map_batches
from eval_traces.scoring.scan import scan_file
from eval_traces.scoring.sidecar import write_sidecar
from eval_traces.scoring.truth import TruthFile
from listing.errors import BadInputError

UNREADABLE = "unreadable"
"""Status of what is yielded for a file that cannot be read or scored."""
_BATCH = 32
"""Files that go to a process at a time."""


@dataclass(frozen=True)
class Sidecars:
    """Where scores are written back to."""

    folder: Path | None = None
    """None: beside each trace."""


@dataclass(frozen=True, slots=True)
class RunScores:
    """The scores of one run, or why there are none."""

    trace_id: str
    """32 hex digits; empty where the file could not be read so far."""
    path: Path
    case: str
    """Name of the case in the truth file, else of the first photo; empty without either."""
    mode: str
    status: str
    """The run's, or `unreadable`."""
    category: str
    started: datetime | None
    scores: tuple[Score, ...] = ()
    problems: tuple[str, ...] = ()
    """What could not be read or scored, and why."""
    has_truth: bool = False
    """Whether the truth file knows the run."""
    recorded: Mapping[str, str] = field(default_factory=dict)
    """What the run was made with: model, code, prompts."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Scores travel between processes as plain tuples, each name once: a third of the cost."""
        fields = [getattr(self, name) for name in self.__slots__]
        fields[_SCORES] = [(intern(score[0]), *score[1:]) for score in self.scores]
        return _unpacked, tuple(fields)


def _unpacked(*fields: Any) -> RunScores:
    held = list(fields)
    held[_SCORES] = tuple(map(Score._make, held[_SCORES]))
    return RunScores(*held)


_SCORES = RunScores.__slots__.index("scores")


def score_traces(
    paths: Iterable[str | Path],
    evaluators: Sequence[Evaluator],
    *,
    truth: TruthFile | None = None,
    processes: int = 1,
    sidecars: Sidecars | None = None,
) -> Iterator[RunScores]:
    """Yield the scores of every run in the files, in the order of the files.

    Memory does not grow with their number. With `sidecars` each run's scores are written back too.
    With more than one process the evaluators must be picklable and the calling script needs the
    usual `if __name__ == "__main__"` guard; results and order are the same.
    """
    files = (path if isinstance(path, Path) else Path(path) for path in paths)
    if processes <= 1:
        yield from _score_files(files, tuple(evaluators), truth, sidecars)
        return
    work = partial(_score_batch, evaluators=tuple(evaluators), truth=truth, sidecars=sidecars)
    batches = iter(lambda: list(islice(files, _BATCH)), [])
    for found in map_batches(work, batches, processes):
        yield from found


def score_run(run: ScoredRun, evaluators: Sequence[Evaluator]) -> RunScores:
    """Return what the evaluators say of one run; what they raise becomes a problem."""
    scores: list[Score] = []
    problems = list(run.trace.warnings)
    if run.refusal is not None:
        return _unreadable(run.path, run.refusal, run.trace_id)
    for evaluator in evaluators:
        try:
            given = tuple(evaluator.evaluate(run))
            bad = _not_finite(given)
        except Exception as error:  # evaluators are anybody's code: what they raise is told
            problems.append(f"evaluator {evaluator.name}: {type(error).__name__}: {error}")
            continue
        if bad is not None:
            problems.append(f"evaluator {evaluator.name}: {bad}: not a finite score")
            continue
        scores += given
    truth = run.truth
    return RunScores(
        trace_id=run.trace_id,
        path=run.path,
        case=truth.case if truth is not None else _by_photo(run),
        mode=run.mode,
        status=run.status,
        category=run.category,
        started=run.started,
        scores=tuple(scores),
        problems=tuple(problems),
        has_truth=truth is not None,
        recorded=run.recorded,
    )


def _not_finite(given: Iterable[Score]) -> str | None:
    """The name of a score that no figure can be made of."""
    for score in given:
        if not isfinite(score[1]) or not score[2] >= 0:
            return score.name
    return None


def _by_photo(run: ScoredRun) -> str:
    """What another run of the same photo is called too, so that the two can be compared."""
    return f"photo {run.photos[0][:16]}" if run.photos else ""


def _unreadable(path: Path, reason: str, trace_id: str = "") -> RunScores:
    return RunScores(trace_id, path, "", "", UNREADABLE, "", None, (), (reason,))


def _score_batch(
    paths: Sequence[Path],
    evaluators: Sequence[Evaluator],
    truth: TruthFile | None,
    sidecars: Sidecars | None,
) -> list[RunScores]:
    return list(_score_files(paths, evaluators, truth, sidecars))


def _score_files(
    paths: Iterable[Path],
    evaluators: Sequence[Evaluator],
    truth: TruthFile | None,
    sidecars: Sidecars | None,
) -> Iterator[RunScores]:
    for path in paths:
        try:
            for trace in scan_file(path):
                run = ScoredRun(trace, truth)
                scored = score_run(run, evaluators)
                if sidecars is not None and scored.scores:
                    scored = _written(run, scored, sidecars)
                yield scored
        except BadInputError as error:
            yield _unreadable(path, str(error).removeprefix(f"{path}: "))


def _written(run: ScoredRun, scored: RunScores, sidecars: Sidecars) -> RunScores:
    try:
        write_sidecar(run, scored.scores, sidecars.folder)
    except OSError as error:
        problem = f"its scores could not be written beside it: {error.strerror or error}"
        return replace(scored, problems=(*scored.problems, problem))
    return scored
