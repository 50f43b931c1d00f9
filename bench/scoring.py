"""How fast recorded runs are scored, in how much memory, and against the straightforward way.

`vouch bench scoring -n 100000`. Traces are made by varying real ones (`bench.varied_traces`) into a
temporary folder, scored with all standard evaluators and a truth file, and removed. The time per
trace is taken at three sizes, memory at 10, 50 and 100 % of the largest: of the scoring processes,
which must not grow, and of the one that collects the report. On a sample, the same evaluators run
over pydantic-evals' `SpanTree` in the same run; the scores must be the same.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import active_children, get_context
from pathlib import Path

from bench.span_tree_scoring import Peer, compare
from bench.varied_traces import Pattern, read_patterns, truth_lines, write_varied
from eval_traces.evaluators import Evaluator, load_evaluators
from eval_traces.report import build_report
from eval_traces.scoring.scan_paths import find_traces
from eval_traces.scoring.scores import RunScores, score_traces
from eval_traces.scoring.truth import TruthFile, read_truth
from listing.errors import VouchError

_MARKS = (0.1, 0.5, 1.0)
_WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
_SPARE = 2.0
"""Free disk that must be there, as a multiple of what will be written."""


@dataclass(frozen=True)
class Memory:
    """Peak resident memory so far, in MB, when a share of the runs was scored."""

    runs: int
    scoring: float
    """Of the largest scoring process."""
    collecting: float
    """Of the process that collects the report."""


@dataclass(frozen=True)
class Pass:
    """Scoring of a number of traces, report and all."""

    traces: int
    seconds: float
    """From the first file to the last score, the start of the processes included."""
    start_s: float
    """Of it, until the first score was there."""
    report_s: float
    """Figures and intervals afterwards."""
    processes: int
    cpu_ms: float
    """Processor time of all processes, milliseconds a trace, their start included."""
    memory: tuple[Memory, ...] = ()

    @property
    def ms_each(self) -> float:
        """Milliseconds of wall time a trace, once the processes run."""
        return 1000 * (self.seconds - self.start_s) / self.traces


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when the two ways disagree."""
    given = _arguments(argv)
    patterns = read_patterns(find_traces(given.source))
    folder = Path(tempfile.mkdtemp(prefix="vouch-scoring-", dir=given.folder))
    try:
        return _measure(given, patterns, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="vouch bench scoring", description=__doc__)
    parser.add_argument("-n", "--traces", type=int, default=10_000, help="how many are made")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--sample", type=int, default=1_000, help="traces for the peer")
    parser.add_argument(
        "--source", nargs="+", default=["eval_traces/golden"], help="real traces to vary"
    )
    parser.add_argument("--folder", default=None, help="where the traces are made for a while")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    if given.traces < 10 or given.sample < 1 or given.processes < 1:
        parser.error("-n must be 10 or more, --sample and --processes 1 or more")
    return given


