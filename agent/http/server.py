"""Listening: a socket taken before anything heavy is loaded, and an end that lets turns finish.

Rule: at a signal the service stays reachable and says that it is not ready, its turns end or stop
with a checkpoint, and only then the socket closes.
"""

import asyncio
import contextlib
import signal
import socket
import threading
from collections.abc import Iterator
from types import FrameType

import uvicorn
from fastapi import FastAPI

from agent.http.service import Service
from listing.errors import BadInputError

_CLOSING_S = 5
"""Seconds for responses that are being sent when all turns have ended."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address; port 0 takes a free one.

    Raises:
        BadInputError: the port is in use, or the address is not this machine's.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        bound = socket.socket(family, socket.SOCK_STREAM)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind((host, port))
            bound.listen(2048)  # a second server on the port fails now, not when it serves
        except OSError:
            bound.close()
            raise
    except OSError as error:
        raise BadInputError(
            f"--host {host} --port {port}: cannot listen there ({error.strerror or error}); "
            "name another port, or 0 for a free one"
        ) from error
    return bound


def address_of(bound: socket.socket) -> str:
    """Return the address to open in a browser."""
    host, port = bound.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


class Server(uvicorn.Server):
    """uvicorn that drains the service before it closes its socket; made in the running loop."""

    def __init__(self, app: FastAPI) -> None:
        self._service: Service = app.state.service
        self._hurry, self._loop = asyncio.Event(), asyncio.get_running_loop()
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            lifespan="on",
            timeout_keep_alive=30,
            timeout_graceful_shutdown=_CLOSING_S,
            h11_max_incomplete_event_size=64 * 1024,
        )
        super().__init__(config)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let running turns end, then close."""
        await self._service.turns.drain(self._service.settings.drain_s, self._hurry)
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End at the first signal; at the second, wait for nothing."""
        if self.should_exit:
            self.force_exit = True
            self._loop.call_soon_threadsafe(self._hurry.set)  # wakes a loop that sleeps
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals while serving; to have been asked to end is no failure."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        taken = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in taken}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def serve(app: FastAPI, bound: socket.socket) -> None:
    """Serve until a signal ends it."""

    async def run() -> None:
        await Server(app).serve(sockets=[bound])

    asyncio.run(run())
