"""Instruction samples as token sequences: ChatML, the prompt masked from the loss, photos in place.

The layout is that of `chat_template.jinja`, built without it for speed; a test compares the two.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import PreTrainedTokenizerFast


@dataclass(frozen=True)
class Sample:
    """One instruction: `photos` index rows of the feature cache; `task` names it in reports."""

    task: str
    prompt: str
    answer: str
    photos: tuple[int, ...] = ()


@dataclass(frozen=True)
class TokenSequence:
    """Token ids with the count of prompt tokens in front, and the photos in their order."""

    ids: NDArray[np.int32]
    prompt: int
    photos: tuple[int, ...]


@dataclass(frozen=True)
class Batch:
    """Right-padded `(b, l)` ids, `(3, b, l)` positions, labels (-100 where not learned)."""

    ids: Tensor
    positions: Tensor
    labels: Tensor
    photos: Tensor
    """Rows of the feature cache in the order in which the placeholders appear."""

    def to(self, device: torch.device) -> "Batch":
        """Return the batch on a device."""
        return Batch(
            self.ids.to(device),
            self.positions.to(device),
            self.labels.to(device),
            self.photos.to(device),
        )


def encode_samples(
    samples: Sequence[Sample], tokenizer: PreTrainedTokenizerFast, image_tokens: int
) -> list[TokenSequence]:
    """Tokenise samples."""
    picture = "<|vision_start|>" + "<|image_pad|>" * image_tokens + "<|vision_end|>"
    fronts = [
        f"<|im_start|>user\n{picture * len(s.photos)}{s.prompt}<|im_end|>\n<|im_start|>assistant\n"
        for s in samples
    ]
    prompts = tokenizer(fronts, add_special_tokens=False)["input_ids"]
    answers = tokenizer([f"{s.answer}<|im_end|>" for s in samples], add_special_tokens=False)[
        "input_ids"
    ]
    return [
        TokenSequence(np.asarray(p + a, np.int32), len(p), s.photos)
        for p, a, s in zip(prompts, answers, samples, strict=True)
    ]


def mrope_positions(ids: NDArray[np.int32], image_id: int, grid: int) -> NDArray[np.int64]:
    """Three position rows `(3, l)`: equal for text; time, row, column for a photo's tokens."""
    out = np.empty((3, len(ids)), np.int64)
    at = position = 0
    side = np.arange(grid)
    block = np.stack((np.zeros(grid * grid, np.int64), side.repeat(grid), np.tile(side, grid)))
    while at < len(ids):
        if ids[at] == image_id:
            out[:, at : at + grid * grid] = block + position
            at += grid * grid
            position += grid
        else:
            out[:, at] = position
            at += 1
            position += 1
    return out


def collate(items: Sequence[TokenSequence], pad_id: int, image_id: int, grid: int) -> Batch:
    """Pad sequences on the right to the longest."""
    longest = max(len(s.ids) for s in items)
    ids = np.full((len(items), longest), pad_id, np.int64)
    labels = np.full((len(items), longest), -100, np.int64)
    positions = np.zeros((3, len(items), longest), np.int64)
    for row, item in enumerate(items):
        n = len(item.ids)
        ids[row, :n] = item.ids
        labels[row, item.prompt : n] = item.ids[item.prompt :]
        positions[:, row, :n] = mrope_positions(item.ids, image_id, grid)
    photos = [p for s in items for p in s.photos]
    return Batch(
        torch.from_numpy(ids),
        torch.from_numpy(positions),
        torch.from_numpy(labels),
        torch.tensor(photos, dtype=torch.long),
    )


def shuffled_batches(
    items: Sequence[TokenSequence], tokens: int, rng: np.random.Generator
) -> Iterator[list[TokenSequence]]:
    """One epoch of batches of about `tokens` tokens, each of nearly equal lengths."""
    order = rng.permutation(len(items))
    pool = 4096
    groups: list[list[TokenSequence]] = []
    for at in range(0, len(order), pool):
        chunk = sorted((items[i] for i in order[at : at + pool]), key=lambda s: len(s.ids))
        batch: list[TokenSequence] = []
        for item in chunk:
            if batch and (len(batch) + 1) * len(item.ids) > tokens:
                groups.append(batch)
                batch = []
            batch.append(item)
        groups.append(batch)
    for i in rng.permutation(len(groups)):
        yield groups[i]