def _measure(given: argparse.Namespace, patterns: Sequence[Pattern], folder: Path) -> int:
    began = time.perf_counter()
    size = _make(patterns, given.traces, folder, given.processes)
    made = time.perf_counter() - began
    truth = _truth(patterns, given.traces, folder)
    files = find_traces([folder])
    evaluators = [e for e in load_evaluators().chosen if not getattr(e, "requires", ())]
    _say(f"made {len(files):,} traces, {size / 1e9:.2f} GB, in {made:.0f} s")
    score_all = partial(_scored, evaluators=evaluators, truth=truth, processes=given.processes)
    score_all(files[:200])  # imports and caches of the file system are nobody's merit
    sizes = sorted({min(n, len(files)) for n in (1_000, 10_000, len(files))})
    passes = [score_all(files[:n], marks=n == len(files)) for n in sizes]
    peer = compare(files[:: max(1, len(files) // given.sample)][: given.sample], evaluators, truth)
    found = _document(given, patterns, size, made, len(evaluators), passes, peer)
    if given.json:
        print(json.dumps(found, indent=2))
    else:
        _print(passes, peer, given.processes, len(evaluators), size)
    return 0 if peer.alike else 1


def _make(patterns: Sequence[Pattern], count: int, folder: Path, processes: int) -> int:
    """Write the traces; return their bytes. VouchError when the disk has not the room."""
    each = sum(len(p.text) for p in patterns) / len(patterns)
    free = shutil.disk_usage(folder).free
    if free < _SPARE * each * count:
        wanted = _SPARE * each * count / 1e9
        raise VouchError(
            f"{folder}: {free / 1e9:.1f} GB free, {wanted:.1f} GB wanted; see --folder"
        )
    parts = [range(start, min(start + 1_000, count)) for start in range(0, count, 1_000)]
    work = partial(write_varied, patterns, folder=folder / "traces")
    if processes == 1 or len(parts) == 1:
        return sum(map(work, parts))
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        return sum(pool.map(work, parts))


def _truth(patterns: Sequence[Pattern], count: int, folder: Path) -> TruthFile:
    file = folder / "truth.jsonl"
    file.write_bytes(b"\n".join(truth_lines(patterns, count)) + b"\n")
    return read_truth(file)


def _scored(
    files: Sequence[Path],
    evaluators: Sequence[Evaluator],
    truth: TruthFile,
    processes: int,
    *,
    marks: bool = False,
) -> Pass:
    """Score the files into a report, as `vouch eval` does."""
    memory: list[Memory] = []
    times: list[float] = []
    cpu: list[float] = []
    wanted = {max(1, int(share * len(files))) for share in _MARKS} if marks else set()

    def watched(runs: Iterable[RunScores]) -> Iterator[RunScores]:
        for number, run in enumerate(runs, start=1):
            if number == 1:
                times.append(time.perf_counter())
            yield run
            if number in wanted:
                memory.append(_memory(number))
        times.append(time.perf_counter())
        cpu.append(_processor_s() - spent)

    began, spent = time.perf_counter(), _processor_s()
    runs = score_traces(files, evaluators, truth=truth, processes=processes)
    report = build_report(watched(runs))
    first, last = times[0], times[-1]
    if report.runs != len(files) or report.problems:
        raise VouchError(f"{len(files) - report.runs} runs lost, problems: {report.problems[:3]}")
    report_s = time.perf_counter() - last
    cpu_ms = 1000 * cpu[0] / len(files)
    return Pass(len(files), last - began, first - began, report_s, processes, cpu_ms, tuple(memory))


def _processor_s() -> float:
    """Processor seconds of this process and of its children that have ended."""
    return sum(sum(resource.getrusage(who)[:2]) for who in _WHO)


def _memory(runs: int) -> Memory:
    children = [_peak(child.pid) for child in active_children()]
    return Memory(runs, max(children, default=_peak(os.getpid())), _peak(os.getpid()))


def _peak(process: int | None) -> float:
    """Peak resident memory of a process in MB; NaN where the system does not tell."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return float("nan")
    line = next((part for part in status.splitlines() if part.startswith("VmHWM")), "VmHWM: nan")
    return float(line.split()[1]) / 1024


def _document(
    given: argparse.Namespace,
    patterns: Sequence[Pattern],
    size: int,
    made: float,
    evaluators: int,
    passes: Sequence[Pass],
    peer: Peer,
) -> dict[str, object]:
    return {
        "bench": "scoring",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "traces": given.traces,
        "bytes": size,
        "patterns": len(patterns),
        "evaluators": evaluators,
        "made_s": round(made, 1),
        "passes": [{**asdict(p), "ms_each": round(p.ms_each, 4)} for p in passes],
        "peer": asdict(peer),
        "faster_one_process": round(peer.tree_ms / peer.ours_ms, 2),
        "faster_one_process_shared": round(peer.shared_ms / peer.ours_ms, 2),
        "faster_on_free_cores": round(given.processes * peer.tree_ms / passes[-1].cpu_ms, 2),
    }


def _print(passes: Sequence[Pass], peer: Peer, processes: int, evaluators: int, size: int) -> None:
    last = passes[-1]
    print(f"{evaluators} evaluators with a truth file, {size / last.traces / 1000:.0f} kB a trace")
    for one in passes:
        print(
            f"{one.traces:>8,} traces on {processes} processes: {one.seconds:7.2f} s "
            f"({one.start_s:.2f} s to start), {one.ms_each:.3f} ms each, "
            f"{1000 / one.ms_each:,.0f} a second, {one.cpu_ms:.3f} ms of processor time each; "
            f"report {one.report_s:.1f} s"
        )
    for mark in last.memory:
        print(
            f"{mark.runs:>8,} scored: peak {mark.scoring:.0f} MB a scoring process, "
            f"{mark.collecting:.0f} MB collecting"
        )
    print(f"peer, {peer.sample:,} of them, one process, processor time, the same evaluators:")
    for way, each in (
        ("json.loads into SpanTree, each evaluator by itself", peer.tree_ms),
        ("the same, evaluators sharing what they parsed", peer.shared_ms),
        ("ours", peer.ours_ms),
        ("reading alone: json.loads into SpanTree", peer.tree_read_ms),
        ("reading alone: ours", peer.ours_read_ms),
    ):
        print(f"  {way:<52}{each:.3f} ms a trace")
    print(
        f"  faster by {peer.tree_ms / peer.ours_ms:.1f} (sharing: "
        f"{peer.shared_ms / peer.ours_ms:.1f}) in one process, "
        f"{processes * peer.tree_ms / last.cpu_ms:.1f} on {processes} free cores"
    )
    print("  the scores are the same" if peer.alike else "  THE SCORES DIFFER")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
