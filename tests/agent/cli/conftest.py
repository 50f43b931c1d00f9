"""The assistant on the command line: its decisions scripted, everything else real."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from agent.cli import app
from agent.runtime import Provided
from models.scripted import ScriptedChatModel
from tests.graphs.assistant.conftest import Mind
from tests.graphs.conftest import ColourEmbedder, Script

Chat = Callable[..., Result]


@pytest.fixture
def mind(script: Script) -> Mind:
    return Mind(script)


@pytest.fixture
def chat(script: Script, mind: Mind) -> Chat:
    """Run `vouch chat ARGS...` with lines on a pipe."""
    given = Provided(model=ScriptedChatModel(responses=script), embedder=ColourEmbedder())

    def run(*args: str | Path, lines: str = "") -> Result:
        words = ["chat", *(str(a) for a in args)]
        return CliRunner().invoke(app, words, input=lines, obj=given, prog_name="vouch")

    return run
