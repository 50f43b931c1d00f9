"""The command line as a whole: help, start-up, pipes, measurements, training."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

import bench
from agent.cli import app
from tests.agent.conftest import Vouch

ROOT = Path(__file__).parents[2]


def commands(group: object = None, head: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command that there is, as words."""
    group = typer.main.get_command(app) if group is None else group
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        if hasattr(command, "commands"):
            yield from commands(command, (*head, name))
        else:
            yield (*head, name)


def test_the_commands_of_the_contract() -> None:
    assert {" ".join(words) for words in commands()} == {
        "draft", "chat", "serve", "demo", "doctor", "bench", "index build", "index add", "index rm",
        "index stats", "index search", "trace ls", "trace show", "trace audit", "trace rm",
        "eval", "replay", "train sft", "train embed",
    }  # fmt: skip


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_help_has_an_example(vouch: Vouch, words: tuple[str, ...]) -> None:
    result = vouch(*words, "--help")
    assert result.exit_code == 0
    assert "Example" in result.stdout
    assert f"vouch {' '.join(words)}" in result.stdout.partition("Example")[2]
    assert result.stderr == ""


def test_wrong_usage(vouch: Vouch) -> None:
    for words in (["draff"], ["index", "build"], ["draft", "--jsn", "a.jpg"], ["trace", "show"]):
        result = vouch(*words)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert result.stderr


def _python(*words: str, **options: object) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
        [sys.executable, *words],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        **options,
    )


def test_what_needs_no_model_starts_without_one(vouch: Vouch, source: Path, red: Path) -> None:
    vouch("index", "build", source)
    vouch("draft", red)
    code = """
import sys
from agent.cli import app
for words in (["--help"], ["trace", "ls"], ["index", "stats"], ["bench", "--list"]):
    try:
        app(words, prog_name="vouch")
    except SystemExit as end:
        assert not end.code, words
heavy = {"torch", "transformers", "langgraph"} & set(sys.modules)
assert not heavy, heavy
"""
    process = _python("-W", "error", "-c", code, stdout=subprocess.PIPE)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "mean-colour" in out


def test_a_reader_that_left_is_nothing_to_complain_of() -> None:
    read, write = os.pipe()
    os.close(read)
    process = _python("-m", "agent.cli", "bench", "--list", stdout=write)
    os.close(write)
    _, err = process.communicate(timeout=120)
    assert err == ""
    assert process.returncode == 1


def test_the_measurements(vouch: Vouch) -> None:
    listed = vouch("bench", "--list").stdout
    for measure in bench.BENCHES.values():
        assert measure.name in listed
        assert callable(__import__(measure.module, fromlist=["main"]).main)
    wrong = vouch("bench", "nope")
    assert wrong.exit_code == 2
    assert "visual_search" in wrong.stderr
    assert vouch("bench").exit_code == 2


def test_a_measurement_gets_its_own_options(vouch: Vouch) -> None:
    result = vouch("bench", "visual-search", "--rows", "200", "--dim", "8", "--queries", "3")
    assert result.exit_code == 0
    assert "200 listings x 8" in result.stdout


@pytest.mark.parametrize("stage", ["sft", "embed"])
def test_a_training_file_that_is_wrong(vouch: Vouch, stage: str) -> None:
    missing = vouch("train", stage, "no.yaml")
    assert missing.exit_code == 2
    assert "no.yaml" in missing.stderr
    Path("bad.yaml").write_text("steps: many\nrum: x\n")
    wrong = vouch("train", stage, "bad.yaml")
    assert wrong.exit_code == 2
    assert "bad.yaml" in wrong.stderr
