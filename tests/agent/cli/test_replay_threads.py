"""`vouch replay` of the assistant: a turn, and a whole thread turn by turn."""

import json
import re
from pathlib import Path

import pytest

from tests.agent.cli.conftest import Chat
from tests.agent.conftest import Vouch
from tests.graphs.assistant.conftest import Mind


@pytest.fixture
def thread(chat: Chat, red: Path, mind: Mind) -> str:
    mind.when("holds", ("set_attribute", {"attribute": "capacity", "value": "300 ml"}))
    result = chat(red, lines="it holds 300 ml\n/ask\n\n\n\n/undo\n/publish\ny\n")
    assert result.exit_code == 0, result.stderr
    return re.findall(r"^thread (\w+)$", result.stderr, re.M)[0]


def test_a_thread_replays_turn_by_turn(vouch: Vouch, thread: str) -> None:
    result = vouch("replay", "--thread", thread[:6])
    assert result.exit_code == 0, result.stdout
    lines = result.stdout.splitlines()
    assert len(lines) == 7 and all("identical" in line for line in lines)
    assert "it holds 300 ml" in lines[1] and "(answer)" in lines[3]


def test_a_changed_prompt_shows_which_turns_take_another_way(vouch: Vouch, thread: str) -> None:
    Path("mine.jinja").write_text("{#- version: 9 -#}\nPick one tool.")
    result = vouch("replay", "--thread", thread, "--set", "prompt.turn=mine.jinja")
    assert result.exit_code == 3
    lines = result.stdout.splitlines()
    assert sum("diverged" in line for line in lines) == 1
    assert "decide > model asked for something else" in result.stdout
    told = json.loads(
        vouch("replay", "--thread", thread, "--set", "prompt.turn=mine.jinja", "--json").stdout
    )
    assert told["schema"] == "vouch.replay_thread/1" and told["diverged"]
    assert [turn["diverged"] for turn in told["turns"]].count(True) == 1
    assert told["turns"][1]["given"] == "it holds 300 ml"


def test_one_turn_is_replayed_like_a_listing(vouch: Vouch, thread: str) -> None:
    runs = json.loads(vouch("trace", "ls", "--json").stdout)
    turns = [run["trace_id"] for run in runs if run["name"] == "assistant"]
    told = json.loads(vouch("replay", turns[0], "--json").stdout)
    assert told["schema"] == "vouch.replay/1" and not told["diverged"]
    assert told["document"]["published"]["title"] == "Red mug"


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        ([], "give the ID of a recorded run, or --thread ID"),
        (["3f2a", "--thread", "3f2a"], "give the ID of a recorded run, or --thread ID"),
        (["--thread", "nowhere"], "--thread nowhere: no turn is recorded"),
    ],
)
def test_what_to_replay_is_said_once(vouch: Vouch, args: list[str], complaint: str) -> None:
    result = vouch("replay", *args)
    assert result.exit_code == 2 and complaint in result.stderr
