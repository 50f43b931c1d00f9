"""Stage one: the vision tower learns to see before it learns to talk.

Throw-away heads on the tower's outputs (after every merger, where the language model will read) are
trained on category, colour and the identity of look and model, globally and per token; the
embedding head, which is kept, is trained in the same pass.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from pydantic import BaseModel
from torch import Tensor, nn
from torch.nn import functional as F

from models.embedding_head import EmbeddingHead
from training.journal import append, schedule
from training.photoset import PhotoSet
from training.tower import TowerOutput, encode


class VisionStage(BaseModel):
    """Settings of the stage; steps are batches of `batch` photos."""

    steps: int = 1400
    batch: int = 64
    learning_rate: float = 1.2e-3
    weight_decay: float = 0.05
    warmup: int = 60
    identity_weight: float = 0.5
    dense_weight: float = 0.3
    real_share: float = 0.12
    compile: bool = True
    seconds: float | None = None
    """Stop after so much wall time, with the learning rate decayed by then."""


@dataclass(frozen=True)
class Sizes:
    """Class counts of the heads."""

    category: int
    colour: int
    look: int
    spu: int


class CosineClasses(nn.Module):
    """Softmax over cosines with a margin (CosFace, arXiv 1801.09414): classes become directions."""

    def __init__(self, dimension: int, classes: int, scale: float = 24.0, margin: float = 0.15):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(classes, dimension))
        self.scale, self.margin = scale, margin

    def forward(self, vectors: Tensor, target: Tensor) -> Tensor:
        """Mean loss over the rows whose target is not -1."""
        cosine = vectors @ F.normalize(self.weight, dim=-1).T
        known = target.clamp_min(0)
        cosine = cosine - self.margin * F.one_hot(known, cosine.shape[1])
        return F.cross_entropy(self.scale * cosine, target, ignore_index=-1)


class ProbingHeads(nn.Module):
    """Everything that is thrown away after the stage but `embedding`."""

    def __init__(self, hidden: int, sources: int, sizes: Sizes, dimension: int):
        super().__init__()
        self.embedding = EmbeddingHead(hidden * sources, dimension)
        self.pools = nn.ModuleList(nn.Linear(hidden, 2) for _ in range(sources))
        self.category = nn.ModuleList(nn.Linear(2 * hidden, sizes.category) for _ in range(sources))
        self.colour = nn.ModuleList(nn.Linear(2 * hidden, sizes.colour) for _ in range(sources))
        self.dense = nn.ModuleList(nn.Linear(hidden, sizes.category + 1) for _ in range(sources))
        self.dense_colour = nn.ModuleList(nn.Linear(hidden, sizes.colour) for _ in range(sources))
        self.look = CosineClasses(dimension, sizes.look)
        self.spu = CosineClasses(dimension, sizes.spu)

    def globals(self, out: TowerOutput) -> tuple[list[Tensor], list[Tensor]]:
        """Category and colour logits, one `(b, classes)` tensor per source."""
        category, colour = [], []
        for i, tokens in enumerate((out.features, *out.deepstack)):
            pooled = torch.einsum("bnq,bnd->bqd", self.pools[i](tokens).softmax(1), tokens)
            category.append(self.category[i](pooled.flatten(1)))
            colour.append(self.colour[i](pooled.flatten(1)))
        return category, colour


def token_targets(box: Tensor, label: Tensor, grid: int, outside: int) -> Tensor:
    """Per-token class `(b, grid*grid)`: `label` inside the item's box, `outside` elsewhere."""
    centre = (torch.arange(grid, device=box.device) + 0.5) / grid
    inside_x = (centre >= box[:, 0:1]) & (centre <= box[:, 2:3])
    inside_y = (centre >= box[:, 1:2]) & (centre <= box[:, 3:4])
    inside = (inside_y[:, :, None] & inside_x[:, None, :]).flatten(1)
    target = torch.where(inside, label[:, None], torch.full_like(label, outside)[:, None])
    return torch.where(label[:, None] < 0, torch.full_like(target, -1), target)


