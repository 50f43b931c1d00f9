"""Seconds to replay a recorded run, against running it anew with the model, in the same process."""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agent.runtime import Runtime, open_runtime
from agent.settings import load_settings
from bench.market_runs import case_photo, choose_cases
from eval_traces import find_trace, open_memory_trace, read_trace
from graphs.listing import ListingRequest, build_listing_graph, draft_listing
from graphs.replay import Ground, replay_listing
from tools.photos import read_photo
from training.marketplace import build_market


async def measure(runtime: Runtime, count: int) -> list[dict[str, Any]]:
    """Draft `count` held-out queries, replay each at once; return both times and what came out."""
    context, graph = runtime.context, build_listing_graph()
    ground = Ground(context.taxonomy, context.policy, context.store, context.versions)
    rows = []
    for case in choose_cases(build_market(0), count + 1):
        photo = context.store.put(read_photo(case_photo(case), f"{case.name}.jpg"))
        started = time.perf_counter()
        request = ListingRequest(photos=(photo,), seller=case.seller)
        document = await draft_listing(context, request, graph)
        drafted = time.perf_counter() - started
        started = time.perf_counter()
        trace = read_trace(find_trace(context.tracer.folder or Path(), document.trace_id))
        found = await replay_listing(trace, ground, open_memory_trace())
        replayed = time.perf_counter() - started
        calls = found.answered + found.answered_by_turn
        rows.append(
            {"draft_s": drafted, "replay_s": replayed, "identical": not found.diverged,
             "calls": calls, "mode": document.mode, "case": case.name}
        )  # fmt: skip
    return rows[1:]  # the first loads and compiles


def main(argv: Sequence[str] | None = None) -> None:
    """Print medians, the ratio, and how many replays came to the same listing."""
    parser = argparse.ArgumentParser(prog="vouch bench replay", description=__doc__)
    parser.add_argument("-n", type=int, default=50, help="recorded runs (default 50)")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(trace_dir=Path(folder))
        with open_runtime(settings) as runtime:
            rows = asyncio.run(measure(runtime, options.n))
    drafts, replays = ([row[key] for row in rows] for key in ("draft_s", "replay_s"))
    told = {
        "n": len(rows),
        "identical": sum(row["identical"] for row in rows),
        "calls": statistics.mean(row["calls"] for row in rows),
        "draft_s": {"median": statistics.median(drafts), "worst": max(drafts)},
        "replay_s": {"median": statistics.median(replays), "worst": max(replays)},
        "ratio": statistics.median(d / r for d, r in zip(drafts, replays, strict=True)),
        "diverged": [row["case"] for row in rows if not row["identical"]],
    }
    if options.json:
        print(json.dumps(told, indent=2))
        return
    print(f"{told['identical']} of {told['n']} replays came to the same steps and listing")
    print(f"recorded calls answered, mean: {told['calls']:.1f}")
    for name in ("draft_s", "replay_s"):
        print(f"{name}: median {told[name]['median']:.3f}, worst {told[name]['worst']:.3f}")
    print(f"draft / replay, median of pairs: {told['ratio']:.1f}")


if __name__ == "__main__":
    main()
