"""Reads many continuations of one prompt at once, over the prompt's cache, which stays as it was.

Where every layer is attention, the continuations are packed into one sequence in which each sees
the prompt and itself only, so no cache is copied. Layers with a running state cannot be packed;
there the cache is copied once per row of a batch.
"""

import copy
from collections.abc import Iterator, Sequence
from typing import Any

import torch

from models.engine.decode import Prefilled

PACK_TOKENS = 2048
BATCH_ROWS = 32
HEAD_ROWS = 256


class Continuations:
    """What the model thinks after each token of each of several continuations of a prompt."""

    def __init__(self, model: Any, prompt: Prefilled) -> None:
        self._model = model
        self._prompt = prompt
        self._packable = not any(prompt.cache.is_linear)

    def after_prompt(self) -> torch.Tensor:
        """Log-probabilities of the first token, `(1, vocabulary)` float32."""
        return self._prompt.logits.log_softmax(-1).unsqueeze(0)

    def last(self, paths: Sequence[Sequence[int]]) -> Iterator[torch.Tensor]:
        """For each path, log-probabilities `(vocabulary,)` of the token after its last."""
        hidden = torch.stack([states[-1] for states in self._hidden(paths)])
        for rows in hidden.split(HEAD_ROWS):
            yield from self._log_probabilities(rows)

    def every(self, sequences: Sequence[Sequence[int]]) -> list[float]:
        """The log-probability of each whole sequence (two tokens or more) after the prompt."""
        hidden = torch.cat(self._hidden([sequence[:-1] for sequence in sequences]))
        following = torch.tensor(
            [token for sequence in sequences for token in sequence[1:]], device=hidden.device
        )
        later = torch.cat(
            [
                self._log_probabilities(rows).gather(1, tokens.unsqueeze(1)).squeeze(1)
                for rows, tokens in zip(
                    hidden.split(HEAD_ROWS), following.split(HEAD_ROWS), strict=True
                )
            ]
        ).double()
        lengths = [len(sequence) - 1 for sequence in sequences]
        first = self.after_prompt()[0][[sequence[0] for sequence in sequences]].double()
        return [
            float(start + rest.sum())
            for start, rest in zip(first, later.split(lengths), strict=True)
        ]

    def _log_probabilities(self, hidden: torch.Tensor) -> torch.Tensor:
        return self._model.lm_head(hidden).float().log_softmax(-1)

    def _hidden(self, paths: Sequence[Sequence[int]]) -> list[torch.Tensor]:
        """The last layer's states for each path, `(length, hidden)`."""
        if not self._packable:
            groups = [paths[at : at + BATCH_ROWS] for at in range(0, len(paths), BATCH_ROWS)]
            return [states for group in groups for states in self._batched(group)]
        return [states for group in _packs(paths) for states in self._packed(group)]

    def _packed(self, paths: Sequence[Sequence[int]]) -> list[torch.Tensor]:
        device = self._model.device
        lengths = [len(path) for path in paths]
        row = torch.repeat_interleave(torch.arange(len(paths)), torch.tensor(lengths)).to(device)
        depth = torch.cat([torch.arange(length) for length in lengths]).to(device)
        own = (row[:, None] == row[None, :]) & (depth[:, None] >= depth[None, :])
        before = torch.ones(len(row), self._prompt.length, dtype=torch.bool, device=device)
        hidden = self._step(
            [[token for path in paths for token in path]],
            depth.unsqueeze(0),
            self._prompt.cache,
            torch.cat([before, own], dim=1)[None, None],
        )
        self._prompt.cache.crop(-len(row))
        return list(hidden[0].split(lengths))

    def _batched(self, paths: Sequence[Sequence[int]]) -> list[torch.Tensor]:
        # Rows are padded at their end, where causality keeps the padding from mattering.
        device = self._model.device
        longest = max(map(len, paths))
        cache = copy.deepcopy(self._prompt.cache)
        cache.reorder_cache(torch.zeros(len(paths), dtype=torch.long, device=device))
        hidden = self._step(
            [[*path, *[0] * (longest - len(path))] for path in paths],
            torch.arange(longest, device=device).expand(len(paths), -1),
            cache,
            None,
        )
        return [states[: len(path)] for states, path in zip(hidden, paths, strict=True)]

    def _step(
        self,
        ids: list[list[int]],
        depth: torch.Tensor,
        cache: Any,
        mask: torch.Tensor | None,
    ) -> torch.Tensor:
        output = self._model.model.language_model(
            input_ids=torch.tensor(ids, device=self._model.device),
            position_ids=(depth + self._prompt.next_position).expand(3, *depth.shape),
            attention_mask=mask,
            past_key_values=cache,
            use_cache=True,
        )
        return output.last_hidden_state


def _packs(paths: Sequence[Sequence[int]]) -> Iterator[list[Sequence[int]]]:
    pack: list[Sequence[int]] = []
    held = 0
    for path in paths:
        if pack and held + len(path) > PACK_TOKENS:
            yield pack
            pack, held = [], 0
        pack.append(path)
        held += len(path)
    if pack:
        yield pack
