"""Evaluators by name: those that come with Vouch, and those that other packages bring.

A package adds evaluators through the entry point group `vouch.evaluators`: the entry's value is a
class without arguments, its name what the evaluator is chosen by. One that cannot be loaded or
lacks a package is skipped with its reason, unless it was asked for by name.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec

from eval_traces.evaluators.attributes import (
    Abstention,
    AttributeAccuracy,
    ReferenceCopy,
    Verifiability,
)
from eval_traces.evaluators.category import CategoryAccuracy
from eval_traces.evaluators.citations import Citations
from eval_traces.evaluators.claims import ClaimPrecision, F1AtK, Hallucination
from eval_traces.evaluators.ladder import BlindControl, Ladder, Prompts
from eval_traces.evaluators.output import InvalidOutput
from eval_traces.evaluators.quality import Adoption, QualityScore
from eval_traces.evaluators.retrieval import Retrieval
from eval_traces.evaluators.safety import StreamGuard
from eval_traces.evaluators.score import Evaluator
from eval_traces.evaluators.speed import Latency, Tokens
from eval_traces.evaluators.text_overlap import TextOverlap
from listing.errors import BadInputError

GROUP = "vouch.evaluators"
STANDARD: tuple[Callable[[], Evaluator], ...] = (
    AttributeAccuracy, Verifiability, ClaimPrecision, Hallucination, F1AtK, Citations,
    ReferenceCopy, Abstention, CategoryAccuracy, Retrieval, TextOverlap, StreamGuard,
    QualityScore, Adoption, InvalidOutput, Latency, Tokens, Ladder, Prompts, BlindControl,
)  # fmt: skip


@dataclass(frozen=True)
class Evaluators:
    """What will score, and what will not and why."""

    chosen: tuple[Evaluator, ...]
    skipped: Mapping[str, str]
    """Name of an evaluator that cannot work here, and the reason."""


def load_evaluators(
    chosen: Sequence[str] | None = None,
    *,
    extra: Sequence[Evaluator] = (),
    entries: Iterable[EntryPoint] | None = None,
) -> Evaluators:
    """Return the evaluators of those names, or all; `extra` ones (with settings) may be named too.

    `entries` stands in for the installed entry points.

    Raises:
        BadInputError: a name that was asked for is not known, or cannot be loaded here.
    """
    known: dict[str, Evaluator] = {}
    skipped: dict[str, str] = {}
    for evaluator in (*(make() for make in STANDARD), *extra):
        known[evaluator.name] = evaluator
    for entry in entry_points(group=GROUP) if entries is None else entries:
        _load(entry, known, skipped)
    for name, evaluator in list(known.items()):
        missing = [m for m in getattr(evaluator, "requires", ()) if find_spec(m) is None]
        if missing:
            skipped[name] = f"needs {' and '.join(missing)}, which is not installed"
            del known[name]
    if chosen is None:
        return Evaluators(tuple(known.values()), skipped)
    for name in chosen:
        if name in skipped:
            raise BadInputError(f"evaluator {name}: {skipped[name]}")
        if name not in known:
            there = ", ".join(sorted(known))
            raise BadInputError(f"evaluator {name!r}: there is none; there are {there}")
    return Evaluators(tuple(known[name] for name in dict.fromkeys(chosen)), {})


def _load(entry: EntryPoint, known: dict[str, Evaluator], skipped: dict[str, str]) -> None:
    if entry.name in known:
        skipped[f"{entry.name} ({entry.value})"] = "another evaluator has that name"
        return
    try:
        evaluator = entry.load()()
    except Exception as error:  # another package's code: what it raises is told
        skipped[entry.name] = f"{entry.value} cannot be loaded: {type(error).__name__}: {error}"
        return
    if isinstance(evaluator, Evaluator):
        known[entry.name] = evaluator
    else:
        skipped[entry.name] = f"{entry.value} is no evaluator: it needs a name and evaluate(run)"
