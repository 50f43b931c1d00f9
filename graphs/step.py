"""The wrapper around every node of every graph: its span, its time, its event on the stream.

Rule: a node reaches the world only through the `Step` that it is given, so that a replay can put
recorded handles there.
"""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, Self, TypeVar

from langgraph.config import get_config
from langgraph.runtime import Runtime
from pydantic import TypeAdapter

from eval_traces import NodeSpan, RunTracer, names
from graphs.calls import Called, ToolCalls
from graphs.edits import Edit, apply_edits

T = TypeVar("T")
Update = dict[str, Any]


class StepContext(Protocol):
    """What the wrapper needs of a graph's handles."""

    @property
    def tracer(self) -> RunTracer:
        """Opens the node's span."""
        ...

    @property
    def calls(self) -> ToolCalls:
        """Carries out the node's tool calls."""
        ...

    @property
    def edits(self) -> Mapping[str, Sequence[Edit]]:
        """By node: what to change in the state before it runs."""
        ...

    def for_node(self, name: str) -> Self:
        """Return the handles of one node."""
        ...


C = TypeVar("C", bound=StepContext)
S = TypeVar("S", bound=Mapping[str, Any])
S_contra = TypeVar("S_contra", bound=Mapping[str, Any], contravariant=True)


@dataclass(frozen=True)
class Step(Generic[C]):
    """What a node receives: handles, its span, and the stream of events."""

    context: C
    span: NodeSpan
    emit: Callable[[dict[str, Any]], None]

    def event(self, event: str, /, **data: Any) -> None:
        """Send one event to whoever follows the run."""
        self.emit({"event": event, **data})

    async def call(
        self,
        name: str,
        arguments: object,
        result: TypeAdapter[T],
        run: Callable[[], Awaitable[T]],
    ) -> Called[T]:
        """Call a tool under its span; a replay answers it from the record instead."""
        context = self.context
        return await context.calls.call(context.tracer, name, arguments, result, run)


class Node(Protocol[S_contra]):
    """A node as LangGraph calls it."""

    async def __call__(self, state: S_contra, *, runtime: Runtime[Any]) -> Update:
        """Run the node once."""
        ...


def node(
    name: str, reads: tuple[str, ...]
) -> Callable[[Callable[[S, Step[C]], Awaitable[Update]]], Node[S]]:
    """Make a LangGraph node of a function; `reads` are the state's keys that the span records."""

    def wrap(body: Callable[[S, Step[C]], Awaitable[Update]]) -> Node[S]:
        async def run(state: S, *, runtime: Runtime[Any]) -> Update:
            info, context = runtime.execution_info, runtime.context.for_node(name)
            state, edited = apply_edits(name, state, context.edits)
            seen = {key: state.get(key) for key in reads if state.get(key) is not None}
            started = time.perf_counter()
            emit = runtime.stream_writer
            emit({"event": "step", "name": name, "state": "started"})
            with context.tracer.node(
                name,
                attempt=info.node_attempt if info else 1,
                checkpoint_id=info.checkpoint_id if info else None,
                input=seen,
            ) as span:
                span.set(names.NODE_STEP, get_config()["metadata"].get("langgraph_step"))
                update = {**edited, **await body(state, Step(context, span, emit))}
                span.result(update)
            spent = round(1000 * (time.perf_counter() - started), 1)
            emit({"event": "step", "name": name, "state": "done", "ms": spent})
            return {**update, "timings_ms": {**update.get("timings_ms", {}), name: spent}}

        # Not functools.wraps: LangGraph would read the wrapped signature and pass no runtime.
        run.__name__, run.__doc__ = name, body.__doc__
        return run

    return wrap
