"""What `vouch eval` scores with, and what it met on the way."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from agent.cli.console import Tick, say
from listing.errors import BadInputError

if TYPE_CHECKING:
    from eval_traces.evaluators import Evaluator
    from eval_traces.scoring.scores import RunScores, Sidecars
    from eval_traces.scoring.trajectories import Trajectories
    from eval_traces.scoring.truth import TruthFile

_FEW = 100
"""Files up to which one process is faster than starting more."""
_TOLD = 8


@dataclass
class Scoring:
    """What scores, and what was met on the way."""

    evaluators: "Sequence[Evaluator]"
    truth: "TruthFile | None"
    trajectories: "Trajectories | None"
    processes: int | None
    about: dict[str, str]
    skipped: dict[str, str]
    unreadable: list[str] = field(default_factory=list)
    scored: int = 0
    judged: int = 0
    """Runs that the truth file knows."""
    cases: set[str] = field(default_factory=set)
    """Cases of the trajectory file that a run was checked by."""

    def runs(
        self, files: "Sequence[Path]", sidecars: "Sidecars | None", tick: Tick | None
    ) -> "Iterator[RunScores]":
        """Yield the scores of all runs, those of unreadable files too, and note what was met."""
        from eval_traces.scoring.scores import UNREADABLE, score_traces
        from eval_traces.scoring.trajectories import PASSED

        processes = self.processes or (1 if len(files) <= _FEW else os.cpu_count() or 1)
        found = score_traces(
            files, self.evaluators, truth=self.truth, processes=processes, sidecars=sidecars
        )
        for done, run in enumerate(found, start=1):
            if tick is not None:
                tick(done, max(done, len(files)))
            if run.status == UNREADABLE:
                self.unreadable.append(f"{run.path}: {'; '.join(run.problems)}")
            else:
                self.scored += 1
                self.judged += run.has_truth
                self.cases.update(s.label or "" for s in run.scores if s.name == PASSED)
            yield run

    def check(self, files: int) -> None:
        """BadInputError when not one run could be scored."""
        if not self.scored:
            first = self.unreadable[0]
            raise BadInputError(f"none of {files} files holds a run that can be scored; {first}")

    def tell(self) -> None:
        """Say on stderr what was left out: files, evaluators, cases."""
        for reason in self.unreadable[:_TOLD]:
            say(f"not scored: {reason}")
        if len(self.unreadable) > _TOLD:
            say(f"not scored: {len(self.unreadable) - _TOLD} more files")
        for name, reason in self.skipped.items():
            say(f"evaluator {name} is left out: {reason}")
        if self.truth is not None and self.judged < self.scored:
            say(f"the truth file knows {self.judged} of {self.scored} runs")
        if self.trajectories is not None:
            unmet = sorted(self.trajectories.cases.keys() - self.cases)
            if unmet:
                say(f"trajectories: no run of case {', '.join(unmet)}")


def prepare(
    truth: Path | None,
    trajectories: Path | None,
    prices: Path | None,
    evaluators: str | None,
    processes: int | None,
) -> Scoring:
    """Return what scores by the options; BadInputError names the file or evaluator at fault."""
    from eval_traces.evaluators import Cost, Evaluator, load_evaluators, read_prices
    from eval_traces.scoring.trajectories import TrajectoryCheck, read_trajectories
    from eval_traces.scoring.truth import read_truth

    extra: list[Evaluator] = []
    expected = read_trajectories(trajectories) if trajectories else None
    if expected is not None:
        extra.append(TrajectoryCheck(expected))
    if prices is not None:
        extra.append(Cost(read_prices(prices)))
    chosen = [n.strip() for n in evaluators.split(",") if n.strip()] if evaluators else None
    loaded = load_evaluators(chosen, extra=extra)
    given = {"truth": truth, "trajectories": trajectories, "prices": prices}
    about = {name: str(path) for name, path in given.items() if path is not None}
    about["evaluators"] = ", ".join(e.name for e in loaded.chosen)
    return Scoring(
        loaded.chosen,
        read_truth(truth) if truth else None,
        expected,
        processes,
        about,
        dict(loaded.skipped),
    )
