"""The log of a training run: one JSON object a line, and the learning rate's course."""

import json
from pathlib import Path
from typing import Any


def append(file: Path, **row: Any) -> None:
    """Append one line; floats are kept to four digits."""
    rounded = {k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()}
    with file.open("a", encoding="utf-8") as out:
        out.write(json.dumps(rounded) + "\n")


def schedule(step: int, steps: int, warmup: int, elapsed: float, seconds: float | None) -> float:
    """Learning-rate factor: warm-up, flat, then linear to zero over the last third.

    With a time limit the share of time used stands in for the share of steps when it is larger.
    """
    done = step / steps if seconds is None else max(step / steps, elapsed / seconds)
    return min(1.0, (step + 1) / warmup, max(0.0, (1.0 - done) * 3.0))
