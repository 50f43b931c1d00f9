"""Plays the tape to a run: takes the part of the language model and of the tools.

A tool of ours runs again, today's code over recorded model answers, so that a change in it shows;
one that reads what the record cannot hold (the market, masked words) is answered whole. A call that
the tape does not have stops the run where it stands: what would have come is nobody's to invent.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeVar, cast

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from pydantic import ConfigDict, Field, TypeAdapter

from eval_traces import ContentFilter, RunSpan, RunTracer, Span, names
from eval_traces.writing.messages import input_messages
from graphs.listing.calls import Called
from graphs.replay.tape import Answer, Place, RecordedCall, Tape, chat_arguments
from listing import errors
from listing.errors import VouchError
from models.structured import StructuredMethod, structured_output

T = TypeVar("T")
WHOLE = frozenset({"search_similar", "check_seller"})
"""Tools that are answered whole: they read the market, or words that the record masks."""
RULES = frozenset({"check_seller", "revise", "guard_draft"})
"""Tools that need neither model nor market, so that what was never asked can be asked now."""
_TOOL: ContextVar[str] = ContextVar("vouch_replayed_tool", default="")


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

    def watch(self, run: RunSpan, deadline: asyncio.Timeout) -> None:
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
        token = _TOOL.set(name)
        try:
            return await run()
        except NotRecorded:
            return _Whole("missed")
        finally:
            _TOOL.reset(token)

    async def _recorded(self, answer: Answer, result: TypeAdapter[T]) -> T:
        await self.player.outcome(answer.call)
        return result.validate_python(answer.call.span.json(names.TOOL_RESULT))


@dataclass(frozen=True)
class _Whole:
    """Says that a tool is to be answered with its recorded result, and why."""

    why: str


class TapedModel(BaseChatModel):
    """The language model of one node, answering from the tape."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    node: str
    player: Player = Field(exclude=True)
    model_name: str = "recorded"
    constrained: bool = True

    @property
    def constrained_decoding(self) -> bool:
        """Whether the recorded model understood `choices` and `spans`."""
        return self.constrained

    @property
    def _llm_type(self) -> str:
        return "vouch-recorded"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.model_name}

    def with_structured_output(
        self,
        schema: dict[str, Any] | type,
        *,
        include_raw: bool = False,
        method: StructuredMethod = "json_schema",
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, Any]:
        """Return the model with its recorded JSON parsed into `schema`."""
        return structured_output(self, schema, method=method, include_raw=include_raw)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        raise NotImplementedError("a replay asks its model asynchronously")

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        call = await self._recorded(messages, kwargs)
        await self.player.outcome(call)
        return ChatResult(generations=[ChatGeneration(message=_message(call.span))])

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        call = await self._recorded(messages, kwargs)
        message = _message(call.span)
        for piece in _pieces(message.text, call.span):
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
        await self.player.outcome(call)  # a reader that closed the stream then closes it before
        yield ChatGenerationChunk(
            message=AIMessageChunk(
                content="",
                usage_metadata=message.usage_metadata,
                response_metadata=message.response_metadata,
                chunk_position="last",
            )
        )

    async def _recorded(self, messages: list[BaseMessage], kwargs: dict[str, Any]) -> RecordedCall:
        player, tool = self.player, _TOOL.get()
        place = Place(self.node, tool, model=True)
        asked = _arguments(messages, kwargs, player.content)
        answer = player.tape.take(place, asked, loose=not tool)
        if answer is not None:
            call: RecordedCall = answer.call
            return call
        if tool:
            raise NotRecorded(f"{place}: the record has no such question")
        await player.stop(f"{place}: the record has no such call")


def _arguments(messages: list[BaseMessage], kwargs: dict[str, Any], content: ContentFilter) -> str:
    def told(key: str) -> str:
        value = kwargs.get(key)
        return "" if value is None else content.json(value)

    sent = content.json(input_messages(messages))
    return chat_arguments(sent, told("choices"), told("spans"), told("tools"))


def _message(span: Span) -> AIMessage:
    """The recorded answer as the model gave it."""
    given = span.json(names.OUTPUT_MESSAGES) or []
    parts = given[0].get("parts", []) if given else []
    calls = [p for p in parts if p.get("type") == "tool_call" and "error" not in p]
    bad = [p for p in parts if p.get("type") == "tool_call" and "error" in p]
    metadata = span.json(names.RESPONSE_METADATA) or {}
    metadata |= {"model_name": span.text(names.RESPONSE_MODEL)}
    reasons = span.attributes.get(names.FINISH_REASONS)
    if isinstance(reasons, list) and reasons:
        metadata["finish_reason"] = reasons[0]
    return AIMessage(
        content="".join(p.get("content", "") for p in parts if p.get("type") == "text"),
        tool_calls=[{"name": p["name"], "args": p["arguments"], "id": p["id"]} for p in calls],
        invalid_tool_calls=[
            {"name": p["name"], "args": json.dumps(p["arguments"]), "id": p["id"],
             "error": p["error"]}
            for p in bad
        ],
        usage_metadata=_usage(span),
        response_metadata={k: v for k, v in metadata.items() if v is not None},
    )  # fmt: skip


def _usage(span: Span) -> UsageMetadata | None:
    given, made = (span.attributes.get(k) for k in (names.INPUT_TOKENS, names.OUTPUT_TOKENS))
    if not isinstance(given, int) or not isinstance(made, int):
        return None
    return UsageMetadata(input_tokens=given, output_tokens=made, total_tokens=given + made)


def _pieces(text: str, span: Span) -> list[str]:
    """The answer in the pieces that it came in; in one where they were not recorded."""
    lengths = span.attributes.get(names.RESPONSE_CHUNKS)
    if not isinstance(lengths, list):
        return [text] if text else []
    pieces, at = [], 0
    for length in lengths:
        pieces.append(text[at : at + int(length)])
        at += int(length)
    return [piece for piece in [*pieces, text[at:]] if piece]
