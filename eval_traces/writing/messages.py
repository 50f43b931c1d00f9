"""LangChain messages in the semantic conventions' form: a role and parts, with pictures by hash."""

from collections.abc import Iterable, Mapping
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from eval_traces.writing.photo_part import as_photo_part

Part = dict[str, Any]
ROLES = {"human": "user", "ai": "assistant", "AIMessageChunk": "assistant"}


def input_messages(messages: Iterable[BaseMessage]) -> list[dict[str, object]]:
    """Return what went to the model."""
    return [_message(m) for m in messages]


def output_message(message: BaseMessage, finish_reason: str | None) -> dict[str, object]:
    """Return what came back, with why it ended where that is known."""
    made = _message(message)
    if finish_reason:
        made["finish_reason"] = finish_reason
    return made


def _message(message: BaseMessage) -> dict[str, object]:
    role = getattr(message, "role", None) or ROLES.get(message.type, message.type)
    content = _content_parts(message.content)
    if isinstance(message, ToolMessage):
        response: object = message.content if isinstance(message.content, str) else content
        part = {"type": "tool_call_response", "id": message.tool_call_id, "response": response}
        return {"role": "tool", "parts": [part]}
    made: dict[str, object] = {"role": role, "parts": content + _tool_calls(message)}
    if message.name:
        made["name"] = message.name
    return made


def _content_parts(content: str | list[Any]) -> list[Part]:
    if isinstance(content, str):
        return [{"type": "text", "content": content}] if content else []
    return [part for block in content for part in _block_parts(block)]


def _block_parts(block: object) -> list[Part]:
    if isinstance(block, str):
        return [{"type": "text", "content": block}] if block else []
    if not isinstance(block, Mapping):
        return [{"type": type(block).__name__}]
    kind = block.get("type")
    if kind in ("text", "text-plain"):
        return [{"type": "text", "content": block.get("text", "")}]
    if kind in ("reasoning", "thinking"):
        words = block.get("reasoning") or block.get("thinking") or block.get("text") or ""
        return [{"type": "reasoning", "content": words}]
    if kind in ("tool_call", "tool_use", "tool_call_chunk", "invalid_tool_call"):
        return []  # told by `tool_calls`
    photo = as_photo_part(block)
    return [photo if photo is not None else dict(block)]


def _tool_calls(message: BaseMessage) -> list[Part]:
    if not isinstance(message, AIMessage):
        return []
    good = [
        {"type": "tool_call", "id": c["id"], "name": c["name"], "arguments": c["args"]}
        for c in message.tool_calls
    ]
    bad = [
        {"type": "tool_call", "id": c["id"], "name": c["name"], "arguments": c["args"],
         "error": c["error"]}
        for c in message.invalid_tool_calls
    ]  # fmt: skip
    return good + bad
