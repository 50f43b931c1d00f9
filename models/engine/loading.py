"""A checkpoint folder or hub id becomes a model, a tokenizer and an image processor.

Only public names of transformers, and none that needs torchvision. Every way a checkpoint can be
wrong ends in a ModelError that says which part and what to do.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import (
    AutoConfig,
    AutoImageProcessor,
    AutoModelForImageTextToText,
    AutoTokenizer,
    PreTrainedConfig,
)

from listing import ModelInfo
from listing.errors import ModelError

SUPPORTED = ("qwen2_vl", "qwen2_5_vl", "qwen3_vl", "qwen3_vl_moe", "qwen3_5", "qwen3_5_moe")
SMALL = 1_000_000_000  # parameters up to which float32 on a CPU costs little and is fastest
TINY = 200_000_000  # parameters up to which one thread decodes faster than several
MAX_PIXELS = {"cpu": 512 * 28 * 28, "cuda": 1280 * 28 * 28}


@dataclass(frozen=True)
class Checkpoint:
    """All that was loaded.

    `image_size` is set where photos are letterboxed to a square, `languages` where the checkpoint
    says in which it writes, `sentence_wise` where it says that it reads a seller's message best one
    sentence at a time.
    """

    model: Any
    tokenizer: Any
    image_processor: Any
    image_size: int | None
    end_ids: frozenset[int]
    end_id: int
    parameters: int
    info: ModelInfo
    languages: tuple[str, ...] = ()
    sentence_wise: bool = False

    @property
    def torch_threads(self) -> int | None:
        """Threads with which the model decodes fastest; None leaves torch's own choice."""
        on_cpu = self.model.device.type == "cpu"
        return 1 if on_cpu and self.parameters <= TINY else None


def load_checkpoint(source: str | Path, *, device: str = "auto", dtype: str = "auto") -> Checkpoint:
    """Load `source`, a folder or a hub id.

    `device` is `auto` (CUDA where there is one), `cpu`, `cuda` or `cuda:N`; `dtype` is `auto`
    (CUDA: bfloat16; CPU: float32 up to a billion parameters, bfloat16 above), `float32`, `bfloat16`
    or `float16`. Raises ModelError.
    """
    name = _locate(source)
    target = _device(device)
    config = _configuration(name)
    model = _model(name, config, target, dtype)
    tokenizer = _tokenizer(name, config)
    processor = _image_processor(name)
    patch = config.vision_config.patch_size * config.vision_config.spatial_merge_size
    file, own = _own_settings(name)
    image_size = _image_size(file, own, patch)
    most = MAX_PIXELS.get(target.type, MAX_PIXELS["cpu"])
    processor.size["longest_edge"] = min(processor.size["longest_edge"], most)
    ends, end = _end_ids(name, model, tokenizer)
    return Checkpoint(
        model=model,
        tokenizer=tokenizer,
        image_processor=processor,
        image_size=image_size,
        end_ids=ends,
        end_id=end,
        parameters=model.num_parameters(),
        info=_info(name, config, target),
        languages=_languages(file, own),
        sentence_wise=_sentence_wise(file, own),
    )


def _locate(source: str | Path) -> str:
    path = Path(source).expanduser()
    if path.is_dir():
        if not (path / "config.json").is_file():
            raise ModelError(f"{path}: holds no config.json; give a transformers checkpoint folder")
        return str(path)
    text = str(source)
    if isinstance(source, Path) or text.startswith((".", "/", "~")) or text.count("/") > 1:
        raise ModelError(f"{path}: no such folder; give a checkpoint folder or a hub id")
    return text


def _device(device: str) -> torch.device:
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        target = torch.device(device)
    except RuntimeError:
        raise ModelError(f"device {device!r} is unknown; give auto, cpu, cuda or cuda:N") from None
    if target.type == "cuda" and not torch.cuda.is_available():
        raise ModelError(f"device {device!r}: this torch sees no CUDA device; use auto or cpu")
    return target


def _configuration(name: str) -> PreTrainedConfig:
    try:
        config = AutoConfig.from_pretrained(name)
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{name}: no checkpoint could be read from there ({_first_line(error)}); give a folder "
            "with config.json, or a hub id while online or already downloaded"
        ) from error
    if config.model_type not in SUPPORTED:
        raise ModelError(
            f"{name}: is a {config.model_type}, not a Qwen-VL; supported are {', '.join(SUPPORTED)}"
        )
    return config


