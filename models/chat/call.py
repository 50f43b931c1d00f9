"""One call of the chat model, from LangChain messages through the engine to reply chunks.

Rule: the same steps run sync and async; whoever leaves early cancels the generation.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk

from models.chat.forced_call import CLOSING
from models.chat.images import ImageDecoder
from models.chat.messages import to_template
from models.chat.options import CallOptions
from models.chat.pump import begin, in_thread, pump
from models.chat.reply import ReplyBuilder
from models.chat.tool_calls import ReplyParser, tool_call_style
from models.engine import Choice, Engine, GenerationRequest

TOKENS_PER_SPAN = 64


@dataclass(frozen=True)
class Defaults:
    """The model's own settings, for what a call does not say."""

    model_name: str
    max_tokens: int
    temperature: float
    top_p: float
    seed: int | None
    stop: tuple[str, ...]


class Call:
    """One call; `reply` holds what was built once `run` or `arun` is through."""

    def __init__(
        self,
        *,
        engine: Engine,
        messages: Sequence[BaseMessage],
        decoder: ImageDecoder,
        defaults: Defaults,
        options: CallOptions,
    ) -> None:
        self._engine = engine
        self._messages = messages
        self._decoder = decoder
        self._defaults = defaults
        self._options = options
        parser = None
        if options.offered_tools:
            parser = ReplyParser(tool_call_style(engine.model_type), options.offered_tools)
        closing = CLOSING if options.forces_call else ""
        self.reply = ReplyBuilder(defaults.model_name, parser, closing)

    def run(self) -> Iterator[ChatGenerationChunk]:
        """Yield the reply's chunks."""
        began = time.perf_counter()
        request = self._request()
        if self._options.choices is not None:
            found = self._engine.choose(request.messages, self._options.choices)
            yield from self._chosen(found, began)
            return
        generation = self._engine.start(request)
        try:
            for piece in generation:
                yield from self.reply.feed(piece)
            yield from self.reply.finish(generation.result())
        finally:
            generation.cancel()

    async def arun(self) -> AsyncGenerator[ChatGenerationChunk, None]:
        """Yield what `run` yields, without blocking the event loop."""
        began = time.perf_counter()
        request = await asyncio.to_thread(self._request)
        if self._options.choices is not None:
            choices = self._options.choices
            found = await in_thread(lambda: self._engine.choose(request.messages, choices))
            for chunk in self._chosen(found, began):
                yield chunk
            return
        generation = await begin(lambda: self._engine.start(request))
        async with aclosing(pump(generation)) as pieces:
            async for piece in pieces:
                for chunk in self.reply.feed(piece):
                    yield chunk
        for chunk in self.reply.finish(generation.result()):
            yield chunk

    def _chosen(self, found: Sequence[Choice], began: float) -> Iterator[ChatGenerationChunk]:
        reported = found[: self._options.top_k or len(found)]
        yield from self.reply.feed(found[0].text)
        yield self.reply.last(
            "stop",
            first_token_s=time.perf_counter() - began,
            choices=[
                {
                    "text": choice.text,
                    "probability": choice.probability,
                    "log_probability": choice.log_probability,
                }
                for choice in reported
            ],
        )

    def _request(self) -> GenerationRequest:
        options, defaults = self._options, self._defaults
        temperature, top_p = options.temperature, options.top_p
        return GenerationRequest(
            messages=to_template(self._messages, self._decoder),
            tools=list(options.offered_tools) or None,
            max_new_tokens=self._max_new_tokens(),
            temperature=defaults.temperature if temperature is None else temperature,
            top_p=defaults.top_p if top_p is None else top_p,
            seed=defaults.seed if options.seed is None else options.seed,
            stop=defaults.stop,
            constraint=options.constraint(),
        )

    def _max_new_tokens(self) -> int:
        if self._options.max_tokens is not None:
            return self._options.max_tokens
        if self._options.spans is not None:
            return max(self._defaults.max_tokens, TOKENS_PER_SPAN * len(self._options.spans.fields))
        return self._defaults.max_tokens
