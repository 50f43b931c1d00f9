"""One turn as an iterator of events, over as many connections as it takes; for asyncio."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Self

import httpx

from agent.client.events import Event
from agent.client.following import BUSY, Following, Patience, Waiting, reason, unreachable
from agent.client.views import TurnResult
from agent.client.wire import Request, problem_of
from listing import ListingDocument

AsyncPause = Callable[[float], Awaitable[None]]


class AsyncEventStream:
    """The events of a turn, in order, each once; the last is `done` or `error`.

    A lost connection is taken up again behind the last event read. Close it (or leave its `with`
    block) to stop listening: the service then stops the turn after its grace.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        response: httpx.Response,
        following: Following,
        pause: AsyncPause,
    ) -> None:
        self._http, self._response, self._pause = http, response, pause
        self._following = following
        self._events = self._read()

    @classmethod
    async def open(
        cls,
        http: httpx.AsyncClient,
        request: Request,
        patience: Patience,
        pause: AsyncPause,
        thread_id: str | None = None,
    ) -> Self:
        """Send the call and return its stream; errors as `send_async`."""
        following = Following(patience, thread_id)
        response = await send_async(http, request, patience, pause, stream=True)
        try:
            following.opened(response)
        except BaseException:
            await response.aclose()
            raise
        return cls(http, response, following, pause)

    @property
    def thread_id(self) -> str | None:
        """The thread that the turn belongs to."""
        return self._following.thread_id

    @property
    def last_event_id(self) -> str | None:
        """Id of the last event read: `client.follow(thread_id, after=...)` goes on behind it."""
        return self._following.last_id

    def __aiter__(self) -> AsyncIterator[Event]:
        return self._events

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Stop listening. Idempotent."""
        await self._events.aclose()
        await self._response.aclose()

    async def result(self) -> TurnResult:
        """Read to the end and return how the turn ended.

        Raises:
            VouchApiError: the turn failed.
            VouchConnectionError: the stream was lost for good, or closed before its end.
        """
        async for _ in self:
            pass
        return self._following.result()

    async def document(self) -> ListingDocument:
        """Read to the end and return the listing; errors as `result`."""
        return (await self.result()).document

    async def _read(self) -> AsyncGenerator[Event]:
        following = self._following
        while True:
            why = "it ended before the turn did"
            try:
                async for data in self._response.aiter_bytes():
                    for event in following.read(data):
                        yield event
                    if following.finished:
                        return
            except httpx.TransportError as error:
                why = reason(error)
            finally:
                await self._response.aclose()
            await self._reconnect(why)

    async def _reconnect(self, why: str) -> None:
        while True:
            await self._pause(self._following.lost(why))
            request = self._following.again().build(self._http)
            try:
                self._response = await self._http.send(request, stream=True)
            except httpx.TransportError as error:
                why = reason(error)
                continue
            if self._response.is_success:
                self._following.opened(self._response)
                return
            await self._response.aread()
            problem = problem_of(self._response)
            if problem.status not in BUSY and problem.status < 500:
                raise problem
            why = str(problem)


async def send_async(
    http: httpx.AsyncClient,
    request: Request,
    patience: Patience,
    pause: AsyncPause,
    *,
    stream: bool = False,
) -> httpx.Response:
    """Return the successful response to a call, sent again while the service is busy.

    Raises:
        VouchApiError: the service refused it.
        VouchConnectionError: nobody answered.
    """
    waiting = Waiting(patience)
    while True:
        try:
            response = await http.send(request.build(http), stream=stream)
            if response.is_success:
                return response
            await response.aread()
        except httpx.TransportError as error:
            raise unreachable(error) from error
        await pause(waiting.after(problem_of(response)))
