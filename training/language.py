"""Stages two and three: the language model learns to read, then to read with photos.

The vision tower is frozen by then, so each photo's features are computed once and looked up. Loss
on answers only (IPL section 4.2: the prompt prefix is masked).
"""

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from pydantic import BaseModel
from torch import Tensor
from torch.nn import functional as F
from transformers import Qwen3VLForConditionalGeneration

from training.journal import append, schedule
from training.optimizers import MatrixOptimizer
from training.photoset import PhotoSet
from training.sequences import Batch, TokenSequence, collate, shuffled_batches
from training.tool_heads import ToolHeads
from training.tower import encode


class LanguageStage(BaseModel):
    """Settings of a stage; `tokens` is the size of a batch."""

    steps: int = 4000
    tokens: int = 4096
    learning_rate: float = 1.5e-3
    weight_decay: float = 0.05
    warmup: int = 80
    seconds: float | None = None


class FeatureCache:
    """Frozen-tower features of a photo set, `(n, tokens, hidden)` bfloat16 per source."""

    def __init__(self, model: Qwen3VLForConditionalGeneration, photos: PhotoSet, batch: int = 128):
        visual = model.model.visual
        self.device = next(visual.parameters()).device
        parts: list[list[Tensor]] = []
        with torch.inference_mode():
            for at in range(0, len(photos), batch):
                pixels = torch.from_numpy(np.array(photos.pixels[at : at + batch])).to(self.device)
                out = encode(visual, pixels)
                parts.append([t.bfloat16() for t in (out.features, *out.deepstack)])
        self.sources = [torch.cat([p[i] for p in parts]) for i in range(len(parts[0]))]

    def rows(self, index: Tensor) -> list[Tensor]:
        """Features of the named photos, `(photos * tokens, hidden)` float32 per source."""
        return [s[index.to(s.device)].float().flatten(0, 1) for s in self.sources]


def answer_loss(
    model: Qwen3VLForConditionalGeneration, batch: Batch, cache: FeatureCache | None
) -> Tensor:
    """Mean cross-entropy over the answers' tokens."""
    inner = model.model
    embeds = inner.language_model.embed_tokens(batch.ids)
    where, deep = None, None
    if len(batch.photos):
        if cache is None:
            raise ValueError("samples with photos need a feature cache")
        where = batch.ids == model.config.image_token_id
        features, *deep = cache.rows(batch.photos)
        embeds = embeds.masked_scatter(where[..., None], features.to(embeds.dtype))
    hidden = inner.language_model(
        inputs_embeds=embeds,
        attention_mask=batch.mask,
        position_ids=batch.positions,
        use_cache=False,
        visual_pos_masks=where,
        deepstack_visual_embeds=deep,
    ).last_hidden_state
    target = batch.labels[:, 1:]
    learned = target != -100
    logits = model.lm_head(hidden[:, :-1][learned])
    return F.cross_entropy(logits.float(), target[learned])


def train_language(
    model: Qwen3VLForConditionalGeneration,
    epochs: Callable[[int], list[TokenSequence]],
    cache: FeatureCache | None,
    cfg: LanguageStage,
    *,
    stage: str,
    grid: int,
    seed: int,
    log: Path,
    save: Callable[[], None] = lambda: None,
    heads: ToolHeads | None = None,
) -> None:
    """Train the language model in place; `epochs(i)` gives the i-th epoch's fresh sequences.

    With `heads` the middle of the model learns to read messages too.
    """
    rng, drawn = np.random.default_rng(seed), random.Random(seed)
    parameters = [*model.model.language_model.parameters(), *(heads.parameters() if heads else ())]
    inner = model.model.language_model
    optimizer = MatrixOptimizer(inner.layers, parameters, cfg.learning_rate, cfg.weight_decay)
    pad, image = model.config.text_config.pad_token_id, model.config.image_token_id

    def stream() -> Iterator[list[TokenSequence]]:
        epoch = 0
        while True:
            yield from shuffled_batches(epochs(epoch), cfg.tokens, rng)
            epoch += 1

    started, mean, seen, saved = time.monotonic(), 0.0, 0, 0.0
    for step, items in enumerate(stream()):
        elapsed = time.monotonic() - started
        factor = schedule(step, cfg.steps, cfg.warmup, elapsed, cfg.seconds)
        if factor <= 0 or step >= cfg.steps:
            break
        optimizer.set_rate(cfg.learning_rate * factor)
        batch = collate(items, pad, image, grid).to(model.device)
        with torch.autocast(model.device.type, dtype=torch.bfloat16):
            if heads is None or batch.mask is None:
                loss = answer_loss(model, batch, cache)
            else:
                loss = heads.call_loss(model, batch)
            if heads is not None:
                loss = loss + heads.message_loss(model, drawn)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        seen += len(items)
        mean = loss.item() if step == 0 else 0.97 * mean + 0.03 * loss.item()
        if step % 25 == 0:
            append(log, stage=stage, step=step, loss=mean, samples=seen, seconds=elapsed)
        if elapsed - saved > 240:
            saved = elapsed
            save()
