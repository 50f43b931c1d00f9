"""How long a search takes, exactly and through the cache, and what the cache misses.

`python -m bench.visual_search --rows 100000 --dim 128`. Vectors are made: clusters of unit length
with noise, as photos of a market's models are; queries are new photos of things that are there. The
exact scan is the peer of the cache, over the same rows in the same run.
"""

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from listing import MarketListing
from tools.visual_search import Hit, SqliteIndex, Vectors

CATEGORIES = 50
_BATCH = 5_000


@dataclass(frozen=True)
class Timing:
    """Times of one kind of search."""

    name: str
    p50_ms: float
    p95_ms: float
    hits: list[list[Hit]]


def market(rows: int, dimension: int, seed: int = 0) -> Vectors:
    """Return vectors (rows, dimension), float32, unit length, about twenty to a cluster."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(rows // 20 + 1, dimension)).astype(np.float32)
    made = centres[random.integers(len(centres), size=rows)]
    made += 0.5 * random.normal(size=made.shape).astype(np.float32)
    unit: Vectors = made / np.linalg.norm(made, axis=1, keepdims=True)
    return unit


def fill(index: SqliteIndex, vectors: Vectors) -> float:
    """Write the vectors as listings of one photo; return the seconds that it took."""
    began = time.perf_counter()
    for start in range(0, len(vectors), _BATCH):
        part = vectors[start : start + _BATCH]
        numbers = range(start, start + len(part))
        index.add(
            [
                MarketListing(id=f"l{n:08d}", title=f"Thing {n}", category_id=f"c{n % CATEGORIES}")
                for n in numbers
            ],
            part,
            [[f"{n:064x}"] for n in numbers],
        )
    return time.perf_counter() - began


def timed(name: str, search: Callable[[Vectors], list[Hit]], queries: Vectors) -> Timing:
    """Run a search for each query and return its times, the first call left out."""
    search(queries[0])
    hits, times = [], []
    for query in queries:
        began = time.perf_counter()
        hits.append(search(query))
        times.append(1000 * (time.perf_counter() - began))
    return Timing(name, float(np.median(times)), float(np.quantile(times, 0.95)), hits)


def recall(found: list[list[Hit]], truth: list[list[Hit]]) -> float:
    """Return the share of the true nearest listings that were found."""
    pairs = list(zip(found, truth, strict=True))
    right = sum(len({h.id for h in f} & {h.id for h in t}) for f, t in pairs)
    return right / max(1, sum(len(t) for t in truth))


def hardware() -> str:
    """Return processor, cores, what else runs, and library versions in a line."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = names[0].partition(":")[2].strip() if names else cpu
    threads = os.environ.get("OMP_NUM_THREADS", "default")
    load = f"load {os.getloadavg()[0]:.1f}, " if hasattr(os, "getloadavg") else ""
    return (
        f"{cpu}, {os.cpu_count()} cores, {load}OMP_NUM_THREADS {threads}, "
        f"Python {platform.python_version()}, numpy {np.__version__}"
    )


def main(argv: list[str] | None = None) -> int:
    """Run the measurement and print it; return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--dim", type=int, default=128)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("-k", type=int, default=10)
    options = parser.parse_args(argv)
    vectors = market(options.rows, options.dim)
    random = np.random.default_rng(1)
    chosen = random.integers(options.rows, size=options.queries)
    noise = random.normal(size=(options.queries, options.dim)) * (0.3 / options.dim**0.5)
    queries = (vectors[chosen] + noise).astype(np.float32)
    print(f"visual search: {options.rows} listings x {options.dim}, {options.queries} queries")
    print(hardware())
    with (
        tempfile.TemporaryDirectory() as folder,
        SqliteIndex(folder, dimension=options.dim, embedder_name="made", large=0) as index,
    ):
        _measure(index, vectors, queries, options.k)
    return 0


def _measure(index: SqliteIndex, vectors: Vectors, queries: Vectors, k: int) -> None:
    seconds = fill(index, vectors)
    print(f"written in {seconds:.1f} s, {index.stats().bytes / 2**20:.0f} MiB on disk")
    began = time.perf_counter()
    index.search(queries[0], k)
    print(f"first search, with loading: {time.perf_counter() - began:.2f} s")

    def plain(query: Vectors) -> list[Hit]:
        return index.search(query, k)

    def filtered(query: Vectors) -> list[Hit]:
        return index.search(query, k, category_ids=["c7"])

    share = f"category filter, 1 in {CATEGORIES}"
    exact = timed("exact", plain, queries)
    rows = [(exact, 1.0)]
    narrow = timed(f"exact, {share}", filtered, queries)
    rows.append((narrow, 1.0))
    began = time.perf_counter()
    index.optimise()
    built = time.perf_counter() - began
    cache = index.stats().cache
    if cache == "none":
        print("no cache: faiss is not installed (extra large-index)", file=sys.stderr)
    else:
        print(f"cache ({cache}) built in {built:.1f} s")
        cached = timed("cache", plain, queries)
        rows.append((cached, recall(cached.hits, exact.hits)))
        behind = timed(f"cache, {share}", filtered, queries)
        rows.append((behind, recall(behind.hits, narrow.hits)))
    print(f"| n={len(queries)} | p50 ms | p95 ms | recall@{k} against exact |")
    print("| --- | --- | --- | --- |")
    for timing, found in rows:
        print(f"| {timing.name} | {timing.p50_ms:.2f} | {timing.p95_ms:.2f} | {found:.4f} |")


if __name__ == "__main__":
    sys.exit(main())
