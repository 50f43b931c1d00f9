"""What the model is taught: answers that the prompt or the photo determines, and nothing else."""

import json
import random

import pytest

from training.instructions import PhotoTasks, text_samples
from training.rendering import World, open_world, shots
from training.sft import joint_samples, nameless


@pytest.fixture(scope="module")
def world() -> World:
    return open_world(0)


def test_extraction_answers_are_verbatim_or_null(world: World) -> None:
    samples = [s for s in text_samples(world, [], 300, 1) if s.task.startswith("extract")]
    assert len(samples) > 100
    for sample in samples:
        text = sample.prompt.split("Listing:\n", 1)[1]
        for value in json.loads(sample.answer).values():
            assert value is None or value in text


def test_the_photo_wins_over_a_wrong_reference(world: World) -> None:
    tasks = PhotoTasks(world, random.Random(0))
    units = [u for u in world.market.split("train") if u.sku.spu.kind != "book"][:400]
    conflicts = 0
    for unit in units:
        sample = tasks.describe((0,), unit)
        lines = sample.prompt.split("From a listing of the same product:")[1:]
        said = [x for x in "".join(lines).splitlines() if x.startswith("- colour: ")]
        if said and said[0] != f"- colour: {unit.sku.colour}":
            conflicts += 1
            assert unit.sku.colour in sample.answer
    assert conflicts > 10


def test_an_epoch_covers_every_task_and_refers_to_rows_that_exist(world: World) -> None:
    wanted = shots(world, "train", 2, limit=200) + shots(world, "prohibited_train", 1)
    samples = joint_samples(world, wanted, [], len(wanted), 0, share=0.5)
    tasks = {s.task for s in samples}
    assert {"category", "colour", "check", "safety", "describe_reference"} <= tasks
    assert all(0 <= row < len(wanted) for s in samples for row in s.photos)
    assert samples == joint_samples(world, wanted, [], len(wanted), 0, share=0.5)


def test_names_do_not_reach_the_tokenizer_whole() -> None:
    text = "Brand: Tarvox Model: Nembrix in good condition " * 50
    cut = nameless(text, random.Random(0))
    assert cut.count("Tarvox") < 30 and cut.count("condition") == 50
