"""The wordings of injected errors, read from `wording.yaml`: two sets that share none."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

WordingSet = Literal["development", "held_out"]
Form = Literal["sentence", "phrase", "title"]
SETS: tuple[WordingSet, ...] = ("development", "held_out")
_FILE = Path(__file__).parent / "wording.yaml"
_MARKED = re.compile(r"^(.*)\[(.+)\](.*)$")


@dataclass(frozen=True)
class Said:
    """A sentence that states something by itself; `start` and `end` are what is false in it."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Wording:
    """One set: how things are said, and values from outside of the market."""

    says: Mapping[str, Mapping[Form, Sequence[str]]]
    """Attribute -> form -> patterns with `{v}`."""
    statements: Mapping[str, Mapping[str, Sequence[Said]]]
    """`condition` and `function` -> meaning -> sentences."""
    values: Mapping[str, Sequence[str]]
    conditions: Mapping[str, str]
    """Words for a condition -> which of the market's conditions they mean."""


@lru_cache(maxsize=1)
def _document() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return document


@lru_cache(maxsize=2)
def wording(name: WordingSet) -> Wording:
    """Return a set."""
    raw = _document()[name]
    return Wording(
        says=raw["says"],
        statements={
            kind: {meaning: tuple(map(_said, texts)) for meaning, texts in by_meaning.items()}
            for kind, by_meaning in raw["statements"].items()
        },
        values=raw["values"],
        conditions=raw["conditions"],
    )


def _said(marked: str) -> Said:
    found = _MARKED.match(marked)
    if found is None:
        raise ValueError(f"{_FILE.name}: {marked!r} has no [words] that are false")
    before, words, after = found.groups()
    return Said(before + words + after, len(before), len(before) + len(words))
