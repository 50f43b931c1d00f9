"""A service as a script: what it answers call by call, pieces of a body and a loss among them."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any, TypeAlias

import httpx

from agent.client import AsyncVouchClient, Event, TurnResult, VouchClient
from agent.client.following import Patience

Piece: TypeAlias = bytes | Exception
DOCUMENT = {"listing_id": "l1", "thread_id": "t1", "status": "drafted", "mode": "template"}
LOST = httpx.ReadError("the line is dead")


class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """Pieces of a body; an exception among them is the loss of the connection."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


Answer: TypeAlias = httpx.Response | Exception


class Service:
    """Gives the answers in order and keeps what was asked."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.asked: list[httpx.Request] = []
        self.bodies: list[bytes] = []
        self.paused: list[float] = []

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        self.bodies.append(request.read())
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def handle_async(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return self.handle(request)

    def client(self, **more: Any) -> VouchClient:
        transport = httpx.MockTransport(self.handle)
        return VouchClient(transport=transport, pause=self.paused.append, **more)

    def async_client(self, **more: Any) -> AsyncVouchClient:
        async def pause(seconds: float) -> None:
            self.paused.append(seconds)

        transport = httpx.MockTransport(self.handle_async)
        return AsyncVouchClient(transport=transport, pause=pause, **more)


def frame(event: str, number: int, /, turn: str = "a", **data: Any) -> bytes:
    return f"id: {turn}-{number}\nevent: {event}\ndata: {json.dumps(data)}\n\n".encode()


def done(n: int, **more: Any) -> bytes:
    return frame("done", n, document=DOCUMENT, **more)


def stream(*pieces: Piece, **headers: str) -> httpx.Response:
    given = {"content-type": "text/event-stream", "vouch-thread": "t1", **headers}
    return httpx.Response(200, headers=given, stream=Body(pieces))


def problem(status: int, title: str, detail: str = "", **more: Any) -> httpx.Response:
    wait = more.pop("retry_after", None)
    return httpx.Response(
        status,
        headers={
            "content-type": "application/problem+json",
            **({"retry-after": str(wait)} if wait is not None else {}),
        },
        content=json.dumps({"status": status, "title": title, "detail": detail, **more}),
    )


class Driver:
    """One of the two clients under one face, so that a test holds for both."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def events(self, service: Service, name: str, *args: Any, **more: Any) -> list[Event]:
        found: list[Event] = []
        self._drive(service, name, args, more, found)
        return found

    def result(self, service: Service, name: str, *args: Any, **more: Any) -> TurnResult:
        return self._drive(service, name, args, more, [])

    def call(self, service: Service, name: str, *args: Any, **more: Any) -> Any:
        options = more.pop("options", {})
        if self.kind == "blocking":
            with service.client(**options) as client:
                return getattr(client, name)(*args, **more)

        async def run() -> Any:
            async with service.async_client(**options) as client:
                return await getattr(client, name)(*args, **more)

        return asyncio.run(run())

    def _drive(
        self, service: Service, name: str, args: Any, more: dict[str, Any], found: list[Event]
    ) -> TurnResult:
        options = more.pop("options", {})
        if self.kind == "blocking":
            with service.client(**options) as client, getattr(client, name)(*args, **more) as turn:
                found.extend(turn)
                result: TurnResult = turn.result()
                return result

        async def run() -> TurnResult:
            async with (
                service.async_client(**options) as client,
                await getattr(client, name)(*args, **more) as turn,
            ):
                async for event in turn:
                    found.append(event)
                result: TurnResult = await turn.result()
                return result

        return asyncio.run(run())


SHORT = Patience(max_wait_s=10, reconnects=3, backoff_s=1)
Make = Callable[..., Driver]
