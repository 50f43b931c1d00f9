"""Evaluators: each a small class with a name and one method, from a recorded run to scores."""

from eval_traces.evaluators.registry import STANDARD, Evaluators, load_evaluators
from eval_traces.evaluators.run import ScoredRun
from eval_traces.evaluators.score import Evaluator, Score
from eval_traces.evaluators.speed import Cost, Prices, read_prices

__all__ = [
    "STANDARD",
    "Cost",
    "Evaluator",
    "Evaluators",
    "Prices",
    "Score",
    "ScoredRun",
    "load_evaluators",
    "read_prices",
]
