"""`vouch chat` on a real terminal, and what a killed process leaves behind."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.agent.cli.conftest import Chat
from tests.agent.cli.terminal import CTRL_C, CTRL_D, ENTER, ROOT, TAB, Terminal

PROGRAM = ROOT / "tests" / "agent" / "cli" / "chat_program.py"


def test_a_talk_on_a_terminal(home: Path, red: Path, chat: Chat) -> None:
    with Terminal(PROGRAM, "chat") as screen:
        screen.wait_for("Ctrl-D: leave")
        screen.keys(f"@{red}{ENTER}")
        streamed = screen.wait_for("Questions for you")
        assert "A red mug. Questions are welcome." in streamed
        screen.wait_for("Here is the draft: Red mug.")
        screen.wait_for("open questions")

        screen.keys(f"/rew{TAB}")
        screen.wait_for("/rewrite")
        screen.keys(CTRL_C)
        screen.keys(f"it holds 300 ml{ENTER}")
        screen.wait_for("300 ml.")

        Path("hold").touch()
        screen.keys(f"/draft{ENTER}")
        screen.wait_for("HOLDING")
        screen.keys(CTRL_C)
        screen.wait_for("stopped; the listing is as it was before")
        Path("hold").unlink()

        screen.keys(f"/fly{ENTER}")
        screen.wait_for("/fly: no such command")
        screen.keys(f"/publish{ENTER}")
        screen.wait_for("publish it? [y/N]")
        screen.keys(f"y{ENTER}")
        screen.wait_for("Published: Red mug")
        screen.wait_for("  /help")
        screen.keys(CTRL_D)
        left = screen.wait_for("vouch chat --thread ")
        assert "Traceback" not in left
        assert screen.leave() == 0
    history = (home / "chat_history").read_text()
    assert "it holds 300 ml" in history
    assert (home / "chat_history").stat().st_mode & 0o077 == 0, "for the owner alone"
    assert "published" in chat("--list").stdout


def test_a_killed_process_goes_on_where_it_was(red: Path, chat: Chat) -> None:
    Path("hold").touch()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(PROGRAM), "chat", str(red)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as running:
        told = ""
        assert running.stderr is not None
        for line in running.stderr:
            told += line
            if "HOLDING" in line:
                running.kill()
                break
    thread = re.findall(r"^thread (\w+)$", told, re.M)[0]
    assert "unfinished" in chat("--list").stdout
    result = chat("--thread", thread)
    assert result.exit_code == 0 and "going on with it" in result.stderr
    assert "Here is the draft: Red mug." in result.stdout
    assert "checked the photos" not in result.stderr, "what was done is not done again"
