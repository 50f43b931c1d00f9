"""The wrapper around every node: its span, its time, its event on the stream."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from langgraph.config import get_config
from langgraph.runtime import Runtime
from pydantic import TypeAdapter

from eval_traces import NodeSpan, names
from graphs.listing.calls import Called
from graphs.listing.context import ListingContext
from graphs.listing.edits import apply_edits
from graphs.listing.state import ListingState

T = TypeVar("T")
Update = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """What a node receives: handles, its span, and the stream of events."""

    context: ListingContext
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


Body = Callable[[ListingState, Step], Awaitable[Update]]


class Node(Protocol):
    """A node as LangGraph calls it."""

    async def __call__(self, state: ListingState, *, runtime: Runtime[ListingContext]) -> Update:
        """Run the node once."""
        ...


def node(name: str, reads: tuple[str, ...]) -> Callable[[Body], Node]:
    """Make a LangGraph node of a function; `reads` are the state's keys that the span records."""

    def wrap(body: Body) -> Node:
        async def run(state: ListingState, *, runtime: Runtime[ListingContext]) -> Update:
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
