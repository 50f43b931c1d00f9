"""Plays the tape to a run: takes the part of its tools, and says how each recorded call went.

A tool of ours runs again, today's code over recorded model answers, so that a change in it shows;
one that reads what the record cannot hold (the market, masked words) is answered whole. A call that
the tape does not have stops the run where it stands: what would have come is nobody's to invent.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import NoReturn, TypeVar, cast

from pydantic import TypeAdapter

from eval_traces import ContentFilter, RunSpan, RunTracer, Span, names
from graphs.calls import Called
from graphs.replay.tape import Answer, Place, RecordedCall, Tape
from listing import errors
from listing.errors import VouchError

T = TypeVar("T")
WHOLE = frozenset({"search_similar", "check_seller", "draft_listing"})
"""Tools that are answered whole: they read the market, or words that the record masks, or are runs
of their own."""
RULES = frozenset(
    {"check_seller", "revise", "guard_draft", "check_message", "set_attribute", "edit"}
    | {"skip_question", "ask_seller", "publish", "undo", "reply"}
    | {"suggest_price", "explain_claim", "check_safety"}
)
"""Tools that need neither model nor market, so that what was never asked can be asked now."""
REPLAYED_TOOL: ContextVar[str] = ContextVar("vouch_replayed_tool", default="")
"""The tool that is run again at this moment, in whose place the model is asked."""


class NotRecorded(VouchError):
    """Raised inside a tool that asks the model what it did not ask then; never leaves a replay."""


class RecordedError(VouchError):
    """An error of the recorded run, raised again where it came; its class has that error's name."""


@dataclass
class Player:
    """The tape with what happened while it played."""

    tape: Tape
    content: ContentFilter
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    reason: str = ""
    """Why the run stopped before its end, in words."""
    trace_id: str = ""
    """Of the replay, once it has started."""
    deadline: asyncio.Timeout | None = None

    def watch(self, run: RunSpan, deadline: asyncio.Timeout | None = None) -> None:
        """Note the replay's trace and deadline as it starts."""
        self.trace_id, self.deadline = run.trace_id, deadline

    def expire(self) -> None:
        """Make the run's deadline pass now, as the record says that it did."""
        if self.deadline is not None:
            self.deadline.reschedule(asyncio.get_running_loop().time())

    async def stop(self, reason: str) -> NoReturn:
        """Stop the run here: the caller never goes on and is cancelled with the run."""
        self.reason = self.reason or reason
        self.stopped.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody sets that event")

    async def outcome(self, call: RecordedCall) -> None:
        """Take the way that the recorded call took: return, raise its error, or be late."""
        if call.span.failed:
            raise recorded_error(call.span)
        if call.late:
            if self.deadline is None:
                await self.stop(f"{call.place}: the turn was stopped inside this call")
            self.expire()
            await asyncio.Event().wait()
        if call.span.status != "ok" and not call.masked:
            await self.stop(f"{call.place}: the record ends inside this call")


def recorded_error(span: Span) -> Exception:
    """Return the error that a span ended with: of the class of that name where it is ours."""
    name = span.text(names.ERROR_TYPE) or "RecordedError"
    words = span.message.removeprefix(f"{name}: ")
    known = getattr(errors, name, None)
    if isinstance(known, type) and issubclass(known, VouchError) and name != "PhotoError":
        return known(words)
    made: Exception = type(name, (RecordedError,), {})(words)
    return made


@dataclass(frozen=True)
class TapedCalls:
    """The tool calls of one node, answered from the tape."""

    node: str
    player: Player

    async def call(
        self,
        tracer: RunTracer,
        name: str,
        arguments: object,
        result: TypeAdapter[T],
        run: Callable[[], Awaitable[T]],
    ) -> Called[T]:
        """Run the tool over recorded model answers, or answer it whole where it cannot be run."""
        player, place = self.player, Place(self.node, name)
        with tracer.tool(name, arguments) as span:
            asked = player.content.json(arguments)
            answer = player.tape.take(place, asked, loose=name not in RULES)
            if answer is None and name not in RULES:
                await player.stop(f"{place}: the record has no such call")
            found = await run() if answer is None else await self._value(name, answer, run)
            if answer is not None and isinstance(found, _Whole):
                span.set(names.REPLAY_ANSWERED, found.why)
                player.tape.cover(answer.call)
                value = await self._recorded(answer, result)
            else:
                value = cast(T, found)
            span.result(result.dump_python(value, mode="json"))
        return Called(value, span.span_id)

    async def _value(
        self, name: str, answer: Answer, run: Callable[[], Awaitable[T]]
    ) -> "T | _Whole":
        recorded = answer.call
        own_failure = recorded.span.failed and not any(c.span.failed for c in recorded.inner)
        halted = name == "guard_draft" and self.player.tape.masked(self.node)
        if name in WHOLE or own_failure or halted:
            return _Whole("whole")
        token = REPLAYED_TOOL.set(name)
        try:
            return await run()
        except NotRecorded:
            return _Whole("missed")
        finally:
            REPLAYED_TOOL.reset(token)

    async def _recorded(self, answer: Answer, result: TypeAdapter[T]) -> T:
        await self.player.outcome(answer.call)
        return result.validate_python(answer.call.span.json(names.TOOL_RESULT))


@dataclass(frozen=True)
class _Whole:
    """Says that a tool is to be answered with its recorded result, and why."""

    why: str
