"""Expected trajectories: the ways to say what a run should have done, and files that are wrong."""

from pathlib import Path
from typing import Any

import pytest

from eval_traces.evaluators import ScoredRun
from eval_traces.scoring.scan import scan_file
from eval_traces.scoring.trajectories import Steps, TrajectoryCheck, read_trajectories
from eval_traces.scoring.truth import Truth
from listing.errors import BadInputError
from tests.eval_traces.written_runs import WrittenRun, draft

HEAD = "schema: vouch.trajectories/1\ncases:\n"


@pytest.mark.parametrize(
    ("check", "seen", "holds"),
    [
        ({"exactly": ["a", "b"]}, "ab", True),
        ({"exactly": ["a", "b"]}, "abb", False),
        ({"exactly": []}, "", True),
        ({"in_order": ["a", "c"]}, "abc", True),
        ({"in_order": ["c", "a"]}, "abc", False),
        ({"in_order": ["a", "a"]}, "ab", False),
        ({"any_order": ["c", "a"]}, "abc", True),
        ({"any_order": ["a", "a"]}, "abc", False),
        ({"subset": ["a", "b"]}, "aab", True),
        ({"subset": ["a", "b"]}, "", True),
        ({"subset": ["a", "b"]}, "ac", False),
        ({"never": ["c"]}, "ab", True),
        ({"never": ["c"]}, "abc", False),
        ({"in_order": ["a"], "never": ["b"]}, "ab", False),
    ],
)
def test_checks_of_a_sequence(check: dict[str, Any], seen: str, holds: bool) -> None:
    assert (not list(Steps(**check).failures(list(seen)))) is holds


def run_of(folder: Path, truth: Truth | None = None, name: str = "") -> ScoredRun:
    written = WrittenRun()
    written.node("choose_mode", route="reference")
    written.node("audit_draft", route="revise")
    written.node("revise", route="audit_draft")
    written.node("audit_draft", route="finish")
    written.tool("search_similar", {}, {})
    written.tool("audit", {}, [])
    (trace,) = scan_file(written.write(folder, draft(), name=name))
    return ScoredRun(trace, truth)


def judged(file: Path, text: str, run: ScoredRun) -> dict[str, tuple[float, str | None]]:
    file.write_text(HEAD + text)
    scores = TrajectoryCheck(read_trajectories(file)).evaluate(run)
    return {score.name: (score.value, score.explanation) for score in scores}


def test_a_run_that_went_as_expected(tmp_path: Path) -> None:
    text = """
  c1:
    status: drafted
    mode: [template, reference]
    nodes: {in_order: [choose_mode, audit_draft, revise], never: [refuse]}
    tools: {exactly: [search_similar, audit]}
    routes:
      choose_mode: reference
      audit_draft: {exactly: [revise, finish]}
      revise: [audit_draft, finish]
"""
    got = judged(tmp_path / "t.yaml", text, run_of(tmp_path, Truth("c1")))
    assert got == {
        f"trajectory.{part}": (1.0, None)
        for part in ("passed", "status", "mode", "nodes", "tools", "routes")
    }


def test_every_failure_is_told(tmp_path: Path) -> None:
    text = """
  "*":
    status: refused
    nodes: {in_order: [revise, choose_mode]}
    tools: {any_order: [check_photos]}
    routes: {audit_draft: revise, finish: end}
"""
    got = judged(tmp_path / "t.yaml", text, run_of(tmp_path))
    assert {name: value for name, (value, _) in got.items()} == {
        "trajectory.passed": 0.0, "trajectory.status": 0.0, "trajectory.nodes": 0.0,
        "trajectory.tools": 0.0, "trajectory.routes": 0.0,
    }  # fmt: skip
    told = str(got["trajectory.passed"][1])
    for words in (
        "status: refused, was drafted",
        "choose_mode is missing or out of order",
        "any_order: check_photos missing",
        "audit_draft: revise, was finish",
        "finish: was not visited",
    ):
        assert words in told


def test_the_case_is_found_by_truth_trace_or_file(tmp_path: Path) -> None:
    cases = f"  c1: {{mode: a}}\n  '{1:032x}': {{mode: b}}\n  phone: {{mode: c}}\n"
    file = tmp_path / "t.yaml"
    file.write_text(HEAD + cases)
    expected = read_trajectories(file)
    assert expected.case_of(run_of(tmp_path, Truth("c1"))) == "c1"
    assert expected.case_of(run_of(tmp_path)) == f"{1:032x}"
    file.write_text(HEAD + "  phone: {mode: c}\n")
    expected = read_trajectories(file)
    assert expected.case_of(run_of(tmp_path, name="phone")) == "phone"
    other = run_of(tmp_path, name="mug")
    assert expected.case_of(other) is None
    assert list(TrajectoryCheck(expected).evaluate(other)) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("cases: {a: {nods: {}}}", r"cases\.a\.nods"),
        ("cases: {a: {nodes: {inorder: []}}}", r"cases\.a\.nodes\.inorder"),
        ("cases: {a: {status: 3}}", r"cases\.a\.status"),
        ("cases: [a]", "cases"),
        ("cases: {a: [", "not YAML"),
    ],
)
def test_a_wrong_file_names_its_key(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "t.yaml"
    file.write_text(f"schema: vouch.trajectories/1\n{text}\n")
    with pytest.raises(BadInputError, match=rf"t\.yaml: {told}"):
        read_trajectories(file)


def test_a_file_of_another_schema_or_none(tmp_path: Path) -> None:
    file = tmp_path / "t.yaml"
    file.write_text("schema: vouch.trajectories/2\ncases: {}")
    with pytest.raises(BadInputError, match="schema"):
        read_trajectories(file)
    with pytest.raises(BadInputError, match="cannot be read"):
        read_trajectories(tmp_path / "no.yaml")
