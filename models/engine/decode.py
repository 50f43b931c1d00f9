"""The decoding loop: the prompt once, then a token at a time over its key-value cache.

Positions are always given explicitly: transformers keeps the last prompt's M-RoPE offset on the
module, where a second request would find it. Only the inference thread may call what is here.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from transformers import DynamicCache

from models.engine.photos import PhotoEncoding
from models.engine.prompt import Prompt


@dataclass
class Prefilled:
    """A prompt that the model has read.

    `cache` holds its keys and values, `logits` `(vocabulary,)` float32 are for the token after it,
    which stands at position `next_position` (all three M-RoPE axes alike).
    """

    cache: Any
    logits: torch.Tensor
    length: int
    next_position: int


@dataclass(frozen=True)
class _EncodedPhotos:
    """What the model takes in place of pixels, under the names by which it reads them."""

    pooler_output: tuple[torch.Tensor, ...]
    deepstack_features: list[tuple[torch.Tensor, ...]]


def prefill(model: Any, prompt: Prompt, encodings: Sequence[PhotoEncoding]) -> Prefilled:
    """Read the prompt, with its photos already encoded."""
    device = model.device
    ids = torch.tensor([prompt.token_ids], device=device)
    positions = _positions(model, prompt, ids)
    photos = {"image": _join(encodings)} if encodings else None
    cache = DynamicCache(config=model.config.get_text_config())
    output = model(
        input_ids=ids,
        position_ids=positions,
        past_key_values=cache,
        use_cache=True,
        logits_to_keep=1,
        mm_encoder_outputs=photos,
    )
    return Prefilled(
        cache, output.logits[0, -1].float(), ids.shape[1], int(positions.max().item()) + 1
    )


def _positions(model: Any, prompt: Prompt, ids: torch.Tensor) -> torch.Tensor:
    grids = prompt.image_grid_thw
    if grids is None:
        return torch.arange(ids.shape[1], device=ids.device).expand(3, 1, -1)
    kinds = (ids == prompt.image_token_id).int()
    positions, _ = model.model.get_rope_index(
        ids, mm_token_type_ids=kinds, image_grid_thw=grids.to(ids.device)
    )
    return positions


def _join(encodings: Sequence[PhotoEncoding]) -> _EncodedPhotos:
    layers = zip(*(encoding.deepstack for encoding in encodings), strict=True)
    return _EncodedPhotos(
        pooler_output=tuple(encoding.features for encoding in encodings),
        deepstack_features=[tuple(layer) for layer in layers],
    )


def decode(
    model: Any,
    prompt: Prompt,
    encodings: Sequence[PhotoEncoding],
    pick: Callable[[torch.Tensor], int],
) -> Iterator[int]:
    """The tokens of the answer as they are picked, without end; the caller stops taking them."""
    state = prefill(model, prompt, encodings)
    logits, position = state.logits, state.next_position
    step, head, device = model.model.language_model, model.lm_head, model.device
    while True:
        token_id = pick(logits)
        yield token_id
        hidden = step(
            input_ids=torch.tensor([[token_id]], device=device),
            position_ids=torch.full((3, 1, 1), position, device=device),
            past_key_values=state.cache,
            use_cache=True,
        ).last_hidden_state
        logits = head(hidden[0, -1]).float()
        position += 1
