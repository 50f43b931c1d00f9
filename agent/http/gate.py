"""The gate before every call: who calls, how often, how much, and for how long.

Rule: what can be refused by the head of a request is refused before its body is read; what a body
turns out to be is bounded while it is read.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent.http.auth import Keys, check_local
from agent.http.limits import RateLimit
from agent.http.metrics import Metrics
from agent.http.problems import Problem, problem_of

SMALL_BODY = 2**20
"""Bytes of a request that carries no photos."""
LINGER_S, LINGER_BYTES = 2.0, 16 * 2**20
"""How long and how far the rest of a refused body is read, so that its answer arrives."""
_CARRIES_PHOTOS = re.compile(r"/v1/(listings|threads/[^/]+/messages|chat/completions)/?")
Form = Callable[[Problem], Response]
"""How a problem is written where an address has a form of its own."""


@dataclass(frozen=True)
class Rules:
    """What the gate goes by."""

    keys: Keys
    rate: RateLimit
    metrics: Metrics
    origins: tuple[str, ...]
    """Of other sites whose pages may call."""
    body_bytes: int
    """Of a request with photos."""
    request_s: float
    """Until a response begins."""
    forms: Mapping[str, Form] = field(default_factory=dict)
    """By address, of a thing or of its list: a form of problems other than RFC 9457's."""


class Gate:
    """ASGI middleware; lets a request through with `state.owner` and `state.deadline` set."""

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app, self._rules = app, rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with a problem."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        passing = _Passing(receive, send, self._limit(scope), has_body=_has_body(scope))
        try:
            self._admit(scope)
            async with asyncio.timeout(self._rules.request_s) as deadline:
                scope.setdefault("state", {})["deadline"] = passing.deadline = deadline
                await self._app(scope, passing.receive, passing.send)
            problem = passing.refused
        except Exception as error:  # the last door: a response in a stranger's words is none
            late = passing.deadline is not None and passing.deadline.expired()
            slow = Problem(408, "too-slow", "The request took too long", "send it again")
            problem = passing.refused or (slow if late else problem_of(error))
        if problem is not None and not passing.started:
            forms, path = self._rules.forms, scope["path"]
            form = forms.get(path) or forms.get(path.rpartition("/")[0], Problem.response)
            passing.over(in_a_hurry=problem.status == 408)
            await form(problem)(scope, receive, passing.send)

    def _limit(self, scope: Scope) -> int:
        photos = _CARRIES_PHOTOS.fullmatch(scope["path"])
        return self._rules.body_bytes if photos else min(SMALL_BODY, self._rules.body_bytes)

    def _admit(self, scope: Scope) -> None:
        rules, headers = self._rules, Headers(scope=scope)
        if rules.keys.open:
            check_local(headers.get("host"), headers.get("origin"), rules.origins)
        path = scope["path"]
        if path.startswith("/v1/") or path == "/metrics":
            owner = rules.keys.owner(headers.get("authorization"))
            address = scope["client"][0] if scope.get("client") else ""
            client = owner if owner and not rules.keys.open else address
            if wait := rules.rate.take(client):
                rules.metrics.rate_limited.inc()
                raise Problem(
                    429, "too-many-calls", "Too many calls in a short time", retry_after=wait
                )
            if owner is None:
                raise Problem(
                    401,
                    "no-key",
                    "This service asks for a key",
                    "send it as `Authorization: Bearer KEY`",
                    headers={"WWW-Authenticate": 'Bearer realm="vouch"'},
                )
            scope.setdefault("state", {})["owner"] = owner
        length = headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length) > self._limit(scope):
            raise too_large(self._limit(scope))


class _Passing:
    """One request's receive and send, with their bounds."""

    def __init__(self, receive: Receive, send: Send, limit: int, *, has_body: bool) -> None:
        self._receive, self._send, self._limit = receive, send, limit
        self._read, self._unread = 0, has_body
        self.started = False
        self.refused: Problem | None = None
        self.deadline: asyncio.Timeout | None = None

    async def receive(self) -> Message:
        message = await self._take()
        if self._read > self._limit:
            self.refused = too_large(self._limit)
            raise self.refused
        return message

    async def send(self, message: Message) -> None:
        if self.refused is not None and not self.started:
            return  # whatever the application made of a body cut short
        if message["type"] == "http.response.start":
            self.started = True
            if self.deadline is not None:
                self.deadline.reschedule(None)
        last = message["type"] == "http.response.body" and not message.get("more_body")
        if last and self._unread:
            await self._send({**message, "more_body": True})
            await self._linger()
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self._send(message)

    def over(self, *, in_a_hurry: bool) -> None:
        """The application is done with: what is sent now is the gate's own answer."""
        self.refused = self.deadline = None
        self._unread = self._unread and not in_a_hurry

    async def _take(self) -> Message:
        message = await self._receive()
        self._read += len(message.get("body", b""))
        if not message.get("more_body"):
            self._unread = False
        return message

    async def _linger(self) -> None:
        """Read on for a moment: a socket closed with bytes unread resets, answer and all."""
        most = self._read + LINGER_BYTES
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER_S):
                while self._unread and self._read < most:
                    await self._take()


def _has_body(scope: Scope) -> bool:
    """Whether a body is on its way; one that waits for leave to come is not."""
    headers = Headers(scope=scope)
    comes = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    return comes and "expect" not in headers


def too_large(limit: int) -> Problem:
    """Return the refusal of a body of more than `limit` bytes."""
    return Problem(
        413,
        "too-large",
        "The request is too large",
        f"at most {limit / 2**20:.0f} MiB are taken; send fewer or smaller photos",
        headers={"Connection": "close"},
    )
