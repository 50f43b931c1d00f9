"""agentevals reads a trace file as it lies there and scores it with its own command.

It runs in an environment of its own, see `environments`.
"""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from eval_traces import Trace, read_trace
from tests.conformance.environments import environment
from tests.conformance.recorded_runs import FAILED, REFERENCE, TITLE

pytestmark = pytest.mark.heavy
READER = Path(__file__).with_name("read_with_agentevals.py")


@pytest.fixture(scope="module")
def agentevals() -> Path:
    return environment("agentevals")


def _json(*command: str | Path, code: int = 0) -> Any:
    """What the command prints; it finds no account and no key to call anyone with."""
    quiet = {k: v for k, v in os.environ.items() if not k.endswith("_API_KEY")}
    made = subprocess.run(command, capture_output=True, text=True, env=quiet)
    assert made.returncode == code, made.stderr[-2000:] + made.stdout[-2000:]
    return json.loads(made.stdout)


def _tool_calls(trace: Trace) -> list[tuple[str, Any, Any]]:
    spans = [s for s in trace.spans if s.kind == "tool"]
    return [(s.label, s.input, s.output) for s in sorted(spans, key=lambda s: s.start)]


def test_agentevals_finds_one_turn_with_its_tool_and_model_calls(
    agentevals: Path, recorded: dict[str, Path]
) -> None:
    read = _json(agentevals / "python", READER, recorded[REFERENCE])
    ours = read_trace(recorded[REFERENCE])
    (turn,) = read["turns"]
    assert (turn["anchor_kind"], turn["label"]) == ("workflow", "listing")
    assert turn["conversation_id"] == ours.thread_id
    assert turn["warnings"] == [] and read["warnings"] == {} and read["unattributed"] == 0
    called = sorted(turn["tool_calls"], key=lambda c: c["start_ns"])
    assert [(c["name"], c["arguments"], c["result"]) for c in called] == _tool_calls(ours)
    chats = [s for s in ours.spans if s.kind == "chat"]
    assert {c["ref"]["span_id"] for c in turn["llm_calls"]} == {s.span_id for s in chats}
    (final,) = turn["final_output"]
    assert final["parts"][0]["content"].startswith(TITLE)


def test_agentevals_scores_the_trajectory_of_a_run_against_a_golden_one(
    agentevals: Path, recorded: dict[str, Path], tmp_path: Path
) -> None:
    golden = tmp_path / "golden.json"
    for name, expected, code in ((REFERENCE, 1.0, 0), (FAILED, 0.0, 1)):
        golden.write_text(json.dumps(_eval_set(read_trace(recorded[REFERENCE]))))
        scored = _json(
            agentevals / "agentevals", "run", recorded[name], "-f", "otlp-json", "-o", "json",
            "-e", golden, "-m", "tool_trajectory_avg_score", "--trajectory-match-type", "any_order",
            code=code,
        )  # fmt: skip
        assert scored["errors"] == []
        (trace,) = scored["traces"]
        assert trace["conversion_warnings"] == []
        assert [m["score"] for m in trace["metrics"]] == [expected]
        assert trace["performance_metrics"]["counts"]["invocations"] == 1


def _eval_set(trace: Trace) -> dict[str, Any]:
    """An eval set of one case: the run's own tool calls, as a person would have put them down."""
    uses = [{"name": n, "args": given} for n, given, _ in _tool_calls(trace)]
    turn = {
        "invocation_id": "1",
        "user_content": {"role": "user", "parts": [{"text": "one photo"}]},
        "intermediate_data": {"tool_uses": uses},
    }
    return {"eval_set_id": "golden", "eval_cases": [{"eval_id": "mug", "conversation": [turn]}]}
