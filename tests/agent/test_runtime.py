"""From settings to handles, with a real (tiny, untrained) checkpoint where one is needed."""

import json
import os
from pathlib import Path

import pytest

from agent.cli import app
from agent.doctor import examine
from agent.runtime import Provided, open_runtime
from agent.settings import load_settings
from agent.sight import match_thresholds, open_sight
from listing import ListingDocument
from listing.errors import ModelError, SettingsError
from models.embedder import save_head
from models.embedding_head import EmbeddingHead
from models.engine import Engine
from models.scripted import ScriptedChatModel
from tests.agent.conftest import Vouch
from tests.graphs.conftest import ColourEmbedder, Script, jpeg
from tests.models.tiny_checkpoints import build_tiny_checkpoint
from tools.photos import read_photo
from tools.visual_search import MatchThresholds


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint with an embedding head and calibrated thresholds, as training leaves one."""
    folder = build_tiny_checkpoint(
        tmp_path_factory.mktemp("checkpoint") / "tiny", "qwen3_vl", image_size=64
    )
    with Engine.load(folder, device="cpu") as engine:
        photo = read_photo(jpeg("red"), "red.jpg")
        from PIL import Image

        encoding = engine.encode(Image.new("RGB", (64, 64), "red"), photo.photo.sha256)
        width = encoding.features.shape[1] * (1 + len(encoding.deepstack))
    save_head(EmbeddingHead(width, dimension=8, queries=2, hidden=16), folder)
    MatchThresholds(identical=0.99, similar=0.9).save(folder / "thresholds.json")
    return folder


@pytest.fixture
def local(checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings that name the checkpoint and nothing else."""
    monkeypatch.setenv("VOUCH_MODEL", str(checkpoint))
    monkeypatch.setenv("VOUCH_MAX_NEW_TOKENS", "24")
    monkeypatch.delenv("VOUCH_IDENTICAL_THRESHOLD")
    monkeypatch.delenv("VOUCH_SIMILAR_THRESHOLD")
    return checkpoint


@pytest.fixture
def alone() -> Vouch:
    """`vouch` with nothing but its settings, as on a user's machine."""
    from typer.testing import CliRunner

    return lambda *args: CliRunner().invoke(app, [str(a) for a in args], prog_name="vouch")


def test_everything_comes_from_the_checkpoint(local: Path) -> None:
    with open_runtime(load_settings()) as runtime:
        context = runtime.context
        assert context.embedder is not None and context.embedder.dimension == 8
        assert context.thresholds == MatchThresholds(identical=0.99, similar=0.9)
        assert context.model_info is not None and context.model_info.device == "cpu"
        assert context.model.max_tokens == 24  # type: ignore[attr-defined]
        assert context.index is None
        assert "vouch index build" in runtime.notes[0]
        engine = context.model.engine  # type: ignore[attr-defined]
    with pytest.raises(ModelError, match="closed"):
        engine.choose([{"role": "user", "content": "hi"}], ["a", "b"])


def test_the_command_line_on_a_checkpoint(
    local: Path, alone: Vouch, source: Path, red: Path, home: Path
) -> None:
    built = alone("index", "build", source, "--json")
    assert built.exit_code == 0, built.stderr
    found = json.loads(alone("index", "search", red, "--json").stdout)
    assert found["references"][0]["match"] == "identical"
    drafted = alone("draft", red, "--json")
    assert drafted.exit_code == 0, drafted.stderr
    document = ListingDocument.model_validate(json.loads(drafted.stdout))
    assert document.model is not None and document.model.name
    assert (home / "threads.sqlite").stat().st_mode & 0o077 == 0


def test_doctor_finds_everything(local: Path, alone: Vouch) -> None:
    result = alone("doctor", "--json")
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    checks = {check["name"]: check for check in report["checks"]}
    assert checks["model"]["facts"]["type"] == "qwen3_vl"
    assert checks["model"]["facts"]["parameters"] > 0
    assert checks["model"]["facts"]["dtype"] == "float32"
    assert checks["embedder"]["facts"]["identical"] == 0.99
    assert checks["index"]["state"] == "missing"
    assert "vouch index build demo" in checks["index"]["remedy"]
    shown = alone("doctor").stdout
    assert "ready to draft" in shown
    assert "VOUCH_MAX_NEW_TOKENS" in shown


