"""The command line in-process: a home of its own, real store, index, rules; scripted words."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from agent.cli import app
from agent.runtime import Provided
from agent.settings import Settings
from listing import MarketListing
from models.scripted import ScriptedChatModel
from tests.graphs.conftest import MUG, ColourEmbedder, Script, jpeg

Vouch = Callable[..., Result]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clean place to work in, and no settings but those that a test makes."""
    for name in [f"VOUCH_{field.upper()}" for field in Settings.model_fields]:
        monkeypatch.delenv(name, raising=False)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("VOUCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("VOUCH_IDENTICAL_THRESHOLD", "0.999")
    monkeypatch.setenv("VOUCH_SIMILAR_THRESHOLD", "0.95")
    return tmp_path / "home"


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def vouch(script: Script) -> Vouch:
    """Run `vouch ARGS...`; the model says what `script` tells it to."""
    given = Provided(model=ScriptedChatModel(responses=script), embedder=ColourEmbedder())

    def run(*args: str | Path) -> Result:
        return CliRunner().invoke(app, [str(a) for a in args], obj=given, prog_name="vouch")

    return run


@pytest.fixture
def red(home: Path) -> Path:
    """A photo of something red."""
    path = Path("red.jpg").resolve()
    path.write_bytes(jpeg("red"))
    return path


@pytest.fixture
def source(home: Path) -> Path:
    """A market of three listings: two red mugs of one make and a blue one."""
    rows = [
        ("m1", "Nordvik Havn mug, red", "red", 12.0),
        ("m2", "Red Nordvik Havn mug", "red", 14.0),
        ("m3", "Blue mug", "blue", None),
    ]
    lines = []
    for name, title, colour, price in rows:
        Path(f"{name}.jpg").write_bytes(jpeg(colour))
        listing = MarketListing(
            id=name, title=title, category_id=MUG, price=price, photos=[f"{name}.jpg"]
        )
        lines.append(listing.model_dump_json())
    path = Path("market.jsonl").resolve()
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
