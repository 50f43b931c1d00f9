"""When to wait, try again and give up: the client's patience, without a clock or a socket.

Rule: every wait is bounded, and the error at the end says what was tried.
"""

from dataclasses import dataclass, field
from typing import Any

import httpx
from pydantic import TypeAdapter, ValidationError

from agent.client.errors import VouchApiError, VouchConnectionError, VouchProtocolError
from agent.client.events import DoneEvent, ErrorEvent, Event, InterruptEvent, read_event
from agent.client.sse import Frame, SseParser
from agent.client.views import TurnResult
from agent.client.wire import Request, follow_request

BUSY = frozenset({429, 503})


@dataclass(frozen=True)
class Patience:
    """How long a client bears with a service."""

    max_wait_s: float = 60.0
    """Seconds to wait in all for a service that has no room (429, 503), per call."""
    reconnects: int = 6
    """Tries in a row to take up a lost stream."""
    backoff_s: float = 0.5
    """Wait before the second try; doubles with each, up to `max_backoff_s`."""
    max_backoff_s: float = 8.0

    def delay(self, tried: int) -> float:
        """Seconds to wait after `tried` tries that failed."""
        return min(self.max_backoff_s, self.backoff_s * 2.0 ** max(0, tried - 1))


PATIENT = Patience()


@dataclass
class Waiting:
    """The waits of one call for a busy service."""

    patience: Patience
    waited_s: float = 0.0
    tried: int = 0

    def after(self, problem: VouchApiError) -> float:
        """Return how many seconds to wait before the call is sent again.

        Raises:
            VouchApiError: `problem` itself, where waiting does not help or would be too long.
        """
        self.tried += 1
        wait = problem.retry_after
        if wait is None:
            wait = self.patience.delay(self.tried + 1)
        if problem.status not in BUSY or self.waited_s + wait > self.patience.max_wait_s:
            raise problem
        self.waited_s += wait
        return wait


@dataclass
class Following:
    """One turn's stream over as many connections as it takes."""

    patience: Patience
    thread_id: str | None = None
    last_id: str | None = None
    finished: bool = False
    """Whether the turn's last event was read."""
    tried: int = 0
    parser: SseParser = field(default_factory=SseParser)
    interrupt: InterruptEvent | None = None
    end: DoneEvent | ErrorEvent | None = None

    def opened(self, response: httpx.Response) -> None:
        """A connection stands: take note of whose stream it is, and read it from its beginning."""
        if response.status_code == NOTHING:
            raise VouchConnectionError(
                f"thread {self.thread_id}: there is no turn to go on with", thread_id=self.thread_id
            )
        kind = response.headers.get("content-type", "")
        if not kind.startswith("text/event-stream"):
            raise VouchProtocolError(
                f"{response.request.url}: answered with {kind or 'no type'} where a stream of "
                "events was due; is this the address of `vouch serve`?"
            )
        self.thread_id = response.headers.get(THREAD_HEADER) or self.thread_id
        self.parser = SseParser()

    def read(self, data: bytes) -> list[Event]:
        """Return the events that these bytes complete, none behind the last of the turn.

        Raises:
            VouchProtocolError: an event that is not what its kind says.
        """
        events = []
        for frame in self.parser.feed(data):
            if self.finished:
                break
            events.append(self._take(frame))
        return events

    def lost(self, why: str) -> float:
        """The connection is gone: return the seconds to wait before `again` is sent.

        Raises:
            VouchConnectionError: it was tried often enough, or nobody knows what to take up.
        """
        if self.thread_id is None:
            raise VouchConnectionError(f"the stream was lost before it said its thread ({why})")
        if self.tried >= self.patience.reconnects:
            raise VouchConnectionError(
                f"the stream was lost and not found again in {self.tried} tries ({why}); the turn "
                f"may still run: follow thread {self.thread_id}",
                thread_id=self.thread_id,
            )
        self.tried += 1
        return self.parser.retry_s or self.patience.delay(self.tried)

    def again(self) -> Request:
        """Return the call that goes on behind the last event read."""
        return follow_request(self.thread_id or "", self.last_id)

    def result(self) -> TurnResult:
        """Return how the turn ended; VouchApiError where it failed."""
        if isinstance(self.end, ErrorEvent):
            end = self.end
            retry = (end.model_extra or {}).get("retry_after")
            raise VouchApiError(
                end.status,
                end.title,
                end.detail,
                type=end.type,
                retry_after=retry if isinstance(retry, int | float) else None,
                problem=end.model_dump(exclude={"event"}),
            )
        if self.end is None:
            raise VouchConnectionError("the stream was closed before the turn ended")
        return TurnResult(
            thread_id=self.thread_id or self.end.document.thread_id,
            document=self.end.document,
            reply=self.end.reply,
            interrupt=self.interrupt if self.end.interrupt else None,
        )

    def _take(self, frame: Frame) -> Event:
        try:
            data = _JSON.validate_json(frame.data)
            event = read_event(frame.event, data, frame.id or None)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"][1:]) or "data"
            raise VouchProtocolError(
                f"event {frame.event!r}: {where}: {first['msg']}; are client and service of one "
                "version?"
            ) from None
        self.last_id, self.tried = frame.id or self.last_id, 0
        if isinstance(event, InterruptEvent):
            self.interrupt = event
        elif isinstance(event, DoneEvent | ErrorEvent):
            self.end, self.finished = event, True
            if isinstance(event, DoneEvent):
                self.thread_id = self.thread_id or event.document.thread_id or None
        return event


NOTHING = 204
"""The status of a thread none of whose turns can be read again."""
THREAD_HEADER = "vouch-thread"
_JSON: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


def unreachable(error: httpx.TransportError) -> VouchConnectionError:
    """Return what a call that never got an answer says to its user."""
    request = error.request
    where = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"
    call = f"{request.method} {request.url.path}"
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        told = f"{where}: cannot be reached ({reason(error)}); is `vouch serve` running there?"
    elif request.method == "GET":
        told = f"{where}: no answer to {call} ({reason(error)}); try again"
    else:
        told = (
            f"{where}: the line broke before {call} was answered ({reason(error)}); it may have "
            "been carried out: look at the thread before you send it again"
        )
    return VouchConnectionError(told)


def reason(error: httpx.TransportError) -> str:
    """Return what happened to a connection, in a few words."""
    return str(error) or type(error).__name__
