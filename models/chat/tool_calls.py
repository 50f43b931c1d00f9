"""Tool calls as Qwen-VL writes them: read while they stream.

Rule: a call reaches the caller whole or as invalid, never repaired. LangChain completes cut-off
JSON arguments by itself, so a malformed or unfinished call is handed on in a form that it cannot
mistake for arguments.
"""

import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from langchain_core.messages import InvalidToolCall, ToolCall
from transformers.utils.chat_parsing import ResponseParser

from models.constraints.words import word_spans

ToolCallStyle = Literal["hermes", "xml"]

_REGIONS = {
    "defaults": {"role": "assistant"},
    "start_anchor": "<|im_start|>assistant\n",
    "fields": {
        "content": {"content": "text", "content_args": {"strip": False}},
        "reasoning": {"open": "<think>", "close": "</think>", "repeats": True},
        "calls": {
            "open": "<tool_call>",
            "close": "</tool_call>",
            "content": "text",
            "content_args": {"strip": False},
            "repeats": True,
        },
    },
}
_FUNCTION = re.compile(r"\s*<function=([^>\n]+)>(.*)</function>\s*", re.DOTALL)
_PARAMETER = re.compile(r"\s*<parameter=([^>\n]+)>\n?(.*?)\n?</parameter>\s*", re.DOTALL)


@dataclass(frozen=True)
class ReplyPart:
    """A stretch of the reply: plain text, reasoning, or one call."""

    text: str = ""
    reasoning: str = ""
    call: ToolCall | None = None
    invalid: InvalidToolCall | None = None


def tool_call_style(model_type: str) -> ToolCallStyle:
    """Return how models of a transformers `model_type` write calls: Qwen3.5 XML, others Hermes."""
    return "xml" if model_type.startswith("qwen3_5") else "hermes"


@dataclass
class ReplyParser:
    """Splits a reply into parts as its text arrives.

    `tools` are OpenAI tool schemas; they give XML parameters their types. White space around calls
    and at the end belongs to the markup and is dropped. A parser reads one reply.
    """

    style: ToolCallStyle
    tools: Sequence[Mapping[str, Any]] = ()
    _regions: ResponseParser = field(init=False)
    _space: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self._regions = ResponseParser(_REGIONS, prefix="")

    def feed(self, text: str) -> Iterator[ReplyPart]:
        """Yield what `text` completes; markers that may be half written are held back."""
        for event in self._regions.feed(text):
            yield from self._part(event, ended=False)

    def finish(self) -> Iterator[ReplyPart]:
        """Yield the rest; a call that was still open comes as invalid."""
        _, events = self._regions.finalize()
        for event in events:
            yield from self._part(event, ended=True)

    def _part(self, event: Mapping[str, Any], *, ended: bool) -> Iterator[ReplyPart]:
        region, kind = event["field"], event["type"]
        if region == "content" and kind == "region_chunk":
            text = self._space + event["text"]
            words = text.rstrip()
            self._space = text[len(words) :]
            if words:
                yield ReplyPart(text=words)
        elif region == "reasoning" and kind == "region_close":
            yield ReplyPart(reasoning=event["value"])
        elif region == "calls" and kind == "region_close":
            body = event["value"]
            self._space = ""
            if ended:
                yield _invalid(f"<tool_call>{body}", "the call was cut off before its end")
            else:
                yield read_call(body, self.style, self.tools)


def read_call(
    body: str, style: ToolCallStyle, tools: Sequence[Mapping[str, Any]] = ()
) -> ReplyPart:
    """Return the call that the text between the `tool_call` tags makes, or why it makes none.

    JSON is taken in either style, since a call that was forced by a schema is always JSON.
    """
    try:
        if style == "xml" and (written := _FUNCTION.fullmatch(body)):
            name: Any = written.group(1).strip()
            arguments: Any = _xml_arguments(written.group(2), _parameters(name, tools))
        else:
            value = json.loads(body)
            name, arguments = value["name"], value.get("arguments") or {}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        return _invalid(f"<tool_call>{body}</tool_call>", f"not a call: {error!r}")
    if not isinstance(name, str) or not isinstance(arguments, dict):
        return _invalid(
            f"<tool_call>{body}</tool_call>", "a call needs a name and an object of arguments"
        )
    return ReplyPart(call=ToolCall(name=name, args=arguments, id=_new_id(), type="tool_call"))


def forced_call_schema(
    tools: Sequence[Mapping[str, Any]], name: str | None, quoting: str | None = None
) -> dict[str, Any]:
    """Return the JSON schema of one call: of the tool `name`, or of any of `tools` when None.

    With `quoting` a string argument that the tool's schema leaves open is a piece of that text.
    """
    pieces = word_spans(quoting or "")
    calls = []
    definitions: dict[str, Any] = {}
    for tool in tools:
        function = tool["function"]
        if name is not None and function["name"] != name:
            continue
        parameters = dict(function.get("parameters") or {"type": "object", "properties": {}})
        definitions |= parameters.pop("$defs", {})
        if pieces:
            parameters["properties"] = {
                key: _quoted(field, pieces) for key, field in parameters["properties"].items()
            }
        calls.append(
            {
                "type": "object",
                "properties": {"name": {"const": function["name"]}, "arguments": parameters},
                "required": ["name", "arguments"],
                "additionalProperties": False,
            }
        )
    schema: dict[str, Any] = calls[0] if len(calls) == 1 else {"anyOf": calls}
    return {**schema, "$defs": definitions} if definitions else schema


def _quoted(field: Mapping[str, Any], pieces: Sequence[str]) -> dict[str, Any]:
    """Return the schema of an argument with its open strings held to `pieces`."""
    if "anyOf" in field:
        return {**field, "anyOf": [_quoted(one, pieces) for one in field["anyOf"]]}
    is_open = field.get("type") == "string" and not {"enum", "const", "pattern"} & field.keys()
    return {**field, "enum": list(pieces)} if is_open else dict(field)


def _xml_arguments(body: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    position = 0
    while match := _PARAMETER.match(body, position):
        key, raw = match.group(1).strip(), match.group(2)
        arguments[key] = _typed(raw, schema.get(key, {}))
        position = match.end()
    if body[position:].strip():
        raise ValueError(f"text between the parameters: {body[position:].strip()[:40]!r}")
    return arguments


def _typed(raw: str, schema: Mapping[str, Any]) -> Any:
    """Return an XML value in its parameter's type; text stays text."""
    if schema.get("type") == "string":
        return raw
    try:
        return json.loads(raw)
    except ValueError:
        return {"True": True, "False": False, "None": None}.get(raw, raw)


def _parameters(name: str, tools: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    for tool in tools:
        if tool["function"]["name"] == name:
            properties = (tool["function"].get("parameters") or {}).get("properties")
            return properties if isinstance(properties, dict) else {}
    return {}


def _invalid(text: str, error: str) -> ReplyPart:
    return ReplyPart(
        invalid=InvalidToolCall(
            name=None, args=text, id=_new_id(), error=error, type="invalid_tool_call"
        )
    )


def _new_id() -> str:
    return f"call_{uuid.uuid4().hex[:24]}"
