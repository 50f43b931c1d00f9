"""What recording costs a run: the same drafts with and without it, in turns, in one process.

Two figures. From outside: the ratio of the two kinds of run, paired by item; it is as noisy as the
machine. From inside: the time that recording a run's own spans takes, over the run's time; steady.
The limit is 2 %.
"""

import argparse
import asyncio
import gc
import io
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from agent.request import make_request
from bench.market_runs import TRACES, MarketCase, case_photo, choose_cases, open_recorder
from eval_traces import RunSpan, RunTracer, Span, Trace, find_trace, names, open_trace, read_trace
from eval_traces.writing.spans import Place
from graphs.listing import ListingContext, build_listing_graph, draft_listing
from graphs.listing.graph import ListingGraph
from tools.photos import read_photo
from training.marketplace import build_market

LIMIT = 0.02
_RESAMPLES = 2000
_AGAIN = 5


@dataclass(frozen=True)
class Spent:
    """Seconds of one run."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Pair:
    """One item drafted twice."""

    traced: Spent
    bare: Spent
    spans: int
    recording: Spent
    """What recording these spans once more takes, median of a few times."""


@dataclass(frozen=True)
class Figure:
    """A share with its 95 % interval, bootstrapped over items."""

    share: float
    low: float
    high: float


class Unrecorded(RunTracer):
    """A tracer whose runs never begin: every span is silent, nothing is filtered or written."""

    @contextmanager
    def run(self, name: str, **_: Any) -> Iterator[RunSpan]:
        """Yield a silent span."""
        yield RunSpan(self._recorder, None, Place(name, "workflow"))


def measure(count: int, seed: int, folder: Path) -> list[Pair]:
    """Draft `count` items of the generated market's held-out queries, each with and without."""
    cases = choose_cases(build_market(), count + 1, seed=seed)
    with open_recorder(folder) as runtime:
        traced = runtime.context
        bare = replace(traced, tracer=Unrecorded((), lambda text: text))
        graph = build_listing_graph()
        warm, *timed = cases
        _pair(traced, bare, graph, warm, bare_first=True)
        return [_pair(traced, bare, graph, c, bare_first=i % 2 == 0) for i, c in enumerate(timed)]


def _pair(
    traced: ListingContext,
    bare: ListingContext,
    graph: ListingGraph,
    case: MarketCase,
    *,
    bare_first: bool,
) -> Pair:
    spent: dict[bool, Spent] = {}
    trace_id = ""
    for recorded in (False, True) if bare_first else (True, False):
        context = traced if recorded else bare
        photo = read_photo(_variant(case_photo(case), recorded), f"{case.name}.jpg")
        request = make_request(context.store, [photo], seller=case.seller, mode=None)
        gc.collect()
        with _stopwatch() as read:
            document = asyncio.run(draft_listing(context, request, graph))
        spent[recorded] = read()
        trace_id = document.trace_id or trace_id
    folder = traced.tracer.folder
    if folder is None:
        raise ValueError("the traced context records nowhere")
    trace = read_trace(find_trace(folder, trace_id))
    return Pair(spent[True], spent[False], len(trace.spans), record_again(trace, folder))


def _variant(photo: bytes, second: bool) -> bytes:
    """The photo with another corner pixel, so that no cache of the model knows it."""
    picture = Image.open(io.BytesIO(photo)).convert("RGB")
    picture.putpixel((0, 0), (255, 0, 0) if second else (0, 0, 255))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95)
    return out.getvalue()


def record_again(trace: Trace, folder: Path) -> Spent:
    """Return what it takes to record a run's spans with their content, and nothing else.

    Each time goes through a tracer of its own, which has seen none of the texts yet.
    """
    taken = []
    for _ in range(_AGAIN):
        tracer = open_trace(folder / "again")
        with _stopwatch() as read:
            _record(tracer, trace.root)
        taken.append(read())
        tracer.close()
    return Spent(statistics.median(s.wall for s in taken), statistics.median(s.cpu for s in taken))


