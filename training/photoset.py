"""Photos for training: small squares in one memory-mapped array, with what is known of each.

Rendered once per seed into a folder and reused; -1 stands for "not known" in every label.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

LABELS = ("category", "colour", "look", "spu", "unit")


@dataclass(frozen=True)
class PhotoRow:
    """One photo before it is stored: `pixels` is `(s, s, 3)` uint8, `box` in [0, 1]."""

    pixels: NDArray[np.uint8]
    category: int = -1
    colour: int = -1
    look: int = -1
    spu: int = -1
    unit: int = -1
    box: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True)
class PhotoSet:
    """`pixels` `(n, s, s, 3)` uint8, `labels` name -> `(n,)` int32, `box` `(n, 4)` float32."""

    pixels: NDArray[np.uint8]
    labels: dict[str, NDArray[np.int32]]
    box: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.pixels)

    @staticmethod
    def write(folder: Path, rows: Iterable[PhotoRow], count: int, size: int) -> "PhotoSet":
        """Store `count` rows under `folder` and open them; the last file written is `done.json`."""
        folder.mkdir(parents=True, exist_ok=True)
        pixels = np.lib.format.open_memmap(
            folder / "pixels.npy", mode="w+", dtype=np.uint8, shape=(count, size, size, 3)
        )
        labels = {name: np.full(count, -1, np.int32) for name in LABELS}
        box = np.zeros((count, 4), np.float32)
        for i, row in enumerate(rows):
            pixels[i] = row.pixels
            box[i] = row.box
            for name in LABELS:
                labels[name][i] = getattr(row, name)
        pixels.flush()
        np.savez(folder / "labels.npz", allow_pickle=False, box=box, **labels)
        (folder / "done.json").write_text(json.dumps({"count": count, "size": size}))
        return PhotoSet(pixels, labels, box)

    @staticmethod
    def open(folder: Path) -> "PhotoSet | None":
        """Open a finished set, or return None where there is none."""
        if not (folder / "done.json").is_file():
            return None
        stored = np.load(folder / "labels.npz")
        pixels = np.load(folder / "pixels.npy", mmap_mode="r")
        return PhotoSet(pixels, {name: stored[name] for name in LABELS}, stored["box"])


def concatenate(sets: Sequence[PhotoSet]) -> PhotoSet:
    """Join sets in memory; labels must share one numbering."""
    return PhotoSet(
        np.concatenate([s.pixels for s in sets]),
        {name: np.concatenate([s.labels[name] for s in sets]) for name in LABELS},
        np.concatenate([s.box for s in sets]),
    )
