"""Records the golden runs: `python -m tests.golden.record [CASE...]`, all of them without a name.

Each case runs through the real graph and tracer; its file is settled (`settle.py`), read back,
replayed and scored, and `expected.json` says what it came to. A run that does not replay to itself
is not written.
"""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval_traces import Trace, open_memory_trace, open_trace, read_trace
from eval_traces.reading.folder import SUFFIX
from graphs.listing import ListingContext, ListingRequest, build_listing_graph, stream_listing
from graphs.replay import Replay, replay_listing
from listing.errors import BadInputError
from tests.golden.case import Case
from tests.golden.cases import CASES
from tests.golden.digest import Json, digest
from tests.golden.scores import golden_scores
from tests.golden.settle import settled_lines
from tests.golden.world import World, changes_of

GOLDEN = Path(__file__).parents[2] / "eval_traces" / "golden"
EXPECTED = GOLDEN / "expected.json"
TRUTH = GOLDEN / "truth.jsonl"
TRAJECTORIES = GOLDEN / "trajectories.yaml"
"""Written by hand: what each case is meant to go through."""
AGAIN = "python -m tests.golden.record"


def golden_file(case: str) -> Path:
    """Return where the case's trace is."""
    return GOLDEN / f"{case}{SUFFIX}"


def read_truth_lines() -> list[Json]:
    """Return the lines of the truth file; none before the first recording."""
    if not TRUTH.is_file():
        return []
    return [json.loads(line) for line in TRUTH.read_text(encoding="utf-8").splitlines()]


def read_expected() -> dict[str, Json]:
    """Return what each case came to; empty before the first recording."""
    return json.loads(EXPECTED.read_text(encoding="utf-8")) if EXPECTED.is_file() else {}


async def replay_case(case: Case, trace: Trace, world: World) -> Replay:
    """Return the case's run replayed from its tape, with the case's own edits."""
    return await replay_listing(trace, world.ground, open_memory_trace(), changes_of(case))


@dataclass(frozen=True)
class Recorder:
    """Records cases into `GOLDEN`."""

    world: World

    async def record(self, case: Case) -> Json:
        """Record a scripted case, and return what it came to."""
        with self.world.context(case) as context:
            return await self.keep(case, context, self.world.request(case))

    async def record_market(self, cases: Sequence[Case]) -> dict[str, Json]:
        """Record cases of the generated market with the shipped model, and the truth about them."""
        if not cases:
            return {}
        # Imported here: only these need torch.
        from tests.golden.market_world import MarketWorld

        of_market = [case for case in CASES if case.shot is not None]
        known, found = MarketWorld(self.world, of_market), {}
        lines = {row["case"]: row for row in read_truth_lines()}
        with known.handles() as context:
            for case in cases:
                request = known.request(case)
                found[case.name] = await self.keep(case, context, request)
                lines[case.name] = known.truth(case, request.photos[0].sha256)
        kept = [lines[case.name] for case in of_market if case.name in lines]
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in kept)
        TRUTH.write_text(text, encoding="utf-8")
        return found

    async def keep(self, case: Case, context: ListingContext, request: ListingRequest) -> Json:
        """Run, settle, replay, and write; BadInputError where the replay comes to another end."""
        recorded = await _recorded(context, request)
        here = str(self.world.folder)
        lines = [line.replace(here, "golden") for line in settled_lines(recorded, case.name)]
        fresh = self.world.folder / f"{case.name}{SUFFIX}"
        fresh.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        trace = read_trace(fresh)
        replay = await replay_case(case, trace, self.world)
        if replay.diverged:
            raise BadInputError(f"{case.name}: does not replay to itself: {told(replay)}")
        shutil.copyfile(fresh, golden_file(case.name))
        return {"about": case.about, **digest(trace)}


def told(replay: Replay) -> str:
    """Return where a replay left the record, in one line for a test's message."""
    if replay.differences:
        first = replay.differences[0]
        at = f", at {first.where}" if first.where else ""
        sides = f"{str(first.recorded)[:300]!r} became {str(first.replayed)[:300]!r}"
        return f"{first}: {first.what}{at}: {sides}"
    if replay.stopped:
        return f"stopped: {replay.stopped}"
    if replay.unasked:
        return f"never asked for: {', '.join(str(c.place) for c in replay.unasked)}"
    return f"the listing differs: {replay.listing}"


async def _recorded(context: ListingContext, request: ListingRequest) -> list[str]:
    """Run the graph to its end, even a bad one, and return the lines of its trace."""
    folder = context.tracer.folder
    assert folder is not None
    before = set(folder.glob(f"*/*{SUFFIX}"))
    try:
        async for _ in stream_listing(context, request, build_listing_graph()):
            pass
    except Exception as error:  # a case may be one that fails: its record says so
        print(f"{request.listing_id}: the run failed: {error}", file=sys.stderr)
    (made,) = set(folder.glob(f"*/*{SUFFIX}")) - before
    return made.read_text(encoding="utf-8").splitlines()


def chosen(names: Sequence[str]) -> list[Case]:
    """Return the cases of those names, or all; BadInputError names one that there is not."""
    known = {case.name: case for case in CASES}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise BadInputError(f"{unknown[0]}: no such case; there are {', '.join(known)}")
    return [known[name] for name in names] or list(CASES)


async def record_all(cases: Sequence[Case]) -> dict[str, Json]:
    """Record the cases and return what they came to."""
    with tempfile.TemporaryDirectory(prefix="golden-") as temporary:
        folder = Path(temporary)
        tracer = open_trace(folder / "traces")
        recorder = Recorder(World(folder, tracer))
        found = {case.name: await recorder.record(case) for case in cases if case.shot is None}
        found |= await recorder.record_market([case for case in cases if case.shot is not None])
        tracer.close()
    files = [golden_file(case.name) for case in cases]
    for name, figures in golden_scores(files, TRUTH, TRAJECTORIES).items():
        found[name]["scores"] = figures
    return found


def main() -> int:
    """Record what the command line names."""
    parser = argparse.ArgumentParser(prog=AGAIN, description=__doc__)
    parser.add_argument("case", nargs="*")
    GOLDEN.mkdir(exist_ok=True)
    try:
        cases = chosen(parser.parse_args().case)
        found = asyncio.run(record_all(cases))
    except BadInputError as error:
        print(error, file=sys.stderr)
        return 2
    names = {case.name for case in CASES}
    expected = {k: v for k, v in {**read_expected(), **found}.items() if k in names}
    EXPECTED.write_text(json.dumps(expected, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    print(f"{len(found)} runs recorded in {GOLDEN}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
