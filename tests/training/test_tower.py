"""The fast tower gives what transformers' own forward gives."""

import numpy as np
import torch
from PIL import Image
from transformers import Qwen2VLImageProcessorPil

from training.architecture import MERGE, PATCH, Architecture, build_model, build_tokenizer
from training.tower import encode

SMALL = Architecture(
    image_size=96, merges=20, hidden=64, layers=2, intermediate=96, heads=2, kv_heads=1,
    vision_hidden=48, vision_layers=3, vision_intermediate=96, vision_heads=2, deepstack=[1],
)  # fmt: skip


def test_batched_squares_encode_as_transformers_encodes_them() -> None:
    tokenizer = build_tokenizer(["a blue mug for sale"] * 5, SMALL.merges)
    model = build_model(SMALL, tokenizer, 0).eval()
    side = SMALL.image_size
    squares = np.random.default_rng(0).integers(0, 255, (3, side, side, 3), dtype=np.uint8)
    processor = Qwen2VLImageProcessorPil(
        patch_size=PATCH, merge_size=MERGE, image_mean=[0.5] * 3, image_std=[0.5] * 3,
        size={"shortest_edge": side * side, "longest_edge": side * side},
    )  # fmt: skip
    inputs = processor(images=[Image.fromarray(s) for s in squares], return_tensors="pt")
    with torch.inference_mode():
        theirs = model.model.get_image_features(
            inputs["pixel_values"], inputs["image_grid_thw"], return_dict=True
        )
        ours = encode(model.model.visual, torch.from_numpy(squares))
    for i in range(3):
        torch.testing.assert_close(ours.features[i], theirs.pooler_output[i], atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(
            ours.deepstack[0][i], theirs.deepstack_features[0][i], atol=1e-4, rtol=1e-4
        )
    assert ours.flat().shape == (3, SMALL.image_tokens, 2 * SMALL.hidden)
