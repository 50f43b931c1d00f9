"""The wording data of `values.yaml`, read once and indexed for look-up and for matching.

Phrases are keyed by `phrase_key`: compatibility forms, no case, hyphens as spaces, no punctuation
at the ends; the regular expressions follow it too, so that a phrase found in a text has a key.
"""

import functools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from listing.errors import SettingsError

_EDGES = " \t\n.,;:!?()[]{}*_'’\"“”"
_GAPS = re.compile(r"[\s\-‐‑_]+")
_CODE = re.compile(r"(?<=[^\W\d_])[\s\-]?(?=\d)")
_CJK = re.compile(r"[\u3400-\u9fff]")
LETTER = r"(?-i:[0-9A-Za-z_\u00c0-\u024f\u0370-\u052f])"
"""Regex of a character of a word with gaps around it: Latin, Greek, Cyrillic; Chinese runs on.

A wider class costs re milliseconds for each place where it stands, and it stands in thousands.
"""


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid")

    say: list[str] = []
    alone: list[str] = []


class _Unit(BaseModel):
    model_config = ConfigDict(extra="forbid")

    factor: float
    say: list[str]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    schema_: Literal["vouch.values/1"]
    aliases: dict[str, str]
    cues: dict[str, list[str]]
    modifiers: list[str]
    numbers: dict[str, float]
    placeholders: list[str]
    dimensions: dict[str, str]
    units: dict[str, list[_Unit]]
    shoe_sizes: dict[str, dict[str, list[float]]]
    vocabularies: dict[str, dict[str, list[str] | _Words]]


@dataclass(frozen=True)
class Phrase:
    """A way to say a canonical value; `alone` ones need a cue or a segment of their own."""

    canonical: str
    text: str
    alone: bool


@dataclass(frozen=True)
class Unit:
    """A unit of a dimension; `factor` leads to the dimension's first unit."""

    dimension: str
    name: str
    factor: float


@dataclass(frozen=True)
class Wording:
    """Everything that `values.yaml` says."""

    aliases: dict[str, str]
    cues: dict[str, tuple[str, ...]]
    modifiers: frozenset[str]
    numbers: dict[str, float]
    placeholders: re.Pattern[str]
    dimensions: dict[str, str]
    units: dict[str, Unit]
    """Spelling (as written, and its lower case) to unit."""
    shoe_sizes: dict[str, dict[str, tuple[float, ...]]]
    phrases: dict[str, tuple[Phrase, ...]]
    lookup: dict[str, dict[str, str]]
    """Attribute -> phrase key -> canonical value."""


def phrase_key(text: str) -> str:
    """Return `text` in the form that equal phrases share; "" when only punctuation is left."""
    return _GAPS.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip(_EDGES)


def is_placeholder(value: str) -> bool:
    """Return whether `value` only stands in for one: "see photos", "n/a", "-", 见图."""
    key = phrase_key(value)
    return not any(c.isalnum() for c in key) or bool(wording().placeholders.fullmatch(key))


@functools.lru_cache(maxsize=1024)
def attribute_key(attribute: str) -> str:
    """Return the attribute's usual name: `Shoe size` -> `size`, `color` -> `colour`."""
    key = phrase_key(attribute).replace(" ", "_")
    return wording().aliases.get(key, key)


@functools.cache
def canonical_values(attribute: str) -> frozenset[str]:
    """Return the values that the wording data knows for the attribute, in their one spelling."""
    return frozenset(wording().lookup.get(attribute_key(attribute), {}).values())


def siblings(attribute: str) -> tuple[str, ...]:
    """Return the other attributes that are measured in the same dimension."""
    key, dimensions = attribute_key(attribute), wording().dimensions
    return tuple(a for a, d in dimensions.items() if a != key and d == dimensions.get(key))


def flexible(phrase: str, *, code: bool = False) -> str:
    """Return a regex for `phrase` at word boundaries, any gap for its gaps; none beside CJK.

    `code`: a gap may also be missing, or stand between letters and digits (ZS 5, ZS-5, ZS5).
    """
    spaced = _CODE.sub(" ", phrase.strip()) if code else phrase.strip()
    parts = [re.escape(part) for part in _GAPS.split(spaced) if part]
    gap = r"[\s\-‐‑]*" if code else r"[\s\-‐‑]+"
    body = gap.join(parts).replace("'", "['’]?")
    left = rf"(?<!{LETTER})" if phrase[:1].isalnum() and not _CJK.match(phrase[:1]) else ""
    right = rf"(?!{LETTER})" if phrase[-1:].isalnum() and not _CJK.match(phrase[-1:]) else ""
    return f"{left}{body}{right}"


def alternation(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that matches the longest of `phrases` at a place; nothing for none."""
    ordered = sorted(set(phrases), key=len, reverse=True)
    return re.compile("|".join(flexible(p) for p in ordered) or r"(?!)", re.IGNORECASE)


@functools.cache
def wording() -> Wording:
    """Return the shipped wording data.

    Raises:
        SettingsError: the file is not as its own head says; the message has the key.
    """
    source = (resources.files("tools.normalise") / "values.yaml").read_text(encoding="utf-8")
    document = yaml.load(source, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    document["schema_"] = document.pop("schema", None)
    try:
        file = _File.model_validate(document)
        placeholders = re.compile("|".join(file.placeholders), re.IGNORECASE)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"tools/normalise/values.yaml: {key}: {first['msg']}") from error
    except re.error as error:
        problem = f"not a regular expression: {error}"
        raise SettingsError(f"tools/normalise/values.yaml: placeholders: {problem}") from error
    phrases = {
        attribute: tuple(p for value, words in values.items() for p in _phrases(value, words))
        for attribute, values in file.vocabularies.items()
    }
    return Wording(
        aliases=file.aliases,
        cues={a: tuple(c) for a, c in file.cues.items()},
        modifiers=frozenset(file.modifiers),
        numbers=file.numbers,
        placeholders=placeholders,
        dimensions=file.dimensions,
        units=_units(file.units),
        shoe_sizes={s: {n: tuple(e) for n, e in t.items()} for s, t in file.shoe_sizes.items()},
        phrases=phrases,
        lookup={a: {phrase_key(p.text): p.canonical for p in ps} for a, ps in phrases.items()},
    )


def _phrases(value: str, words: list[str] | _Words) -> list[Phrase]:
    words = _Words(say=words) if isinstance(words, list) else words
    say = words.say if value in words.alone else [value, *words.say]
    return [Phrase(value, text, False) for text in say] + [
        Phrase(value, text, True) for text in words.alone
    ]


def _units(table: dict[str, list[_Unit]]) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for dimension, rows in table.items():
        for row in rows:
            unit = Unit(dimension, row.say[0], row.factor)
            for spelling in row.say:
                units[spelling] = unit
                units.setdefault(spelling.lower(), unit)
    return units