def _loss(
    heads: ProbingHeads, out: TowerOutput, labels: dict[str, Tensor], box: Tensor, cfg: VisionStage
) -> Tensor:
    category, colour = heads.globals(out)
    loss = sum(
        (F.cross_entropy(c.float(), labels["category"], ignore_index=-1) for c in category),
        start=torch.zeros((), device=box.device),
    )
    if bool((labels["colour"] >= 0).any()):
        loss = loss + sum(
            F.cross_entropy(c.float(), labels["colour"], ignore_index=-1) for c in colour
        )
    vectors = heads.embedding(out.flat())
    if bool((labels["spu"] >= 0).any()):
        identity = heads.look(vectors, labels["look"]) + heads.spu(vectors, labels["spu"])
        loss = loss + cfg.identity_weight * identity
    grid = round(out.features.shape[1] ** 0.5)
    outside = heads.dense[0].out_features - 1
    where = token_targets(box, labels["category"], grid, outside)
    paint = token_targets(box, labels["colour"], grid, -1)
    for i, tokens in enumerate((out.features, *out.deepstack)):
        dense = F.cross_entropy(
            heads.dense[i](tokens).float().flatten(0, 1), where.flatten(), ignore_index=-1
        )
        if bool((paint >= 0).any()):
            dense = dense + F.cross_entropy(
                heads.dense_colour[i](tokens).float().flatten(0, 1),
                paint.flatten(),
                ignore_index=-1,
            )
        loss = loss + cfg.dense_weight * dense
    return loss


