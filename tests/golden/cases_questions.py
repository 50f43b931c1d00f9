"""Golden cases of the questions: open ones, ones with values to tap, of several kinds of goods."""

from collections.abc import Mapping

from tests.golden.case import Case, Words


def _asked(name: str, category: str, noun: str, told: Mapping[str, str], about: str) -> Case:
    """The seller tells some attributes; those that follow in the template are asked."""
    seller = ", ".join(told.values()) + "." if told else None
    stated = f"Red {noun}" + (f", {', '.join(told.values())}" if told else "")
    return Case(
        f"asks-{name}",
        about,
        seller=seller,
        words=Words(
            category={category: 0.9},
            reads={seller: told} if seller else {},
            draft=f"{stated}\n\nA red {noun}. Questions are welcome.",
        ),
    )


_NAMED = {"brand": "Tarvox", "model": "Vega"}

CASES = (
    _asked("book", "Books", "book", {}, "title, author and format of a book"),
    _asked("laptop", "Laptops", "laptop", _NAMED, "memory, storage and screen of a laptop"),
    Case(
        "asks-colour",
        "the photo does not show the colour and nobody says it: it is asked with its values",
        seller="Tarvox Vega.",
        words=Words(
            shows={"colour": {"red": 0.3, "pink": 0.3, "orange": 0.3}},
            reads={"Tarvox": _NAMED},
            draft="Tarvox Vega mug\n\nA Tarvox Vega mug. Questions are welcome.",
        ),
    ),
)