def _model(name: str, config: PreTrainedConfig, device: torch.device, dtype: str) -> Any:
    kinds = {
        "auto": "auto",
        "float32": torch.float32,
        "bfloat16": torch.bfloat16,
        "float16": torch.float16,
    }
    if dtype not in kinds:
        raise ModelError(f"dtype {dtype!r} is unknown; give {', '.join(kinds)}")
    try:
        model = AutoModelForImageTextToText.from_pretrained(
            name, config=config, dtype=kinds[dtype], attn_implementation="sdpa"
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise ModelError(f"{name}: weights cannot be loaded: {_first_line(error)}") from error
    if dtype == "auto":
        model = model.to(_automatic_dtype(model.num_parameters(), device))
    return model.to(device).eval()


def _automatic_dtype(parameters: int, device: torch.device) -> torch.dtype:
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    return torch.float32 if parameters <= SMALL else torch.bfloat16


def _tokenizer(name: str, config: PreTrainedConfig) -> Any:
    try:
        tokenizer = AutoTokenizer.from_pretrained(name)
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{name}: no tokenizer can be loaded ({_first_line(error)}); "
            "the folder needs tokenizer.json and tokenizer_config.json"
        ) from error
    # Without its files transformers makes up an empty tokenizer of the right class.
    if config.image_token_id not in tokenizer.added_tokens_decoder:
        raise ModelError(
            f"{name}: the tokenizer lacks the image token {config.image_token_id} of config.json; "
            "the folder needs the tokenizer.json that the model was trained with"
        )
    return tokenizer


def _image_processor(name: str) -> Any:
    try:
        return AutoImageProcessor.from_pretrained(name)
    except (OSError, ValueError, ImportError) as error:
        raise ModelError(
            f"{name}: no image processor can be loaded ({_first_line(error)}); "
            "the folder needs preprocessor_config.json"
        ) from error


def _own_settings(name: str) -> tuple[Path, dict[str, Any]]:
    """What a checkpoint says to Vouch alone, and the file that says it."""
    file = Path(name) / "vouch.json"
    if not file.is_file():
        return file, {}
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(f"{file}: is not a JSON object ({error})") from error
    if not isinstance(found, dict):
        raise ModelError(f"{file}: is not a JSON object")
    return file, found


def _languages(file: Path, found: Mapping[str, Any]) -> tuple[str, ...]:
    told = found.get("languages", [])
    if not isinstance(told, list) or not all(isinstance(code, str) for code in told):
        raise ModelError(f'{file}: languages is {told!r}, must be a list of codes such as "en"')
    return tuple(told)


def _sentence_wise(file: Path, found: Mapping[str, Any]) -> bool:
    told = found.get("sentence_wise", False)
    if not isinstance(told, bool):
        raise ModelError(f"{file}: sentence_wise is {told!r}, must be true or false")
    return told


def _image_size(file: Path, found: Mapping[str, Any], multiple: int) -> int | None:
    side = found.get("image_size")
    if side is not None and (not isinstance(side, int) or side < 1 or side % multiple):
        raise ModelError(f"{file}: image_size is {side!r}, must be a multiple of {multiple}")
    return side


def _end_ids(name: str, model: Any, tokenizer: Any) -> tuple[frozenset[int], int]:
    configured = model.generation_config.eos_token_id
    listed = configured if isinstance(configured, list) else [configured]
    ends = [token_id for token_id in listed if token_id is not None]
    own = tokenizer.eos_token_id
    if own is None and not ends:
        raise ModelError(f"{name}: neither tokenizer nor generation_config.json names an end token")
    end = own if own is not None and (own in ends or not ends) else ends[0]
    return frozenset([*ends, end]), end


def _info(name: str, config: PreTrainedConfig, device: torch.device) -> ModelInfo:
    folder = Path(name)
    if folder.is_dir():
        return ModelInfo(
            name=folder.resolve().name, revision=_fingerprint(folder), device=str(device)
        )
    revision = str(getattr(config, "_commit_hash", None) or "")
    return ModelInfo(name=name, revision=revision[:12], device=str(device))


def _fingerprint(folder: Path) -> str:
    """Twelve hex digits that change with the weights; reads only the two ends of each file."""
    digest = hashlib.sha256()
    for file in [folder / "config.json", *sorted(folder.glob("*.safetensors"))]:
        size = file.stat().st_size
        digest.update(f"{file.name} {size}\n".encode())
        with file.open("rb") as stream:
            digest.update(stream.read(1 << 16))
            stream.seek(max(0, size - (1 << 16)))
            digest.update(stream.read())
    return digest.hexdigest()[:12]


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
