"""Random-weight checkpoints of each supported class, half a megabyte each, built on the spot.

`build_tiny_checkpoint` writes what a real checkpoint folder has (weights, configuration, a trained
byte-level BPE tokenizer with a chat template, image-processor settings), so that tests load it
exactly as users load theirs. Nothing is downloaded.
"""

import json
from pathlib import Path
from typing import Any

import torch
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoConfig, AutoModelForImageTextToText, PreTrainedTokenizerFast

MODEL_TYPES = ("qwen2_vl", "qwen2_5_vl", "qwen3_vl", "qwen3_5")

SPECIAL_TOKENS = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
)
MARKUP_TOKENS = ("<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>")

CORPUS = (
    "You are a helpful assistant. What is in the photo? Answer with one category.",
    "Apple iPhone 13, 128GB, midnight black. Battery health 91%, light scratches on the frame.",
    '{"brand": "Apple", "model": "iPhone 13", "storage": "128GB", "colour": null}',
    'Sneakers by "Nordvik", size 42, white and grey, worn twice; box included.',
    "Electronics Phones Laptops Cameras Furniture Chairs Lamps Clothing Jackets Shoes yes no",
    "The mug is 0.3 l, brand new, price 4.50 euro. Ein schöner grüner Becher für 5 €, wie neu.",
)

PRE_TOKENIZER = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|"
    r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

CHAT_TEMPLATE = """\
{%- macro render(content) -%}
{%- if content is string -%}{{ content }}
{%- else -%}
{%- for item in content -%}
{%- if item.type == 'image' -%}<|vision_start|><|image_pad|><|vision_end|>
{%- elif 'text' in item -%}{{ item.text }}
{%- endif -%}
{%- endfor -%}
{%- endif -%}
{%- endmacro -%}
{%- if tools -%}
{{- '<|im_start|>system\\n' -}}
{%- if messages[0].role == 'system' -%}{{- render(messages[0].content) + '\\n\\n' -}}{%- endif -%}
{{- '# Tools\\n\\n<tools>' -}}
{%- for tool in tools -%}{{- '\\n' + (tool | tojson) -}}{%- endfor -%}
{{- '\\n</tools>\\n\\nAnswer calls as JSON in <tool_call></tool_call>.<|im_end|>\\n' -}}
{%- elif messages[0].role == 'system' -%}
{{- '<|im_start|>system\\n' + render(messages[0].content) + '<|im_end|>\\n' -}}
{%- endif -%}
{%- for message in messages -%}
{%- if message.role == 'user' or (message.role == 'system' and not loop.first) -%}
{{- '<|im_start|>' + message.role + '\\n' + render(message.content) + '<|im_end|>\\n' -}}
{%- elif message.role == 'assistant' -%}
{{- '<|im_start|>assistant\\n' + (render(message.content) if message.content else '') -}}
{%- for call in message.tool_calls or [] -%}
{%- set function = call.function or call -%}
{{- '\\n<tool_call>\\n{"name": "' + function.name + '", "arguments": ' -}}
{{- function.arguments if function.arguments is string else function.arguments | tojson -}}
{{- '}\\n</tool_call>' -}}
{%- endfor -%}
{{- '<|im_end|>\\n' -}}
{%- elif message.role == 'tool' -%}
{{- '<|im_start|>user\\n<tool_response>\\n' + render(message.content) -}}
{{- '\\n</tool_response><|im_end|>\\n' -}}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}
"""


