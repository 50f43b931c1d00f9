"""A turn's events as a response: server-sent events, as the HTML standard (9.2) has them.

Rule: a reader that goes away is counted out at once, and one that reads nothing is let go, so that
neither keeps a turn running.
"""

import asyncio
from collections.abc import Mapping

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from agent.http.live import LiveTurn

HEARTBEAT_S = 15.0
STALLED_S = 60.0
"""A reader that takes no byte for so long is gone."""
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class EventStream(Response):
    """Streams a turn from behind event `after`. The reader counts from now on."""

    media_type = "text/event-stream"

    def __init__(
        self, turn: LiveTurn, after: int = 0, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(None, 200, {**HEADERS, **(headers or {}), "Vouch-Thread": turn.thread_id})
        del self.headers["content-length"]
        self._turn, self._after = turn, after
        turn.attach()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events until the turn or the reader ends."""
        sending = asyncio.create_task(self._send(send))
        gone = asyncio.create_task(_gone(receive))
        try:
            await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
        finally:
            sending.cancel()
            gone.cancel()
            await asyncio.gather(sending, gone, return_exceptions=True)
            self._turn.detach()

    async def _send(self, send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        try:
            async for part in self._turn.follow(self._after, HEARTBEAT_S):
                body = {"type": "http.response.body", "body": part, "more_body": True}
                async with asyncio.timeout(STALLED_S):  # `wait_for` may lose a cancellation
                    await send(body)
        except TimeoutError:
            return
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
