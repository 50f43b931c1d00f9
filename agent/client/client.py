"""`VouchClient`: the service for programs that wait.

Rule: a method is one call of the service; what it needs of the wire stands in `wire.py`.
"""

import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
from pydantic import TypeAdapter

from agent.client.following import PATIENT, Patience
from agent.client.photos import PhotoLike
from agent.client.stream import EventStream, Pause, send
from agent.client.views import (
    Call,
    Edit,
    Stopped,
    ThreadList,
    ThreadSummary,
    ThreadView,
    Undone,
)
from agent.client.wire import (
    Json,
    Request,
    draft_request,
    follow_request,
    listing_path,
    message_request,
    publish_request,
    read_json,
    read_lines,
    resume_request,
    thread_path,
    trace_path,
)
from listing import ListingDocument, Publication

T = TypeVar("T")
DEFAULT_URL = "http://127.0.0.1:8000"
SILENCE_S = 60.0
"""A stream that says nothing for so long is lost: the service beats every 15 seconds."""


class VouchClient:
    """A connection to `vouch serve`; use it in a `with` block, or `close` it.

    One client may serve several threads at the same time. Errors: VouchApiError where the service
    refuses, VouchConnectionError where it is not reached, PhotoError for a file that is not there.
    """

    def __init__(
        self,
        base_url: str = DEFAULT_URL,
        *,
        api_key: str | None = None,
        patience: Patience = PATIENT,
        timeout_s: float = SILENCE_S,
        transport: httpx.BaseTransport | None = None,
        pause: Pause = time.sleep,
    ) -> None:
        self._patience, self._pause = patience, pause
        self._http = httpx.Client(
            base_url=base_url.rstrip("/"),
            headers={"Authorization": f"Bearer {api_key}"} if api_key else {},
            timeout=httpx.Timeout(timeout_s, connect=min(10.0, timeout_s)),
            transport=transport,
        )

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
        """Close all connections."""
        self._http.close()

    def draft(
        self,
        photos: Sequence[PhotoLike],
        seller: str | None = None,
        *,
        language: str | None = None,
        mode: str | None = None,
        thread_id: str | None = None,
    ) -> EventStream:
        """Draft a listing from one to nine photos; a new thread unless `thread_id` is given."""
        return self._stream(draft_request(photos, seller, language, mode, thread_id), thread_id)

    def send(
        self,
        thread_id: str,
        text: str | None = None,
        *,
        photos: Sequence[PhotoLike] = (),
        edits: Sequence[Edit] = (),
        call: Call | None = None,
        language: str | None = None,
    ) -> EventStream:
        """Take a turn in a thread: words, photos, changes by hand, or a tool called outright."""
        request = message_request(thread_id, text, photos, edits, call, language)
        return self._stream(request, thread_id)

    def resume(self, thread_id: str, interrupt_id: str, answer: Mapping[str, Any]) -> EventStream:
        """Answer an interrupt; `answer` follows the interrupt's `answer_schema`."""
        return self._stream(resume_request(thread_id, interrupt_id, answer), thread_id)

    def follow(self, thread_id: str, after: str | None = None) -> EventStream:
        """Go on with the thread's turn: one that runs, the last one, or one cut off by a crash."""
        return self._stream(follow_request(thread_id, after), thread_id)

    def undo(self, thread_id: str) -> Undone:
        """Take back the thread's last change."""
        return self._call("POST", thread_path(thread_id, "undo"), Undone)

    def stop(self, thread_id: str) -> bool:
        """Stop the thread's turn; False where none runs. What it had done so far is not kept."""
        answer = self._call("POST", thread_path(thread_id, "stop"), Stopped)
        return answer.stopped

    def new_thread(self) -> str:
        """Make an empty thread and return its id."""
        return self._call("POST", "/v1/threads", ThreadSummary).thread_id

    def threads(self) -> list[ThreadSummary]:
        """Return the key's threads."""
        return self._call("GET", "/v1/threads", ThreadList).threads

    def thread(self, thread_id: str) -> ThreadView:
        """Return a thread as it stands."""
        return self._call("GET", thread_path(thread_id), ThreadView)

    def delete(self, thread_id: str) -> None:
        """Forget a thread."""
        self._send(Request("DELETE", thread_path(thread_id)))

    def listing(self, listing_id: str) -> ListingDocument:
        """Return a listing as it is now."""
        return self._call("GET", listing_path(listing_id), ListingDocument)

    def text(self, listing_id: str) -> str:
        """Return a listing as plain text to paste."""
        return self._send(Request("GET", listing_path(listing_id, "text"))).text

    def publish(
        self, listing_id: str, title: str, description: str, price: str | None = None
    ) -> Publication:
        """Record what was published; VouchApiError 422 where a rule of the market blocks it."""
        response = self._send(publish_request(listing_id, title, description, price))
        return read_json(response, Publication)

    def trace(self, trace_id: str) -> list[Json]:
        """Return a run's trace: the documents of its OTLP JSON lines."""
        return read_lines(self._send(Request("GET", trace_path(trace_id))))

    def steps(self, trace_id: str) -> Json:
        """Return a run's spans as a waterfall: names, times, inputs, outputs."""
        return self._call("GET", trace_path(trace_id, "steps"), TypeAdapter(Json))

    def audit(self, trace_id: str) -> str:
        """Return a run's audit page, HTML: each claim with what vouches for it."""
        return self._send(Request("GET", trace_path(trace_id, "audit"))).text

    def _stream(self, request: Request, thread_id: str | None) -> EventStream:
        return EventStream(self._http, request, self._patience, self._pause, thread_id)

    def _send(self, request: Request) -> httpx.Response:
        return send(self._http, request, self._patience, self._pause)

    def _call(self, method: str, path: str, kind: type[T] | TypeAdapter[T]) -> T:
        return read_json(self._send(Request(method, path)), kind)
