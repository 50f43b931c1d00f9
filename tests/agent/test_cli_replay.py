"""`vouch replay`: the same listing again, or the first step that differs."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.agent.conftest import Vouch


@pytest.fixture
def trace_id(vouch: Vouch, red: Path) -> str:
    found: str = json.loads(vouch("draft", red, "--json").stdout)["trace_id"]
    return found


def test_a_recorded_run_replays_to_the_same_listing(vouch: Vouch, trace_id: str) -> None:
    result = vouch("replay", trace_id[:10])
    assert result.exit_code == 0
    assert "identical" in result.stdout and "no model loaded" in result.stdout
    told = json.loads(vouch("replay", trace_id, "--json").stdout)
    assert (told["schema"], told["diverged"]) == ("vouch.replay/1", False)
    assert told["first_divergence"] is None and told["unasked"] == []
    assert told["document"]["schema"] == "vouch.listing/1"


def test_a_plain_replay_leaves_no_trace_and_keep_leaves_one(vouch: Vouch, trace_id: str) -> None:
    vouch("replay", trace_id)
    assert len(json.loads(vouch("trace", "ls", "--json").stdout)) == 1
    vouch("replay", trace_id, "--keep")
    assert len(json.loads(vouch("trace", "ls", "--json").stdout)) == 2


def test_a_trace_file_of_anywhere_is_replayed(vouch: Vouch, red: Path) -> None:
    vouch("draft", red, "--trace-dir", "elsewhere")
    (file,) = Path("elsewhere").rglob("*.otlp.jsonl")
    assert vouch("replay", file).exit_code == 0


def test_another_prompt_shows_the_first_step_that_differs_and_exits_3(
    vouch: Vouch, trace_id: str
) -> None:
    Path("mine.jinja").write_text("{#- version: 9 -#}\nWrite a haiku.")
    result = vouch("replay", trace_id, "--set", "prompt.describe=mine.jinja")
    assert result.exit_code == 3
    assert "First divergence" in result.stdout
    assert "write_draft > model asked for something else" in result.stdout
    assert "+ Write a haiku." in result.stdout
    assert "prompts.describe: 1 -> 9" in result.stdout
    told = json.loads(
        vouch("replay", trace_id, "--set", "prompt.describe=mine.jinja", "--json").stdout
    )
    assert told["first_divergence"]["node"] == "write_draft"


def test_from_a_node_on_it_goes_live_and_the_listings_are_compared(
    vouch: Vouch, trace_id: str, script: object
) -> None:
    script.answers["Write a second-hand listing"] = "Blue mug\n\nA nice mug."  # type: ignore[attr-defined]
    result = vouch("replay", trace_id, "--from", "write_draft")
    assert result.exit_code == 3
    assert "The listing" in result.stdout and "claim colour = red" in result.stdout
    runs = json.loads(vouch("trace", "ls", "--json").stdout)
    assert len(runs) == 2, "the fork is recorded"


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--live", "poet"], "--live poet: no such node; there are audit_draft"),
        (["--from", "nowhere"], "--from nowhere: no such node"),
        (["--set", "limits.x=1"], "--set limits.x"),
    ],
)
def test_what_cannot_be_is_told_and_exits_2(
    vouch: Vouch, trace_id: str, options: list[str], complaint: str
) -> None:
    result = vouch("replay", trace_id, *options)
    assert result.exit_code == 2
    assert complaint in result.stderr


def test_a_record_that_was_cut_off_is_replayed_as_far_as_it_goes(vouch: Vouch, red: Path) -> None:
    vouch("draft", red, "--trace-dir", "elsewhere")
    (file,) = Path("elsewhere").rglob("*.otlp.jsonl")
    whole = file.read_text()
    file.write_text(whole[: len(whole) // 2])
    result = vouch("replay", file)
    assert result.exit_code == 3
    assert "cut short" in result.stderr
    assert "First divergence" in result.stdout


def test_an_unknown_run_exits_2(vouch: Vouch) -> None:
    assert vouch("replay", "feedbeef").exit_code == 2


def test_a_replay_loads_no_model_library(vouch: Vouch, red: Path) -> None:
    vouch("draft", red, "--trace-dir", "elsewhere")
    (file,) = Path("elsewhere").rglob("*.otlp.jsonl")
    code = (
        "import sys; from agent.cli import main; sys.argv = ['vouch', 'replay', sys.argv[1]]\n"
        "try:\n    main()\nfinally:\n    print('torch' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=False
    )
    assert "identical" in done.stdout, done.stderr
    assert done.stderr.strip().endswith("False")


def test_every_command_of_the_docs_runs(vouch: Vouch, trace_id: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / "replay.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    Path("my-describe.jinja").write_text("{#- version: 9 -#}\nWrite a haiku.")
    for line in block.splitlines():
        words = shlex.split(line, comments=True)
        result = vouch(*(trace_id if word == "3f2a9c" else word for word in words[1:]))
        assert result.exit_code in (0, 3), f"{line}: {result.output}"