def test_doctor_says_what_is_wrong(
    alone: Vouch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VOUCH_MODEL", str(tmp_path / "nothing"))
    monkeypatch.setenv("VOUCH_MODLE", "x")
    monkeypatch.setenv("VOUCH_API_KEY", "sk-secret")
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "bad.yaml").write_text("schema: what\n")
    monkeypatch.setenv("VOUCH_POLICIES", str(rules))
    result = alone("doctor")
    assert result.exit_code == 1
    shown = " ".join(result.stdout.split())  # long paths wrap the lines
    assert "no such folder" in shown
    assert "bad.yaml" in shown.replace(" ", "")
    assert "VOUCH_MODLE: no such setting" in shown
    assert "cannot work yet" in shown
    assert "sk-secret" not in result.output + alone("doctor", "--json").output


def test_doctor_asks_a_server_for_its_models(monkeypatch: pytest.MonkeyPatch) -> None:
    import httpx

    monkeypatch.setenv("VOUCH_MODEL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("VOUCH_MODEL_NAME", "qwen")
    answers = iter([["qwen"], ["llama"], None])

    def get(url: str, **options: object) -> httpx.Response:
        names = next(answers)
        if names is None:
            raise httpx.ConnectError("refused")
        assert url == "http://127.0.0.1:9/v1/models"
        data = {"data": [{"id": name} for name in names]}
        return httpx.Response(200, json=data, request=httpx.Request("GET", url))

    monkeypatch.setattr(httpx, "get", get)
    states = [
        next(c for c in examine(load_settings()).checks if c.name == "model") for _ in range(3)
    ]
    assert [s.state for s in states] == ["ok", "failed", "failed"]
    assert "set VOUCH_MODEL_NAME to one of llama" in states[1].remedy
    assert "does not tell its models (refused)" in states[2].detail


def test_a_server_has_no_eyes_for_the_market(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOUCH_MODEL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("VOUCH_MODEL_NAME", "qwen")
    with open_runtime(load_settings()) as runtime:
        assert runtime.context.embedder is None
        assert "VOUCH_EMBEDDER" in runtime.notes[0]
        assert runtime.context.model_info is not None
        assert runtime.context.model_info.name == "qwen"


def test_another_checkpoint_may_be_the_eyes(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOUCH_EMBEDDER", str(checkpoint))
    monkeypatch.delenv("VOUCH_IDENTICAL_THRESHOLD")
    with open_sight(load_settings(), model=ScriptedChatModel(responses=[])) as sight:
        assert sight.embedder is not None and sight.embedder.dimension == 8
        assert sight.thresholds == MatchThresholds(identical=0.99, similar=0.95)


def test_scores_without_a_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VOUCH_IDENTICAL_THRESHOLD")
    with pytest.raises(SettingsError, match="VOUCH_IDENTICAL_THRESHOLD is not set"):
        match_thresholds(load_settings(), None)
    monkeypatch.delenv("VOUCH_SIMILAR_THRESHOLD")
    with open_sight(load_settings(), embedder=ColourEmbedder()) as sight:
        assert sight.thresholds == MatchThresholds(identical=1.0, similar=1.0)
        assert "not calibrated" in sight.notes[0]
    monkeypatch.setenv("VOUCH_IDENTICAL_THRESHOLD", "0.5")
    monkeypatch.setenv("VOUCH_SIMILAR_THRESHOLD", "0.9")
    with pytest.raises(SettingsError, match="must not be above"):
        match_thresholds(load_settings(), None)


def test_a_threads_file_that_is_none(home: Path, script: Script, vouch: Vouch, red: Path) -> None:
    home.mkdir()
    (home / "threads.sqlite").write_text("this is no database, only words" * 50)
    result = vouch("draft", red)
    assert result.exit_code == 2
    assert "threads.sqlite" in result.stderr


def test_checkpoints_name_no_types() -> None:
    assert os.environ["LANGGRAPH_STRICT_MSGPACK"] == "true"
    assert Provided().model is None


def test_langgraph_finds_the_graph() -> None:
    import importlib.util

    root = Path(__file__).parents[2]
    declared = json.loads((root / "langgraph.json").read_text())
    file, _, name = declared["graphs"]["listing"].partition(":")
    spec = importlib.util.spec_from_file_location("studio", root / file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    graph = getattr(module, name)()
    assert graph.checkpointer is None
    assert {"check_photos", "write_draft", "audit_draft"} <= set(graph.nodes)
