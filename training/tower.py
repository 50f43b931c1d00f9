"""The Qwen3-VL vision tower over a batch of equal squares, with gradients.

transformers attends image by image in a Python loop; for squares of one size a single batched
attention gives the same numbers several times faster (tests/training/test_tower.py compares them).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class TowerOutput:
    """What the language model receives: `(b, n, hidden)` features, one more per deepstack layer."""

    features: Tensor
    deepstack: tuple[Tensor, ...]

    def flat(self) -> Tensor:
        """Return `(b, n, hidden * (1 + deepstack layers))`, the input of the probing heads."""
        return torch.cat((self.features, *self.deepstack), dim=-1)


def patchify(pixels: Tensor, patch: int, merge: int) -> Tensor:
    """Turn `(b, s, s, 3)` uint8 into `(b, (s/patch)^2, 3*patch*patch)` in merge-window order."""
    b, s = pixels.shape[0], pixels.shape[1]
    g = s // (patch * merge)
    x = pixels.float().div_(127.5).sub_(1.0)
    x = x.view(b, g, merge, patch, g, merge, patch, 3)
    return x.permute(0, 1, 4, 2, 5, 7, 3, 6).reshape(b, g * g * merge * merge, 3 * patch * patch)


def _grid_positions(side: int, merge: int, device: torch.device) -> Tensor:
    """Row and column of each patch in merge-window order, `(n, 2)`."""
    index = torch.arange(side * side, device=device).view(
        side // merge, merge, side // merge, merge
    )
    index = index.permute(0, 2, 1, 3).reshape(-1)
    return torch.stack((index // side, index % side), dim=-1)


def _rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = x.shape[-1] // 2
    return x * cos + torch.cat((-x[..., half:], x[..., :half]), dim=-1) * sin


def encode(visual: nn.Module, pixels: Tensor) -> TowerOutput:
    """Run the tower on `(b, s, s, 3)` uint8 squares whose grid equals the position table's."""
    config = visual.config
    patches = patchify(pixels, config.patch_size, config.spatial_merge_size)
    b, n, _ = patches.shape
    side = round(n**0.5)
    weight = visual.patch_embed.proj.weight.sum(dim=2)  # a still image repeats its frame
    hidden = F.linear(patches, weight.flatten(1), visual.patch_embed.proj.bias)
    where = _grid_positions(side, config.spatial_merge_size, pixels.device)
    hidden = hidden + visual.pos_embed(where[:, 0] * side + where[:, 1])
    cos, sin = visual.rotary_pos_emb(hidden, where)
    cos, sin = cos[None, None].to(hidden.dtype), sin[None, None].to(hidden.dtype)
    deepstack: list[Tensor] = []
    for depth, block in enumerate(visual.blocks):
        attn = block.attn
        qkv = attn.qkv(block.norm1(hidden)).view(b, n, 3, attn.num_heads, attn.head_dim)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        q, k = _rotate(q, cos, sin).to(v.dtype), _rotate(k, cos, sin).to(v.dtype)
        # Spelled out: on CPU the fused kernel's backward is several times slower at this size.
        mixed = (q @ k.transpose(-1, -2) * attn.scaling).softmax(-1).to(v.dtype) @ v
        hidden = hidden + attn.proj(mixed.transpose(1, 2).reshape(b, n, -1))
        hidden = hidden + block.mlp(block.norm2(hidden))
        if depth in config.deepstack_visual_indexes:
            which = list(config.deepstack_visual_indexes).index(depth)
            deepstack.append(visual.deepstack_merger_list[which](hidden.reshape(b * n, -1)))
    merged = visual.merger(hidden.reshape(b * n, -1))
    return TowerOutput(
        merged.view(b, -1, merged.shape[-1]), tuple(d.view(b, -1, d.shape[-1]) for d in deepstack)
    )
