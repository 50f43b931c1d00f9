"""Greedy decoding through the engine gives exactly the tokens of plain `model.generate`."""

from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from transformers import AutoImageProcessor, AutoModelForImageTextToText, AutoTokenizer

from models.constraints import TokenVocabulary
from models.engine import Engine, GenerationRequest
from tests.models.conftest import CheckpointOf, EngineOf
from tests.models.tiny_checkpoints import MODEL_TYPES

TOKENS = 32


class NotBinding:
    """A constraint that goes through all the motions and lets every token through."""

    finished = False

    def __init__(self) -> None:
        self.taken: list[int] = []
        self.size = 0

    def start(self, vocabulary: TokenVocabulary) -> "NotBinding":
        self.size = vocabulary.size
        return self

    def mask(self) -> torch.Tensor:
        return torch.ones(self.size, dtype=torch.bool)

    def advance(self, token_id: int) -> None:
        self.taken.append(token_id)


class Reference:
    """Plain transformers: its model, its tokenizer, its image processor, its `generate`."""

    def __init__(self, folder: Path) -> None:
        self.model = AutoModelForImageTextToText.from_pretrained(folder)
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.processor = AutoImageProcessor.from_pretrained(folder)

    def generate(
        self, messages: list[dict[str, Any]], images: list[Image.Image], **options: Any
    ) -> list[int]:
        text = self.tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=True
        )
        inputs: dict[str, Any] = {}
        if images:
            inputs = dict(self.processor(images=images, return_tensors="pt"))
            before, *after = text.split("<|image_pad|>")
            grids = inputs["image_grid_thw"].prod(-1) // 4
            text = before + "".join(
                "<|image_pad|>" * int(count) + rest
                for count, rest in zip(grids, after, strict=True)
            )
        inputs |= dict(self.tokenizer(text, return_tensors="pt", add_special_tokens=False))
        if images:
            image_token = self.model.config.image_token_id
            inputs["mm_token_type_ids"] = (inputs["input_ids"] == image_token).int()
        output = self.model.generate(**inputs, max_new_tokens=TOKENS, do_sample=False, **options)
        tokens: list[int] = output[0, inputs["input_ids"].shape[1] :].tolist()
        end = self.model.generation_config.eos_token_id
        return tokens[:-1] if tokens[-1] == end else tokens


@pytest.fixture(scope="module", params=MODEL_TYPES)
def model_type(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def reference(model_type: str, checkpoint_of: CheckpointOf) -> Reference:
    return Reference(checkpoint_of(model_type))


@pytest.fixture
def engine(model_type: str, engine_of: EngineOf) -> Engine:
    return engine_of(model_type)


def ask(images: list[Image.Image], text: str = "What is in the photo?") -> list[dict[str, Any]]:
    blocks = [
        {"type": "image", "image": image, "key": f"equality-{image.size}"} for image in images
    ]
    return [{"role": "user", "content": [*blocks, {"type": "text", "text": text}]}]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_same_tokens_as_generate(
    engine: Engine, reference: Reference, photos: list[Image.Image], count: int
) -> None:
    images = photos[:count]
    expected = reference.generate(ask(images), images)
    first = engine.start(GenerationRequest(ask(images), max_new_tokens=TOKENS)).result()
    cached = engine.start(GenerationRequest(ask(images), max_new_tokens=TOKENS)).result()
    constraint = NotBinding()
    constrained = engine.start(
        GenerationRequest(ask(images), max_new_tokens=TOKENS, constraint=constraint)
    ).result()
    assert first.token_ids == cached.token_ids == constrained.token_ids == expected
    assert constraint.taken == expected
    assert len(expected) > 5
    assert first.text == reference.tokenizer.decode(expected, skip_special_tokens=True)


def test_the_photo_matters(engine: Engine, photos: list[Image.Image]) -> None:
    answers = {
        engine.start(GenerationRequest(ask([photo]), max_new_tokens=TOKENS)).result().text
        for photo in photos
    }
    assert len(answers) == len(photos)


def test_interleaved_requests_do_not_meet(
    engine: Engine, reference: Reference, photos: list[Image.Image]
) -> None:
    sets = [[photos[0]], [], photos, [photos[2], photos[1]], photos[1:]]
    running = [
        engine.start(GenerationRequest(ask(images), max_new_tokens=TOKENS)) for images in sets
    ]
    for images, generation in zip(sets, running, strict=True):
        assert generation.result().token_ids == reference.generate(ask(images), images)


def test_photos_in_the_middle_of_a_conversation(
    engine: Engine, reference: Reference, photos: list[Image.Image]
) -> None:
    messages = [
        {"role": "system", "content": "You are a helpful assistant."},
        *ask(photos[:1], "What is it?"),
        {"role": "assistant", "content": "A phone."},
        *ask(photos[1:2], "And this?"),
    ]
    result = engine.start(GenerationRequest(messages, max_new_tokens=TOKENS)).result()
    assert result.token_ids == reference.generate(messages, photos[:2])


def test_the_checkpoints_repetition_penalty_is_kept(
    engine: Engine,
    reference: Reference,
    photos: list[Image.Image],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for model in (engine.model, reference.model):
        monkeypatch.setattr(model.generation_config, "repetition_penalty", 1.3)
    expected = reference.generate(ask(photos[:1]), photos[:1])
    result = engine.start(GenerationRequest(ask(photos[:1]), max_new_tokens=TOKENS)).result()
    assert result.token_ids == expected
    plain = GenerationRequest(ask(photos[:1]), max_new_tokens=TOKENS, repetition_penalty=1.0)
    assert engine.start(plain).result().token_ids != expected
