"""The calls of the service as data, and what its responses mean.

Rule: no I/O here; both clients send these requests and read responses by these functions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from agent.client.errors import VouchApiError, VouchProtocolError
from agent.client.photos import PhotoLike, load_photos
from agent.client.views import Call, Edit

T = TypeVar("T")
Json = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """One call. Sending it again is sending the same."""

    method: str
    path: str
    json: Any = None
    form: Mapping[str, str] | None = None
    files: Sequence[tuple[str, tuple[str, bytes, str]]] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def build(self, http: httpx.Client | httpx.AsyncClient) -> httpx.Request:
        """Return it as the HTTP library sends it."""
        return http.build_request(
            self.method,
            self.path,
            json=self.json,
            data=self.form,
            files=self.files,
            headers=dict(self.headers),
        )


def draft_request(
    photos: Sequence[PhotoLike],
    seller: str | None,
    language: str | None,
    mode: str | None,
    thread_id: str | None,
) -> Request:
    """`POST /v1/listings`. PhotoError where a file cannot be read."""
    given = {"seller": seller, "language": language, "mode": mode, "thread_id": thread_id}
    files = [("photos", (p.name, p.data, p.media_type)) for p in load_photos(photos)]
    form = {name: value for name, value in given.items() if value is not None}
    return Request("POST", "/v1/listings", form=form, files=files, headers=EVENTS)


def message_request(
    thread_id: str,
    text: str | None,
    photos: Sequence[PhotoLike],
    edits: Sequence[Edit],
    call: Call | None,
    language: str | None,
) -> Request:
    """`POST /v1/threads/{id}/messages`. PhotoError where a file cannot be read."""
    given = {
        "text": text,
        "photos": [p.data_url for p in load_photos(photos)],
        "edits": [edit.model_dump() for edit in edits],
        "call": call.model_dump() if call else None,
        "language": language,
    }
    body = {name: value for name, value in given.items() if value}
    return Request("POST", thread_path(thread_id, "messages"), json=body, headers=EVENTS)


def resume_request(thread_id: str, interrupt_id: str, answer: Mapping[str, Any]) -> Request:
    """`POST /v1/threads/{id}/resume`."""
    body = {"interrupt_id": interrupt_id, "answer": dict(answer)}
    return Request("POST", thread_path(thread_id, "resume"), json=body, headers=EVENTS)


def follow_request(thread_id: str, last_id: str | None) -> Request:
    """`GET /v1/threads/{id}/events`, behind the event `last_id` where there is one."""
    headers = {**EVENTS, **({"Last-Event-ID": last_id} if last_id else {})}
    return Request("GET", thread_path(thread_id, "events"), headers=headers)


def publish_request(listing_id: str, title: str, description: str, price: str | None) -> Request:
    """`POST /v1/listings/{id}/publish`."""
    body = {"title": title, "description": description}
    if price is not None:
        body["price"] = price
    return Request("POST", listing_path(listing_id, "publish"), json=body)


def thread_path(thread_id: str, *more: str) -> str:
    """Return the path of a thread or of a part of it."""
    return _path("threads", thread_id, *more)


def listing_path(listing_id: str, *more: str) -> str:
    """Return the path of a listing or of a part of it."""
    return _path("listings", listing_id, *more)


def trace_path(trace_id: str, *more: str) -> str:
    """Return the path of a trace or of a part of it."""
    return _path("traces", trace_id, *more)


def read_json(response: httpx.Response, kind: type[T] | TypeAdapter[T]) -> T:
    """Return a response's body as its type; VouchProtocolError where it is none of that type."""
    adapter = kind if isinstance(kind, TypeAdapter) else TypeAdapter(kind)
    try:
        return adapter.validate_json(response.content)
    except ValidationError as error:
        first = error.errors()[0]
        field_name = ".".join(str(part) for part in first["loc"])
        raise VouchProtocolError(
            f"{response.request.method} {response.request.url}: the answer is not what this "
            f"client reads ({field_name or 'body'}: {first['msg']}); are client and service of "
            "one version?"
        ) from None


def read_lines(response: httpx.Response) -> list[Json]:
    """Return the documents of a body of JSON lines; VouchProtocolError where it is none."""
    lines = b",".join(line for line in response.content.splitlines() if line.strip())
    try:
        return TypeAdapter(list[Json]).validate_json(b"[" + lines + b"]")
    except ValidationError:
        url = response.request.url
        raise VouchProtocolError(f"{url}: the answer is not what this client reads") from None


class _Problem(BaseModel):
    type: str = "about:blank"
    title: str = ""
    detail: str = ""


def problem_of(response: httpx.Response) -> VouchApiError:
    """Return what a response that is no success says, as an exception; its body has been read."""
    status, problem = response.status_code, Json()
    if "json" in response.headers.get("content-type", ""):
        try:
            found = response.json()
            problem = found if isinstance(found, dict) else {}
        except ValueError:
            problem = {}
    try:
        said = _Problem.model_validate(problem)
    except ValidationError:
        said = _Problem()
    return VouchApiError(
        status,
        said.title or response.reason_phrase,
        said.detail,
        type=said.type,
        retry_after=_retry_after(response.headers.get("retry-after")),
        problem=problem,
    )


def _retry_after(header: str | None) -> float | None:
    """Seconds; the form with a date is not used by this service."""
    if header is None or not (header.isascii() and header.isdigit()):
        return None
    return float(header)


def _path(*parts: str) -> str:
    return "/v1/" + "/".join(quote(part, safe="") for part in parts)


EVENTS: Mapping[str, str] = {"Accept": "text/event-stream"}
