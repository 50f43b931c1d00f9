"""The only way that tools ask a chat model a question with a bounded answer.

Rule: the caller gets an answer that is in bounds or none at all, whichever model is behind. A model
that constrains its own decoding (`constrained_decoding`) is asked with call options and gives exact
probabilities; any other is asked for JSON, and what does not fit is dropped.
"""

import base64
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from langchain_core.exceptions import OutputParserException
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.utils.json import parse_json_markdown

from listing.errors import BadInputError
from models.logprobs import Choice, choice_probabilities
from models.prompts import render

T = TypeVar("T")


@dataclass(frozen=True)
class _Question(Generic[T]):
    """What to run, on which messages, and how to read what comes back."""

    ask: Runnable[Any, Any]
    messages: list[BaseMessage]
    read: Callable[[Any], T]

    def run(self, config: RunnableConfig | None) -> T:
        return self.read(self.ask.invoke(self.messages, config))

    async def arun(self, config: RunnableConfig | None) -> T:
        return self.read(await self.ask.ainvoke(self.messages, config))


def choose(
    model: BaseChatModel,
    messages: Sequence[BaseMessage],
    choices: Sequence[str],
    *,
    top_k: int = 5,
    config: RunnableConfig | None = None,
) -> list[Choice]:
    """Return the `top_k` likeliest of `choices`, best first; empty when the answer named none.

    Probabilities are over all choices and sum to 1 before the cut. `ChatQwenVL` gives exact ones;
    other models name one choice, whose probability comes from the answer's log probabilities where
    the server sends them (then with runners-up) and is 1.0 where it does not.
    Callbacks in `config` fire as for any call. No choices at all raises BadInputError.
    """
    return _choice_question(model, messages, choices, top_k).run(config)


async def achoose(
    model: BaseChatModel,
    messages: Sequence[BaseMessage],
    choices: Sequence[str],
    *,
    top_k: int = 5,
    config: RunnableConfig | None = None,
) -> list[Choice]:
    """Return what `choose` returns, without blocking the event loop."""
    return await _choice_question(model, messages, choices, top_k).arun(config)


def extract_spans(
    model: BaseChatModel,
    messages: Sequence[BaseMessage],
    text: str,
    fields: Sequence[str],
    *,
    config: RunnableConfig | None = None,
) -> dict[str, str]:
    """Return the values of `fields` that `text` states, each a verbatim substring of `text`.

    A field that the text does not state is left out. `ChatQwenVL` can write nothing but substrings;
    what another model made up or reworded is dropped.
    """
    if not fields or not text.strip():
        return {}
    return _span_question(model, messages, text, fields).run(config)


async def aextract_spans(
    model: BaseChatModel,
    messages: Sequence[BaseMessage],
    text: str,
    fields: Sequence[str],
    *,
    config: RunnableConfig | None = None,
) -> dict[str, str]:
    """Return what `extract_spans` returns, without blocking the event loop."""
    if not fields or not text.strip():
        return {}
    return await _span_question(model, messages, text, fields).arun(config)


def image_block(data: bytes, media_type: str = "image/jpeg") -> dict[str, Any]:
    """Return the message content block (LangChain v1, base64) of a photo's bytes."""
    return {
        "type": "image",
        "base64": base64.b64encode(data).decode("ascii"),
        "mime_type": media_type,
    }


def _choice_question(
    model: BaseChatModel, messages: Sequence[BaseMessage], choices: Sequence[str], top_k: int
) -> _Question[list[Choice]]:
    names = list(dict.fromkeys(choices))
    if not names or top_k < 1:
        raise BadInputError("choose: give at least one choice and a top_k of at least 1")
    if getattr(model, "constrained_decoding", False):
        bound = model.bind(choices=names, top_k=top_k)
        return _Question(bound, list(messages), lambda message: _ranked(message)[:top_k])

    def read(reply: Any) -> list[Choice]:
        raw, parsed = _unpack(reply)
        answer = parsed.get("answer") if parsed else raw.text
        named = _named_choice(str(answer), names)
        if named is None:
            return []
        return choice_probabilities(raw.response_metadata.get("logprobs"), named, names)[:top_k]

    schema = _object_schema("answer", {"answer": {"type": "string", "enum": names}})
    instruction = render("choose", choices=names).text
    ask = _structured(model, schema, top_logprobs=max(top_k, 5))
    return _Question(ask, _with_instruction(messages, instruction), read)


