"""What chat models that stand in for `ChatQwenVL` have in common: scripted and recorded ones.

Rule: a caller can not tell them from it: tools are bound, schemas asked for and messages streamed
in the same way; usage and metadata are on the last chunk and on no other.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGenerationChunk
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool

from models.structured import StructuredMethod, structured_output


class StandInChatModel(BaseChatModel):
    """A chat model whose answers are at hand; its subclasses say where they come from."""

    model_name: str = ""
    constrained: bool = True

    @property
    def constrained_decoding(self) -> bool:
        """Whether the call options `choices` and `spans` are understood."""
        return self.constrained

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.model_name}

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | Any],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Return the model with `tools` in each call; what it calls is its answers' to say."""
        if tool_choice is not None:
            kwargs["tool_choice"] = tool_choice
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], **kwargs)

    def with_structured_output(
        self,
        schema: dict[str, Any] | type,
        *,
        include_raw: bool = False,
        method: StructuredMethod = "json_schema",
        strict: bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, Any]:
        """Return the model with its JSON (or dict) parsed into `schema`."""
        return structured_output(self, schema, method=method, include_raw=include_raw)


def text_chunk(piece: str) -> ChatGenerationChunk:
    """Return a chunk that holds a piece of the message's text."""
    return ChatGenerationChunk(message=AIMessageChunk(content=piece))


def closing_chunks(message: AIMessage) -> Iterator[ChatGenerationChunk]:
    """Yield what follows the message's text: its tool calls, then the last chunk."""
    for index, call in enumerate([*message.tool_calls, *message.invalid_tool_calls]):
        given = call["args"]
        text = json.dumps(given, ensure_ascii=False) if isinstance(given, dict) else given
        chunk = tool_call_chunk(name=call["name"], args=text, id=call["id"], index=index)
        yield ChatGenerationChunk(message=AIMessageChunk(content="", tool_call_chunks=[chunk]))
    yield ChatGenerationChunk(
        message=AIMessageChunk(
            content="",
            usage_metadata=message.usage_metadata,
            response_metadata=message.response_metadata,
            chunk_position="last",
        )
    )
