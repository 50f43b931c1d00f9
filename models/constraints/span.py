"""A JSON object whose values can only be pieces of a given text, or null: nothing can be invented.

The automaton walks the text's own JSON-escaped bytes; inside a value its state is the set of places
in the text where the value written so far could stand. Values start and end where words do, so a
value is never half a word.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias

from listing.errors import BadInputError
from models.constraints.automaton import AutomatonConstraint
from models.constraints.words import word_ends, word_starts

NULL = b"null"
QUOTE = ord('"')


class Skeleton(NamedTuple):
    """`offset` bytes of the fixed text before value `field` (after the last: `}`) are written."""

    field: int
    offset: int


class Null(NamedTuple):
    """`offset` bytes of `null` are written as the value of `field`."""

    field: int
    offset: int
    kind: Literal["null"] = "null"


class Inside(NamedTuple):
    """Inside the value of `field`, which could go on at each of `places` in the escaped text."""

    field: int
    places: tuple[int, ...]
    opened: bool


SpanState: TypeAlias = Skeleton | Null | Inside


class SpanAutomaton:
    """Accepts `{"f1": V, "f2": V}` with V a JSON string holding a span of `text`, or null."""

    def __init__(self, text: str, fields: Sequence[str]) -> None:
        if not fields or len(set(fields)) != len(fields):
            raise BadInputError("fields: name at least one, each once")
        names = [json.dumps(field, ensure_ascii=False) for field in fields]
        self._skeleton = [
            f"{', ' if index else '{'}{name}: ".encode() for index, name in enumerate(names)
        ] + [b"}"]
        self._lay_out(text)

    def _lay_out(self, text: str) -> None:
        pieces = [json.dumps(character, ensure_ascii=False)[1:-1].encode() for character in text]
        offsets = [0]
        for piece in pieces:
            offsets.append(offsets[-1] + len(piece))
        self._escaped = b"".join(pieces)
        self._ends = frozenset(offsets[index] for index in word_ends(text))
        self._last = max(self._ends, default=0)  # beyond it a value could not end any more
        starts = (offsets[index] for index in word_starts(text))
        self._starts = tuple(start for start in starts if start < self._last)

    @property
    def initial(self) -> SpanState:
        """Nothing written."""
        return Skeleton(0, 0)

    def accepts(self, state: SpanState) -> bool:
        """Whether the closing brace is written."""
        return isinstance(state, Skeleton) and state == (len(self._skeleton) - 1, 1)

    def next_bytes(self, state: SpanState) -> Iterator[int]:
        """The bytes that may come next."""
        if isinstance(state, Skeleton):
            literal = self._skeleton[state.field]
            if state.offset < len(literal):
                yield literal[state.offset]
            elif not self.accepts(state):
                yield NULL[0]
                if self._starts:
                    yield QUOTE
        elif isinstance(state, Null):
            yield NULL[state.offset]
        else:
            yield from {self._escaped[place] for place in state.places if place < self._last}
            if self._may_close(state):
                yield QUOTE

    def step(self, state: SpanState, byte: int) -> SpanState | None:
        """The state after `byte`; None where it may not come."""
        if isinstance(state, Skeleton):
            return self._step_skeleton(state, byte)
        if isinstance(state, Null):
            if byte != NULL[state.offset]:
                return None
            done = state.offset + 1 == len(NULL)
            return Skeleton(state.field + 1, 0) if done else Null(state.field, state.offset + 1)
        places = tuple(
            place + 1
            for place in state.places
            if place < self._last and self._escaped[place] == byte
        )
        if places:
            return Inside(state.field, places, True)
        # A quote of the text itself follows a backslash, so this one can only close the value.
        return Skeleton(state.field + 1, 0) if byte == QUOTE and self._may_close(state) else None

    def _step_skeleton(self, state: Skeleton, byte: int) -> SpanState | None:
        literal = self._skeleton[state.field]
        if state.offset < len(literal):
            return (
                Skeleton(state.field, state.offset + 1) if byte == literal[state.offset] else None
            )
        if self.accepts(state):
            return None
        if byte == NULL[0]:
            return Null(state.field, 1)
        if byte == QUOTE and self._starts:
            return Inside(state.field, self._starts, False)
        return None

    def _may_close(self, state: Inside) -> bool:
        return state.opened and any(place in self._ends for place in state.places)


class SpanConstraint(AutomatonConstraint[SpanState]):
    """The output is one JSON object with `fields` in order, each a span of `text` or null.

    Exactly what `json.dumps(..., ensure_ascii=False)` would write. A span is a non-empty piece of
    `text` that starts and ends at word boundaries (see `words`). BadInputError for no or repeated
    fields.
    """

    def __init__(self, text: str, fields: Sequence[str]) -> None:
        super().__init__(SpanAutomaton(text, fields))
