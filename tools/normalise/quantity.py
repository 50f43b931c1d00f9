"""Numbers with units: 128GB, 1,7 l, 15.6", 2 kW, two litres. One number, one unit, one dimension.

A comma before exactly three digits groups thousands, any other comma is a decimal point.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tools.normalise.data import LETTER, Unit, wording

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?"
# "2 in 1", "3 in total": the preposition, not the unit.
_NOT_INCH = (
    r"(?!\s+(?:\d|(?:a|an|the|my|our|your|one|total|all|very|good|great|new|used|perfect|fair)\b))"
)


@dataclass(frozen=True)
class Quantity:
    """`number` of `unit`, at `start` to `end` of the text it was read from."""

    number: float
    unit: Unit
    start: int = 0
    end: int = 0

    @property
    def magnitude(self) -> float:
        """The size in the first unit of its dimension."""
        return self.number * self.unit.factor

    def __str__(self) -> str:
        """The canonical writing: GB below a thousand, TB above; ml and l; W; lengths as stated."""
        size, dimension = self.magnitude, self.unit.dimension
        if dimension == "data":
            if size >= 1000:
                return f"{_plain(size / (1024 if size % 1024 == 0 else 1000))} TB"
            return f"{_plain(size)} GB" if size >= 1 else f"{_plain(size * 1000)} MB"
        if dimension == "volume":
            return f"{_plain(size / 1000)} l" if size >= 1000 else f"{_plain(size)} ml"
        if dimension == "mass":
            return f"{_plain(size / 1000)} kg" if size >= 1000 else f"{_plain(size)} g"
        if dimension == "power":
            return f"{_plain(size)} W"
        return f"{_plain(self.number)} {self.unit.name}"

    def same(self, other: "Quantity") -> bool:
        """Return whether both measure the same: exactly in one unit, within 1.5 % across units."""
        if self.unit.dimension != other.unit.dimension:
            return False
        if self.unit == other.unit:
            return self.number == other.number
        if str(self) == str(other):
            return True
        largest = max(self.magnitude, other.magnitude)
        return largest > 0 and abs(self.magnitude - other.magnitude) <= 0.015 * largest


def _plain(number: float) -> str:
    return f"{round(number, 4):g}" if number < 1e6 else f"{number:.0f}"


@functools.cache
def _pattern() -> re.Pattern[str]:
    spellings = sorted(wording().units, key=len, reverse=True)
    branches = (re.escape(s) + _tail(s) for s in spellings)
    # In words only before a unit in words: "two litres", not "one m" or "one in".
    words = "|".join(sorted(wording().numbers, key=len, reverse=True))
    full = "|".join(re.escape(s) + _tail(s) for s in spellings if len(s) > 2 and s.isascii())
    return re.compile(
        rf"(?<!{LETTER})(?<![.,:/])(?:({_NUMBER})[\s\-]?\s?({'|'.join(branches)})"
        rf"|({words})[\s\-]({full}))",
        re.IGNORECASE,
    )


def _tail(spelling: str) -> str:
    tail = rf"(?!(?![0-9_]){LETTER})" if spelling[-1].isascii() and spelling[-1].isalpha() else ""
    return tail + _NOT_INCH if spelling == "in" else tail


def read_number(text: str) -> float:
    """Return the number written as `1,000`, `1,7`, `1.7` or `two`."""
    if (number := wording().numbers.get(text.lower())) is not None:
        return float(number)
    grouped = re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text)
    return float(text.replace(",", "") if grouped else text.replace(",", "."))


def find_quantities(text: str, dimension: str | None = None) -> Iterator[Quantity]:
    """Yield the quantities of `text` in order, of one dimension or of all."""
    units = wording().units
    for match in _pattern().finditer(text):
        number, spelling = match[1] or match[3], match[2] or match[4]
        unit = units.get(spelling) or units.get(spelling.lower())
        if unit is not None and dimension in (None, unit.dimension):
            yield Quantity(read_number(number), unit, match.start(), match.end())


def parse_quantity(text: str, dimension: str | None = None) -> Quantity | None:
    """Return the quantity that is the whole of `text`, or None."""
    stripped = text.strip().rstrip(".")
    for quantity in find_quantities(stripped, dimension):
        if quantity.start == 0 and quantity.end == len(stripped):
            return quantity
    return None
