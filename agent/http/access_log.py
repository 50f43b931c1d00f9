"""One line of JSON for each request, and its count.

Rule: no content, no key, no query; a client is known by the head of its key's hash.
"""

import json
import logging
import secrets
import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent.http.metrics import Metrics

LOG = logging.getLogger("vouch.http.access")


class AccessLog:
    """ASGI middleware, the outermost: names each request (`X-Request-ID`), logs and counts it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, then tell of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number, began = secrets.token_hex(8), time.monotonic()
        status, sent = 0, 0

        async def watched(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = number
            else:
                sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            route, method = _route(scope), _method(scope["method"])
            self._metrics.requests.labels(method, route, str(status)).inc()
            line = {
                "request": number,
                "method": method,
                "route": route,
                "status": status,
                "ms": round(1000 * (time.monotonic() - began), 1),
                "bytes": sent,
                "client": scope["client"][0] if scope.get("client") else "",
                "key": scope.get("state", {}).get("owner", "")[:8],
            }
            LOG.info(json.dumps(line))


def _route(scope: Scope) -> str:
    """The pattern that the request met, not the address: no id becomes a label."""
    route = scope.get("route")
    path = getattr(route, "path", None)
    if path:
        return str(path)
    return "/static" if scope["path"].startswith("/static/") else "(none)"


def _method(given: str) -> str:
    return given if given in ("GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT", "PATCH") else "?"
