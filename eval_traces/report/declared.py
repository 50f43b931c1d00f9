"""The metrics that come with Vouch: their titles, topics, units and better directions.

What they measure is said where they are scored (`eval_traces.evaluators`). A direction is declared
only where more is better whatever else happens: that more runs are refused or ask more is neither
good nor bad of itself.
"""

from eval_traces.report.aggregates import Aggregate, CalibrationError
from eval_traces.report.metrics import Metric, MetricBook, WorstBy

AGGREGATES: tuple[Aggregate, ...] = (
    CalibrationError(
        name="category.calibration_error",
        confidence="category.confidence",
        correct="category.top1",
    ),
)

_TRUTH = (
    Metric("truth.attribute_accuracy", "attribute accuracy", "truth", "higher"),
    Metric("truth.attribute_coverage", "knowable attributes stated truly", "truth", "higher"),
    Metric("claims.precision_truth", "claim precision, by the truth", "truth", "higher"),
    Metric("claims.hallucination_truth", "false claims, by the truth", "truth", "lower"),
    Metric("claims.hallucinating_drafts_truth", "drafts with a false claim", "truth", "lower"),
    Metric("claims.hallucination_any", "false or underivable claims", "truth", "lower"),
    Metric(
        "claims.hallucinating_drafts_any", "drafts with a false or underivable claim", "truth",
        "lower",
    ),
    Metric("truth.values_correct", "form values correct", "truth", "higher"),
    Metric("truth.values_incorrect", "form values incorrect", "truth", "lower"),
    Metric("truth.values_unverifiable", "form values unverifiable", "truth", "lower"),
    Metric("references.copy_error_truth", "copied values that are wrong", "truth", "lower"),
    Metric("abstention.guessed", "unknowable attributes guessed", "truth", "lower"),
    Metric("abstention.left_out", "unknowable attributes left out", "truth", "higher"),
    Metric("abstention.asked", "unknowable attributes asked for", "truth", "higher"),
    Metric("abstention.needless", "questions that need not be asked", "truth", "lower"),
)  # fmt: skip
_CLAIMS = (
    Metric("claims.precision", "claim precision, by the ledger", "claims", "higher"),
    Metric("claims.hallucination", "underivable claims", "claims", "lower"),
    Metric("claims.hallucinating_drafts", "drafts with an underivable claim", "claims", "lower"),
    Metric("claims.f1_at_k", "F1 at K", "claims", "higher"),
    Metric("citations.recall", "citation recall", "claims", "higher"),
    Metric("citations.precision", "citation precision", "claims", "higher"),
    Metric("references.copy_error", "copied values that the photo contradicts", "claims", "lower"),
    Metric("claims.count", "claims in a draft", "claims", unit="count"),
)
_CATEGORY = (
    Metric("category.top1", "category top-1", "category", "higher"),
    Metric("category.top5", "category top-5", "category", "higher"),
    Metric("category.final", "category of the listing right", "category", "higher"),
    Metric("category.top1_covered", "top-1 where one was given", "category", "higher"),
    Metric("category.covered", "category given", "category", "higher"),
    Metric("category.confidence", "stated confidence", "category"),
    Metric("category.calibration_error", "expected calibration error", "category", "lower"),
)
_RETRIEVAL = (
    Metric("retrieval.identical_at_1", "identical at 1", "retrieval", "higher"),
    Metric("retrieval.similar_at_1", "similar at 1", "retrieval", "higher"),
    Metric("retrieval.recall_at_k", "recall at k", "retrieval", "higher"),
    Metric("retrieval.identical_precision", "precision of identical", "retrieval", "higher"),
    Metric("retrieval.no_match_precision", "no-match precision", "retrieval", "higher"),
    Metric("retrieval.false_identical", "identical claimed where none is", "retrieval", "lower"),
    Metric("retrieval.identical_claimed", "identical claimed", "retrieval"),
    Metric("retrieval.found", "anything found", "retrieval"),
    Metric("retrieval.best_score", "best score", "retrieval", unit="points"),
)
_TEXT = (
    Metric("text.bleu_*", "BLEU-{}", "text", "higher"),
    Metric("text.rouge_l", "ROUGE-L", "text", "higher"),
    Metric("text.rouge_*", "ROUGE-{}", "text", "higher"),
    Metric("quality.score", "quality score", "text", "higher"),
    Metric("quality.*", "quality: {}", "text", "higher"),
    Metric("adoption.kept", "kept of the draft", "text", "higher"),
    Metric("adoption.kept_any", "drafts of which anything was kept", "text", "higher"),
    Metric("adoption.kept_half", "drafts of which over half was kept", "text", "higher"),
    Metric("control.grey", "blind controls", "text"),
)
_SAFETY = (
    Metric("safety.caught", "prohibited items stopped", "safety", "higher"),
    Metric("safety.false_stop", "allowed items stopped", "safety", "lower"),
    Metric("safety.false_halt", "drafts of allowed items halted", "safety", "lower"),
    Metric(
        "safety.leaked_tokens", "tokens shown after the first harmful one", "safety", "lower",
        "tokens",
    ),
    Metric("safety.refused", "refused", "safety"),
    Metric("safety.halted", "halted", "safety"),
)  # fmt: skip
_LADDER = (
    Metric("output.invalid", "invalid listings", "ladder", "lower"),
    Metric("output.invalid_replies", "invalid replies of the model", "ladder", "lower"),
    Metric("output.cut_replies", "replies cut at the length limit", "ladder", "lower"),
    Metric("ladder.mode.*", "mode {}", "ladder"),
    Metric("ladder.status.error", "ended in an error", "ladder", "lower"),
    Metric("ladder.status.unfinished", "unfinished", "ladder", "lower"),
    Metric("ladder.status.*", "status {}", "ladder"),
    Metric("ladder.degraded", "runs with a degraded step", "ladder", "lower"),
    Metric("ladder.degraded.*", "degraded: {}", "ladder", "lower"),
    Metric("ladder.failed.*", "failed: {}", "ladder", "lower"),
    Metric("ladder.errors", "failed steps a run", "ladder", "lower", "count"),
    Metric("ladder.warnings", "warnings a run", "ladder", "lower", "count"),
    Metric("ladder.retries", "retries a run", "ladder", "lower", "count"),
    Metric("ladder.revised", "runs revised", "ladder"),
    Metric("ladder.revisions", "revisions a run", "ladder", unit="count"),
    Metric("ladder.questions", "questions a draft", "ladder", unit="count"),
)
_SPEED = (
    Metric("seconds.total", "whole run", "speed", "lower", "seconds"),
    Metric("seconds.first_token", "first token", "speed", "lower", "seconds"),
    Metric("seconds.node.*", "{}", "speed", "lower", "seconds"),
    Metric("cost.total", "cost of a run", "speed", "lower", "money"),
    Metric("tokens.*", "{} tokens", "speed", "lower", "tokens"),
    Metric("calls.*", "{} calls", "speed", "lower", "count"),
    Metric("prompts.*", "uses of prompt {}", "speed", unit="count"),
)
_TRAJECTORY = (Metric("trajectory.*", "{}", "trajectory", "higher"),)