def build_tiny_tokenizer(vocabulary_size: int = 480) -> PreTrainedTokenizerFast:
    """A byte-level BPE tokenizer with ChatML specials, trained on `CORPUS`."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PRE_TOKENIZER), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary_size,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL_TOKENS])
    tokenizer.add_tokens([AddedToken(token, normalized=False) for token in MARKUP_TOKENS])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        chat_template=CHAT_TEMPLATE,
        clean_up_tokenization_spaces=False,
    )


def build_tiny_checkpoint(
    folder: Path, model_type: str, *, image_size: int | None = None, seed: int = 0
) -> Path:
    """Write a random-weight checkpoint of `model_type` (one of `MODEL_TYPES`); return its folder.

    With `image_size`, a `vouch.json` makes the engine letterbox every photo to that side.
    """
    tokenizer = build_tiny_tokenizer()
    config = AutoConfig.for_model(model_type, **_configuration(model_type, tokenizer))
    torch.manual_seed(seed)
    model = AutoModelForImageTextToText.from_config(config)
    model.generation_config.eos_token_id = tokenizer.convert_tokens_to_ids("<|im_end|>")
    model.generation_config.pad_token_id = tokenizer.convert_tokens_to_ids("<|endoftext|>")
    model.eval().save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    patch = config.vision_config.patch_size
    _write(
        folder / "preprocessor_config.json",
        {
            "image_processor_type": "Qwen2VLImageProcessor",
            "size": {"shortest_edge": (patch * 2) ** 2, "longest_edge": (patch * 8) ** 2},
            "patch_size": patch,
            "temporal_patch_size": 2,
            "merge_size": 2,
            "image_mean": [0.5, 0.5, 0.5],
            "image_std": [0.5, 0.5, 0.5],
        },
    )
    if image_size is not None:
        _write(folder / "vouch.json", {"image_size": image_size})
    return folder


def _configuration(model_type: str, tokenizer: PreTrainedTokenizerFast) -> dict[str, Any]:
    ids = {
        name: tokenizer.convert_tokens_to_ids(f"<|{name}|>") for name in ("image_pad", "video_pad")
    }
    text: dict[str, Any] = {
        "bos_token_id": None,
        "eos_token_id": None,
        "vocab_size": (len(tokenizer) + 31) // 32 * 32,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 8,
        "max_position_embeddings": 4096,
        "initializer_range": 0.4,
        "rope_parameters": {
            "rope_type": "default",
            "rope_theta": 10000.0,
            "mrope_section": [2, 1, 1],
            "mrope_interleaved": True,
        },
    }
    vision: dict[str, Any] = {
        "depth": 2,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_heads": 2,
        "patch_size": 14,
        "spatial_merge_size": 2,
        "temporal_patch_size": 2,
        "out_hidden_size": 32,
        "initializer_range": 0.2,
    }
    if model_type in ("qwen2_vl", "qwen2_5_vl"):
        del text["head_dim"]
        text["rope_parameters"].pop("mrope_interleaved")
    if model_type == "qwen2_vl":
        vision |= {"embed_dim": 32, "mlp_ratio": 2}
        del vision["intermediate_size"], vision["out_hidden_size"]
    if model_type == "qwen2_5_vl":
        vision |= {"window_size": 56, "fullatt_block_indexes": [1]}
    if model_type in ("qwen3_vl", "qwen3_5"):
        vision |= {"patch_size": 16, "num_position_embeddings": 64}
    if model_type == "qwen3_vl":
        vision["deepstack_visual_indexes"] = [0]
    if model_type == "qwen3_5":
        text["rope_parameters"] |= {"partial_rotary_factor": 1.0}
        text |= {
            "layer_types": ["linear_attention", "full_attention", "linear_attention"],
            "linear_key_head_dim": 8,
            "linear_value_head_dim": 8,
            "linear_num_key_heads": 2,
            "linear_num_value_heads": 4,
        }
    return {
        "text_config": text,
        "vision_config": vision,
        "image_token_id": ids["image_pad"],
        "video_token_id": ids["video_pad"],
        "vision_start_token_id": tokenizer.convert_tokens_to_ids("<|vision_start|>"),
        "vision_end_token_id": tokenizer.convert_tokens_to_ids("<|vision_end|>"),
        "tie_word_embeddings": model_type != "qwen2_vl",
    }


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")
