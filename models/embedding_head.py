"""The trained projection from a vision tower's tokens to one unit vector per photo."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class EmbeddingHead(nn.Module):
    """Attention pooling with a few learned queries, then a small network to the unit sphere."""

    def __init__(self, inputs: int, dimension: int = 128, queries: int = 4, hidden: int = 384):
        super().__init__()
        self.inputs, self.dimension, self.queries, self.hidden = inputs, dimension, queries, hidden
        self.norm = nn.LayerNorm(inputs)
        self.score = nn.Linear(inputs, queries)
        self.expand = nn.Linear(inputs * queries, hidden)
        self.project = nn.Linear(hidden, dimension)

    def forward(self, tokens: Tensor) -> Tensor:
        """Map `(b, n, inputs)` tokens to `(b, dimension)` unit vectors."""
        tokens = self.norm(tokens)
        weights = self.score(tokens).softmax(dim=1)
        pooled = torch.einsum("bnq,bnd->bqd", weights, tokens).flatten(1)
        return F.normalize(self.project(F.gelu(self.expand(pooled))).float(), dim=-1)

    def shape(self) -> dict[str, int]:
        """Return the constructor's arguments, to be stored beside the weights."""
        return {
            "inputs": self.inputs,
            "dimension": self.dimension,
            "queries": self.queries,
            "hidden": self.hidden,
        }