METRICS = MetricBook(
    (*_TRUTH, *_CLAIMS, *_CATEGORY, *_RETRIEVAL, *_TEXT, *_SAFETY, *_LADDER, *_SPEED, *_TRAJECTORY)
)
HEADLINES: tuple[tuple[str, ...], ...] = (
    ("truth.attribute_accuracy",),
    ("claims.precision_truth",),
    ("claims.precision",),
    ("claims.hallucination_any", "claims.hallucination"),
    ("citations.recall",),
    ("abstention.guessed",),
    ("category.top1", "category.covered"),
    ("retrieval.identical_at_1", "retrieval.found"),
    ("output.invalid",),
    ("seconds.total",),
)
"""Shown large, by mode and by category: of each, the first that the runs have."""
SPREADS = (
    "claims.count",
    "category.confidence",
    "retrieval.best_score",
    "text.bleu_1",
    "text.rouge_l",
    "quality.score",
    "adoption.kept",
    "ladder.questions",
    "seconds.first_token",
    "tokens.input",
    "tokens.output",
    "cost.total",
)
"""Whose spread over runs is drawn, beside the headlines' and that of undeclared metrics."""
NODE_SECONDS = "seconds.node."
DEGRADED, FAILED = "ladder.degraded.", "ladder.failed."
WORST = (
    WorstBy("False claims, by the truth", "claims.precision_truth", beyond=1.0),
    WorstBy("Lowest claim precision, by the ledger", "claims.precision", beyond=1.0),
    WorstBy("Trajectory not as expected", "trajectory.passed", beyond=1.0),
    WorstBy("Slowest", "seconds.total", highest=True),
)
"""Lists of runs to look at first, beside those that failed."""
