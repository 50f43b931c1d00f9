"""`vouch train embed CONFIG`: the embedding head on a frozen tower, then the match thresholds.

Thresholds are set on the market's `dev` queries only; the evaluation reports the `test` ones.
"""

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from transformers import Qwen3VLForConditionalGeneration

from listing.errors import BadInputError
from models.embedder import ImageEmbedder, QwenVLEmbedder, Vectors, save_head
from models.embedding_head import EmbeddingHead
from models.engine import Engine
from tools.visual_search.matching import MatchThresholds, calibrate
from training.architecture import pick_device
from training.config_file import read_config_file
from training.journal import append, schedule
from training.language import FeatureCache
from training.marketplace.market import Split
from training.marketplace.units import Unit
from training.photoset import PhotoSet
from training.rendering import World, jpeg_photo, open_world
from training.vision import CosineClasses

THRESHOLDS = "thresholds.json"
INDEX_SIDE, QUERY_SIDE = 256, 448
"""Sides of the market's photos and of a seller's, pixels."""
QUERIES: tuple[Split, ...] = (
    "queries_identical",
    "queries_similar",
    "queries_no_match",
    "long_tail",
)


class EmbedConfig(BaseModel):
    """Settings; `photos` is the folder of a drawn set made by `vouch train sft`."""

    model_config = ConfigDict(extra="forbid")

    checkpoint: Path
    photos: Path
    run: Path
    seed: int = 0
    threads: int = 2
    steps: int = 1500
    batch: int = 512
    learning_rate: float = 2e-3
    dimension: int = 128
    seconds: float | None = 240
    identical_precision: float = 0.9
    similar_precision: float = 0.95


def read_config(path: Path) -> EmbedConfig:
    """Read a YAML config; BadInputError names the file and the key that is wrong."""
    return read_config_file(path, EmbedConfig)


def train(config: EmbedConfig) -> Path:
    """Train the head, write it and the thresholds into the checkpoint; return its folder."""
    torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    config.run.mkdir(parents=True, exist_ok=True)
    world = open_world(config.seed)
    model = Qwen3VLForConditionalGeneration.from_pretrained(
        config.checkpoint, dtype=torch.float32
    ).to(pick_device())
    photos = PhotoSet.open(config.photos)
    if photos is None:
        raise BadInputError(f"{config.photos}: no finished photo set; run `vouch train sft` first")
    cache = FeatureCache(model, photos)
    head = fit_head(cache, photos, world, config)
    save_head(head, config.checkpoint)
    with Engine.load(config.checkpoint) as engine:
        embedder = QwenVLEmbedder.load(engine, config.checkpoint)
        calibrated(embedder, world, config).save(config.checkpoint / THRESHOLDS)
    return config.checkpoint


def fit_head(
    cache: FeatureCache, photos: PhotoSet, world: World, cfg: EmbedConfig
) -> EmbeddingHead:
    """Train a head on cached features; rows without a known look are left out."""
    rng = np.random.default_rng(cfg.seed)
    width = sum(s.shape[-1] for s in cache.sources)
    head: EmbeddingHead = EmbeddingHead(width, cfg.dimension).to(cache.device)
    classes = {
        "look": CosineClasses(cfg.dimension, len(world.looks)).to(cache.device),
        "spu": CosineClasses(cfg.dimension, len(world.spus)).to(cache.device),
    }
    parameters = [*head.parameters(), *(p for c in classes.values() for p in c.parameters())]
    optimizer = torch.optim.AdamW(parameters, cfg.learning_rate, weight_decay=0.1, fused=True)
    known = np.flatnonzero(photos.labels["look"] >= 0)
    started = time.monotonic()
    for step in range(cfg.steps):
        elapsed = time.monotonic() - started
        factor = schedule(step, cfg.steps, 40, elapsed, cfg.seconds)
        if factor <= 0:
            break
        for group in optimizer.param_groups:
            group["lr"] = cfg.learning_rate * factor
        rows = rng.choice(known, cfg.batch, replace=False)
        loss = _identity_loss(head, classes, cache, photos, rows)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        if step % 50 == 0:
            append(
                cfg.run / "embed.jsonl", stage="embed", step=step, loss=loss.item(), seconds=elapsed
            )
    head.eval()
    return head


def _identity_loss(
    head: EmbeddingHead,
    classes: dict[str, CosineClasses],
    cache: FeatureCache,
    photos: PhotoSet,
    rows: NDArray[np.int64],
) -> torch.Tensor:
    index = torch.from_numpy(rows).to(cache.device)
    tokens = torch.cat([s[index].float() for s in cache.sources], dim=-1)
    with torch.autocast(cache.device.type, dtype=torch.bfloat16):
        vectors = head(tokens)
        losses = [
            loss(vectors, torch.from_numpy(photos.labels[name][rows]).long().to(cache.device))
            for name, loss in classes.items()
        ]
    return torch.stack(losses).sum()


def unit_vectors(embedder: ImageEmbedder, units: Sequence[Unit], size: int) -> Vectors:
    """Vectors `(n, d)` of one photo of each unit, taken the product's way: a JPEG of `size`."""
    parts = []
    for at in range(0, len(units), 64):
        photos = [jpeg_photo(u, size)[0] for u in units[at : at + 64]]
        parts.append(embedder.embed(photos))
    return np.concatenate(parts)


def calibrated(embedder: ImageEmbedder, world: World, cfg: EmbedConfig) -> MatchThresholds:
    """Thresholds on the best score of each `dev` query: is that listing the same look, model?"""
    listed = world.market.split("index")
    index = unit_vectors(embedder, listed, INDEX_SIDE)
    scores: list[float] = []
    same_look: list[bool] = []
    same_model: list[bool] = []
    for split in QUERIES:
        units = [u for u in world.market.split(split) if world.market.fold(u) == "dev"]
        for unit, vector in zip(units, unit_vectors(embedder, units, QUERY_SIDE), strict=True):
            cosine = index @ vector
            best = int(cosine.argmax())
            expected = world.market.expected(unit)
            scores.append(float(cosine[best]))
            same_look.append(listed[best].id in expected.identical | expected.same_look)
            same_model.append(listed[best].id in expected.similar)
    identical = calibrate(scores, same_look, cfg.identical_precision)
    similar = calibrate(scores, same_model, cfg.similar_precision)
    return MatchThresholds(identical=max(identical, similar), similar=min(identical, similar))
