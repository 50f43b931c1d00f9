"""What loads, in which dtype, and what a checkpoint that cannot be used says about itself."""

import contextlib
import json
import shutil
from pathlib import Path

import pytest
import torch
from PIL import Image

from listing.errors import ModelError
from models.engine import Engine
from tests.models.conftest import CheckpointOf, EngineOf
from tests.models.tiny_checkpoints import MODEL_TYPES, build_tiny_checkpoint


@pytest.fixture
def folder(checkpoint_of: CheckpointOf, tmp_path: Path) -> Path:
    """A copy of a checkpoint, to be spoilt."""
    return Path(shutil.copytree(checkpoint_of("qwen3_vl"), tmp_path / "copy"))


@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_each_supported_class_loads(engine_of: EngineOf, model_type: str) -> None:
    engine = engine_of(model_type)
    assert engine.model_type == model_type
    assert engine.info.name == model_type
    assert engine.info.device == "cpu"
    assert engine.model.dtype == torch.float32


def test_the_revision_follows_the_weights(tmp_path: Path) -> None:
    revisions = set()
    for seed in (1, 2):
        folder = build_tiny_checkpoint(tmp_path / str(seed), "qwen3_vl", seed=seed)
        revisions |= {Engine.load(folder, device="cpu").info.revision for _ in range(2)}
    assert len(revisions) == 2


def test_a_dtype_can_be_asked_for(folder: Path) -> None:
    with Engine.load(folder, device="cpu", dtype="bfloat16") as engine:
        assert engine.model.dtype == torch.bfloat16
        encoding = engine.encode(Image.new("RGB", (64, 64), "red"), "red")
        assert encoding.features.dtype == torch.bfloat16
        assert engine.choose([{"role": "user", "content": "Well?"}], ["yes", "no"])


def test_vouch_json_makes_every_photo_a_square(tmp_path: Path) -> None:
    folder = build_tiny_checkpoint(tmp_path / "square", "qwen3_vl", image_size=96)
    with Engine.load(folder, device="cpu") as engine:
        for index, size in enumerate([(300, 100), (20, 31), (96, 96)]):
            encoding = engine.encode(Image.new("RGB", size, "red"), str(index))
            assert encoding.grid_thw == (1, 6, 6)
            assert encoding.features.shape == (9, 32)
            assert [layer.shape for layer in encoding.deepstack] == [(9, 32)]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda folder: shutil.rmtree(folder), "no such folder"),
        (lambda folder: (folder / "config.json").unlink(), r"no config\.json"),
        (lambda folder: (folder / "config.json").write_text("{"), "no checkpoint could be read"),
        (lambda folder: (folder / "model.safetensors").unlink(), "weights"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"xx"), "weights"),
        (lambda folder: [f.unlink() for f in folder.glob("tokenizer*")], "tokenizer"),
        (lambda folder: (folder / "preprocessor_config.json").unlink(), "image processor"),
        (lambda folder: (folder / "vouch.json").write_text("["), "not a JSON object"),
        (lambda folder: (folder / "vouch.json").write_text("[]"), "not a JSON object"),
        (
            lambda folder: (folder / "vouch.json").write_text('{"image_size": 100}'),
            "multiple of 32",
        ),
    ],
)
def test_what_is_missing_is_named(folder: Path, spoil: object, says: str) -> None:
    assert callable(spoil)
    spoil(folder)
    with pytest.raises(ModelError, match=says):
        Engine.load(folder, device="cpu")


def test_another_kind_of_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    with pytest.raises(ModelError, match="bert, not a Qwen-VL"):
        Engine.load(tmp_path)


def test_unknown_device_and_dtype_are_refused(folder: Path) -> None:
    with pytest.raises(ModelError, match="device 'abacus'"):
        Engine.load(folder, device="abacus")
    with pytest.raises(ModelError, match="dtype 'float3'"):
        Engine.load(folder, device="cpu", dtype="float3")


@pytest.mark.parametrize("told", ["en", [1], {"en": True}])
def test_languages_that_are_no_list_of_codes_are_named(folder: Path, told: object) -> None:
    (folder / "vouch.json").write_text(json.dumps({"languages": told}))
    with pytest.raises(ModelError, match="languages"):
        Engine.load(folder, device="cpu")


def test_a_checkpoint_may_ask_for_a_message_sentence_by_sentence(folder: Path) -> None:
    with contextlib.closing(Engine.load(folder, device="cpu")) as silent:
        assert not silent.sentence_wise
    (folder / "vouch.json").write_text('{"sentence_wise": true}')
    with contextlib.closing(Engine.load(folder, device="cpu")) as engine:
        assert engine.sentence_wise
    (folder / "vouch.json").write_text('{"sentence_wise": "yes"}')
    with pytest.raises(ModelError, match="sentence_wise is 'yes'"):
        Engine.load(folder, device="cpu")


def test_languages_are_what_the_checkpoint_says(folder: Path) -> None:
    with contextlib.closing(Engine.load(folder, device="cpu")) as silent:
        assert silent.languages == ()
    (folder / "vouch.json").write_text('{"languages": ["en", "de"]}')
    with contextlib.closing(Engine.load(folder, device="cpu")) as engine:
        assert engine.languages == ("en", "de")
