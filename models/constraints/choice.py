"""One of N given texts, and nothing else."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from listing.errors import BadInputError
from models.constraints.automaton import AutomatonConstraint


class ChoiceRange(NamedTuple):
    """The sorted choices `[low, high)` share the first `depth` bytes, which have been written."""

    low: int
    high: int
    depth: int


class ChoiceAutomaton:
    """Accepts exactly the bytes of each choice; a choice may be the beginning of another."""

    def __init__(self, choices: Sequence[str]) -> None:
        if not choices or "" in choices:
            raise BadInputError("choices: give at least one, none of them empty")
        self._sorted = sorted({choice.encode() for choice in choices})

    @property
    def initial(self) -> ChoiceRange:
        """All choices open, nothing written."""
        return ChoiceRange(0, len(self._sorted), 0)

    def next_bytes(self, state: ChoiceRange) -> Iterator[int]:
        """The distinct next bytes of the choices still open."""
        low = state.low + self.accepts(state)
        while low < state.high:
            byte = self._sorted[low][state.depth]
            yield byte
            low = self._end(state, byte, low)

    def step(self, state: ChoiceRange, byte: int) -> ChoiceRange | None:
        """The choices that go on with `byte`."""
        prefix = self._sorted[state.low][: state.depth]
        low = bisect_left(self._sorted, prefix + bytes((byte,)), state.low, state.high)
        if low == state.high or self._sorted[low][state.depth : state.depth + 1] != bytes((byte,)):
            return None
        return ChoiceRange(low, self._end(state, byte, low), state.depth + 1)

    def _end(self, state: ChoiceRange, byte: int, low: int) -> int:
        # No byte of UTF-8 is 255, so byte + 1 always is a byte.
        prefix = self._sorted[state.low][: state.depth]
        return bisect_left(self._sorted, prefix + bytes((byte + 1,)), low, state.high)

    def accepts(self, state: ChoiceRange) -> bool:
        """Whether one of the choices is complete."""
        return len(self._sorted[state.low]) == state.depth


class ChoiceConstraint(AutomatonConstraint[ChoiceRange]):
    """The output is one of `choices`, letter for letter. BadInputError for none or an empty one."""

    def __init__(self, choices: Sequence[str]) -> None:
        super().__init__(ChoiceAutomaton(choices))
