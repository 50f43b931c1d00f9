"""The language model of a replay: each answer, in its pieces and with its ending, from the tape."""

import json
from collections.abc import AsyncIterator
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.messages import AIMessage, BaseMessage, UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import ConfigDict, Field

from eval_traces import ContentFilter, Span, names
from eval_traces.writing.messages import input_messages
from graphs.replay.player import REPLAYED_TOOL, NotRecorded, Player
from graphs.replay.tape import Place, RecordedCall, chat_arguments
from models.stand_in import StandInChatModel, closing_chunks, text_chunk


class TapedModel(StandInChatModel):
    """The language model of one node, answering from the tape."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    node: str
    player: Player = Field(exclude=True)
    model_name: str = "recorded"

    @property
    def _llm_type(self) -> str:
        return "vouch-recorded"

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
            yield text_chunk(piece)
        await self.player.outcome(call)  # a reader that closed the stream then closes it before
        for chunk in closing_chunks(message):
            yield chunk

    async def _recorded(self, messages: list[BaseMessage], kwargs: dict[str, Any]) -> RecordedCall:
        player, tool = self.player, REPLAYED_TOOL.get()
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
