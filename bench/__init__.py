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
            "real_photos",
            "bench.real_photos",
            "drafts from real photos, to be judged by eye",
        ),
        Bench(
            "stream_guard",
            "bench.stream_guard",
            "what the stream guard catches and delays, against checking the finished text",
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
