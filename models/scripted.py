"""A chat model that says what a test told it to: public, deterministic, without weights.

Rule: it behaves like `ChatQwenVL` in every way a caller can see (chunks, usage, tool calls,
choices, spans, structured output, errors), except that the words come from the script.
"""

import asyncio
import inspect
import json
import re
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.messages import AIMessage, BaseMessage, UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field, PrivateAttr

from listing.errors import BadInputError, ModelError
from models.stand_in import StandInChatModel, closing_chunks, text_chunk

Response: TypeAlias = (
    str | AIMessage | dict[str, Any] | Exception | list[str | Exception] | Callable[..., Any]
)

_WORDS = re.compile(r"\s*\S+\s*|\s+")


@dataclass(frozen=True)
class ScriptedCall:
    """One call that was made: the messages sent and the call's keyword arguments."""

    messages: list[BaseMessage]
    kwargs: dict[str, Any]

    @property
    def text(self) -> str:
        """All text of all messages, one message a line."""
        return "\n".join(message.text for message in self.messages)


@dataclass(frozen=True)
class _Answer:
    """A response made ready."""

    pieces: list[str | Exception]
    message: AIMessage
    """What the last chunk carries: tool calls, usage, metadata."""


class ScriptedChatModel(StandInChatModel):
    """Answers from `responses`, in order, and records every call in `calls`.

    A response is a text; an `AIMessage` (with tool calls, usage, metadata); an exception, which is
    raised; a dict, sent as JSON; a list of text pieces, streamed as they are, with an exception
    among them raised mid-stream; or a callable `(messages)` or `(messages, kwargs)` returning any
    of these. Where the call asks for `choices`, a text names the choice and a dict gives
    probabilities; where it asks for `spans`, a dict gives the fields found. `responses` may also be
    one callable, which then answers every call. A script that ran out raises ModelError.

    With `constrained=False` it refuses `choices` and `spans`, as a remote model does.
    """

    responses: Any = Field(exclude=True)
    """`Sequence[Response]`, or one callable."""
    model_name: str = "scripted"
    delay_s: float = 0.0
    """Seconds before the first piece."""
    piece_delay_s: float = 0.0
    """Seconds before each further piece."""
    stop: list[str] | None = None
    calls: list[ScriptedCall] = Field(default_factory=list, exclude=True)

    _lock: Any = PrivateAttr(default_factory=threading.Lock)

    @property
    def _llm_type(self) -> str:
        return "vouch-scripted"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        time.sleep(self.delay_s)
        return _result(self._next(messages, stop, kwargs))

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        answer = self._next(messages, stop, kwargs)
        await asyncio.sleep(self.delay_s)
        return _result(answer)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        delay = self.delay_s
        for chunk in _chunks(self._next(messages, stop, kwargs)):
            time.sleep(delay)
            yield chunk
            delay = self.piece_delay_s

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        delay = self.delay_s
        for chunk in _chunks(self._next(messages, stop, kwargs)):
            await asyncio.sleep(delay)
            yield chunk
            delay = self.piece_delay_s

    def _next(
        self, messages: list[BaseMessage], stop: list[str] | None, kwargs: dict[str, Any]
    ) -> _Answer:
        """Record the call and prepare the response that the script has for it."""
        with self._lock:
            position = len(self.calls)
            self.calls.append(ScriptedCall(list(messages), {**kwargs, "stop": stop or self.stop}))
        if not self.constrained and (refused := {"choices", "spans", "quoting"} & kwargs.keys()):
            raise BadInputError(f"call option {min(refused)}: this model was not built for it")
        response = self.responses
        if not callable(response):
            if position >= len(response):
                raise ModelError(
                    f"script: {len(response)} responses are used up; call {position + 1} has none"
                )
            response = response[position]
        if callable(response):
            two = len(inspect.signature(response).parameters) > 1
            response = response(messages, kwargs) if two else response(messages)
        if isinstance(response, Exception):
            raise response
        return _answer(response, self.model_name, messages, stop or self.stop or [], kwargs)


def _answer(
    response: Response,
    model_name: str,
    messages: list[BaseMessage],
    stop: list[str],
    kwargs: dict[str, Any],
) -> _Answer:
    """Turn a response into pieces and the facts of the last chunk."""
    metadata: dict[str, Any] = {"model_name": model_name, "finish_reason": "stop"}
    message = response if isinstance(response, AIMessage) else AIMessage("")
    if kwargs.get("choices") is not None and isinstance(response, str | dict):
        ranked = _rank(response, kwargs["choices"])
        metadata["choices"] = ranked[: kwargs.get("top_k") or len(ranked)]
        response = str(ranked[0]["text"])
    elif kwargs.get("spans") is not None and isinstance(response, dict):
        response = {name: response.get(name) for name in kwargs["spans"]["fields"]}
    if isinstance(response, AIMessage):
        pieces: list[str | Exception] = [*_WORDS.findall(_cut(response.text, stop))]
        metadata["finish_reason"] = "tool_calls" if response.tool_calls else "stop"
    elif isinstance(response, list):
        pieces = response
    elif isinstance(response, str | dict):
        text = response if isinstance(response, str) else json.dumps(response, ensure_ascii=False)
        pieces = [*_WORDS.findall(_cut(text, stop))]
    else:
        raise BadInputError(f"script: a response cannot be a {type(response).__name__}")
    metadata |= {"first_token_s": 0.0, **message.response_metadata}
    usage = message.usage_metadata or _usage(messages, pieces)
    carried = AIMessage(
        content="",
        tool_calls=message.tool_calls,
        invalid_tool_calls=message.invalid_tool_calls,
        usage_metadata=usage,
        response_metadata=metadata,
    )
    return _Answer(pieces, carried)


def _rank(response: str | dict[str, Any], choices: Sequence[str]) -> list[dict[str, Any]]:
    given = {response: 1.0} if isinstance(response, str) else response
    if unknown := given.keys() - set(choices):
        raise BadInputError(
            f"script: {min(unknown)!r} is not among the {len(choices)} choices: "
            f"{', '.join(choices[:8])}"
        )
    total = sum(given.values()) or 1.0
    ranked = sorted(dict.fromkeys(choices), key=lambda choice: -given.get(choice, 0.0))
    return [{"text": choice, "probability": given.get(choice, 0.0) / total} for choice in ranked]


def _cut(text: str, stop: Sequence[str]) -> str:
    ends = [text.find(end) for end in stop if end in text]
    return text[: min(ends)] if ends else text


def _usage(messages: Sequence[BaseMessage], pieces: Sequence[str | Exception]) -> UsageMetadata:
    """Words stand in for tokens."""
    sent = sum(len(message.text.split()) for message in messages)
    return UsageMetadata(
        input_tokens=sent, output_tokens=len(pieces), total_tokens=sent + len(pieces)
    )


def _texts(answer: _Answer) -> Iterator[str]:
    """The pieces of text; an exception among them is raised when its turn comes."""
    for piece in answer.pieces:
        if isinstance(piece, Exception):
            raise piece
        yield piece


def _chunks(answer: _Answer) -> Iterator[ChatGenerationChunk]:
    yield from map(text_chunk, _texts(answer))
    yield from closing_chunks(answer.message)


def _result(answer: _Answer) -> ChatResult:
    message = answer.message.model_copy(update={"content": "".join(_texts(answer))})
    return ChatResult(generations=[ChatGeneration(message=message)])
