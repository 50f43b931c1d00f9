"""Edits of the listing graph's state before a node runs: how a replay asks "what if?"."""

from dataclasses import dataclass
from typing import Any

from graphs.listing.state import ListingState
from listing.errors import BadInputError

ADDED_UP = frozenset({"warnings", "timings_ms"})
"""Keys whose reducer would add an edited value to what is there."""


@dataclass(frozen=True)
class StateEdit:
    """Set the value at `path` (keys, and indexes of lists) to `value`."""

    path: tuple[str, ...]
    value: Any

    def __post_init__(self) -> None:
        known = sorted(ListingState.__annotations__.keys() - ADDED_UP)
        if not self.path or self.path[0] not in known:
            raise BadInputError(
                f"{'.'.join(self.path) or 'an empty path'}: the state has no such key to set; "
                f"it has {', '.join(known)}"
            )
