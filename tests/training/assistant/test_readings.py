"""A message's labels and tags say what its calls will say."""

import json
import random
from pathlib import Path

import torch

from tests.training.test_tower import SMALL
from training.architecture import build_model, build_tokenizer
from training.assistant import assistant_samples, joined_turns, readings
from training.assistant.readings import UNKNOWN, label_names, tag_names
from training.language import LanguageStage, train_language
from training.sequences import Sample, TokenSequence, collate, encode_samples
from training.tool_heads import ToolHeads

TOKENIZER = build_tokenizer(["Seller: it is a blue mug, 128 GB. set_attribute"] * 5, SMALL.merges)


def test_tagged_tokens_are_the_values() -> None:
    seen = set()
    for reading in readings(TOKENIZER, 200, 1):
        assert len(reading.tags) == len(reading.ids)
        names = [tag_names()[tag] for tag in set(reading.tags) if tag > 0]
        wanted = {label_names()[label] for label in reading.labels}
        for name in names:
            assert name == "words" or name in wanted
            seen.add(name)
        if "words" in names:
            assert "explain_claim" in wanted
    assert {"brand", "colour", "price", "words"} <= seen


def test_what_a_question_decides_is_not_asked_of_the_message() -> None:
    unknown = [r for r in readings(TOKENIZER, 300, 2) if UNKNOWN in r.tags]
    assert unknown
    for reading in unknown:
        assert "set_attribute" in {label_names()[label] for label in reading.labels}


def test_the_heads_teach_the_model_and_leave_it_as_it_was_built() -> None:
    model = build_model(SMALL.model_copy(update={"layers": 4}), TOKENIZER, 0)
    model.set_attn_implementation("eager")
    heads = ToolHeads(SMALL.hidden, TOKENIZER)
    heads.readings = readings(TOKENIZER, 40, 3)
    turns = joined_turns(assistant_samples(12, 1), TOKENIZER)
    batch = collate([turn for turn in turns if turn.branches][:2], 0, -1, 1)
    optimizer = torch.optim.AdamW([*model.parameters(), *heads.parameters()], 3e-3)
    losses = []
    for _ in range(8):
        loss = heads.call_loss(model, batch) + heads.message_loss(model, random.Random(0))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.8 * losses[0]
    layers = model.model.language_model.layers
    assert not any(layer._forward_hooks for layer in layers)
    assert not any("tool" in name for name in model.state_dict())


def test_joined_turns_are_bounded_and_hold_every_answer() -> None:
    groups = assistant_samples(60, 7)
    joined = joined_turns(groups, TOKENIZER)
    answers = sum(len(item.branches) or 1 for item in joined)
    assert answers == sum(map(len, groups))
    assert len(joined) < answers


def test_a_stage_with_heads_runs_and_logs(tmp_path: Path) -> None:
    model = build_model(SMALL.model_copy(update={"layers": 4}), TOKENIZER, 0)
    model.set_attn_implementation("eager")
    heads = ToolHeads(SMALL.hidden, TOKENIZER)
    heads.readings = readings(TOKENIZER, 20, 3)
    log = tmp_path / "train.jsonl"
    before = model.model.language_model.layers[0].mlp.up_proj.weight.detach().clone()

    def epoch(number: int) -> list[TokenSequence]:
        talk = joined_turns(assistant_samples(6, number), TOKENIZER)
        return [*talk, *encode_samples([Sample("a", "Which?", "mug")], TOKENIZER, 1)]

    stage = LanguageStage(steps=3, tokens=2500, warmup=1)
    train_language(
        model, epoch, None, stage, stage="joint", grid=1, seed=0, log=log, heads=heads
    )  # fmt: skip
    assert json.loads(log.read_text().splitlines()[0])["step"] == 0
    after = model.model.language_model.layers[0].mlp.up_proj.weight
    assert not torch.equal(before, after)
