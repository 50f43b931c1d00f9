"""Canonical values and their comparison.

`canonical` is total: a value that no rule knows comes back without case and punctuation, which is
how open values (brands, models, titles) compare.
"""

import functools
import re
from collections.abc import Sequence

from listing import AttributeSpec
from tools.normalise.data import attribute_key, phrase_key, wording
from tools.normalise.quantity import Quantity, parse_quantity, read_number

_LIST = re.compile(r"\s*(?:,|;|&|\+|/|\band\b|\bplus\b|\bwith\b|和|、)\s*", re.IGNORECASE)
_SHOE = re.compile(
    r"(?:(?P<system>eur?|us|uk)[\s\-]*(?:size\s*)?(?P<number>\d{1,2}(?:[.,]5)?)"
    r"|(?P<number2>\d{1,2}(?:[.,]5)?)[\s\-]*\(?(?P<system2>eur?|us|uk)\)?)",
    re.IGNORECASE,
)
_SCALE = re.compile(r"1\s*[:/]\s*(\d{1,4})")
_AGE = re.compile(
    r"(?:ages?|from|over)?\s*(\d{1,2})\s*(?:years?|yrs?|岁)?"
    r"\s*(?:\+|and (?:up|older|over)|or older|plus|up)?"
)
_STRINGS = re.compile(r"(\d{1,2}|[a-z]+) ?(?:strings?|stringed)?")
_CODE_GAP = re.compile(r"(?<=[^\W\d_]) (?=\d)")
"""Model codes are written ZS5, ZS 5 or ZS-5."""
_LOUD = re.compile(r"[^\w\s.+]")


@functools.lru_cache(maxsize=8192)
def canonical(attribute: str, value: str) -> str:
    """Return the one writing of `value`; equal writings mean the same value.

    Never raises and is idempotent; "" only for a value without letters or digits.
    """
    name = attribute_key(attribute)
    before, after = value, _step(name, value)
    while after != before:  # a value without its ornaments may be one that a rule knows
        before, after = after, _step(name, after)
    return after


def _step(name: str, value: str) -> str:
    key = phrase_key(value)
    if name == "accessories":
        return " and ".join(accessory_set(value))
    dimension = wording().dimensions.get(name)
    quantity = parse_quantity(value, dimension) if dimension else None
    if quantity is not None:
        return str(quantity)
    special = _special(name, key)
    if special is not None:
        return special
    known = _look_up(name, key)
    if known is not None:
        return known
    if name in wording().lookup:
        return key
    plain = " ".join(_LOUD.sub("", key.replace("&", " and ")).split()) or key
    return _CODE_GAP.sub("", plain) if name == "model" else plain


def _look_up(name: str, key: str) -> str | None:
    table = wording().lookup.get(name, {})
    if key in table:
        return table[key]
    if name == "size" and key.startswith("size "):
        return table.get(key.removeprefix("size "))
    if name == "colour":
        words = key.split()
        while words and words[0] in wording().modifiers:
            words = words[1:]
            if " ".join(words) in table:
                return table[" ".join(words)]
    return None


def _special(name: str, key: str) -> str | None:
    """Values with a form of their own: shoe sizes, scales, ages, numbers of strings."""
    if name == "size":
        bare = key.removeprefix("size ").removeprefix("size: ")
        shoe = _SHOE.fullmatch(bare)
        if shoe:
            system = (shoe["system"] or shoe["system2"]).upper()[:2]
            return f"{system} {read_number(shoe['number'] or shoe['number2']):g}"
        return f"{read_number(bare):g}" if re.fullmatch(r"\d{1,3}(?:[.,]5)?", bare) else None
    if name == "scale" and (scale := _SCALE.fullmatch(key)):
        return f"1:{scale[1]}"
    if name == "age_group" and (age := _AGE.fullmatch(key)):
        return f"{age[1]}+"
    if name == "quantity":
        return _count(key)
    if name == "strings" and (strings := _STRINGS.fullmatch(key)):
        number = wording().numbers.get(strings[1])
        return f"{number:g}" if number else strings[1] if strings[1].isdigit() else None
    return None


def _count(key: str) -> str | None:
    """The number of things: "set of 4", "a pair", "x3", "two chairs"."""
    digits = re.search(r"(?<![\d.,])\d{1,3}(?![\d.,])", key)
    if digits:
        return str(int(digits[0]))
    numbers = wording().numbers
    named = next((numbers[w] for w in key.split() if w in numbers), None)
    return None if named is None else f"{named:g}"


def accessory_set(value: str) -> tuple[str, ...]:
    """Return the single accessories that `value` lists, each canonical, sorted."""
    table = wording().lookup["accessories"]
    key = phrase_key(value)
    if key in table:
        return (table[key],)
    items = set()
    for part in _LIST.split(key):
        item = re.sub(r"^(?:the |an? |its |original (?!box|packaging|papers|receipt))+", "", part)
        item = re.sub(r"(?: (?:is|are))? included$", "", item.strip())
        if item := phrase_key(item):
            items.add(table.get(item, item))
    return tuple(sorted(items))


def same_value(attribute: str, a: str, b: str) -> bool:
    """Return whether `a` and `b` mean the same value of the attribute. Symmetric."""
    one, two = canonical(attribute, a), canonical(attribute, b)
    if one == two:
        return True
    name = attribute_key(attribute)
    dimension = wording().dimensions.get(name)
    if dimension:
        left, right = parse_quantity(one, dimension), parse_quantity(two, dimension)
        if left and right:
            return left.same(right)
        if left or right:
            return _bare(left, two) or _bare(right, one)
    return name == "size" and (_same_shoe(one, two) or _same_shoe(two, one))


def _bare(quantity: Quantity | None, number: str) -> bool:
    """A bare number says the quantity without its unit."""
    return quantity is not None and number == f"{quantity.number:g}"


def _same_shoe(one: str, two: str) -> bool:
    """`one` in EU (or bare) sizes against `two` in another system; both ways of a maker's table."""
    size = re.fullmatch(r"(?:EU )?(\d+(?:\.5)?)", one)
    if size is None:
        return False
    if two in (size[1], f"EU {size[1]}"):
        return True
    system, _, number = two.partition(" ")
    return float(size[1]) in wording().shoe_sizes.get(system, {}).get(number, ())


def known_value(attribute: str, value: str, values: Sequence[str]) -> str | None:
    """Return the one of `values` that means `value`, in the spelling of `values`, or None.

    Of accessories, which come several at once, all must be known; the result lists them.
    """
    if attribute_key(attribute) == "accessories":
        known = {item for v in values for item in accessory_set(v)} | {"none"}
        items = accessory_set(value)
        return " and ".join(items) if items and known.issuperset(items) else None
    wanted = canonical(attribute, value)
    exact = next((v for v in values if canonical(attribute, v) == wanted), None)
    if exact is not None:
        return exact
    return next((v for v in values if same_value(attribute, v, value)), None)


def displayed(spec: AttributeSpec | None, value: str) -> str:
    """Return the value as the template spells it; as it was written where the set is open."""
    if spec is None or not spec.values:
        return value.strip()
    return known_value(spec.name, value, spec.values) or value.strip()
