"""Whether a value equals another and whether evidence entails a claim, without any model.

Judged by value comparison (`tools.normalise`) and by the wording data alone, not by the audit that
gave the verdicts: so a fault of the audit shows as a citation that does not hold.
"""

import functools
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import Any

import yaml

from tools.normalise import attribute_key, canonical, mentions, phrase_key, same_value

Json = Mapping[str, Any]
_REMEMBERED = 1 << 15
"""Comparisons that are kept: a market repeats its values, and memory has to stay flat."""


@functools.lru_cache(maxsize=_REMEMBERED)
def same(attribute: str, a: str, b: str) -> bool:
    """Return whether two values of an attribute mean the same."""
    return a == b or same_value(attribute, a, b)


@functools.lru_cache(maxsize=1024)
def key_of(attribute: str) -> str:
    """Return the attribute's usual name."""
    return attribute_key(attribute)


def agrees(attribute: str, claimed: str, true: str) -> bool:
    """Return whether a stated value is true where `true` is the whole truth.

    Of accessories, which come several at once, naming some of those that there are is true.
    """
    if key_of(attribute) != "accessories":
        return same(attribute, claimed, true)
    return _items(claimed) <= _items(true) or claimed == true


def entailed(claim: Json, items: Sequence[Json]) -> bool:
    """Return whether evidence together entails a claim: one item states it, several its parts."""
    if any(states(item, claim["attribute"], claim["value"], claim["text"]) for item in items):
        return True
    if key_of(claim["attribute"]) != "accessories" or len(items) < 2:
        return False
    parts = _items(claim["value"])
    return all(any(states(i, claim["attribute"], part, part) for i in items) for part in parts)


def contributes(claim: Json, item: Json) -> bool:
    """Return whether an item alone entails the claim, or of several accessories one of them."""
    if states(item, claim["attribute"], claim["value"], claim["text"]):
        return True
    if key_of(claim["attribute"]) != "accessories":
        return False
    return any(states(item, claim["attribute"], p, p) for p in _items(claim["value"]))


def states(item: Json, attribute: str, value: str, words: str) -> bool:
    """Return whether one item of evidence states a value of an attribute.

    An item about one attribute is compared by value; one in words (a listing, a message) states
    what it mentions. `words` are the claim's own.
    """
    about, stated = item.get("attribute"), item.get("value")
    if about and stated:
        return key_of(about) == key_of(attribute) and agrees(attribute, value, stated)
    return stated_in(attribute, value, words, item.get("text") or "")


@functools.lru_cache(maxsize=4096)
def stated_in(attribute: str, value: str, words: str, text: str) -> bool:
    """Return whether a text states the value, in these words or in others for it."""
    padded = f" {phrase_key(text)} "
    said = (phrase_key(value), phrase_key(words), *_phrases().get(f"{attribute}:{value}", ()))
    if any(f" {phrase} " in padded for phrase in said if phrase):
        return True
    found = mentions(attribute, text, (value,))
    return any(same(attribute, value, m.value) for m in found)


@functools.lru_cache(maxsize=_REMEMBERED)
def _items(value: str) -> frozenset[str]:
    return frozenset(canonical("accessories", value).split(" and ")) - {""}


@functools.cache
def _phrases() -> Mapping[str, tuple[str, ...]]:
    """Phrases of claims beyond the template, `attribute:value` to wordings; the data alone is read.

    Importing the audit would bring the models' libraries, which nothing here needs.
    """
    source = resources.files("tools").joinpath("audit", "phrases.yaml").read_text(encoding="utf-8")
    document = yaml.load(source, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return {
        f"{attribute}:{value}": tuple(_keys(phrases))
        for attribute, values in document["claims"].items()
        for value, phrases in values.items()
    }


def _keys(phrases: Iterable[str]) -> Iterable[str]:
    return (phrase_key(str(phrase)) for phrase in phrases)
