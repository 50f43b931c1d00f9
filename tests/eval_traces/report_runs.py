"""Scored runs made by hand, for the tests of reports."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from eval_traces.evaluators import Score
from eval_traces.scoring.scores import RunScores

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
FACTS = {"model": "small 1", "version code": "0.2.0", "prompt describe": "3"}
NODES = ("check_photos", "search_similar", "write_draft")
CATEGORIES = ("Phones", "Mugs", "T-shirts <b>&", "Bicycles")


def run(
    number: int,
    scores: Mapping[str, float] | Sequence[Score],
    *,
    case: str | None = None,
    mode: str = "reference",
    status: str = "drafted",
    category: str = "Phones",
    problems: tuple[str, ...] = (),
    series: str = "a",
) -> RunScores:
    """One run; `series` tells the traces of one evaluation from those of another."""
    if isinstance(scores, Mapping):
        scores = [Score(name, value) for name, value in scores.items()]
    return RunScores(
        trace_id=f"{series}{number:031x}",
        path=Path(f"/traces/{series}{number}.otlp.jsonl"),
        case=f"case-{number:04}" if case is None else case,
        mode=mode,
        status=status,
        category=category,
        started=START + timedelta(seconds=number),
        scores=tuple(scores),
        problems=problems,
        recorded=FACTS,
    )


def unreadable(name: str, reason: str) -> RunScores:
    return RunScores("", Path(name), "", "", "unreadable", "", None, (), (f"{name}: {reason}",))


def market_runs(
    count: int, *, seed: int = 1, worse: float = 0.0, series: str = "a"
) -> list[RunScores]:
    """Runs as an evaluation of the market gives them; the cases are alike whatever the seed."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(count):
        mode = ("reference", "template", "image_only", "manual")[number % 7 % 4]
        status = "manual" if mode == "manual" else "error" if number % 31 == 30 else "drafted"
        scores = [Score("output.invalid", float(number % 50 == 49))]
        if status == "drafted":
            claims = int(rng.integers(3, 10))
            good = int(rng.binomial(claims, 0.95 - worse))
            sure = float(rng.beta(6, 1.5))
            scores += [
                Score("claims.precision", good / claims, claims),
                Score("claims.hallucination", 1 - good / claims, claims),
                Score("category.confidence", sure),
                Score("category.top1", float(rng.random() < sure), 1.0, None, "el-1"),
                Score("quality.score", float(rng.beta(8, 3))),
                Score("ladder.questions", float(rng.integers(0, 4))),
            ]
        spent = rng.lognormal(-1, 0.5, len(NODES))
        for node, seconds in zip(NODES, spent.tolist(), strict=True):
            poorer = node == "search_similar" and number % 9 == 0
            why = "the index <i>did not</i> answer" if poorer else None
            scores.append(Score(f"seconds.node.{node}", seconds))
            scores.append(Score(f"ladder.degraded.{node}", float(poorer), 1.0, None, why))
        scores.append(Score("seconds.total", float(spent.sum())))
        category = CATEGORIES[number % len(CATEGORIES)]
        found.append(
            run(number, scores, mode=mode, status=status, category=category, series=series)
        )
    return found
