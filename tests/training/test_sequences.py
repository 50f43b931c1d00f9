"""Training sees exactly the tokens and positions that serving produces."""

import numpy as np
import pytest
import torch

from tests.training.test_tower import SMALL
from training.architecture import build_model, build_tokenizer
from training.language import answer_loss
from training.sequences import (
    Sample,
    behind_one_front,
    collate,
    encode_samples,
    mrope_positions,
    shuffled_batches,
)

TOKENIZER = build_tokenizer(["Which category? A blue mug, 128 GB. yes no"] * 5, SMALL.merges)
IMAGE = TOKENIZER.convert_tokens_to_ids("<|image_pad|>")
GRID = SMALL.image_size // 32


def test_a_sample_is_the_chat_template_with_expanded_photos() -> None:
    sample = Sample("category", "Which category?", "A blue mug, 128 GB.", photos=(4, 2))
    [made] = encode_samples([sample], TOKENIZER, SMALL.image_tokens)
    messages = [
        {"role": "user", "content": [{"type": "image"}, {"type": "image"},
                                     {"type": "text", "text": sample.prompt}]},
        {"role": "assistant", "content": sample.answer},
    ]  # fmt: skip
    text = TOKENIZER.apply_chat_template(messages, tokenize=False)
    text = text.replace("<|image_pad|>", "<|image_pad|>" * SMALL.image_tokens).removesuffix("\n")
    assert TOKENIZER(text, add_special_tokens=False)["input_ids"] == made.ids.tolist()
    prompt = TOKENIZER.decode(made.ids[: made.prompt])
    assert prompt.endswith("<|im_start|>assistant\n")
    assert TOKENIZER.decode(made.ids[made.prompt :]) == f"{sample.answer}<|im_end|>"


def test_positions_are_those_of_the_model() -> None:
    samples = [Sample("a", "Which?", "mug", (0,)), Sample("b", "yes or no?", "no", (1, 2))]
    made = encode_samples(samples, TOKENIZER, SMALL.image_tokens)
    model = build_model(SMALL, TOKENIZER, 0)
    grid = SMALL.image_size // 16
    for item, count in zip(made, (1, 2), strict=True):
        ids = torch.from_numpy(item.ids[None]).long()
        theirs, _ = model.model.get_rope_index(
            ids, (ids == IMAGE).int(), image_grid_thw=torch.tensor([[1, grid, grid]] * count)
        )
        assert np.array_equal(mrope_positions(item.ids, IMAGE, GRID), theirs[:, 0].numpy())


def test_only_answers_are_learned_and_padding_is_not() -> None:
    made = encode_samples(
        [Sample("a", "Which?", "mug"), Sample("b", "yes or no?", "no it is not")], TOKENIZER, 9
    )
    batch = collate(made, pad_id=0, image_id=IMAGE, grid=GRID)
    for row, item in enumerate(made):
        learned = batch.labels[row][batch.labels[row] != -100].tolist()
        assert learned == item.ids[item.prompt :].tolist()
    assert batch.positions.shape == (3, *batch.ids.shape)


def test_an_epoch_holds_each_sample_once_in_batches_of_the_asked_size() -> None:
    made = encode_samples([Sample("a", "yes " * (i % 7), str(i)) for i in range(200)], TOKENIZER, 9)
    batches = list(shuffled_batches(made, 300, np.random.default_rng(0)))
    assert sum(len(b) for b in batches) == 200
    assert len({id(s) for b in batches for s in b}) == 200
    assert max(len(b) * max(len(s.ids) for s in b) for b in batches) <= 300


def test_texts_behind_one_front_are_learned_as_they_are_alone() -> None:
    front = "Which category? A blue mug, "
    samples = [
        Sample("a", f"{front}128 GB.", "yes"),
        Sample("a", f"{front}no", "A mug, 128"),
        Sample("a", f"{front}yes yes yes", "no"),
        Sample("b", "Which?", "mug"),
    ]
    made = encode_samples(samples, TOKENIZER, SMALL.image_tokens)
    joined = behind_one_front(made[:3])
    assert len(joined.ids) < sum(len(item.ids) for item in made[:3])
    model = build_model(SMALL, TOKENIZER, 0).eval()
    model.set_attn_implementation("eager")
    losses = [
        answer_loss(model, collate(items, 0, IMAGE, GRID), None)
        for items in (made, [joined, made[3]])
    ]
    assert torch.allclose(losses[0], losses[1], atol=1e-5)


def test_texts_with_photos_or_alone_are_not_joined() -> None:
    one, two = encode_samples([Sample("a", "Which?", "mug")] * 2, TOKENIZER, 9)
    with pytest.raises(ValueError, match="two or more"):
        behind_one_front([one])
    [seen] = encode_samples([Sample("a", "Which?", "mug", (0,))], TOKENIZER, 9)
    with pytest.raises(ValueError, match="without photos"):
        behind_one_front([two, seen])
