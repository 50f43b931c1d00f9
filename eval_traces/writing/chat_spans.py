"""A LangChain callback handler that makes a `chat MODEL` span of every call of a chat model.

Give it to any call with `config={"callbacks": [ChatSpans(tracer)]}`. The span's parent is the span
that is open where the call begins; outside a run nothing is recorded. Prompt name and version come
from the call's metadata, `prompt_name` and `prompt_version`.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, LLMResult

from eval_traces import names
from eval_traces.otlp import Attribute
from eval_traces.writing.messages import input_messages, output_message
from eval_traces.writing.spans import OpenSpan
from eval_traces.writing.tracer import RunTracer

_PARAMETERS = {
    "temperature": names.REQUEST_TEMPERATURE,
    "top_p": names.REQUEST_TOP_P,
    "top_k": names.REQUEST_TOP_K,
    "max_tokens": names.REQUEST_MAX_TOKENS,
    "max_completion_tokens": names.REQUEST_MAX_TOKENS,
    "max_new_tokens": names.REQUEST_MAX_TOKENS,
    "seed": names.REQUEST_SEED,
    "frequency_penalty": names.REQUEST_FREQUENCY_PENALTY,
    "presence_penalty": names.REQUEST_PRESENCE_PENALTY,
    "n": names.REQUEST_CHOICE_COUNT,
}
_DOCUMENTS = {
    "tools": names.TOOL_DEFINITIONS,
    "choices": names.REQUEST_CHOICES,
    "spans": names.REQUEST_SPANS,
    "response_format": names.REQUEST_FORMAT,
    "tool_choice": names.REQUEST_TOOL_CHOICE,
}
_TOLD_ELSEWHERE = {"finish_reason", "model_name", "token_usage", "usage", "id"}


@dataclass
class _Call:
    span: OpenSpan
    began: float = field(default_factory=time.perf_counter)
    first_chunk: float | None = None
    pieces: list[str] = field(default_factory=list)
    """The text so far, as it came."""

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    def streamed(self, piece: str) -> None:
        if self.first_chunk is None:
            self.first_chunk = time.perf_counter() - self.began
        if piece:
            self.pieces.append(piece)


class ChatSpans(BaseCallbackHandler):
    """One handler serves any number of calls at once, in tasks and threads."""

    run_inline = True  # else an async call runs it in a thread pool, out of order

    def __init__(self, tracer: RunTracer) -> None:
        self._tracer = tracer
        self._calls: dict[UUID, _Call] = {}
        self._lock = threading.Lock()

    def on_chat_model_start(
        self,
        serialized: dict[str, Any] | None,
        messages: list[list[BaseMessage]],
        *,
        run_id: UUID,
        metadata: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """Begin the span."""
        if self._tracer.current is None:
            return
        told = metadata or {}
        given = {**kwargs.get("options", {}), **kwargs.get("invocation_params", {})}
        span = self._tracer.start_chat(
            _model_name(serialized, told, given),
            _request(told, given),
            abandoned=lambda: self._abandoned(run_id),
        )
        if not span.recording:
            return
        span.set_json(names.INPUT_MESSAGES, input_messages(messages[0] if messages else ()))
        for key, name in _DOCUMENTS.items():
            if given.get(key) is not None:
                span.set_json(name, given[key])
        if any(given.get(key) is not None for key in ("response_format", "spans")):
            span.set(names.OUTPUT_KIND, "json")
        with self._lock:
            self._calls[run_id] = _Call(span)

    def on_llm_new_token(
        self, token: str | list[str | dict[str, Any]], *, run_id: UUID, **kwargs: Any
    ) -> None:
        """Note a piece of the answer, and when the first came."""
        call = self._calls.get(run_id)
        if call is not None:
            call.streamed(_text_of(token))

    def on_stream_event(self, event: Any, *, run_id: UUID, **kwargs: Any) -> None:
        """Note a piece of the answer, for models that stream events."""
        call = self._calls.get(run_id)
        if call is None or not isinstance(event, Mapping):
            return
        if event.get("event") == "content-block-delta":
            delta = event.get("delta")
            text = delta.get("text") if isinstance(delta, Mapping) else None
            call.streamed(text if isinstance(text, str) else "")

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, **kwargs: Any) -> None:
        """Record the answer and end the span."""
        call = self._take(run_id)
        if call is not None:
            self._answer(call, response)
            self._tracer.end_chat(call.span)

    def on_llm_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> None:
        """Record what came before the error, the error, and end the span."""
        call = self._take(run_id)
        if call is None:
            return
        response = kwargs.get("response")
        self._answer(call, response if isinstance(response, LLMResult) else None, stopped=True)
        call.span.fail(error)
        self._tracer.end_chat(call.span)

    def _abandoned(self, run_id: UUID) -> None:
        """The run ends while the model still answers: keep what it said so far."""
        call = self._take(run_id)
        if call is not None:
            self._answer(call, None, stopped=True)

    def _take(self, run_id: UUID) -> _Call | None:
        with self._lock:
            return self._calls.pop(run_id, None)

    def _answer(self, call: _Call, response: LLMResult | None, *, stopped: bool = False) -> None:
        """Record the answer; of one that was stopped exactly what had been streamed."""
        generations = _generations(response)
        span, said = call.span, call.text
        if stopped and said and (not generations or generations[0].message.text != said):
            generations = [ChatGeneration(message=AIMessage(said))]
        if call.first_chunk is not None:
            span.set(names.REQUEST_STREAM, True)
            span.set(names.TIME_TO_FIRST_CHUNK, call.first_chunk)
            told = generations[0].message.text if generations else ""
            if told == said == self._tracer.content.text(said):
                span.set(names.RESPONSE_CHUNKS, [len(piece) for piece in call.pieces])
        if generations:
            _tell(span, generations)


def _model_name(
    serialized: Mapping[str, Any] | None, told: Mapping[str, Any], given: Mapping[str, Any]
) -> str:
    named = (told.get("ls_model_name"), given.get("model"), given.get("model_name"))
    known = next((n for n in named if isinstance(n, str) and n), None)
    if known:
        return known
    path = (serialized or {}).get("id") or (serialized or {}).get("name") or given.get("_type")
    return str(path[-1] if isinstance(path, list) and path else path or "model")


def _request(told: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Attribute]:
    request: dict[str, Attribute] = {}
    for source, prefix in ((told, "ls_"), (given, "")):
        for key, name in _PARAMETERS.items():
            value = source.get(prefix + key)
            if isinstance(value, int | float):
                request[name] = value
    if given.get("choices") is not None:
        request.pop(names.REQUEST_TOP_K, None)  # there it says how many choices to return
    stop = given.get("stop") or told.get("ls_stop")
    if stop:
        request[names.REQUEST_STOP] = [stop] if isinstance(stop, str) else [str(s) for s in stop]
    request[names.PROVIDER] = str(told.get("ls_provider") or "unknown")
    for key, name in (("prompt_name", names.PROMPT_NAME), ("prompt_version", names.PROMPT_VERSION)):
        if told.get(key) is not None:
            request[name] = str(told[key])
    return request


def _text_of(content: str | list[str | dict[str, Any]]) -> str:
    if isinstance(content, str):
        return content
    blocks = (b if isinstance(b, str) else b.get("text", "") for b in content)
    return "".join(text for text in blocks if isinstance(text, str))


def _generations(response: LLMResult | None) -> list[ChatGeneration]:
    made = response.generations if response is not None else []
    return [g for g in (made or [[]])[0] if isinstance(g, ChatGeneration)]


def _tell(span: OpenSpan, generations: Sequence[ChatGeneration]) -> None:
    reasons = [_finish_reason(g) for g in generations]
    made = zip(generations, reasons, strict=True)
    span.set_json(names.OUTPUT_MESSAGES, [output_message(g.message, r) for g, r in made])
    span.set(names.FINISH_REASONS, [r for r in reasons if r] or None)
    message = generations[0].message
    span.set(names.RESPONSE_ID, message.id)
    metadata = message.response_metadata
    if isinstance(metadata.get("model_name"), str):
        span.set(names.RESPONSE_MODEL, metadata["model_name"])
    rest = {k: v for k, v in metadata.items() if k not in _TOLD_ELSEWHERE and v is not None}
    if rest:
        span.set_json(names.RESPONSE_METADATA, rest)
    if isinstance(message, AIMessage):
        _usage(span, message)


def _finish_reason(generation: ChatGeneration) -> str | None:
    info = generation.generation_info or {}
    reason = generation.message.response_metadata.get("finish_reason") or info.get("finish_reason")
    return str(reason) if reason else None


def _usage(span: OpenSpan, message: AIMessage) -> None:
    usage = message.usage_metadata
    if usage is None:
        return
    span.set(names.INPUT_TOKENS, usage["input_tokens"])
    span.set(names.OUTPUT_TOKENS, usage["output_tokens"])
    details: Mapping[str, Any] = usage.get("input_token_details") or {}
    for key, name in (("image", names.IMAGE_TOKENS), ("cache_read", names.CACHED_TOKENS)):
        if isinstance(details.get(key), int):
            span.set(name, details[key])
