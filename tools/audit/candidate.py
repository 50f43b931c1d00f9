"""A claim before it is judged, and how claims that overlap are settled."""

from collections.abc import Iterable
from dataclasses import dataclass

from listing.attribute import Scope
from listing.claim import ClaimField


@dataclass(frozen=True)
class ClaimCandidate:
    """One statement of the draft, not yet judged; `start`, `end` are offsets into `field`."""

    field: ClaimField
    start: int
    end: int
    text: str
    attribute: str
    value: str
    """Normalised; "no charger", "not works" for what is denied."""
    scope: Scope = "item"
    general: bool = False
    read: bool = False
    """True when the model read it; False when it was matched."""
    named: bool = False
    """True for a name that the evidence gives, word for word."""

    def overlaps(self, other: "ClaimCandidate") -> bool:
        """Return whether both state something with the same words."""
        return self.start < other.end and other.start < self.end


def settle(candidates: Iterable[ClaimCandidate]) -> list[ClaimCandidate]:
    """Return candidates of one field in text order, without overlaps.

    A name that is in the evidence wins ("T 590" in "T 590 in blue"), then the longest, of equals
    the matched over the read; common sense gives way to any fact in it.
    """
    kept: list[ClaimCandidate] = []
    for one in sorted(
        candidates,
        key=lambda c: (c.general, not c.named, c.start - c.end, c.read, c.start, c.attribute),
    ):
        if not any(one.overlaps(other) for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda c: c.start)
