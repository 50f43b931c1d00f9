"""A place in a text."""

from typing import NamedTuple


class Span(NamedTuple):
    """Code-point offsets: `text[start:end]`."""

    start: int
    end: int

    def touches(self, start: int, end: int) -> bool:
        """Return whether any character lies in both."""
        return self.start < end and start < self.end
