"""Picking the next token from the logits: penalty, constraint, then greedy or sampled."""

from typing import Any

import torch

from listing.errors import ModelError
from models.engine.request import GenerationRequest


class TokenPicker:
    """Picks the tokens of one generation, remembering those it has seen."""

    def __init__(
        self,
        request: GenerationRequest,
        prompt_ids: list[int],
        *,
        size: int,
        penalty: float,
        device: Any,
    ) -> None:
        self._temperature = request.temperature
        self._top_p = request.top_p
        self._penalty = penalty
        self._mask: torch.Tensor | None = None
        self._seen: torch.Tensor | None = None
        self._random: torch.Generator | None = None
        if penalty != 1.0:
            self._seen = torch.zeros(size, dtype=torch.bool, device=device)
            self._seen[torch.tensor(prompt_ids, device=device)] = True
        if request.temperature > 0:
            self._random = torch.Generator(device=device)
            if request.seed is None:
                self._random.seed()
            else:
                self._random.manual_seed(request.seed)

    def allow(self, mask: torch.Tensor | None) -> None:
        """Let the next pick choose among the tokens of `mask` only."""
        self._mask = mask

    def pick(self, logits: torch.Tensor) -> int:
        """The next token's id, from `(vocabulary,)` float32 logits."""
        if self._seen is not None:
            penalised = torch.where(logits < 0, logits * self._penalty, logits / self._penalty)
            logits = torch.where(self._seen, penalised, logits)
        if self._mask is not None:
            logits = logits.masked_fill(~self._mask.to(logits.device), -torch.inf)
        token_id = int((logits.argmax() if self._random is None else self._sample(logits)).item())
        if self._seen is not None:
            self._seen[token_id] = True
        return token_id

    def _sample(self, logits: torch.Tensor) -> torch.Tensor:
        probabilities = (logits / self._temperature).softmax(-1)
        if not torch.isfinite(probabilities).all():
            raise ModelError("the model gave no finite probabilities; check its weights and dtype")
        if self._top_p < 1.0:
            ordered, order = probabilities.sort(descending=True)
            outside = ordered.cumsum(-1) - ordered >= self._top_p
            probabilities = probabilities.index_fill(0, order[outside], 0.0)
        return torch.multinomial(probabilities, 1, generator=self._random)
