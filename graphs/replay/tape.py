"""The tape: every tool and model call of a recorded run, to be answered from again.

A call is known by its place (node, tool) and its canonical arguments; of calls that share both, the
first asked for is the first recorded. Parallel branches have places of their own, so the order in
which they replay does not matter.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from eval_traces import Span, Trace, names


@dataclass(frozen=True)
class Place:
    """Where a call is made: in a node directly, or by a tool that the node called."""

    node: str
    tool: str = ""
    model: bool = False
    """True for a call of the language model, False for a call of `tool`."""

    def __str__(self) -> str:
        """`node > tool > model`, as reports show it."""
        parts = [self.node, self.tool, "model" if self.model else ""]
        return " > ".join(part for part in parts if part)


@dataclass(frozen=True, eq=False)
class RecordedCall:
    """One call of the record."""

    place: Place
    arguments: str
    """Canonical JSON; of a model call its messages and constraints."""
    span: Span
    node: Span
    inner: tuple["RecordedCall", ...] = ()
    """The model calls that a tool made."""

    @property
    def late(self) -> bool:
        """Whether the run's deadline passed while this call was under way."""
        stopped = ("cancelled", "unfinished")
        return self.span.status in stopped and self.node.status in stopped

    @property
    def masked(self) -> bool:
        """Whether contact data was taken out of an answer that was streamed."""
        streamed = self.span.attributes.get(names.REQUEST_STREAM) is True
        return streamed and names.RESPONSE_CHUNKS not in self.span.attributes


@dataclass(frozen=True)
class Answer:
    """What the tape has for a call."""

    call: RecordedCall
    exact: bool
    """False: the arguments differ and only the place and its turn there are the same."""


class Tape:
    """Hands out each recorded call at most once."""

    def __init__(self, trace: Trace) -> None:
        self._calls = [call for node in trace.nodes() for call in _calls(node)]
        self._known: dict[tuple[Place, str], list[RecordedCall]] = defaultdict(list)
        self._turns: dict[Place, list[RecordedCall]] = defaultdict(list)
        for call in self.calls():
            self._known[call.place, call.arguments].append(call)
            self._turns[call.place].append(call)
        self._asked: dict[Place, int] = defaultdict(int)
        self._taken: set[int] = set()
        self.exact = 0
        """Calls answered with the record of the same call."""
        self.by_turn = 0
        """Calls answered with the record of another call in the same place."""

    def calls(self) -> Iterator[RecordedCall]:
        """Yield all recorded calls, a tool's before those that it made."""
        for call in self._calls:
            yield call
            yield from call.inner

    def take(self, place: Place, arguments: str, *, loose: bool = True) -> Answer | None:
        """Return the recorded call, marked as asked for; None when the tape has none.

        Where no call has these arguments, `loose` gives the one whose turn it is in that place.
        """
        turn = self._asked[place]
        self._asked[place] += 1
        free = [c for c in self._known[place, arguments] if id(c) not in self._taken]
        if free:
            self._taken.add(id(free[0]))
            self.exact += 1
            return Answer(free[0], exact=True)
        left = [c for c in self._turns[place] if id(c) not in self._taken] if loose else []
        if not left:
            return None
        due = self._turns[place][turn : turn + 1]
        call = due[0] if due and due[0] in left else left[0]
        self._taken.add(id(call))
        self.by_turn += 1
        return Answer(call, exact=False)

    def masked(self, node: str) -> bool:
        """Return whether the record masks words that the model streamed in this node."""
        return any(c.masked for c in self._calls if c.place == Place(node, model=True))

    def cover(self, call: RecordedCall) -> None:
        """Mark what a tool asked as asked for: its answer was taken whole."""
        self._taken |= {id(inner) for inner in call.inner}

    def unasked(self, nodes: Iterable[str] = ()) -> list[RecordedCall]:
        """Return what was recorded and never asked for, in the record's order.

        Calls of `nodes`, which ran for real, do not count.
        """
        live = set(nodes)
        return [c for c in self.calls() if id(c) not in self._taken and c.place.node not in live]


def chat_arguments(messages: str, choices: str, spans: str, tools: str) -> str:
    """Return the canonical arguments of a model call, each part canonical JSON or empty."""
    return "\n".join((messages, choices, spans, tools))


def chat_request(span: Span) -> str:
    """Return the arguments that a recorded model call was made with."""
    keys = (names.INPUT_MESSAGES, names.REQUEST_CHOICES, names.REQUEST_SPANS)
    messages, choices, spans = (span.text(key) or "" for key in keys)
    return chat_arguments(messages, choices, spans, span.text(names.TOOL_DEFINITIONS) or "")


def _calls(node: Span) -> Iterator[RecordedCall]:
    for child in node.children:
        if child.kind == "tool":
            place = Place(node.label, child.label)
            asked = tuple(_chats(child, node, Place(node.label, child.label, model=True)))
            yield RecordedCall(place, child.text(names.TOOL_ARGUMENTS) or "", child, node, asked)
        elif child.kind == "chat":
            yield RecordedCall(Place(node.label, model=True), chat_request(child), child, node)


def _chats(tool: Span, node: Span, place: Place) -> Iterator[RecordedCall]:
    for span in tool.walk():
        if span.kind == "chat":
            yield RecordedCall(place, chat_request(span), span, node)
