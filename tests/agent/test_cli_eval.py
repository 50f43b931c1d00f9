"""`vouch eval`: recorded runs scored on the command line, without a model."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.agent.conftest import Vouch
from tests.eval_traces.written_runs import PHOTO, WrittenRun, claim, draft

ROOT = Path(__file__).parents[2]


def record(folder: Path, false: int, count: int = 12, name: str = "") -> Path:
    """Runs of which the first `false` state a brand that nobody vouches for."""
    for number in range(1, count + 1):
        verdict = "unsupported" if number <= false else "supported"
        document = draft(claims=[claim("brand", "Acme", verdict)])
        document["photos"][0]["sha256"] = f"{number:064x}"
        written = WrittenRun(number + 100 * false)
        written.node("choose_mode", route="template")
        written.write(folder, document)
    return folder


def test_a_table_and_sidecars(vouch: Vouch, tmp_path: Path) -> None:
    folder = record(tmp_path / "runs", false=3)
    result = vouch("eval", folder)
    assert result.exit_code == 0, result.output
    assert "12 runs" in result.stdout
    assert "claim precision" in result.stdout and "0.750" in result.stdout
    assert len(list(folder.glob("*.eval.jsonl"))) == 12


def test_json_is_one_document_and_nothing_is_written(vouch: Vouch, tmp_path: Path) -> None:
    folder = record(tmp_path / "runs", false=3)
    result = vouch(
        "eval", f"{folder}/*", "--json", "--no-sidecar", "--evaluators", "claim_precision"
    )
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert document["schema"] == "vouch.eval/1" and document["runs"] == 12
    assert [metric["metric"] for metric in document["metrics"]] == ["claims.precision"]
    assert not list(folder.glob("*.eval.jsonl"))


def test_a_regression_past_the_tolerance_exits_3(vouch: Vouch, tmp_path: Path) -> None:
    before = record(tmp_path / "before", false=0)
    now = record(tmp_path / "now", false=9)
    better = vouch("eval", before, "--report", tmp_path / "report")
    assert better.exit_code == 0, better.output
    assert (tmp_path / "report" / "report.html").is_file()
    assert len(list((tmp_path / "report" / "scores").iterdir())) == 12
    for baseline in (before, tmp_path / "report"):
        worse = vouch("eval", now, "--against", baseline, "--no-sidecar")
        assert worse.exit_code == 3, worse.output
        assert "claims.precision" in worse.stderr
    borne = ["--tolerance", "claims.*=1", "--tolerance", "citations.*=1"]
    borne += ["--tolerance", "seconds.*=9"]
    assert vouch("eval", now, "--against", before, "--no-sidecar", *borne).exit_code == 0
    assert vouch("eval", before, "--against", before, "--no-sidecar").exit_code == 0


def test_truth_and_trajectories_say_what_they_do_not_meet(vouch: Vouch, tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    WrittenRun(1).write(folder, draft(claims=[claim("brand", "Acme")]))
    other = draft()
    other["photos"][0]["sha256"] = "9" * 64
    WrittenRun(2).write(folder, other)
    truth = tmp_path / "truth.jsonl"
    truth.write_text(json.dumps({"photo": PHOTO, "case": "mug", "attributes": {"brand": "Acne"}}))
    expected = tmp_path / "expected.yaml"
    expected.write_text(
        "schema: vouch.trajectories/1\ncases: {mug: {mode: template}, phone: {mode: manual}}\n"
    )
    result = vouch(
        "eval", folder, "--truth", truth, "--trajectories", expected, "--json", "--no-sidecar"
    )
    assert result.exit_code == 0, result.output
    figures = {m["metric"]: m["value"] for m in json.loads(result.stdout)["metrics"]}
    assert figures["truth.attribute_accuracy"] == 0.0
    assert figures["trajectory.passed"] == 1.0
    assert "the truth file knows 1 of 2 runs" in result.stderr
    assert "no run of case phone" in result.stderr


def test_files_that_cannot_be_read_are_told(vouch: Vouch, tmp_path: Path) -> None:
    folder = record(tmp_path / "runs", false=0, count=2)
    (folder / "bad.otlp.jsonl").write_text("garbage")
    result = vouch("eval", folder, "--json", "--no-sidecar")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert (document["runs"], document["unreadable"]) == (2, 1)
    assert "bad.otlp.jsonl" in result.stderr and "line 1" in result.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nowhere"], "nowhere"),
        (["empty"], "no traces"),
        (["bad"], "none of 1 files"),
        (["runs", "--evaluators", "nope"], "'nope'"),
        (["runs", "--truth", "no.jsonl"], "no.jsonl"),
        (["runs", "--trajectories", "no.yaml"], "no.yaml"),
        (["runs", "--prices", "no.yaml"], "no.yaml"),
        (["runs", "--tolerance", "claims.precision=1"], "--against"),
        (["runs", "--against", "runs", "--tolerance", "claims.precision"], "METRIC=X"),
        (["runs", "--against", "runs", "--tolerance", "a=-1"], "METRIC=X"),
        (["runs", "--against", "empty"], "empty"),
    ],
)
def test_bad_input_exits_2(vouch: Vouch, words: list[str], told: str) -> None:
    record(Path("runs"), false=0, count=1)
    Path("empty").mkdir()
    Path("bad").mkdir()
    Path("bad/a.otlp.jsonl").write_text("garbage")
    result = vouch("eval", *words, "--no-sidecar")
    assert result.exit_code == 2, result.output
    assert told in result.stderr
    assert result.stdout == "" or "--against" in words


def test_no_model_library_is_imported(tmp_path: Path) -> None:
    folder = record(tmp_path / "runs", false=1, count=3)
    code = f"""
import sys
from agent.cli import app
words = ["eval", {str(folder)!r}, "--report", {str(tmp_path / "report")!r}]
try:
    app(words, prog_name="vouch")
except SystemExit as end:
    assert not end.code, end.code
heavy = {{name.partition(".")[0] for name in sys.modules}}
heavy &= {{"torch", "transformers", "langgraph", "langchain_core", "opentelemetry", "openai"}}
assert not heavy, heavy
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
