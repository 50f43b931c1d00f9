"""Photos: letterboxed the same way everywhere, encoded once, remembered within bounds."""

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from listing.errors import BadInputError, PhotoError
from models.engine import Engine, GenerationRequest, PhotoEncoding, letterbox
from models.engine.photos import GREY, EncodingCache


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 6))
def test_letterbox_keeps_the_whole_photo_on_grey(width: int, height: int, blocks: int) -> None:
    side = blocks * 32
    boxed = letterbox(Image.new("RGB", (width, height), (255, 0, 0)), side)
    assert boxed.size == (side, side)
    shown: dict[Any, int] = dict.fromkeys([(255, 0, 0), GREY], 0)
    shown |= {colour: count for count, colour in boxed.getcolors(maxcolors=4) or []}
    assert set(shown) == {(255, 0, 0), GREY}
    assert shown[255, 0, 0] >= side * max(1, side * min(width, height) // max(width, height) - 1)


class Counter:
    """Counts the photos that go through the vision tower."""

    def __init__(self, engine: Engine) -> None:
        self.photos = 0
        self._hook = engine.model.model.visual.register_forward_hook(self._count, with_kwargs=True)

    def _count(
        self, module: object, args: object, kwargs: dict[str, torch.Tensor], _: object
    ) -> None:
        self.photos += len(kwargs["grid_thw"])

    def __enter__(self) -> "Counter":
        return self

    def __exit__(self, *_: object) -> None:
        self._hook.remove()


def test_a_photo_is_encoded_once(engine: Engine, photos: list[Image.Image]) -> None:
    blocks = [
        {"type": "image", "image": photo, "key": f"once-{index}"}
        for index, photo in enumerate(photos)
    ]
    messages = [{"role": "user", "content": [*blocks, {"type": "text", "text": "What?"}]}]
    with Counter(engine) as counter:
        first = engine.encode(photos[0], "once-0")
        assert engine.encode(photos[0], "once-0") is first
        engine.start(GenerationRequest(messages, max_new_tokens=2)).result()
        engine.choose(messages, ["yes", "no"])
        engine.encode_batch(photos, ["once-0", "once-1", "once-2"])
        running = [engine.start(GenerationRequest(messages, max_new_tokens=1)) for _ in range(3)]
        for generation in running:
            generation.result()
        assert counter.photos == 3


def test_photos_without_a_key_are_known_by_their_pixels(
    engine: Engine, photos: list[Image.Image]
) -> None:
    blocks = [{"type": "image", "image": photos[0].rotate(7)} for _ in range(2)]
    with Counter(engine) as counter:
        engine.choose([{"role": "user", "content": blocks}], ["yes", "no"])
        assert counter.photos == 1


def test_a_batch_gives_what_each_gives_alone(engine: Engine, photos: list[Image.Image]) -> None:
    many = [photos[index % 3].rotate(index) for index in range(70)]
    keys = [f"batch-{index}" for index in range(70)]
    batch = engine.encode_batch([*many, many[0]], [*keys, keys[0]])
    assert [encoding.key for encoding in batch] == [*keys, keys[0]]
    for index in (0, 1, 2, 33, 69):
        alone = engine.encode(many[index], f"alone-{index}")
        assert alone.grid_thw == batch[index].grid_thw
        torch.testing.assert_close(alone.features, batch[index].features, atol=1e-4, rtol=1e-4)
        torch.testing.assert_close(alone.deepstack, batch[index].deepstack, atol=1e-4, rtol=1e-4)
    assert engine.encode_batch([], []) == []


def test_each_photo_needs_its_key(engine: Engine, photos: list[Image.Image]) -> None:
    with pytest.raises(BadInputError, match="keys"):
        engine.encode_batch(photos, ["a"])


def test_a_photo_too_thin_is_refused(engine: Engine) -> None:
    with pytest.raises(PhotoError, match="aspect ratio"):
        engine.encode(Image.new("RGB", (4000, 2)), "thin")


def test_the_cache_forgets_what_was_used_longest_ago() -> None:
    def encoding(key: str, rows: int = 1) -> PhotoEncoding:
        return PhotoEncoding(key, torch.zeros(rows, 4), (torch.zeros(rows, 4),), (1, 2, 2))

    cache = EncodingCache(max_bytes=3 * 32)
    for key in "abc":
        cache.put(encoding(key))
    assert cache.get("a") is not None
    cache.put(encoding("d"))
    assert [cache.get(key) is not None for key in "abcd"] == [True, False, True, True]
    cache.put(encoding("big", rows=100))
    assert cache.get("big") is not None
    assert [cache.get(key) for key in "acd"] == [None, None, None]
    cache.put(encoding("e"))
    assert (cache.get("big"), cache.get("e") is None) == (None, False)