def _span_question(
    model: BaseChatModel, messages: Sequence[BaseMessage], text: str, fields: Sequence[str]
) -> _Question[dict[str, str]]:
    names = list(dict.fromkeys(fields))
    if getattr(model, "constrained_decoding", False):
        bound = model.bind(spans={"text": text, "fields": names})
        return _Question(bound, list(messages), lambda m: _verbatim(_json(m), names, text))

    def read(reply: Any) -> dict[str, str]:
        return _verbatim(_unpack(reply)[1], names, text)

    nullable = {"type": ["string", "null"]}
    schema = _object_schema("values", {name: nullable for name in names})
    instruction = render("spans", fields=names).text
    return _Question(_structured(model, schema), _with_instruction(messages, instruction), read)


def _ranked(message: AIMessage) -> list[Choice]:
    found = message.response_metadata.get("choices", [])
    return [
        Choice(item["text"], item["probability"], item.get("log_probability")) for item in found
    ]


def _structured(
    model: BaseChatModel, schema: dict[str, Any], *, top_logprobs: int = 0
) -> Runnable[Any, Any]:
    """Return the model asked for JSON of `schema` by the strongest means that it has."""
    cls = type(model)
    extra: dict[str, Any] = {}
    if top_logprobs and getattr(model, "logprobs", False) is not False:
        extra = {"logprobs": True, "top_logprobs": min(top_logprobs, 20)}
    if (
        cls.with_structured_output is not BaseChatModel.with_structured_output
        or cls.bind_tools is not BaseChatModel.bind_tools
    ):
        return model.with_structured_output(schema, include_raw=True, **extra)
    return model


def _unpack(reply: Any) -> tuple[AIMessage, dict[str, Any]]:
    """Return the message and the JSON object it holds, of `{"raw", "parsed"}` or a bare message.

    LangChain's parser completes JSON that was cut off, so text is read here and only a tool call's
    arguments are taken from it.
    """
    if not isinstance(reply, dict):
        return reply, _json(reply)
    raw, parsed = reply["raw"], reply.get("parsed")
    if not raw.text and isinstance(parsed, dict):
        return raw, parsed
    return raw, _json(raw)


def _object_schema(title: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": title,
        "description": f"The {title}.",
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _with_instruction(messages: Sequence[BaseMessage], instruction: str) -> list[BaseMessage]:
    """Append `instruction` to the last human message, so that photos and question stay together."""
    head, last = list(messages[:-1]), messages[-1] if messages else None
    if not isinstance(last, HumanMessage):
        return [*messages, HumanMessage(instruction)]
    if isinstance(last.content, str):
        content: Any = f"{last.content}\n{instruction}"
    else:
        content = [*last.content, {"type": "text", "text": instruction}]
    return [*head, last.model_copy(update={"content": content})]


def _named_choice(answer: str, choices: Sequence[str]) -> str | None:
    """Return the one choice that `answer` is or mentions; None when it is none or several."""
    if answer.lstrip().startswith("{"):
        return None
    wanted = answer.strip().strip("\"'`*.").casefold()
    for choice in choices:
        if choice.casefold() == wanted:
            return choice
    spelled = {choice.casefold(): choice for choice in choices}
    longest_first = sorted(spelled, key=len, reverse=True)
    pattern = "|".join(re.escape(name) for name in longest_first)
    found = set(re.findall(rf"(?<!\w)(?:{pattern})(?!\w)", answer.casefold()))
    return spelled[found.pop()] if len(found) == 1 else None


def _json(message: AIMessage) -> dict[str, Any]:
    """Return the JSON object in the message; of one cut short, what is sure: all but the last."""
    text = message.text
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        try:
            value = parse_json_markdown(text)
        except (OutputParserException, ValueError):
            return {}
        if isinstance(value, dict) and not text.rstrip().endswith(("}", "```")):
            value = dict(list(value.items())[:-1])
    return value if isinstance(value, dict) else {}


def _verbatim(values: dict[str, Any], fields: Sequence[str], text: str) -> dict[str, str]:
    found = {}
    for name in fields:
        value = values.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str) and value.strip() and value in text:
            found[name] = value
    return found
