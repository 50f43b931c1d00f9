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

from tools.assistant import TOOLS


@dataclass(frozen=True)
class Sample:
    """One instruction: `photos` index rows of the feature cache; `task` names it in reports."""

    task: str
    prompt: str
    answer: str
    photos: tuple[int, ...] = ()
    tools: bool = False
    """Whether the assistant's tools are listed before it."""


@dataclass(frozen=True)
class Branch:
    """One of several texts behind one front: `ids[start:end]`, its answer from `answer` on."""

    start: int
    answer: int
    end: int


@dataclass(frozen=True)
class TokenSequence:
    """Token ids with the count of prompt tokens in front, and the photos in their order."""

    ids: NDArray[np.int32]
    prompt: int
    photos: tuple[int, ...]
    branches: tuple[Branch, ...] = ()


@dataclass(frozen=True)
class Batch:
    """Right-padded `(b, l)` ids, `(3, b, l)` positions, labels (-100 where not learned)."""

    ids: Tensor
    positions: Tensor
    labels: Tensor
    photos: Tensor
    """Rows of the feature cache in the order in which the placeholders appear."""
    mask: Tensor | None = None
    """`(b, 1, l, l)` added to attention scores; None where all attention is causal."""
    branches: tuple[tuple[int, Branch], ...] = ()
    """The branches with their rows."""

    def to(self, device: torch.device) -> "Batch":
        """Return the batch on a device."""
        return Batch(
            self.ids.to(device),
            self.positions.to(device),
            self.labels.to(device),
            self.photos.to(device),
            None if self.mask is None else self.mask.to(device),
            self.branches,
        )


def encode_samples(
    samples: Sequence[Sample], tokenizer: PreTrainedTokenizerFast, image_tokens: int
) -> list[TokenSequence]:
    """Tokenise samples."""
    picture = "<|vision_start|>" + "<|image_pad|>" * image_tokens + "<|vision_end|>"
    system = f"<|im_start|>system\nTools: {', '.join(TOOLS)}<|im_end|>\n"
    fronts = [
        f"{system if s.tools else ''}<|im_start|>user\n{picture * len(s.photos)}{s.prompt}"
        "<|im_end|>\n<|im_start|>assistant\n"
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


def behind_one_front(items: Sequence[TokenSequence]) -> TokenSequence:
    """Join text sequences that begin alike: the common front once, then each rest by itself.

    Rests do not see each other and stand at the positions that they have alone, so that the answers
    are learned as from the single sequences, at a fraction of the tokens.
    """
    if len(items) < 2 or any(item.photos for item in items):
        raise ValueError("join two or more sequences without photos")
    front = min(item.prompt for item in items) - 1
    for item in items[1:]:
        same = item.ids[:front] == items[0].ids[:front]
        front = front if same.all() else int(same.argmin())
    ids, branches, at = [items[0].ids[:front]], [], front
    for item in items:
        end = at + len(item.ids) - front
        branches.append(Branch(at, at + item.prompt - front, end))
        ids.append(item.ids[front:])
        at = end
    return TokenSequence(np.concatenate(ids), front, (), tuple(branches))


def _seen(items: Sequence[TokenSequence], longest: int) -> Tensor | None:
    """Return the attention mask of a batch with branches, or None where it has none."""
    if not any(item.branches for item in items):
        return None
    branch = np.full((len(items), longest), -1, np.int64)
    for row, item in enumerate(items):
        branch[row, : len(item.ids)] = 0
        for number, part in enumerate(item.branches, 1):
            branch[row, part.start : part.end] = number
    own = branch[:, :, None] == branch[:, None, :]
    allowed = (own | (branch[:, None, :] == 0)) & np.tri(longest, dtype=bool)
    mask = torch.zeros(allowed.shape, dtype=torch.bfloat16)
    return mask.masked_fill_(torch.from_numpy(~allowed), float("-inf"))[:, None]


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
        positions[:, row, :n] = mrope_positions(item.ids, image_id, grid)
        for part in item.branches or (Branch(0, item.prompt, n),):
            labels[row, part.answer : part.end] = item.ids[part.answer : part.end]
            if item.branches:
                positions[:, row, part.start : part.end] += item.prompt - part.start
    photos = [p for s in items for p in s.photos]
    return Batch(
        torch.from_numpy(ids),
        torch.from_numpy(positions),
        torch.from_numpy(labels),
        torch.tensor(photos, dtype=torch.long),
        _seen(items, longest),
        tuple((row, part) for row, item in enumerate(items) for part in item.branches),
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
