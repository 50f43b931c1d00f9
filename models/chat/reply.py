"""From the engine's text to LangChain message chunks.

Rule: usage, model name and finish reason are on the last chunk and on no other, and chunks added up
give the very message that a call without streaming returns.
"""

import json
from collections.abc import Iterator
from typing import Any, cast

from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    InputTokenDetails,
    InvalidToolCall,
    ToolCall,
    UsageMetadata,
)
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGenerationChunk, ChatResult

from models.chat.tool_calls import ReplyParser, ReplyPart
from models.engine import GenerationResult, Usage


class ReplyBuilder:
    """Builds the chunks of one reply. With a `parser`, tool calls are read out of the text."""

    def __init__(self, model_name: str, parser: ReplyParser | None, closing: str = "") -> None:
        self._model_name = model_name
        self._parser = parser
        self._closing = closing
        self._chunks: list[ChatGenerationChunk] = []
        self._invalid: list[InvalidToolCall] = []
        self._calls = 0
        self._valid = 0

    def feed(self, text: str) -> Iterator[ChatGenerationChunk]:
        """Yield the chunks that `text` completes."""
        if self._parser is None:
            yield self._keep(AIMessageChunk(content=text))
        else:
            yield from self._parts(self._parser.feed(text))

    def finish(self, result: GenerationResult) -> Iterator[ChatGenerationChunk]:
        """Yield what was held back, then the last chunk with usage and metadata."""
        if self._parser is not None:
            if self._closing and result.finish_reason == "stop":
                yield from self._parts(self._parser.feed(self._closing))
            yield from self._parts(self._parser.finish())
        yield self.last(
            "tool_calls" if self._valid else result.finish_reason,
            usage_metadata(result.usage),
            first_token_s=result.first_token_s,
        )

    def last(
        self, finish_reason: str, usage: UsageMetadata | None = None, **metadata: Any
    ) -> ChatGenerationChunk:
        """Return the last chunk, with `metadata` beside the model's name and the finish reason."""
        message = AIMessageChunk(
            content="",
            usage_metadata=usage,
            response_metadata={
                "model_name": self._model_name,
                "finish_reason": finish_reason,
                **metadata,
            },
            chunk_position="last",
        )
        return self._keep(message)

    def message(self) -> ChatResult:
        """Return the finished reply as one message, with the reasons of invalid calls."""
        result = generate_from_stream(iter(self._chunks))
        message = result.generations[0].message
        if isinstance(message, AIMessage):
            message.invalid_tool_calls = self._invalid
        return result

    def _parts(self, parts: Iterator[ReplyPart]) -> Iterator[ChatGenerationChunk]:
        for part in parts:
            if part.call is not None:
                self._valid += 1
                arguments = json.dumps(part.call["args"], ensure_ascii=False)
                yield self._call(part.call, arguments)
            elif part.invalid is not None:
                self._invalid.append(part.invalid)
                yield self._call(part.invalid, part.invalid["args"])
            elif part.reasoning:
                kwargs = {"reasoning_content": part.reasoning}
                yield self._keep(AIMessageChunk(content="", additional_kwargs=kwargs))
            else:
                yield self._keep(AIMessageChunk(content=part.text))

    def _call(self, call: ToolCall | InvalidToolCall, args: str | None) -> ChatGenerationChunk:
        chunk = tool_call_chunk(name=call["name"], args=args, id=call["id"], index=self._calls)
        self._calls += 1
        return self._keep(AIMessageChunk(content="", tool_call_chunks=[chunk]))

    def _keep(self, message: AIMessageChunk) -> ChatGenerationChunk:
        chunk = ChatGenerationChunk(message=message)
        self._chunks.append(chunk)
        return chunk


def usage_metadata(usage: Usage) -> UsageMetadata:
    """Return the engine's counts in LangChain's form; image tokens are part of the input tokens."""
    details = cast(InputTokenDetails, {"image": usage.image_tokens} if usage.image_tokens else {})
    return UsageMetadata(
        input_tokens=usage.prompt_tokens,
        output_tokens=usage.completion_tokens,
        total_tokens=usage.prompt_tokens + usage.completion_tokens,
        input_token_details=details,
    )
