"""A checkpoint's files: what transformers reads, the tower in a file of its own."""

from pathlib import Path

import torch
from transformers import Qwen3VLForConditionalGeneration

from tests.training.test_tower import SMALL
from training.architecture import build_model, build_tokenizer, save_checkpoint


def test_weights_come_back_and_the_tower_is_a_file_of_its_own(tmp_path: Path) -> None:
    tokenizer = build_tokenizer(["a blue mug"] * 5, SMALL.merges)
    model = build_model(SMALL, tokenizer, 0)
    save_checkpoint(tmp_path / "one", model, tokenizer, SMALL, dtype=torch.float32)
    again = Qwen3VLForConditionalGeneration.from_pretrained(tmp_path / "one", dtype=torch.float32)
    before, after = model.state_dict(), again.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)
    with torch.no_grad():
        model.model.language_model.norm.weight += 1
    save_checkpoint(tmp_path / "two", model, tokenizer, SMALL, dtype=torch.float32)
    files = sorted(file.name for file in (tmp_path / "one").glob("model*.safetensors"))
    folders = [tmp_path / "one", tmp_path / "two"]
    same = [len({(folder / name).read_bytes() for folder in folders}) == 1 for name in files]
    assert same == [True, False]
