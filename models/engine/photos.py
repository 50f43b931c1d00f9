"""Photos on their way into the model: fitted, cut into patches, encoded once and kept.

An encoding depends on the photo alone, never on what else is in a batch or a prompt, so one cache
serves every question about it.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import torch
from PIL import Image

from listing.errors import PhotoError

GREY = (124, 116, 104)
BATCH_PATCHES = 8192


@dataclass(frozen=True)
class PhotoEncoding:
    """What the vision tower makes of one photo.

    `features` is `(n, hidden)`, the merger's output, one row per placeholder token, in the model's
    dtype on its device; `deepstack` holds tensors of the same shape (empty where the model has
    none); `grid_thw` is the patch grid (time, rows, columns), n = product / merge².
    """

    key: str
    features: torch.Tensor
    deepstack: tuple[torch.Tensor, ...]
    grid_thw: tuple[int, int, int]

    @property
    def size_bytes(self) -> int:
        """Memory that the tensors hold."""
        tensors = (self.features, *self.deepstack)
        return sum(int(tensor.numel() * tensor.element_size()) for tensor in tensors)


@dataclass(frozen=True)
class PhotoPatches:
    """A photo ready for the vision tower: `pixels` `(patches, values)` float32, and its grid."""

    key: str
    pixels: torch.Tensor
    grid_thw: tuple[int, int, int]


def letterbox(image: Image.Image, side: int) -> Image.Image:
    """The whole photo, centred on a grey square of `side` pixels; bicubic, deterministic."""
    scale = side / max(image.size)
    width, height = (max(1, round(length * scale)) for length in image.size)
    fitted = image.convert("RGB").resize((width, height), Image.Resampling.BICUBIC)
    square = Image.new("RGB", (side, side), GREY)
    square.paste(fitted, ((side - width) // 2, (side - height) // 2))
    return square


def content_key(image: Image.Image) -> str:
    """A key for a photo that came without one: the sha256 of its size and pixels."""
    pixels = image.convert("RGB")
    return hashlib.sha256(repr(pixels.size).encode() + pixels.tobytes()).hexdigest()


class PhotoPreparer:
    """Fits a photo to the checkpoint and cuts it into patches, on the caller's thread."""

    def __init__(self, image_processor: Any, image_size: int | None) -> None:
        self._processor = image_processor
        self._image_size = image_size

    def __call__(self, image: Image.Image, key: str) -> PhotoPatches:
        """The patches of one photo; PhotoError for one too thin to be cut."""
        if self._image_size is not None:
            image = letterbox(image, self._image_size)
        try:
            batch = self._processor(
                images=[image.convert("RGB")],
                return_tensors="pt",
                do_resize=self._image_size is None,
            )
        except ValueError as error:
            raise PhotoError(key[:12], f"cannot be cut into patches: {error}") from error
        time, rows, columns = batch["image_grid_thw"][0].tolist()
        return PhotoPatches(key, batch["pixel_values"], (time, rows, columns))


class EncodingCache:
    """The encodings used last, up to `max_bytes` of them (at least one); safe between threads."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._held = 0
        self._encodings: OrderedDict[str, PhotoEncoding] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> PhotoEncoding | None:
        """The encoding of `key`, now the last to be forgotten."""
        with self._lock:
            if key in self._encodings:
                self._encodings.move_to_end(key)
            return self._encodings.get(key)

    def put(self, encoding: PhotoEncoding) -> None:
        """Keep `encoding`, forgetting those used longest ago."""
        with self._lock:
            replaced = self._encodings.pop(encoding.key, None)
            self._held += encoding.size_bytes - (replaced.size_bytes if replaced else 0)
            self._encodings[encoding.key] = encoding
            while self._held > self._max_bytes and len(self._encodings) > 1:
                _, forgotten = self._encodings.popitem(last=False)
                self._held -= forgotten.size_bytes


class VisionTower:
    """Runs the vision tower, each photo once; only the inference thread may call it."""

    def __init__(self, model: Any, cache: EncodingCache) -> None:
        self._model = model
        self._cache = cache

    def encode(self, photo: PhotoPatches | PhotoEncoding) -> PhotoEncoding:
        """The encoding of one photo, from the cache where it is there."""
        if isinstance(photo, PhotoEncoding):
            return photo
        return self._cache.get(photo.key) or self._run([photo])[0]

    def encode_all(self, photos: Sequence[PhotoPatches | PhotoEncoding]) -> list[PhotoEncoding]:
        """The encodings of many photos in order; new ones go through the tower in batches."""
        known: dict[str, PhotoEncoding] = {}
        new: dict[str, PhotoPatches] = {}
        for photo in photos:
            encoding = photo if isinstance(photo, PhotoEncoding) else self._cache.get(photo.key)
            if encoding is not None:
                known[photo.key] = encoding
            elif isinstance(photo, PhotoPatches):
                new[photo.key] = photo
        for batch in _batches(list(new.values())):
            known |= {encoding.key: encoding for encoding in self._run(batch)}
        return [known[photo.key] for photo in photos]

    def _run(self, photos: Sequence[PhotoPatches]) -> list[PhotoEncoding]:
        device = self._model.device
        pixels = torch.cat([photo.pixels for photo in photos]).to(device)
        grids = torch.tensor([photo.grid_thw for photo in photos], device=device)
        output = self._model.model.get_image_features(pixels, grids, return_dict=True)
        layers = getattr(output, "deepstack_features", None) or ()
        encodings = [
            PhotoEncoding(
                photo.key,
                output.pooler_output[index].clone(),
                tuple(layer[index].clone() for layer in layers),
                photo.grid_thw,
            )
            for index, photo in enumerate(photos)
        ]
        for encoding in encodings:
            self._cache.put(encoding)
        return encodings


def _batches(photos: list[PhotoPatches]) -> Iterator[list[PhotoPatches]]:
    # Equal sizes together, so that a batch is one shape where the photos allow it.
    batch: list[PhotoPatches] = []
    patches = 0
    for photo in sorted(photos, key=lambda photo: photo.grid_thw):
        if batch and patches + len(photo.pixels) > BATCH_PATCHES:
            yield batch
            batch, patches = [], 0
        batch.append(photo)
        patches += len(photo.pixels)
    if batch:
        yield batch
