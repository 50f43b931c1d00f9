"""The patterns of what sellers say to the assistant, split into those to train on and those not.

Rule: a pattern that is held out of training is never seen there in any of its forms; what stands
under `shared`, languages, and patterns without words of their own are in both splits.
"""

import hashlib
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

Split = Literal["train", "held_out"]
Language = Literal["en", "zh"]
DATA = Path(__file__).parent / "data"
HELD_OUT = 0.2
_CHOICE = re.compile(r"\(([^()]*\|[^()]*)\)")
_SLOT = re.compile(r"\{\w+\}")
_BOTH = ("shared", "langs")


@lru_cache(maxsize=8)
def read_data(name: str) -> dict[str, Any]:
    """Return the patterns or words of one file, or of all files in one folder."""
    found: dict[str, Any] = {}
    for path in sorted((DATA / name).glob("*.yaml")) or [DATA / f"{name}.yaml"]:
        found |= yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return found


def share_of(text: str) -> float:
    """Return a number in [0, 1) that depends on the text alone."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:12], 16) / 16**12


@lru_cache(maxsize=4096)
def _of_split(patterns: tuple[str, ...], split: Split) -> tuple[str, ...]:
    worded = [p for p in dict.fromkeys(patterns) if re.search(r"\w", _SLOT.sub("", p))]
    held = {p for p in worded if share_of(p) < HELD_OUT} or set(sorted(worded, key=share_of)[:1])
    kept = [p for p in patterns if p not in worded or (p in held) == (split == "held_out")]
    return tuple(kept or patterns)


@dataclass(frozen=True)
class Wordings:
    """One language's patterns of one split."""

    language: Language
    split: Split

    def all(self, *path: str) -> tuple[str, ...]:
        """Return the patterns at a place of the file, unexpanded."""
        found: Any = read_data(self.language)
        for key in path:
            found = found[key]
        patterns = tuple(str(p) for p in found)
        return patterns if path[0] in _BOTH else _of_split(patterns, self.split)

    def pick(self, rng: random.Random, *path: str) -> str:
        """Return one pattern with its choices made; slots are left."""
        return expanded(rng, rng.choice(self.all(*path)))

    def pick_with(self, rng: random.Random, wanted: Sequence[str], *path: str) -> str:
        """Return one of the patterns that hold one of the `wanted` words, if there is any."""
        found = [p for p in self.all(*path) if any(w in p for w in wanted)]
        return expanded(rng, rng.choice(found or self.all(*path)))


def expanded(rng: random.Random, pattern: str) -> str:
    """Return the pattern with each `(a|b)` replaced by one of its choices."""
    while found := _CHOICE.search(pattern):
        chosen = rng.choice(found[1].split("|"))
        pattern = pattern[: found.start()] + chosen + pattern[found.end() :]
    return pattern
