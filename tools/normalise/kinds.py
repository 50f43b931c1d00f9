"""Words that name kinds of goods, in the singular and the plural."""

import functools
import re
from collections.abc import Iterable

from tools.normalise.data import attribute_key, canonical_values
from tools.normalise.plain import all_plain
from tools.normalise.quantity import parse_quantity
from tools.taxonomy import market_taxonomy

SINGULAR = (
    (r"ies$", "y"),
    (r"ives$", "ife"),
    (r"elves$", "elf"),
    (r"(?:(?<=[sxz])|(?<=[cs]h))es$", ""),
    (r"(?<!s)s$", ""),
)


NAMES = ("brand", "model", "title", "author")
"""Attributes whose values are names."""


@functools.cache
def kind_words() -> frozenset[str]:
    """Return the words of the shipped taxonomy's categories."""
    return both_numbers(category.name for category in market_taxonomy().categories)


def both_numbers(texts: Iterable[str]) -> frozenset[str]:
    """Return the words of `texts` without case, as they are, in the singular and in the plural."""
    words = {word.casefold() for text in texts for word in re.findall(r"\w+", text)}
    single = {re.sub(end, new, word) for word in words for end, new in SINGULAR}
    return frozenset(words | single | {word + "s" for word in words})


def names_nothing(attribute: str, value: str) -> bool:
    """Return whether `value` is no name, though it stands where one belongs: "I'd", "CHAIR", "red".

    A single ordinary word, kind of goods or plain colour names neither brand nor model; of several
    words there may be a name ("Garden of Life"). No brand is a quantity ("128 GB"), no material an
    ordinary word ("selling"). False for other attributes that are no names.
    """
    if attribute_key(attribute) == "material":
        known = value.casefold() in canonical_values("material")
        return not known and len(value.split()) == 1 and all_plain(value, frozenset())
    if attribute_key(attribute) == "brand" and parse_quantity(value) is not None:
        return True
    if attribute_key(attribute) not in NAMES or len(value.split()) > 1:
        return False
    return value.casefold() in canonical_values("colour") or all_plain(value, kind_words())
