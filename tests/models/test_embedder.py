"""Embedders give unit vectors, from our own tower or from any model of transformers."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import BitImageProcessorPil, Dinov2Config, Dinov2Model

from listing.errors import ModelError
from models.embedder import QwenVLEmbedder, TransformersEmbedder, save_head
from models.embedding_head import EmbeddingHead
from models.engine import Engine
from tests.models.tiny_checkpoints import build_tiny_checkpoint

RED, BLUE = (Image.new("RGB", (96, 64), c) for c in ("red", "blue"))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("tiny")
    build_tiny_checkpoint(folder, "qwen3_vl")
    return Engine.load(folder)


def test_the_tower_with_a_head_gives_unit_vectors(engine: Engine, tmp_path: Path) -> None:
    encoding = engine.encode(RED, "red")
    width = encoding.features.shape[1] * (1 + len(encoding.deepstack))
    torch.manual_seed(0)
    save_head(EmbeddingHead(width, 16), tmp_path)
    embedder = QwenVLEmbedder.load(engine, tmp_path)
    vectors = embedder.embed([RED, BLUE], ["red", "blue"])
    assert vectors.shape == (2, 16) and vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(embedder.embed([RED]), vectors[:1], atol=1e-5)
    assert embedder.embed([]).shape == (0, 16)
    assert embedder.name != QwenVLEmbedder.load(engine, _other(width, tmp_path / "b")).name


def _other(width: int, folder: Path) -> Path:
    folder.mkdir()
    save_head(EmbeddingHead(width, 16), folder)
    return folder


def test_a_checkpoint_without_a_head_says_what_to_do(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="vouch train embed"):
        QwenVLEmbedder.load(engine, tmp_path)


def test_models_of_transformers_embed_by_path(tmp_path: Path) -> None:
    shape = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2,
             "image_size": 32, "patch_size": 16}  # fmt: skip
    dino = tmp_path / "dino"
    Dinov2Model(Dinov2Config(**shape)).save_pretrained(dino)
    BitImageProcessorPil(size={"height": 32, "width": 32}, do_center_crop=False).save_pretrained(
        dino
    )
    embedder = TransformersEmbedder(str(dino))
    vectors = embedder.embed([RED, BLUE])
    assert vectors.shape == (2, embedder.dimension) == (2, 32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nowhere"):
        TransformersEmbedder(str(tmp_path / "nowhere"))
