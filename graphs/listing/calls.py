"""Calls of tools: each passes this one place, where it gets its span and its result is recorded.

A replay puts its own `ToolCalls` here and answers from the record instead.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from pydantic import TypeAdapter

from eval_traces import RunTracer
from listing import (
    CategoryPrediction,
    Claim,
    Reference,
    SafetyFinding,
    SpannedValue,
)
from tools.audit import Revision
from tools.photo_attributes import PhotoReading

T = TypeVar("T")


@dataclass(frozen=True)
class Search:
    """What a search of the market brought: `nearest` is the best score, near enough or not."""

    references: list[Reference]
    nearest: float | None = None


@dataclass(frozen=True)
class Guarded:
    """What the stream guard let through, and what it halted the draft for."""

    text: str
    finding: SafetyFinding | None = None


FINDINGS: TypeAdapter[list[SafetyFinding]] = TypeAdapter(list[SafetyFinding])
CATEGORY: TypeAdapter[CategoryPrediction | None] = TypeAdapter(CategoryPrediction | None)
READING: TypeAdapter[PhotoReading | None] = TypeAdapter(PhotoReading | None)
SEARCH: TypeAdapter[Search] = TypeAdapter(Search)
SPANNED: TypeAdapter[list[SpannedValue]] = TypeAdapter(list[SpannedValue])
CLAIMS: TypeAdapter[list[Claim]] = TypeAdapter(list[Claim])
GUARDED: TypeAdapter[Guarded] = TypeAdapter(Guarded)
REVISION: TypeAdapter[Revision] = TypeAdapter(Revision)


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
