"""Whether words mean a value, as the measurement understands it: simple, strict, its own.

Rule: nothing of `tools.normalise` is used, so that a mistake there cannot hide itself.
"""

import re
from collections.abc import Iterator

_FACTORS: dict[str, dict[str, float]] = {
    "data": {"mb": 0.001, "gb": 1, "gig": 1, "gigs": 1, "gigabyte": 1, "gigabytes": 1,
             "tb": 1000, "terabyte": 1000, "terabytes": 1000},
    "length": {"mm": 0.1, "cm": 1, "centimetres": 1, "m": 100, "in": 2.54, "inch": 2.54,
               "inches": 2.54, '"': 2.54, "”": 2.54, "″": 2.54},
    "volume": {"ml": 1, "millilitres": 1, "cl": 10, "l": 1000, "litre": 1000, "litres": 1000,
               "liter": 1000, "liters": 1000},
    "power": {"w": 1, "watt": 1, "watts": 1, "kw": 1000},
}  # fmt: skip
_UNITS = {
    unit: (kind, factor) for kind, units in _FACTORS.items() for unit, factor in units.items()
}
_QUANTITY = re.compile(
    r"(?<![\w.,])(\d+(?:[.,]\d+)?)[\s-]?("
    + "|".join(sorted((re.escape(u) for u in _UNITS), key=len, reverse=True))
    + r")(?!\w)",
    re.IGNORECASE,
)
_SHADES: dict[str, tuple[str, ...]] = {
    "navy": ("blue",), "sky blue": ("blue",), "turquoise": ("blue", "green"),
    "teal": ("green", "blue"), "olive": ("green",), "mint": ("green",),
    "khaki": ("beige", "green", "brown"), "cream": ("beige", "white"),
    "ivory": ("white", "beige"), "silver": ("grey",), "gray": ("grey",),
    "charcoal": ("grey", "black"), "anthracite": ("grey", "black"), "gold": ("yellow",),
    "mustard": ("yellow",), "burgundy": ("red", "purple"), "crimson": ("red",),
    "scarlet": ("red",), "coral": ("orange", "pink", "red"), "rose gold": ("pink", "orange"),
    "fuchsia": ("pink", "purple"), "lilac": ("purple", "pink"), "lavender": ("purple",),
    "violet": ("purple",), "bronze": ("brown", "orange"), "cognac": ("brown",),
    "tan": ("brown", "beige"), "copper": ("orange", "brown"),
}  # fmt: skip
_LONG_NAME = 6
"""From so many letters on, one slip in a name is a slip of the pen; in a code it is another one."""


def tokens(text: str) -> list[str]:
    """Return the words and numbers of a text in small letters."""
    return [w.casefold() for w in re.findall(r"[^\W_]+", text)]


def quantities(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each number with a unit as its words and its range."""
    for match in _QUANTITY.finditer(text):
        yield match[0], match.start(), match.end()


def shades(colour: str) -> tuple[str, ...]:
    """Return the plain colours that a colour word may be taken for; itself where it is plain."""
    return _SHADES.get(colour.casefold(), (colour.casefold(),))


def agrees(attribute: str, words: str, value: str) -> bool:
    """Tell whether `words` state `value`; for a list of things, whether they are all in it."""
    one, two = _plain(words), _plain(value)
    if one == two:
        return True
    if attribute in ("brand", "author", "title") or (attribute == "model" and two.isalpha()):
        return len(two) >= _LONG_NAME and _slips(one, two) <= 1 + (len(two) > 10)
    if attribute == "colour":
        return bool(set(shades(words)) & set(shades(value)))
    if attribute == "accessories":
        items = {w.removesuffix("s") for w in tokens(value)}
        return {w.removesuffix("s") for w in tokens(words)} <= items | {"the", "a", "and", "it"}
    left, right = amount(words), amount(value)
    if left and right:
        return left[0] == right[0] and abs(left[1] - right[1]) <= 0.01 * right[1]
    if attribute in ("size", "strings", "age_group", "scale"):
        return re.sub(r"^(?:eu|size)", "", one) == re.sub(r"^(?:eu|size)", "", two)
    return False


def amount(words: str) -> tuple[str, float] | None:
    """Return what kind of unit the words have and how many of its first unit; None without one."""
    match = _QUANTITY.search(words)
    if match is None:
        return None
    kind, factor = _UNITS[match[2].casefold()]
    return kind, float(match[1].replace(",", ".")) * factor


def _plain(text: str) -> str:
    return "".join(tokens(text))


def _slips(one: str, two: str) -> int:
    """Slips of the pen between two words: letters left out, put in, changed, or swapped (OSA)."""
    rows = [list(range(len(two) + 1))]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(two, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and (a, one[i - 2]) == (two[j - 2], b):
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
