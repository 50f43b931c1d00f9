"""A tree of continuations of one prompt, read many branches at once over the prompt's cache.

Where every layer is attention, all nodes lie in one sequence in which each sees the prompt and its
own ancestors only: nothing is copied and nothing is read twice. Layers with a running state cannot
be shared so; there each call reads whole paths, on copies of the prompt's cache.
"""

import copy
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import torch

from models.engine.decode import Prefilled

ROOT = -1
PACK_TOKENS = 1024
BATCH_ROWS = 32


class TokenTree(Protocol):
    """Nodes are numbered from 0 in the order in which they were grown; the prompt's end is ROOT."""

    @property
    def size(self) -> int:
        """How many nodes there are."""

    def grow(self, parents: Sequence[int], tokens: Sequence[int]) -> torch.Tensor:
        """Add one node a token, under a parent grown before it (in this call or an earlier one).

        Returns the last layer's state at each new node, `(nodes, hidden)`.
        """


def token_tree(model: Any, prompt: Prefilled) -> TokenTree:
    """The tree that suits the model's layers. It may change the prompt's cache."""
    linear = any(prompt.cache.is_linear)
    return _PathTree(model, prompt) if linear else _PackedTree(model, prompt)


class _PackedTree:
    def __init__(self, model: Any, prompt: Prefilled) -> None:
        self._model = model
        self._prompt = prompt
        self._depths: list[int] = []
        self._sees = np.zeros((0, 0), dtype=np.bool_)

    @property
    def size(self) -> int:
        return len(self._depths)

    def grow(self, parents: Sequence[int], tokens: Sequence[int]) -> torch.Tensor:
        parts = [
            self._grow(parents[at : at + PACK_TOKENS], tokens[at : at + PACK_TOKENS])
            for at in range(0, len(tokens), PACK_TOKENS)
        ]
        return torch.cat(parts)

    def _grow(self, parents: Sequence[int], tokens: Sequence[int]) -> torch.Tensor:
        old, new = len(self._depths), len(tokens)
        sees = np.zeros((old + new, old + new), dtype=np.bool_)
        sees[:old, :old] = self._sees
        for node, parent in enumerate(parents, start=old):
            if parent != ROOT:
                sees[node] = sees[parent]
            sees[node, node] = True
            self._depths.append(0 if parent == ROOT else self._depths[parent] + 1)
        self._sees = sees
        before = np.ones((new, self._prompt.length), dtype=np.bool_)
        mask = torch.from_numpy(np.concatenate([before, sees[old:]], axis=1))
        return _read(
            self._model,
            self._prompt,
            torch.tensor([list(tokens)]),
            torch.tensor([self._depths[old:]]),
            cache=self._prompt.cache,
            mask=mask[None, None],
        )[0]


class _PathTree:
    def __init__(self, model: Any, prompt: Prefilled) -> None:
        self._model = model
        self._prompt = prompt
        self._nodes: list[tuple[int, ...]] = []  # from the node up to the root
        self._tokens: list[int] = []

    @property
    def size(self) -> int:
        return len(self._tokens)

    def grow(self, parents: Sequence[int], tokens: Sequence[int]) -> torch.Tensor:
        old = len(self._nodes)
        for node, (parent, token) in enumerate(zip(parents, tokens, strict=True), start=old):
            self._nodes.append((node, *(() if parent == ROOT else self._nodes[parent])))
            self._tokens.append(token)
        inner = set(parents)
        tips = [node for node in range(old, len(self._nodes)) if node not in inner]
        states: dict[int, torch.Tensor] = {}
        for at in range(0, len(tips), BATCH_ROWS):
            paths = [self._nodes[tip][::-1] for tip in tips[at : at + BATCH_ROWS]]
            for path, hidden in zip(paths, self._read(paths), strict=True):
                states |= dict(zip(path, hidden, strict=False))
        return torch.stack([states[node] for node in range(old, len(self._nodes))])

    def _read(self, paths: list[tuple[int, ...]]) -> torch.Tensor:
        # Rows are padded at their end, where causality keeps the padding from mattering.
        longest = max(map(len, paths))
        rows = [[self._tokens[node] for node in path] for path in paths]
        cache = copy.deepcopy(self._prompt.cache)
        cache.reorder_cache(torch.zeros(len(paths), dtype=torch.long, device=self._model.device))
        return _read(
            self._model,
            self._prompt,
            torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows]),
            torch.arange(longest).expand(len(paths), -1),
            cache=cache,
            mask=None,
        )


def _read(
    model: Any,
    prompt: Prefilled,
    ids: torch.Tensor,
    depths: torch.Tensor,
    *,
    cache: Any,
    mask: torch.Tensor | None,
) -> torch.Tensor:
    device = model.device
    positions = (depths + prompt.next_position).to(device)
    output = model.model.language_model(
        input_ids=ids.to(device),
        position_ids=positions.expand(3, *positions.shape),
        attention_mask=None if mask is None else mask.to(device),
        past_key_values=cache,
        use_cache=True,
    )
    return output.last_hidden_state
