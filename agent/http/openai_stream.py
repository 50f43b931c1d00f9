"""An answer as server-sent chunks of OpenAI's form, and the wait for one that is not streamed.

Rule: who goes away stops the work at once; a stream that fails says so in its last event.
"""

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from typing import Any, TypeVar

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from agent.http.openai_answer import Answer
from agent.http.openai_errors import error_body
from agent.http.openai_types import (
    AnswerMessage,
    ChatChunk,
    ChatCompletion,
    Choice,
    ChunkChoice,
    Delta,
)
from agent.http.problems import problem_of
from agent.http.sse import HEADERS, STALLED_S

T = TypeVar("T")
DONE = b"data: [DONE]\n\n"


class Completion:
    """The head that all parts of one answer share."""

    def __init__(self, model: str) -> None:
        self.id = f"chatcmpl-{uuid.uuid4().hex}"
        self.created = int(time.time())
        self.model = model

    def whole(self, answer: Answer) -> ChatCompletion:
        """Return the answer at once."""
        assert answer.extension is not None, "the answer has not ended"
        return ChatCompletion(
            id=self.id,
            created=self.created,
            model=self.model,
            choices=[
                Choice(message=AnswerMessage(content=answer.text), finish_reason=answer.finish)
            ],
            usage=answer.usage,
            vouch=answer.extension,
        )

    async def chunks(self, answer: Answer, *, usage: bool) -> AsyncGenerator[bytes]:
        """Yield the answer as encoded events, `[DONE]` last; an error ends it in its place."""
        yield self._chunk(Delta(role="assistant", content=""), usage=usage)
        try:
            async with aclosing(answer.pieces()) as pieces:
                async for piece in pieces:
                    if piece is None:
                        yield b": still here\n\n"
                    elif piece:
                        yield self._chunk(Delta(content=piece), usage=usage)
        except Exception as error:  # the head is sent: only the stream can tell it
            yield b"data: " + orjson.dumps(error_body(problem_of(error))) + b"\n\n"
            return
        yield self._chunk(Delta(), usage=usage, answer=answer)
        if usage:
            end = self._chunk_of([], answer)
            yield _event(end)
        yield DONE

    def _chunk(self, delta: Delta, *, usage: bool, answer: Answer | None = None) -> bytes:
        finish = answer.finish if answer else None
        chunk = self._chunk_of([ChunkChoice(delta=delta, finish_reason=finish)], None)
        chunk.vouch = answer.extension if answer else None
        return _event(chunk, without=set() if usage else {"usage"})

    def _chunk_of(self, choices: list[ChunkChoice], answer: Answer | None) -> ChatChunk:
        return ChatChunk(
            id=self.id,
            created=self.created,
            model=self.model,
            choices=choices,
            usage=answer.usage if answer else None,
        )


def _event(chunk: ChatChunk, without: set[str] = frozenset()) -> bytes:  # type: ignore[assignment]
    plain = chunk.model_dump(exclude=without)
    if plain["vouch"] is None:
        del plain["vouch"]
    for choice in plain["choices"]:
        choice["delta"] = {k: v for k, v in choice["delta"].items() if v is not None}
    return b"data: " + orjson.dumps(plain) + b"\n\n"


class CompletionStream(Response):
    """Streams an answer; `usage` makes its tokens the last chunk."""

    media_type = "text/event-stream"

    def __init__(self, completion: Completion, answer: Answer, *, usage: bool) -> None:
        super().__init__(None, 200, {**HEADERS, "Vouch-Thread": answer.thread_id})
        del self.headers["content-length"]
        self._answer = answer
        self._chunks = completion.chunks(answer, usage=usage)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the chunks until the answer or the reader ends."""
        try:
            await unless_gone(receive, self._send(send))
        finally:
            self._answer.leave()

    async def _send(self, send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        try:
            async with aclosing(self._chunks) as chunks:
                async for chunk in chunks:
                    body = {"type": "http.response.body", "body": chunk, "more_body": True}
                    async with asyncio.timeout(STALLED_S):  # `wait_for` may lose a cancel
                        await send(body)
        except TimeoutError:
            return
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def unless_gone(receive: Receive, work: Coroutine[Any, Any, T]) -> T | None:
    """Return what the work does; None, with the work cancelled, where the client went away."""
    working = asyncio.create_task(work)
    gone = asyncio.create_task(_gone(receive))
    try:
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        working.cancel()
        gone.cancel()
        await asyncio.gather(working, gone, return_exceptions=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