def _record(tracer: RunTracer, root: Span) -> None:
    with tracer.run(root.label, input=root.input, settings=root.json(names.SETTINGS)) as run:
        for child in root.children:
            _record_below(tracer, child)
        run.set_output(root.output)


def _record_below(tracer: RunTracer, span: Span) -> None:
    if span.kind == "chat":
        chat = tracer.start_chat(span.label, {})
        for key in (names.INPUT_MESSAGES, names.OUTPUT_MESSAGES, names.RESPONSE_METADATA):
            if key in span.attributes:
                chat.set_json(key, span.json(key))
        tracer.end_chat(chat)
        return
    opened: Any = tracer.tool(span.label, span.input)
    if span.kind == "node":
        opened = tracer.node(span.label, input=span.input)
    with opened as again:
        for child in span.children:
            _record_below(tracer, child)
        if span.output is not None:
            again.result(span.output)


@contextmanager
def _stopwatch() -> Iterator[Callable[[], Spent]]:
    wall, cpu = time.perf_counter(), time.process_time()
    found: list[Spent] = []
    yield lambda: found[0]
    found.append(Spent(time.perf_counter() - wall, time.process_time() - cpu))


def figure(above: Sequence[float], below: Sequence[float], seed: int = 0) -> Figure:
    """Return sum(above) / sum(below) with its interval, resampling the pairs."""
    over, under = np.array(above), np.array(below)
    drawn = np.random.default_rng(seed).integers(0, len(over), (_RESAMPLES, len(over)))
    low, high = np.quantile(over[drawn].sum(1) / under[drawn].sum(1), (0.025, 0.975))
    return Figure(float(over.sum() / under.sum()), float(low), float(high))


def summary(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Return the figures: overhead from outside and inside, and the cost of a span."""
    bare = [p.bare for p in pairs]
    return {
        "n": len(pairs),
        "run_s": statistics.median(s.wall for s in bare),
        "spans_per_run": statistics.mean(p.spans for p in pairs),
        "overhead_wall": asdict(
            figure([p.traced.wall - p.bare.wall for p in pairs], [s.wall for s in bare])
        ),
        "overhead_cpu": asdict(
            figure([p.traced.cpu - p.bare.cpu for p in pairs], [s.cpu for s in bare])
        ),
        "recording_wall": asdict(figure([p.recording.wall for p in pairs], [s.wall for s in bare])),
        "recording_cpu": asdict(figure([p.recording.cpu for p in pairs], [s.cpu for s in bare])),
        "us_per_span": 1e6 * sum(p.recording.wall for p in pairs) / sum(p.spans for p in pairs),
        "limit": LIMIT,
    }


_ROWS = {
    "overhead_wall": "traced against bare, wall time",
    "overhead_cpu": "traced against bare, CPU time",
    "recording_wall": "recording alone, wall time",
    "recording_cpu": "recording alone, CPU time",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figures; exit 1 where recording takes more than the limit."""
    parser = argparse.ArgumentParser(prog="vouch bench tracing", description=__doc__)
    parser.add_argument("-n", type=int, default=40, help="items, each drafted twice")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / TRACES).mkdir()
        found = summary(measure(options.n, options.seed, Path(folder)))
    if options.json:
        print(json.dumps(found, indent=2))
    else:
        print(
            f"n {found['n']}, {found['run_s']:.2f} s a run, {found['spans_per_run']:.0f} spans, "
            f"{found['us_per_span']:.0f} us a span"
        )
        for name, title in _ROWS.items():
            share, low, high = (100 * found[name][part] for part in ("share", "low", "high"))
            print(f"{title:<32} {share:6.2f} %   [{low:.2f}, {high:.2f}]")
    return 0 if found["recording_wall"]["share"] < LIMIT else 1


if __name__ == "__main__":
    raise SystemExit(main())
