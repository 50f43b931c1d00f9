"""Measurements, each one command, each against a peer or a limit in the same run.

Rule: a measurement is a module here or in `training` with `main(argv)`; this is the list of them,
and nothing of theirs is imported before it is run.
"""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Bench:
    """One measurement: `vouch bench NAME`."""

    name: str
    module: str
    """Where its `main(argv)` is."""
    about: str


BENCHES: dict[str, Bench] = {
    bench.name: bench
    for bench in (
        Bench(
            "ablation",
            "bench.ablation",
            "what category and references are worth to a draft, with blind controls",
        ),
        Bench(
            "attacks",
            "bench.attacks",
            "known attacks by three doors, with the checkpoint and with an obedient model",
        ),
        Bench(
            "categories",
            "bench.categories",
            "seconds for one category prediction, our taxonomy against Shopify's 10,595",
        ),
        Bench(
            "checkpoint",
            "training.evaluate",
            "what the checkpoint can do on held-out photos and texts, with intervals",
        ),
        Bench(
            "injected_errors",
            "bench.injected_errors",
            "what the audit finds of 2,000 injected errors, by kind, and what it leaves",
        ),
        Bench(
            "load",
            "bench.load",
            "many sellers at once against the service, with the engine's own throughput beside it",
        ),
        Bench(
            "real_photos",
            "bench.real_photos",
            "drafts from real photos, to be judged by eye",
        ),
        Bench(
            "replay",
            "bench.replay",
            "seconds to replay a recorded run, against running it anew with the model",
        ),
        Bench(
            "scoring",
            "bench.scoring",
            "how fast recorded runs are scored, against json.loads into a span tree",
        ),
        Bench(
            "stream_guard",
            "bench.stream_guard",
            "what the stream guard catches and delays, against checking the finished text",
        ),
        Bench(
            "tool_choice",
            "bench.tool_choice",
            "which calls the assistant makes on held-out turns, by kind, and which facts it loses",
        ),
        Bench(
            "tracing",
            "bench.tracing",
            "what recording costs a run, against the same run unrecorded; limit 2 %",
        ),
        Bench(
            "visual_search",
            "bench.visual_search",
            "times and recall of the listing index, exact against cached",
        ),
    )
}
"""The measurements by name."""


def run_bench(bench: Bench, argv: Sequence[str]) -> int:
    """Run a measurement with its own arguments; return its exit code, 0 where it gives none."""
    result = importlib.import_module(bench.module).main(list(argv))
    return result if isinstance(result, int) else 0
