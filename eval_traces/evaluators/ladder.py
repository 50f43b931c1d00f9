"""How far down the failure ladder a run went, and why: modes, ends, degraded and failed steps.

Each share is 1 or 0 a run, also where it is 0, so that the figures over runs are shares of all.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import ClassVar, get_args

from eval_traces import names
from eval_traces.evaluators.run import ScoredRun
from eval_traces.evaluators.score import Score
from listing.document import Mode, Status

_MODES: tuple[str, ...] = get_args(Mode)
_ENDS: tuple[str, ...] = (*get_args(Status), "error", "unfinished")


class Ladder:
    """Shares of modes and ends; degraded and failed nodes; retries, revisions and questions."""

    name: ClassVar[str] = "ladder"

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        """Yield them for every run."""
        yield from _one_of("ladder.mode", _MODES, run.mode)
        yield from _one_of("ladder.status", _ENDS, run.status)
        yield from self._nodes(run)
        failed = [span for span in run.spans if span.failed]
        if failed:
            first, count = failed[0], float(len(failed))
            yield Score(
                "ladder.errors", count, 1.0, first.span_id, None, first.message or first.name
            )
        else:
            yield Score("ladder.errors", 0.0)
        document = run.document
        if document is not None:
            yield Score("ladder.warnings", float(len(document["warnings"])))
            if run.drafted:
                yield Score("ladder.questions", float(len(document["questions"])))
                yield Score("claims.count", float(len(run.claims)))

    def _nodes(self, run: ScoredRun) -> Iterable[Score]:
        revisions = retries = 0
        seen: dict[str, Score] = {}
        failed: dict[str, Score] = {}
        for node in run.nodes:
            label, why = node.label, node.text(names.DEGRADED)
            revisions += label == "revise"
            retries += (node.number(names.NODE_ATTEMPT) or 1) > 1
            if label not in seen or why:
                name = f"ladder.degraded.{label}"
                seen[label] = Score(name, float(bool(why)), 1.0, node.span_id, why)
            if label not in failed or node.failed:
                name, said = f"ladder.failed.{label}", node.message or None
                failed[label] = Score(name, float(node.failed), 1.0, node.span_id, None, said)
        yield Score("ladder.degraded", float(any(score.value for score in seen.values())))
        yield from seen.values()
        yield from failed.values()
        yield Score("ladder.retries", float(retries))
        yield Score("ladder.revisions", float(revisions))
        yield Score("ladder.revised", float(revisions > 0))


@lru_cache(maxsize=64)
def _one_of(topic: str, names: Sequence[str], chosen: str) -> Sequence[Score]:
    """Return 1 for the chosen name and 0 for each other: scores that most runs have alike."""
    return tuple(Score(f"{topic}.{name}", float(name == chosen)) for name in names)


class Prompts:
    """How often each prompt was used; the label is its version."""

    name: ClassVar[str] = "prompts"

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        """Yield one score a prompt and version."""
        used: dict[tuple[str, str], int] = {}
        for chat in run.chats:
            name = chat.text(names.PROMPT_NAME)
            if name:
                key = (name, str(chat.get(names.PROMPT_VERSION) or ""))
                used[key] = used.get(key, 0) + 1
        for (name, version), count in used.items():
            yield Score(f"prompts.{name}", float(count), label=version)


class BlindControl:
    """Marks the runs whose photo was replaced by grey, so that they are never taken for others."""

    name: ClassVar[str] = "blind_control"

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        """Yield 1 or 0 where a truth file says."""
        if run.truth is not None:
            yield Score("control.grey", float(run.truth.grey))
