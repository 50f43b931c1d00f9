"""Calls of tools: each passes this one place, where it gets its span and its result is recorded.

A replay puts its own `ToolCalls` here and answers from the record instead.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from pydantic import TypeAdapter

from eval_traces import RunTracer

T = TypeVar("T")


@dataclass(frozen=True)
class Called(Generic[T]):
    """A tool's result and the id of the span that recorded it."""

    value: T
    span_id: str


class ToolCalls(Protocol):
    """How a node's tool calls are carried out."""

    async def call(
        self,
        tracer: RunTracer,
        name: str,
        arguments: object,
        result: TypeAdapter[T],
        run: Callable[[], Awaitable[T]],
    ) -> Called[T]:
        """Return what the tool `name` gives for `arguments`; `result` is how it is recorded."""
        ...


@dataclass(frozen=True)
class LiveCalls:
    """Runs the tool."""

    async def call(
        self,
        tracer: RunTracer,
        name: str,
        arguments: object,
        result: TypeAdapter[T],
        run: Callable[[], Awaitable[T]],
    ) -> Called[T]:
        """Run the tool under its span."""
        with tracer.tool(name, arguments) as span:
            value = await run()
            span.result(result.dump_python(value, mode="json"))
        return Called(value, span.span_id)
