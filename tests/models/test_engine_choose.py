"""Probabilities of given answers: exact against token-by-token scoring, and pruned at scale."""

import math
from dataclasses import replace
from typing import Any

import pytest
import torch
from PIL import Image

from listing.errors import BadInputError
from models.engine import Engine
from models.engine.decode import prefill
from tests.models.conftest import EngineOf
from tests.models.tiny_checkpoints import MODEL_TYPES

NAMES = ["shoe", "shoes", "shoe rack", "Phone", "iPhone 13", "Lamp", "yes", "no", "schön"]


def ask(photo: Image.Image) -> list[dict[str, Any]]:
    return [
        {
            "role": "user",
            "content": [
                {"type": "image", "image": photo, "key": "choose"},
                {"type": "text", "text": "Answer with one category."},
            ],
        }
    ]


def one_at_a_time(engine: Engine, messages: list[dict[str, Any]], text: str) -> float:
    """The log-probability of `text` and the end of the turn, the prompt read anew at each token."""
    prompt = engine._prompts.build(messages, None, engine._prepare)
    encoding = engine.encode(messages[0]["content"][0]["image"], "choose")
    total = 0.0
    ids = [*engine.tokenizer.encode(text), engine.tokenizer.eos_token_id]
    for index, token_id in enumerate(ids):
        longer = replace(prompt, token_ids=prompt.token_ids + ids[:index])
        with torch.inference_mode():
            logits = prefill(engine.model, longer, [encoding]).logits
        total += float(logits.double().log_softmax(-1)[token_id])
    return total


@pytest.mark.parametrize("model_type", MODEL_TYPES)
def test_probabilities_are_exact(
    engine_of: EngineOf, model_type: str, photos: list[Image.Image]
) -> None:
    engine = engine_of(model_type)
    messages = ask(photos[0])
    choices = engine.choose(messages, NAMES)
    expected = {name: one_at_a_time(engine, messages, name) for name in NAMES}
    together = sum(math.exp(log) for log in expected.values())
    assert [choice.text for choice in choices] == sorted(NAMES, key=lambda name: -expected[name])
    for choice in choices:
        assert choice.exact
        assert choice.log_probability == pytest.approx(expected[choice.text], abs=1e-3)
        assert choice.probability == pytest.approx(
            math.exp(expected[choice.text]) / together, rel=1e-3, abs=1e-9
        )
    assert sum(choice.probability for choice in choices) == pytest.approx(1)


@pytest.mark.parametrize("model_type", ["qwen3_vl", "qwen3_5"])
def test_thousands_are_pruned_and_still_sum_to_one(
    engine_of: EngineOf, model_type: str, photos: list[Image.Image]
) -> None:
    engine = engine_of(model_type)
    messages = ask(photos[0])
    many = [f"{a} {b} {c}" for a in NAMES for b in NAMES for c in NAMES]
    choices = engine.choose(messages, many, beam=16)
    assert sorted(choice.text for choice in choices) == sorted(many)
    assert sum(choice.probability for choice in choices) == pytest.approx(1)
    probabilities = [choice.probability for choice in choices]
    assert probabilities == sorted(probabilities, reverse=True)
    exact = [choice for choice in choices if choice.exact]
    assert 16 <= len(exact) < len(many)
    best = max(exact, key=lambda choice: choice.log_probability)
    assert best.log_probability == pytest.approx(
        one_at_a_time(engine, messages, best.text), abs=1e-3
    )


def test_a_wide_beam_prunes_nothing_that_matters(engine: Engine, photos: list[Image.Image]) -> None:
    messages = ask(photos[0])
    many = [f"{a} {b} {c}" for a in NAMES for b in NAMES for c in NAMES]
    narrow = engine.choose(messages, many, beam=32)
    wide = engine.choose(messages, many, beam=10_000)
    exact = {choice.text: choice.log_probability for choice in narrow if choice.exact}
    for choice in wide:
        if choice.exact and choice.text in exact:
            assert choice.log_probability == pytest.approx(exact[choice.text], abs=1e-3)
    assert sum(choice.exact for choice in wide) > len(exact)


def test_choices_of_few_differ_by_photo(engine: Engine, photos: list[Image.Image]) -> None:
    blocks = [dict(ask(photo)[0]) for photo in photos]
    for block, photo in zip(blocks, photos, strict=True):
        block["content"] = [{"type": "image", "image": photo}, block["content"][1]]
    seen = {engine.choose([block], ["yes", "no"])[0].probability for block in blocks}
    assert len(seen) == len(photos)


@pytest.mark.parametrize("choices", [[], ["a", ""], ["a", "a"]])
def test_choices_must_differ_and_say_something(engine: Engine, choices: list[str]) -> None:
    with pytest.raises(BadInputError, match="choices"):
        engine.choose([{"role": "user", "content": "Which?"}], choices)
