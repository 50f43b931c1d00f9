"""The optimizer of the language stages: Muon for the layers' matrices, AdamW for all else.

Muon orthogonalises the momentum of a matrix (Jordan et al. 2024), scaled so that AdamW's learning
rates fit (Liu et al. 2025, arXiv 2502.16982).
"""

from collections.abc import Iterable

import torch
from torch import nn


class MatrixOptimizer:
    """Muon over the two-dimensional weights of `layers`, AdamW over the rest of `parameters`."""

    def __init__(
        self,
        layers: nn.Module,
        parameters: Iterable[nn.Parameter],
        learning_rate: float,
        weight_decay: float,
    ) -> None:
        matrices = {id(p) for p in layers.parameters() if p.ndim == 2}
        whole = list(parameters)
        self.parts: tuple[torch.optim.Optimizer, ...] = (
            torch.optim.Muon(
                [p for p in whole if id(p) in matrices],
                lr=learning_rate,
                weight_decay=weight_decay,
                adjust_lr_fn="match_rms_adamw",
            ),
            torch.optim.AdamW(
                [p for p in whole if id(p) not in matrices],
                lr=learning_rate,
                betas=(0.9, 0.98),
                weight_decay=weight_decay,
                fused=True,
            ),
        )

    def set_rate(self, learning_rate: float) -> None:
        """Set the learning rate of both."""
        for part in self.parts:
            for group in part.param_groups:
                group["lr"] = learning_rate

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for part in self.parts:
            part.zero_grad(set_to_none=True)

    def step(self) -> None:
        """Take one step."""
        for part in self.parts:
            part.step()
