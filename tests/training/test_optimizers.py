"""Matrices of the layers go to Muon, all else to AdamW, and both follow one rate."""

import torch
from torch import nn

from training.optimizers import MatrixOptimizer


def test_each_parameter_has_one_optimizer_and_the_loss_falls() -> None:
    torch.manual_seed(0)
    layers = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 4))
    head = nn.Linear(4, 1)
    whole = [*layers.parameters(), *head.parameters()]
    optimizer = MatrixOptimizer(layers, whole, 1e-2, 0.0)
    muon, rest = (
        {id(p) for group in part.param_groups for p in group["params"]} for part in optimizer.parts
    )
    assert muon == {id(layers[0].weight), id(layers[2].weight)}
    assert rest == {id(p) for p in whole} - muon
    inputs = torch.randn(32, 8)
    target = inputs.sum(1, keepdim=True)
    losses = []
    for _ in range(60):
        loss = (head(layers(inputs)) - target).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]
    optimizer.set_rate(0.0)
    before = [p.detach().clone() for p in whole]
    optimizer.step()
    assert all(torch.equal(a, b) for a, b in zip(before, whole, strict=True))
