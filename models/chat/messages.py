"""LangChain messages turned into the chat-template form that the engine reads.

Rule: what cannot be shown to the model is refused by name, never dropped in silence. Reasoning and
tool-call blocks are the exceptions: the first are not fed back, the second come from `tool_calls`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    ChatMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)

from listing.errors import BadInputError
from models.chat.images import IMAGE_BLOCKS, ImageDecoder

Part = dict[str, Any]

_NOT_FED_BACK = frozenset(
    {
        "tool_use",
        "tool_call",
        "tool_call_chunk",
        "invalid_tool_call",
        "reasoning",
        "thinking",
        "redacted_thinking",
        "non_standard",
    }
)
_ROLES = {"user": "user", "human": "user", "system": "system", "assistant": "assistant"}


def to_template(messages: Sequence[BaseMessage], decoder: ImageDecoder) -> list[Part]:
    """Return `messages` as `{"role", "content": [image and text parts], "tool_calls"?}`.

    All system messages become one at the front, as Qwen's templates want it.
    An empty conversation, a block of another kind or a bad picture raises BadInputError.
    """
    system: list[Part] = []
    turns: list[Part] = []
    for message in messages:
        parts = _content(message, decoder)
        role = _role(message)
        if role == "system":
            system += [*([{"type": "text", "text": "\n\n"}] if system else []), *parts]
        else:
            turns.append(_turn(message, role, parts))
    if not turns:
        raise BadInputError("messages: there is nothing to answer; send at least one human message")
    return [*([{"role": "system", "content": system}] if system else []), *turns]


def _turn(message: BaseMessage, role: str, parts: list[Part]) -> Part:
    turn: Part = {"role": role, "content": parts}
    if isinstance(message, AIMessage) and message.tool_calls:
        turn["tool_calls"] = [
            {"type": "function", "function": {"name": call["name"], "arguments": call["args"]}}
            for call in message.tool_calls
        ]
    if isinstance(message, ToolMessage) and message.name:
        turn["name"] = message.name
    return turn


def _role(message: BaseMessage) -> str:
    if isinstance(message, HumanMessage):
        return "user"
    if isinstance(message, AIMessage):
        return "assistant"
    if isinstance(message, SystemMessage):
        return "system"
    if isinstance(message, ToolMessage):
        return "tool"
    if isinstance(message, ChatMessage) and message.role in _ROLES:
        return _ROLES[message.role]
    raise BadInputError(f"messages: a {type(message).__name__} cannot be sent to Qwen-VL")


def _content(message: BaseMessage, decoder: ImageDecoder) -> list[Part]:
    blocks = [message.content] if isinstance(message.content, str) else message.content
    parts = []
    for block in blocks:
        part = _part(block, decoder, message.type)
        if part is not None:
            parts.append(part)
    return parts


def _part(block: str | Mapping[str, Any], decoder: ImageDecoder, where: str) -> Part | None:
    if isinstance(block, str):
        return {"type": "text", "text": block} if block else None
    kind = block.get("type")
    if kind in ("text", "text-plain") and isinstance(block.get("text"), str):
        return {"type": "text", "text": block["text"]}
    if kind in IMAGE_BLOCKS:
        picture = decoder.decode(block)
        return {"type": "image", "image": picture.image, "key": picture.key}
    if kind in _NOT_FED_BACK:
        return None
    raise BadInputError(
        f"{where} message: a content block of type {kind!r} cannot be shown to Qwen-VL; "
        "send text and pictures"
    )
