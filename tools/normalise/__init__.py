"""Values of attributes made comparable: "128gb" is "128 GB", navy is blue, "as new" is like new.

What counts as the same is data (`values.yaml`), so that a wording is added without code.
"""

from tools.normalise.canonical import canonical, displayed, known_value, same_value
from tools.normalise.data import attribute_key, is_placeholder, phrase_key, siblings
from tools.normalise.match import announced, mentions
from tools.normalise.plain import all_plain, is_plain
from tools.normalise.quantity import Quantity, find_quantities, parse_quantity

__all__ = [
    "Quantity",
    "all_plain",
    "announced",
    "attribute_key",
    "canonical",
    "displayed",
    "find_quantities",
    "is_placeholder",
    "is_plain",
    "known_value",
    "mentions",
    "parse_quantity",
    "phrase_key",
    "same_value",
    "siblings",
]
