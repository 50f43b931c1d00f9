"""Photos as unit vectors, behind one small interface.

The shipped checkpoint embeds with its own vision tower and a trained head, over the encodings that
the language model uses too; any image-embedding model of transformers can stand in by name.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import load_file, save_file
from torch.nn import functional as F

from listing.errors import ModelError
from models.embedding_head import EmbeddingHead
from models.engine import Engine, PhotoEncoding

WEIGHTS = "embedding_head.safetensors"
SHAPE = "embedding_head.json"
Vectors = NDArray[np.float32]


class ImageEmbedder(Protocol):
    """Turns photos into unit vectors of one dimension; equal names mean comparable vectors."""

    @property
    def name(self) -> str:
        """Model and revision: an index refuses vectors of another name."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def embed(self, images: Sequence[Image.Image], keys: Sequence[str] | None = None) -> Vectors:
        """Return `(n, dimension)` float32, unit length; `keys` are the photos' sha256."""
        ...


class QwenVLEmbedder:
    """The engine's vision tower under the trained head stored beside the checkpoint."""

    def __init__(self, engine: Engine, head: EmbeddingHead, name: str) -> None:
        self._engine, self._head, self._name = engine, head.eval(), name

    @classmethod
    def load(cls, engine: Engine, folder: Path) -> "QwenVLEmbedder":
        """Read the head from `folder`; ModelError when the checkpoint has none."""
        if not (folder / SHAPE).is_file():
            raise ModelError(
                f"{folder} has no {SHAPE}: make it with `vouch train embed`, or set VOUCH_EMBEDDER"
            )
        head = EmbeddingHead(**json.loads((folder / SHAPE).read_text(encoding="utf-8")))
        head.load_state_dict({k: v.float() for k, v in load_file(folder / WEIGHTS).items()})
        digest = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()[:12]
        return cls(engine, head, f"{engine.info.name}/{digest}")

    @property
    def name(self) -> str:
        """Checkpoint name and the head's content hash."""
        return self._name

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._head.dimension)

    def embed(self, images: Sequence[Image.Image], keys: Sequence[str] | None = None) -> Vectors:
        """Return `(n, dimension)` float32, unit length."""
        if not images:
            return np.zeros((0, self.dimension), np.float32)
        names = list(keys) if keys is not None else [_key(image) for image in images]
        vectors: Vectors = self.project(self._engine.encode_batch(list(images), names))
        return vectors

    @torch.inference_mode()
    def project(self, encodings: Sequence[PhotoEncoding]) -> Vectors:
        """Return the vectors of photos already encoded; grids may differ in size."""
        rows = []
        for e in encodings:
            tokens = torch.cat((e.features, *e.deepstack), dim=-1).float().cpu()
            rows.append(self._head(tokens[None])[0])
        vectors: Vectors = torch.stack(rows).numpy().astype(np.float32)
        return vectors


def save_head(head: EmbeddingHead, folder: Path) -> None:
    """Write the head's weights (bfloat16) and shape into a checkpoint folder."""
    state = {k: v.detach().to(torch.bfloat16).contiguous() for k, v in head.state_dict().items()}
    save_file(state, folder / WEIGHTS)
    (folder / SHAPE).write_text(json.dumps(head.shape(), indent=1) + "\n", encoding="utf-8")


class TransformersEmbedder:
    """An image-embedding model of transformers (SigLIP 2, CLIP, DINOv2 ...) by path or hub id."""

    def __init__(self, source: str, device: str = "cpu") -> None:
        from transformers import AutoImageProcessor, AutoModel

        try:
            self._processor = AutoImageProcessor.from_pretrained(source)
            self._model = AutoModel.from_pretrained(source).eval().to(device)
        except (OSError, ValueError) as error:
            raise ModelError(f"VOUCH_EMBEDDER {source}: {error}") from error
        self._name = f"transformers:{source}"
        self._dimension = int(self.embed([Image.new("RGB", (64, 64))]).shape[1])

    @property
    def name(self) -> str:
        """The model's path or hub id."""
        return self._name

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    @torch.inference_mode()
    def embed(self, images: Sequence[Image.Image], keys: Sequence[str] | None = None) -> Vectors:
        """Return `(n, dimension)` float32, unit length; `keys` are not used."""
        if not images:
            return np.zeros((0, self._dimension), np.float32)
        inputs = self._processor(images=[i.convert("RGB") for i in images], return_tensors="pt")
        pixels = inputs["pixel_values"].to(self._model.device)
        if hasattr(self._model, "get_image_features"):
            found = self._model.get_image_features(pixel_values=pixels)
        else:
            found = self._model(pixel_values=pixels)
        if not isinstance(found, torch.Tensor):
            pooled = found.pooler_output
            found = pooled if pooled is not None else found.last_hidden_state[:, 0]
        vectors: Vectors = F.normalize(found.float(), dim=-1).cpu().numpy()
        return vectors


def _key(image: Image.Image) -> str:
    return hashlib.sha256(image.tobytes()).hexdigest()
