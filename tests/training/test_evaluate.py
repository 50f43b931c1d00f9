"""Figures are computed as METRICS defines them."""

import json
from pathlib import Path

from training.card import line, write_card
from training.evaluate import Counts, Row, compare, f1_row, micro_f1


def test_micro_f1_counts_values_over_all_cases() -> None:
    assert micro_f1([Counts(2, 2, 2), Counts(0, 1, 1)]) == 2 * 2 / (4 + 2)
    assert micro_f1([Counts(0, 0, 3)]) == 0


def test_values_are_compared_after_normalisation() -> None:
    counts = compare({"storage": "128gb", "brand": "Velo"}, {"storage": "128 GB", "brand": "Nord"})
    assert (counts.right, counts.predicted, counts.gold) == (1, 2, 2)


def test_an_interval_holds_the_mean_and_is_stable() -> None:
    row = Row("x", 0.9, [1.0] * 80 + [0.0] * 20)
    low, high = row.interval()
    assert low < row.mean == 0.8 < high
    assert row.interval() == (low, high)
    assert "| 0.800 |" in line(row.as_dict()) and "| 100 |" in line(row.as_dict())


def test_f1_has_an_interval_too() -> None:
    row = f1_row("x", [Counts(1, 1, 1)] * 5 + [Counts(0, 1, 1)] * 5, 0.97)
    assert row["low"] <= row["value"] == 0.5 <= row["high"] and row["n"] == 10


def test_the_card_names_every_figure_and_stage(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"text_config": {"vocab_size": 1234}}')
    (tmp_path / "model.safetensors").write_bytes(b"x" * 2000)
    row = {"stage": "vision", "step": 20, "loss": 1.5, "photos": 640, "seconds": 9.0}
    (tmp_path / "train.jsonl").write_text(json.dumps(row) + "\n")
    card = write_card(tmp_path, [Row("colour", 0.93, [1.0, 0.0]).as_dict()]).read_text()
    assert "| colour | 0.500 |" in card and "1234 tokens" in card
    assert "- vision: 20 steps, 640 photos, 9 s, loss 1.500" in card
    assert json.loads((tmp_path / "metrics.json").read_text())[0]["n"] == 2
