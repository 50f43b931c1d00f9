"""`vouch trace`: recorded runs, found by the head of their id."""

import json
from pathlib import Path

from tests.agent.conftest import Vouch


def test_runs_are_listed_shown_and_removed(vouch: Vouch, red: Path) -> None:
    first, second = (json.loads(vouch("draft", red, "--json").stdout)["trace_id"] for _ in range(2))
    listed = json.loads(vouch("trace", "ls", "--json").stdout)
    assert {run["trace_id"] for run in listed} == {first, second}
    assert len(json.loads(vouch("trace", "ls", "-n", "1", "--json").stdout)) == 1
    assert first[:12] in vouch("trace", "ls").stdout
    shown = vouch("trace", "show", first[:10])
    assert "choose_mode" in shown.stdout
    assert "no reference is near" in shown.stdout or "-> " in shown.stdout
    tree = json.loads(vouch("trace", "show", first, "--json").stdout)
    assert tree["trace_id"] == first
    assert tree["complete"] is True
    assert any(child["name"] == "node check_photos" for child in tree["root"]["children"])
    gone = vouch("trace", "rm", first[:10])
    assert gone.exit_code == 0
    assert first in gone.stdout
    assert vouch("trace", "show", first).exit_code == 2


def test_an_id_that_is_not_there_removes_nothing(vouch: Vouch, red: Path) -> None:
    kept = json.loads(vouch("draft", red, "--json").stdout)["trace_id"]
    result = vouch("trace", "rm", kept, "feedbeef")
    assert result.exit_code == 2
    assert "feedbeef" in result.stderr
    assert len(json.loads(vouch("trace", "ls", "--json").stdout)) == 1


def test_no_runs_yet(vouch: Vouch) -> None:
    result = vouch("trace", "ls")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "vouch draft" in result.stderr
    assert json.loads(vouch("trace", "ls", "--json").stdout) == []


def test_another_folder(vouch: Vouch, red: Path) -> None:
    vouch("draft", red, "--trace-dir", "elsewhere")
    assert json.loads(vouch("trace", "ls", "--json").stdout) == []
    there = json.loads(vouch("trace", "ls", "--trace-dir", "elsewhere", "--json").stdout)
    assert [run["status"] for run in there] == ["drafted"]


def test_a_damaged_file_is_shown_with_a_warning(vouch: Vouch, red: Path) -> None:
    trace_id = json.loads(vouch("draft", red, "--trace-dir", "t", "--json").stdout)["trace_id"]
    (path,) = Path("t").glob("*/*.jsonl")
    path.write_bytes(path.read_bytes()[:-30])
    shown = vouch("trace", "show", trace_id, "--trace-dir", "t")
    assert shown.exit_code == 0 and "node check_photos" in shown.stdout
    assert "incomplete: part of the record is lost" in shown.stdout
    assert "warning: line" in shown.stderr and "cut short" in shown.stderr
    listed = vouch("trace", "ls", "--trace-dir", "t")
    assert f"{trace_id[:12]}: its last line is cut short" in listed.stderr
    told = json.loads(vouch("trace", "show", str(path), "--json").stdout)
    assert told["complete"] is False and "cut short" in told["warnings"][0]
    assert (told["schema"], told["content_captured"]) == ("vouch.trace/1", True)


def test_a_file_that_holds_nothing_is_refused_in_one_line(vouch: Vouch, tmp_path: Path) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(b"\xff\xd8\xff" * 99)
    refused = vouch("trace", "show", str(file))
    assert refused.exit_code == 2 and refused.stdout == ""
    (line,) = refused.stderr.splitlines()
    assert str(file) in line and "nothing of it can be read as OTLP JSON" in line
