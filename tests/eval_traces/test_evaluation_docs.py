"""docs/evaluation.md: its files are good files, its commands run, its names are the names."""

import re
import shlex
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent.cli import app
from eval_traces.evaluators import STANDARD, Evaluator
from tests.eval_traces.written_runs import WrittenRun, claim, draft

PAGE = Path(__file__).parents[2] / "docs" / "evaluation.md"
TEXT = PAGE.read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def test_every_command_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VOUCH_HOME", str(tmp_path / "home"))
    for number in range(1, 4):
        written = WrittenRun(number)
        written.node("choose_mode", route="template")
        written.write(Path("traces"), draft(claims=[claim("brand", "Acme")]))
    Path("truth.jsonl").write_text("".join(blocks("json")))
    expected, prices = blocks("yaml")
    Path("trajectories.yaml").write_text(expected)
    Path("prices.yaml").write_text(prices)
    commands = [line for block in blocks("sh") for line in block.splitlines()]
    assert len(commands) >= 5
    for command in commands:
        words = shlex.split(command)
        assert words[0] == "vouch"
        if words[1] == "bench":
            continue
        result = CliRunner().invoke(app, words[1:], prog_name="vouch")
        assert result.exit_code == 0, f"{command}: {result.output}"
    assert Path("report/report.html").is_file()


def test_the_evaluator_of_the_page_is_one() -> None:
    (code,) = blocks("python")
    (packaging,) = blocks("toml")
    held: dict[str, type[Evaluator]] = {}
    exec(compile(code, str(PAGE), "exec"), held)
    points = tomllib.loads(packaging)["project"]["entry-points"]["vouch.evaluators"]
    ((name, value),) = points.items()
    evaluator = held[EntryPoint(name, value, "vouch.evaluators").attr]()
    assert isinstance(evaluator, Evaluator) and evaluator.name == name


def test_every_evaluator_is_on_the_page() -> None:
    told = set(re.findall(r"`([a-z0-9_]+)`", TEXT))
    missing = {make().name for make in STANDARD} - told
    assert not missing
