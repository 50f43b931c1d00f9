"""The figures of a load run, from what the sellers saw and what the kernel counted.

Rule: memory's growth is the slope of a straight line through the samples after the warm-up.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bench.load.engine import Throughput
from bench.load.sellers import Seen
from bench.load.server import Sample

WARM_UP = 0.35
"""Share of the run that is not looked at for growth."""


def quantiles(seconds: Sequence[float]) -> dict[str, float | int | None]:
    """Return count, median, 95th percentile and worst, in seconds."""
    if not seconds:
        return {"n": 0, "p50": None, "p95": None, "worst": None}
    found = np.percentile(np.asarray(seconds), [50, 95, 100])
    middle, high, worst = (round(float(value), 3) for value in found)
    return {"n": len(seconds), "p50": middle, "p95": high, "worst": worst}


def growth(samples: Sequence[Sample]) -> dict[str, float]:
    """Return memory at first, at the end and at most in MB, and its slope in MB a minute."""
    if not samples:
        return {"first": 0.0, "last": 0.0, "peak": 0.0, "slope_mb_per_minute": 0.0}
    late = [s for s in samples if s.at >= WARM_UP * samples[-1].at]
    slope = 0.0
    if len(late) > 2:
        slope = float(np.polyfit([s.at for s in late], [s.rss_mb for s in late], 1)[0]) * 60
    return {
        "first": round(samples[0].rss_mb, 1),
        "after_warm_up": round(late[0].rss_mb, 1),
        "last": round(samples[-1].rss_mb, 1),
        "peak": round(max(s.rss_mb for s in samples), 1),
        "slope_mb_per_minute": round(slope, 2),
    }


def cores(samples: Sequence[Sample]) -> float:
    """Return how many processor cores the service kept busy, on average."""
    if len(samples) < 2 or samples[-1].at == samples[0].at:
        return 0.0
    return (samples[-1].cpu_s - samples[0].cpu_s) / (samples[-1].at - samples[0].at)


def told(
    seen: Seen, samples: Sequence[Sample], seconds: float, describe: Throughput, draft: Throughput
) -> dict[str, Any]:
    """Return everything as JSON."""
    minutes = seconds / 60
    drafts = seen.turns["draft"] / minutes
    return {
        "seconds": round(seconds, 1),
        "published": seen.published,
        "published_per_minute": round(seen.published / minutes, 2),
        "drafts_per_minute": round(drafts, 2),
        "turns": dict(sorted(seen.turns.items())),
        "turns_per_minute": round(seen.turns.total() / minutes, 1),
        "faults": len(seen.faults),
        "fault_examples": seen.faults[:20],
        "refused_429": {
            "answers": seen.refused,
            "after_waiting": seen.refused_again,
            "without_retry_after": seen.dishonest,
            "wait_s": quantiles(seen.waits),
        },
        "first_token_s": quantiles(seen.first_token),
        "first_event_s": quantiles(seen.first_event),
        "draft_s": quantiles(seen.draft_s),
        "other_turn_s": quantiles(seen.turn_s),
        "listing_s": quantiles(seen.listing_s),
        "memory_mb": growth(samples),
        "cores_busy": round(cores(samples), 2),
        "alone": {
            "descriptions_per_minute": round(describe.per_minute, 2),
            "descriptions": describe.count,
            "drafts_per_minute": round(draft.per_minute, 2),
            "drafts": draft.count,
            "drafts_service_to_alone": (
                round(drafts / draft.per_minute, 3) if draft.per_minute else None
            ),
        },
    }


def markdown(figures: dict[str, Any]) -> str:
    """Return the figures as a table."""
    refused, memory, alone = figures["refused_429"], figures["memory_mb"], figures["alone"]
    first, draft = figures["first_token_s"], figures["draft_s"]
    rows = [
        ("sellers, seconds", f"{figures['sellers']}, {figures['seconds']}"),
        ("published; a minute", f"{figures['published']}; {figures['published_per_minute']}"),
        ("turns; a minute", f"{sum(figures['turns'].values())}; {figures['turns_per_minute']}"),
        ("drafts a minute", figures["drafts_per_minute"]),
        ("faults (lost, mixed, broken, wrong)", figures["faults"]),
        (
            "refused with 429; again after waiting; without Retry-After",
            f"{refused['answers']}; {refused['after_waiting']}; {refused['without_retry_after']}",
        ),
        ("first token of a draft, p50 / p95", f"{first['p50']} / {first['p95']} s"),
        ("whole draft, p50 / p95", f"{draft['p50']} / {draft['p95']} s"),
        (
            "memory after warm-up, at the end, at most; slope",
            f"{memory.get('after_warm_up')}, {memory['last']}, {memory['peak']} MB; "
            f"{memory['slope_mb_per_minute']} MB a minute",
        ),
        ("cores busy", figures["cores_busy"]),
        (
            "engine alone: descriptions; drafts, a minute",
            f"{alone['descriptions_per_minute']}; {alone['drafts_per_minute']}",
        ),
        ("drafts a minute, service / alone", alone["drafts_service_to_alone"]),
    ]
    lines = [
        "| what | figure |",
        "| --- | --- |",
        *(f"| {name} | {value} |" for name, value in rows),
    ]
    lines += ["", *(f"- fault: {fault}" for fault in figures["fault_examples"])]
    return "\n".join(lines).rstrip()
