"""Many sellers at once against `vouch serve` on the shipped checkpoint.

`vouch bench load --minutes 5 --sellers 32`. Each seller drafts from a photo, states facts, is
asked, rewrites or takes back, and publishes, again and again; every stream is checked for order,
one end and nobody else's words, every refusal for being a 429 that is true to its word. Memory and
processor time of the service are sampled. Then, with the service gone, the same descriptions are
written straight by the engine, and drafts made in one process without the service.
"""

import argparse
import asyncio
import json
import os
import platform
import random
import secrets
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from agent.runtime import open_runtime
from agent.settings import load_settings
from bench.load.engine import Throughput, describe_alone, draft_alone, recorded_prompts
from bench.load.figures import markdown, told
from bench.load.sellers import Seen, Seller
from bench.load.server import Sample, serving
from training.marketplace import Split, build_market
from training.marketplace.export import photo_bytes

_SPLITS: tuple[Split, ...] = ("queries_identical", "queries_similar", "queries_no_match")
_PHOTO_SIDE = 320
_EVERY_S = 1.0


def make_photos(count: int, seed: int) -> list[bytes]:
    """Return photos of different items of the generated market."""
    market, rng = build_market(seed), random.Random(seed)
    units = [unit for split in _SPLITS for unit in market.split(split)]
    return [photo_bytes(unit, 0, _PHOTO_SIDE) for unit in rng.sample(units, count)]


async def crowd(
    options: argparse.Namespace, home: Path, photos: Sequence[bytes], index: str | None
) -> tuple[Seen, Sequence[Sample], float]:
    """Let the sellers loose; return what they saw, the samples and the seconds it took."""
    keys = [secrets.token_hex(16) for _ in range(options.sellers)]
    seen = Seen()
    async with serving(home, keys, index, options.waiting) as server:
        print(f"serving at {server.address}", file=sys.stderr)
        watching = asyncio.create_task(server.watch(_EVERY_S))
        started = time.monotonic()
        until = started + 60 * options.minutes
        try:
            await asyncio.gather(
                *(
                    _seller(number, key, server.address, photos, until, seen, options.seed)
                    for number, key in enumerate(keys)
                )
            )
        finally:
            watching.cancel()
        return seen, server.samples, time.monotonic() - started


async def _seller(
    number: int,
    key: str,
    address: str,
    photos: Sequence[bytes],
    until: float,
    seen: Seen,
    seed: int,
) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    timeout = httpx.Timeout(300.0)
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=timeout) as http:
        rng = random.Random(f"{seed}-{number}")
        seller = Seller(number, http, photos, until, seen, rng)
        await seller.sell()
        await seller.pry()


async def alone(home: Path, photos: Sequence[bytes], index: str | None, count: int) -> Any:
    """Return the engine's throughput on the service's own prompts, and that of bare drafts."""
    settings = load_settings(home=home, index=index, trace_dir=home / "alone")
    prompts = recorded_prompts(home / "traces", count)
    with open_runtime(settings) as runtime:
        written = Throughput(0, 0.0)
        if prompts:
            written = describe_alone(runtime, prompts, settings.photo_folder)
        drafted = await draft_alone(runtime, photos[: count + 1])
    return written, drafted


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; exit code 1 where there was a fault."""
    parser = argparse.ArgumentParser(
        prog="vouch bench load",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--sellers", type=int, default=32)
    parser.add_argument(
        "--waiting",
        type=int,
        default=16,
        help="turns that may wait in line (default 16: fewer than the sellers, so that some are "
        "refused; the service's own default is 32)",
    )
    parser.add_argument("--photos", type=int, default=24, help="different items (default 24)")
    parser.add_argument("--alone", type=int, default=12, help="listings made without the service")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--out", type=Path, help="also write load.json and load.md there")
    options = parser.parse_args(argv)
    market = load_settings().index_uri
    index = market if "://" in market or Path(market).is_dir() else None
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        photos = make_photos(max(options.photos, options.alone + 1), options.seed)
        seen, samples, seconds = asyncio.run(crowd(options, home, photos, index))
        written, drafted = asyncio.run(alone(home, photos, index, options.alone))
    figures = {
        "sellers": options.sellers,
        **told(seen, samples, seconds, written, drafted),
        "index": index is not None,
        "waiting": options.waiting,
        "machine": {"cpus": os.cpu_count(), "processor": platform.machine()},
        "load_average": os.getloadavg(),
    }
    table = markdown(figures)
    print(json.dumps(figures, indent=2) if options.json else table)
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "load.json").write_text(json.dumps(figures, indent=2) + "\n")
        (options.out / "load.md").write_text(table + "\n")
    return int(bool(seen.faults) or not seen.turns)
