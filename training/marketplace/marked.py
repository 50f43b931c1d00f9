"""Text that remembers which of its words state which attribute, however it is put together.

One rule: a value's offsets are never searched for in a finished text; they are kept from the moment
that the value is written, so a "6" in a price is never taken for the number of strings.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from listing import SpannedValue

_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Marked:
    """Pieces of text, each with the attribute that it states, or None."""

    pieces: tuple[tuple[str, str | None], ...] = ()

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(words for words, _ in self.pieces)

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes stated, in reading order, each as often as it is stated."""
        return tuple(name for _, name in self.pieces if name is not None)

    def __add__(self, other: "Marked") -> "Marked":
        return Marked(self.pieces + other.pieces)

    def spans(self) -> tuple[SpannedValue, ...]:
        """Returns the first statement of each attribute: `text[start:end] == value`."""
        found: dict[str, SpannedValue] = {}
        place = 0
        for words, name in self.pieces:
            end = place + len(words)
            if name is not None and name not in found:
                found[name] = SpannedValue(attribute=name, value=words, start=place, end=end)
            place = end
        return tuple(found.values())

    def rewritten(
        self, plain: Callable[[str], str], value: Callable[[str], str] | None = None
    ) -> "Marked":
        """Returns the text with words outside values changed by `plain`, values by `value`."""
        return Marked(
            tuple(
                (plain(words) if name is None else value(words) if value else words, name)
                for words, name in self.pieces
            )
        )

    def sentence(self, stop: str = ".") -> "Marked":
        """Returns the text as a sentence: a capital where it opens with plain words, and a stop."""
        pieces = list(self.pieces)
        if pieces and pieces[0][1] is None:
            words = pieces[0][0]
            pieces[0] = (words[:1].upper() + words[1:], None)
        ended = self.text.endswith((".", "!", "?"))
        return Marked(tuple(pieces)) + (Marked() if ended else words_of(stop))


def words_of(text: str) -> Marked:
    """Returns plain words that state nothing."""
    return Marked(((text, None),)) if text else Marked()


def filled(pattern: str, values: Mapping[str, str], **plain: str) -> Marked:
    """Returns a pattern with its slots filled: `{name}` marks a value, or takes a plain word.

    Raises:
        KeyError: a slot is in neither.
    """
    pieces: list[tuple[str, str | None]] = []
    place = 0
    for slot in _SLOT.finditer(pattern):
        pieces.append((pattern[place : slot.start()], None))
        name = slot.group(1)
        pieces.append((plain[name], None) if name in plain else (values[name], name))
        place = slot.end()
    pieces.append((pattern[place:], None))
    return Marked(tuple(piece for piece in pieces if piece[0]))


def slots(pattern: str) -> tuple[str, ...]:
    """Returns the names of a pattern's slots, in order."""
    return tuple(_SLOT.findall(pattern))


def joined(parts: Iterable[Marked], between: str) -> Marked:
    """Returns the parts with `between` put between them; empty parts are left out."""
    whole = Marked()
    for part in parts:
        if part.pieces:
            whole = whole + words_of(between) + part if whole.pieces else part
    return whole
