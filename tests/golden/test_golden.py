"""Today's code on every golden run: the same steps, the same listing, the same scores."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from eval_traces import Trace
from tests.golden.case import Case
from tests.golden.cases import CASES
from tests.golden.digest import digest
from tests.golden.record import (
    AGAIN,
    GOLDEN,
    TRAJECTORIES,
    TRUTH,
    golden_file,
    read_expected,
    replay_case,
    told,
)
from tests.golden.scores import golden_scores
from tests.golden.settle import golden_trace_id
from tests.golden.world import World

MEGABYTE = 10**6
Expected = Mapping[str, dict[str, Any]]


@pytest.fixture(scope="session")
def expected() -> Expected:
    return read_expected()


@pytest.fixture(scope="session")
def scores() -> dict[str, dict[str, float]]:
    files = [golden_file(case.name) for case in CASES]
    return golden_scores([f for f in files if f.is_file()], TRUTH, TRAJECTORIES)


def test_every_case_is_recorded_and_nothing_else(expected: Expected) -> None:
    names = {case.name for case in CASES}
    files = {path.name.partition(".")[0] for path in GOLDEN.glob("*.otlp.jsonl")}
    assert files == names == set(expected), f"record anew with `{AGAIN}`"
    assert len(names) >= 60


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_todays_code_replays_it(
    case: Case, traces: Mapping[str, Trace], world: World, expected: Expected
) -> None:
    trace = traces[case.name]
    again = f"if that is meant, run `{AGAIN} {case.name}` and read its diff"
    replay = await replay_case(case, trace, world)
    assert not replay.diverged, f"{case.name}, first divergence at {told(replay)}; {again}"
    assert replay.answered_by_turn == 0 and not replay.settings
    known = {k: v for k, v in expected[case.name].items() if k not in ("about", "scores")}
    assert digest(replay.replayed) == digest(trace) == known, again


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_scores_as_expected(
    case: Case, scores: dict[str, dict[str, float]], expected: Expected
) -> None:
    found = scores[case.name]
    assert found == expected[case.name]["scores"], f"run `{AGAIN} {case.name}` and read its diff"
    assert found["trajectory.passed"] == 1.0


def test_every_case_has_a_trajectory_of_its_own() -> None:
    text = TRAJECTORIES.read_text(encoding="utf-8")
    missing = [c.name for c in CASES if not re.search(rf"^  {re.escape(c.name)}:", text, re.M)]
    assert not missing


def test_the_truth_of_every_market_case_is_known() -> None:
    lines = [json.loads(line) for line in TRUTH.read_text(encoding="utf-8").splitlines()]
    assert [line["case"] for line in lines] == [c.name for c in CASES if c.shot is not None]
    assert all(line["trace_id"] == golden_trace_id(line["case"]) for line in lines)


def test_the_files_are_small_and_of_no_machine() -> None:
    files = sorted(path for path in GOLDEN.iterdir() if path.is_file())
    assert sum(path.stat().st_size for path in files) < 5 * MEGABYTE
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert path.stat().st_size < MEGABYTE / 4, path.name
        for sign in (str(Path.home()), str(GOLDEN.parents[1]), "/tmp/", "base64", "exif"):
            assert sign not in text.lower(), f"{path.name} has {sign!r} in it"
        assert "2345678" not in text and "mail.example" not in text, "contact data is masked"


def test_evidence_and_scores_point_at_spans_that_are_there(traces: Mapping[str, Trace]) -> None:
    for name, trace in traces.items():
        spans = {span.span_id for span in trace.spans}
        document = trace.document()
        held = document.evidence if document else []
        assert {e.span_id for e in held if e.span_id} <= spans, name
        assert {e.span_id for e in trace.evaluations} <= spans, name
        assert trace.complete and not trace.warnings, name


def test_replaying_and_scoring_load_no_model() -> None:
    """What the tape answers needs neither torch nor transformers."""
    code = (
        "import asyncio, sys, tempfile, pathlib\n"
        "from eval_traces import open_memory_trace, read_trace\n"
        "from tests.golden.record import TRAJECTORIES, TRUTH, chosen, golden_file, replay_case\n"
        "from tests.golden.scores import golden_scores\n"
        "from tests.golden.world import World\n"
        "(case,) = chosen(['market-phone'])\n"
        "file = golden_file(case.name)\n"
        "world = World(pathlib.Path(tempfile.mkdtemp()), open_memory_trace())\n"
        "replay = asyncio.run(replay_case(case, read_trace(file), world))\n"
        "assert not replay.diverged\n"
        "golden_scores([file], TRUTH, TRAJECTORIES)\n"
        "print(sorted({'torch', 'transformers', 'tokenizers'} & sys.modules.keys()))\n"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr[-2000:]