def jitter(
    pixels: NDArray[np.uint8], box: NDArray[np.float32], rng: np.random.Generator, flip: bool
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Turn, scale, shift and brighten each photo a little; `flip` mirrors half of them.

    Boxes follow their photo (scale, shift and mirror; the small turn is neglected).
    """
    out, boxes = np.empty_like(pixels), box.copy()
    side = pixels.shape[1]
    for i, photo in enumerate(pixels):
        turn, scale = np.deg2rad(rng.uniform(-12, 12)), rng.uniform(0.82, 1.15)
        dx, dy = rng.uniform(-0.08, 0.08, 2) * side
        mirror = -1.0 if flip and rng.random() < 0.5 else 1.0
        cos, sin, half = np.cos(turn) / scale, np.sin(turn) / scale, side / 2
        a, b, d, e = mirror * cos, mirror * sin, -sin, cos
        c = half - a * (half + dx) - b * (half + dy)
        f = half - d * (half + dx) - e * (half + dy)
        image = Image.fromarray(photo)
        corner = tuple(int(v) for v in photo[2, 2])
        moved = image.transform(
            (side, side),
            Image.Transform.AFFINE,
            (a, b, c, d, e, f),
            Image.Resampling.BILINEAR,
            fillcolor=corner,
        )
        out[i] = np.clip(np.asarray(moved, np.float32) * rng.uniform(0.88, 1.12), 0, 255)
        across = box[i, 0::2] if mirror > 0 else 1.0 - box[i, 2::-2]
        boxes[i, 0::2] = (across - 0.5) * scale + 0.5 + dx / side
        boxes[i, 1::2] = (box[i, 1::2] - 0.5) * scale + 0.5 + dy / side
    return out, boxes


def batches(
    drawn: PhotoSet, real: PhotoSet | None, cfg: VisionStage, rng: np.random.Generator
) -> Iterator[tuple[Tensor, dict[str, Tensor], Tensor]]:
    """Endless shuffled batches, `real_share` of each from real photos where there are any."""
    of_real = int(cfg.batch * cfg.real_share) if real is not None else 0
    order = rng.permutation(len(drawn))
    at = 0
    while True:
        if at + cfg.batch - of_real > len(order):
            order, at = rng.permutation(len(drawn)), 0
        take = np.sort(order[at : at + cfg.batch - of_real])
        at += cfg.batch - of_real
        parts = [(drawn, take, False)]
        if real is not None and of_real:
            parts.append((real, np.sort(rng.integers(0, len(real), of_real)), True))
        moved = [jitter(s.pixels[i], s.box[i], rng, f) for s, i, f in parts]
        labels = {
            name: torch.from_numpy(np.concatenate([s.labels[name][i] for s, i, _ in parts])).long()
            for name in ("category", "colour", "look", "spu")
        }
        pixels = torch.from_numpy(np.concatenate([p for p, _ in moved]))
        yield pixels, labels, torch.from_numpy(np.concatenate([b for _, b in moved]))


def train_vision(
    visual: nn.Module,
    drawn: PhotoSet,
    real: PhotoSet | None,
    sizes: Sizes,
    cfg: VisionStage,
    *,
    seed: int,
    log: Path,
    dimension: int = 128,
    check: Callable[[ProbingHeads], dict[str, float]] | None = None,
) -> ProbingHeads:
    """Train `visual` in place and return the heads; a line of JSON every 20 steps goes to `log`.

    `check` is asked every 300 steps for figures on held-out photos, which go to the log too.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    config = visual.config
    heads = ProbingHeads(
        config.out_hidden_size, 1 + len(config.deepstack_visual_indexes), sizes, dimension
    )
    device = next(visual.parameters()).device
    heads.to(device)
    parameters = [*visual.parameters(), *heads.parameters()]
    optimizer = torch.optim.AdamW(
        parameters, cfg.learning_rate, betas=(0.9, 0.98), weight_decay=cfg.weight_decay, fused=True
    )
    forward = torch.compile(encode) if cfg.compile else encode
    started, mean = time.monotonic(), 0.0
    stream = batches(drawn, real, cfg, rng)
    for step in range(cfg.steps):
        elapsed = time.monotonic() - started
        factor = schedule(step, cfg.steps, cfg.warmup, elapsed, cfg.seconds)
        if factor <= 0:
            break
        for group in optimizer.param_groups:
            group["lr"] = cfg.learning_rate * factor
        pixels, labels, box = next(stream)
        pixels, box = pixels.to(device), box.to(device)
        labels = {name: label.to(device) for name, label in labels.items()}
        with torch.autocast(device.type, dtype=torch.bfloat16):
            loss = _loss(heads, forward(visual, pixels), labels, box, cfg)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        mean = loss.item() if step == 0 else 0.95 * mean + 0.05 * loss.item()
        if step % 20 == 0:
            found = check(heads) if check is not None and step % 300 == 0 and step else {}
            seen = (step + 1) * cfg.batch
            append(log, stage="vision", step=step, loss=mean, photos=seen, seconds=elapsed, **found)
    return heads


@torch.inference_mode()
def probe(
    visual: nn.Module, heads: ProbingHeads, photos: PhotoSet, batch: int = 128
) -> dict[str, float]:
    """Accuracy of the last source's category and colour heads on held-out photos."""
    device = next(visual.parameters()).device
    right = {"category": 0, "colour": 0}
    known = {"category": 0, "colour": 0}
    for at in range(0, len(photos), batch):
        out = encode(visual, _squares(photos, at, batch).to(device))
        category, colour = heads.globals(out)
        for name, logits in (("category", category[0]), ("colour", colour[0])):
            target = torch.from_numpy(photos.labels[name][at : at + batch]).long().to(device)
            mask = target >= 0
            right[name] += int((logits.argmax(-1)[mask] == target[mask]).sum())
            known[name] += int(mask.sum())
    return {name: right[name] / known[name] for name in right if known[name]}


@torch.inference_mode()
def embed(
    visual: nn.Module, head: EmbeddingHead, photos: PhotoSet, batch: int = 128
) -> NDArray[np.float32]:
    """Unit vectors `(n, d)` of a photo set."""
    device = next(visual.parameters()).device
    found = []
    for at in range(0, len(photos), batch):
        out = encode(visual, _squares(photos, at, batch).to(device))
        found.append(head(out.flat()).cpu().numpy())
    return np.concatenate(found)


def _squares(photos: PhotoSet, at: int, count: int) -> Tensor:
    return torch.from_numpy(np.array(photos.pixels[at : at + count]))
