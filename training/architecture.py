"""The shape of a small Qwen3-VL and its tokenizer, both made from scratch.

Names of goods stay out of the tokenizer's training text, so that any name is a sequence of short
pieces that can be copied; digits are always single.
"""

import json
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any

import torch
from pydantic import BaseModel
from safetensors.torch import load_file, save_file
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    PreTrainedTokenizerFast,
    Qwen2VLImageProcessorPil,
    Qwen3VLConfig,
    Qwen3VLForConditionalGeneration,
)

SPECIAL_TOKENS = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
)
TOOL_TOKENS = ("<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>")
PATCH, MERGE = 16, 2
LANGUAGES = ("en",)
"""In which the descriptions of the training data are written."""


class Architecture(BaseModel):
    """Sizes of the model; the defaults are the shipped ones (about 9 million parameters)."""

    image_size: int = 160
    """Side of the square that every photo is fitted into, pixels; a multiple of 32."""
    merges: int = 900
    hidden: int = 256
    layers: int = 6
    intermediate: int = 640
    heads: int = 4
    kv_heads: int = 2
    vision_hidden: int = 192
    vision_layers: int = 6
    vision_intermediate: int = 576
    vision_heads: int = 3
    deepstack: list[int] = [2]
    initializer_range: float = 0.05

    @property
    def image_tokens(self) -> int:
        """Tokens that one photo takes in the prompt."""
        return (self.image_size // (PATCH * MERGE)) ** 2


def pick_device() -> torch.device:
    """Return CUDA where there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def build_tokenizer(texts: Iterable[str], merges: int) -> PreTrainedTokenizerFast:
    """Train a byte-level BPE of `merges` merges on `texts`; returns it with the chat template."""
    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(
                Regex(r"\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*| ?\p{L}+|\s*[\r\n]+|\s+(?!\S)|\s+"),
                "isolated",
            ),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    core.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=len(alphabet) + merges, initial_alphabet=sorted(alphabet), show_progress=False
    )
    core.train_from_iterator(texts, trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        additional_special_tokens=[t for t in SPECIAL_TOKENS if t not in ("<|im_end|>",)],
        clean_up_tokenization_spaces=False,
    )
    tokenizer.add_tokens(list(TOOL_TOKENS))
    template = resources.files("training") / "chat_template.jinja"
    tokenizer.chat_template = template.read_text(encoding="utf-8")
    return tokenizer


def _split_weights(folder: Path) -> None:
    """Replace the one file of weights by two, with the index that transformers reads."""
    whole = folder / "model.safetensors"
    weights = load_file(whole)
    parts = {
        "model-00001-of-00002.safetensors": [n for n in weights if ".visual." in n],
        "model-00002-of-00002.safetensors": [n for n in weights if ".visual." not in n],
    }
    for file, named in parts.items():
        save_file({n: weights[n] for n in named}, folder / file, metadata={"format": "pt"})
    index = {
        "metadata": {"total_size": sum(w.nbytes for w in weights.values())},
        "weight_map": {n: file for file, named in parts.items() for n in sorted(named)},
    }
    text = json.dumps(index, indent=2, sort_keys=True)
    (folder / "model.safetensors.index.json").write_text(text + "\n", encoding="utf-8")
    whole.unlink()


def build_config(shape: Architecture, tokenizer: PreTrainedTokenizerFast) -> Qwen3VLConfig:
    """Return the transformers configuration of `shape` over `tokenizer`."""
    token = tokenizer.convert_tokens_to_ids
    head_dim = shape.hidden // shape.heads
    wide = head_dim // 2 * 3 // 8
    text: dict[str, Any] = {
        "vocab_size": (len(tokenizer) + 63) // 64 * 64,
        "hidden_size": shape.hidden,
        "intermediate_size": shape.intermediate,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.kv_heads,
        "head_dim": head_dim,
        "max_position_embeddings": 4096,
        "initializer_range": shape.initializer_range,
        "tie_word_embeddings": True,
        "rope_parameters": {
            "rope_type": "default",
            "rope_theta": 10000.0,
            "mrope_section": [head_dim // 2 - 2 * wide, wide, wide],
            "mrope_interleaved": True,
        },
        "bos_token_id": None,
        "eos_token_id": token("<|im_end|>"),
        "pad_token_id": token("<|endoftext|>"),
    }
    vision = {
        "depth": shape.vision_layers,
        "hidden_size": shape.vision_hidden,
        "intermediate_size": shape.vision_intermediate,
        "num_heads": shape.vision_heads,
        "patch_size": PATCH,
        "spatial_merge_size": MERGE,
        "out_hidden_size": shape.hidden,
        "num_position_embeddings": (shape.image_size // PATCH) ** 2,
        "deepstack_visual_indexes": shape.deepstack,
        "initializer_range": shape.initializer_range,
    }
    return Qwen3VLConfig(
        text_config=text,
        vision_config=vision,
        image_token_id=token("<|image_pad|>"),
        video_token_id=token("<|video_pad|>"),
        vision_start_token_id=token("<|vision_start|>"),
        vision_end_token_id=token("<|vision_end|>"),
        tie_word_embeddings=True,
    )


def build_model(
    shape: Architecture, tokenizer: PreTrainedTokenizerFast, seed: int
) -> Qwen3VLForConditionalGeneration:
    """Return a freshly initialised model in float32."""
    torch.manual_seed(seed)
    model = Qwen3VLForConditionalGeneration(build_config(shape, tokenizer))
    return model.train()


def save_checkpoint(
    folder: Path,
    model: Qwen3VLForConditionalGeneration,
    tokenizer: PreTrainedTokenizerFast,
    shape: Architecture,
    *,
    dtype: torch.dtype = torch.bfloat16,
) -> None:
    """Write a folder that `models.engine.Engine.load` and transformers both read.

    The tower and the language model are files of their own: where one is trained on, the other's
    file stays the same to the byte.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = model.dtype
    model.to(dtype).save_pretrained(folder)
    model.to(kept)
    _split_weights(folder)
    tokenizer.save_pretrained(folder)
    side = shape.image_size
    Qwen2VLImageProcessorPil(
        patch_size=PATCH,
        merge_size=MERGE,
        image_mean=[0.5, 0.5, 0.5],
        image_std=[0.5, 0.5, 0.5],
        size={"shortest_edge": side * side, "longest_edge": side * side},
    ).save_pretrained(folder)
    own = {"image_size": side, "languages": list(LANGUAGES), "sentence_wise": True}
    (folder / "vouch.json").write_text(f"{json.dumps(own)}\n", encoding="utf-8")
