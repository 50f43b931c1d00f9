"""One turn as an iterator of events, over as many connections as it takes; blocking."""

from collections.abc import Callable, Generator, Iterator
from types import TracebackType
from typing import Self

import httpx

from agent.client.events import Event
from agent.client.following import BUSY, Following, Patience, Waiting, reason, unreachable
from agent.client.views import TurnResult
from agent.client.wire import Request, problem_of
from listing import ListingDocument

Pause = Callable[[float], None]


class EventStream:
    """The events of a turn, in order, each once; the last is `done` or `error`.

    A lost connection is taken up again behind the last event read. Close it (or leave its `with`
    block) to stop listening: the service then stops the turn after its grace.
    """

    def __init__(
        self,
        http: httpx.Client,
        request: Request,
        patience: Patience,
        pause: Pause,
        thread_id: str | None = None,
    ) -> None:
        self._http, self._pause = http, pause
        self._following = Following(patience, thread_id)
        self._response = send(http, request, patience, pause, stream=True)
        try:
            self._following.opened(self._response)
        except BaseException:
            self._response.close()
            raise
        self._events = self._read()

    @property
    def thread_id(self) -> str | None:
        """The thread that the turn belongs to."""
        return self._following.thread_id

    @property
    def last_event_id(self) -> str | None:
        """Id of the last event read: `client.follow(thread_id, after=...)` goes on behind it."""
        return self._following.last_id

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        return next(self._events)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening. Idempotent."""
        self._events.close()
        self._response.close()

    def result(self) -> TurnResult:
        """Read to the end and return how the turn ended.

        Raises:
            VouchApiError: the turn failed.
            VouchConnectionError: the stream was lost for good, or closed before its end.
        """
        for _ in self:
            pass
        return self._following.result()

    def document(self) -> ListingDocument:
        """Read to the end and return the listing; errors as `result`."""
        return self.result().document

    def _read(self) -> Generator[Event]:
        following = self._following
        while True:
            why = "it ended before the turn did"
            try:
                for data in self._response.iter_bytes():
                    yield from following.read(data)
                    if following.finished:
                        return
            except httpx.TransportError as error:
                why = reason(error)
            finally:
                self._response.close()
            self._reconnect(why)

    def _reconnect(self, why: str) -> None:
        while True:
            self._pause(self._following.lost(why))
            request = self._following.again().build(self._http)
            try:
                self._response = self._http.send(request, stream=True)
            except httpx.TransportError as error:
                why = reason(error)
                continue
            if self._response.is_success:
                self._following.opened(self._response)
                return
            self._response.read()
            problem = problem_of(self._response)
            if problem.status not in BUSY and problem.status < 500:
                raise problem
            why = str(problem)


def send(
    http: httpx.Client, request: Request, patience: Patience, pause: Pause, *, stream: bool = False
) -> httpx.Response:
    """Return the successful response to a call, sent again while the service is busy.

    Raises:
        VouchApiError: the service refused it.
        VouchConnectionError: nobody answered.
    """
    waiting = Waiting(patience)
    while True:
        try:
            response = http.send(request.build(http), stream=stream)
            if response.is_success:
                return response
            response.read()
        except httpx.TransportError as error:
            raise unreachable(error) from error
        pause(waiting.after(problem_of(response)))
