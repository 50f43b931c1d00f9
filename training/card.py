"""The model card: what the checkpoint is, how it was trained, what was measured."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HEAD = "| measure | value | 95 % interval | n | target |\n| --- | --- | --- | --- | --- |"

_CARD = """# {name}

A Qwen3-VL of {parameters:.1f} million parameters with its own tokenizer of {vocabulary} tokens,
trained from scratch on two CPU cores on a generated second-hand market and, where at hand, on real
photos and titles. It is made for the demo market: it runs the whole product on a fresh machine and
is no substitute for a full Qwen-VL.

## Measured

`vouch bench checkpoint`, held-out queries, seed 0. Intervals are 95 % bootstraps over cases.

{table}

## Training

The full log is `train.jsonl` beside this card. The checkpoint grew in several runs, each going on
from the last as what it was taught got better; `training/configs/sft_cpu.yaml` is the recipe that
came out of them, with the same budget in one run. That one run as a whole has not been made.

{stages}

## Limits

It reads no text in photos and sees no scratches. Names are copied from what it is given, never
known. Kinds of goods outside the market and the real training photos are guesses. Do not use it
for anything but this product's demo and tests.
"""


def line(row: dict[str, Any]) -> str:
    """One measured row as a line of the Markdown table."""
    target = f">= {row['target']:g}" if row["target"] is not None else ""
    return (
        f"| {row['name']} | {row['value']:.3f} | {row['low']:.3f} to {row['high']:.3f} "
        f"| {row['n']} | {target} |"
    )


def table(rows: Sequence[dict[str, Any]]) -> str:
    """The rows as a Markdown table."""
    return "\n".join([HEAD, *map(line, rows)])


def stages(log: Path) -> str:
    """A sentence for each stage of the training log: steps, what was seen, seconds, last loss."""
    last: dict[str, dict[str, Any]] = {}
    with log.open(encoding="utf-8") as file:
        for row in map(json.loads, file):
            if "step" in row:
                last[row["stage"]] = row
    seen = {"photos": "photos", "samples": "samples"}
    return "\n".join(
        f"- {name}: {row['step']} steps, "
        + "".join(f"{row[key]} {word}, " for key, word in seen.items() if key in row)
        + f"{row['seconds']:.0f} s, loss {row['loss']:.3f}"
        for name, row in last.items()
    )


def write_card(checkpoint: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """Write `README.md` and `metrics.json` into a checkpoint folder that has its `train.jsonl`."""
    config = json.loads((checkpoint / "config.json").read_text(encoding="utf-8"))
    weights = sum(file.stat().st_size for file in checkpoint.glob("model*.safetensors"))
    text = _CARD.format(
        name=checkpoint.name,
        parameters=weights / 2e6,
        vocabulary=config["text_config"]["vocab_size"],
        table=table(rows),
        stages=stages(checkpoint / "train.jsonl"),
    )
    (checkpoint / "metrics.json").write_text(json.dumps(list(rows), indent=1) + "\n")
    card = checkpoint / "README.md"
    card.write_text(text, encoding="utf-8")
    return card
