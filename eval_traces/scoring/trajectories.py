"""Expected trajectories: a small YAML file that says, per case, which way a run should have gone.

The way is what the trace records: nodes and tools in the order that they began, the route each node
took, status and mode. Format and an example: docs/evaluation.md.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eval_traces import names
from eval_traces.evaluators.run import ScoredRun
from eval_traces.evaluators.score import Score
from listing.errors import BadInputError

PASSED = "trajectory.passed"
EVERY = "*"
"""The case of every run that has none of its own."""
Names = str | list[str]


class Steps(BaseModel):
    """What is expected of a sequence of names; each check that is given must hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    exactly: list[str] | None = None
    """These and no others, in this order."""
    in_order: list[str] = []
    """These in this order; others may stand between."""
    any_order: list[str] = []
    """All of these, in any order, as often as they are listed; others may stand between."""
    subset: list[str] | None = None
    """None but these."""
    never: list[str] = []

    def failures(self, seen: Sequence[str]) -> Iterator[str]:
        """Yield in words what does not hold of the names seen."""
        if self.exactly is not None and list(seen) != self.exactly:
            yield f"exactly {_listed(self.exactly)}, was {_listed(seen)}"
        rest = iter(seen)
        missed = next((name for name in self.in_order if name not in rest), None)
        if missed is not None:
            yield f"in_order {_listed(self.in_order)}: {missed} is missing or out of order"
        lacking = Counter(self.any_order) - Counter(seen)
        if lacking:
            yield f"any_order: {_listed(sorted(lacking.elements()))} missing"
        others = sorted(set(seen) - set(self.subset)) if self.subset is not None else []
        if others:
            yield f"subset: also {_listed(others)}"
        forbidden = sorted(set(seen) & set(self.never))
        if forbidden:
            yield f"never {_listed(forbidden)}"


class Expected(BaseModel):
    """What is expected of the runs of one case."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: Names | None = None
    """The run's status, or a list of those that will do."""
    mode: Names | None = None
    nodes: Steps | None = None
    tools: Steps | None = None
    routes: dict[str, Names | Steps] = {}
    """By node: the route of its last visit, a list of those that will do, or checks on the routes
    of all its visits."""

    def failures(self, run: ScoredRun) -> Mapping[str, list[str]]:
        """Return what does not hold, by part; a part without expectation is left out."""
        found: dict[str, list[str]] = {}
        for part, wanted, was in (
            ("status", self.status, run.status),
            ("mode", self.mode, run.mode),
        ):
            if wanted is not None:
                good = was in _several(wanted)
                found[part] = [] if good else [f"{_listed(_several(wanted))}, was {was or 'none'}"]
        for part, steps, spans in (
            ("nodes", self.nodes, run.nodes),
            ("tools", self.tools, run.tools),
        ):
            if steps is not None:
                found[part] = list(steps.failures([span.label for span in spans]))
        if self.routes:
            found["routes"] = [f for n, r in self.routes.items() for f in _route(n, r, run)]
        return found


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    schema_: Literal["vouch.trajectories/1"] = Field(alias="schema")
    cases: dict[str, Expected]


@dataclass(frozen=True)
class Trajectories:
    """Expectations by case: a truth file's case, a trace id, or a file's name without endings."""

    cases: Mapping[str, Expected]

    def case_of(self, run: ScoredRun) -> str | None:
        """Return the case that applies to a run, `*` where it has none of its own, or None."""
        truth = run.truth
        own = (truth.case if truth is not None else "", run.trace_id, run.path.name.split(".")[0])
        return next((case for case in (*own, EVERY) if case in self.cases), None)


def read_trajectories(path: str | Path) -> Trajectories:
    """Read a file of expected trajectories. BadInputError names the file and the key."""
    try:
        data = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInputError(f"{path}: cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadInputError(f"{path}: not YAML: {error}") from None
    try:
        file = _File.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the file"
        raise BadInputError(f"{path}: {key}: {first['msg']}") from None
    return Trajectories(file.cases)


class TrajectoryCheck:
    """Whether a run went the way that is expected of its case."""

    name: ClassVar[str] = "trajectory"

    def __init__(self, expected: Trajectories) -> None:
        self._expected = expected

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        """Yield 1 or 0 for the whole and for each part; the label is the case."""
        case = self._expected.case_of(run)
        if case is None:
            return
        parts = self._expected.cases[case].failures(run)
        wrong = [f"{part}: {failure}" for part, failed in parts.items() for failure in failed]
        said = "; ".join(wrong) or None
        yield Score(PASSED, float(not wrong), label=case, explanation=said)
        for part, failed in parts.items():
            told = "; ".join(failed) or None
            yield Score(f"trajectory.{part}", float(not failed), label=case, explanation=told)


def _route(node: str, wanted: Names | Steps, run: ScoredRun) -> Iterator[str]:
    routes = [span.text(names.ROUTE) or "" for span in run.named(run.nodes, node)]
    if isinstance(wanted, Steps):
        yield from (f"{node}: {failure}" for failure in wanted.failures(routes))
    elif not routes:
        yield f"{node}: was not visited"
    elif routes[-1] not in _several(wanted):
        yield f"{node}: {_listed(_several(wanted))}, was {routes[-1] or 'none'}"


def _several(wanted: Names) -> list[str]:
    return [wanted] if isinstance(wanted, str) else wanted


def _listed(some: Iterable[str]) -> str:
    return ", ".join(some) or "nothing"
