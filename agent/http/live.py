"""A turn while it runs and for a while after: its events, and whoever reads them.

Rule: the events of a turn are kept once and numbered from 1; each reader has its own place, so that
a slow one holds up nobody, and a turn that nobody reads for the grace is stopped.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import orjson

from agent.http.problems import Problem

Event = dict[str, Any]
END = frozenset({"done", "error"})
MOST_BYTES = 8 * 2**20
"""Of one turn's events; beyond it the oldest go, which a reader that comes late then misses."""


@dataclass(frozen=True)
class Frame:
    """One event as it goes over the wire."""

    number: int
    kind: str
    data: bytes
    """JSON of everything but the kind."""

    def encoded(self, turn_id: str) -> bytes:
        """Return the server-sent event."""
        head = f"id: {turn_id}-{self.number}\nevent: {self.kind}\ndata: "
        return head.encode() + self.data + b"\n\n"


class LiveTurn:
    """One turn's events. `grace_s` without a reader calls `abandoned`, while it has not ended."""

    def __init__(
        self, turn_id: str, thread_id: str, grace_s: float, abandoned: Callable[[], object]
    ) -> None:
        self.turn_id, self.thread_id = turn_id, thread_id
        self.end: Event | None = None
        self.readers = 0
        self.waiting = False
        self._grace_s, self._abandoned = grace_s, abandoned
        self._frames: deque[Frame] = deque()
        self.size = 0
        """Bytes of the events kept."""
        self._last = 0
        self._changed = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, event: Event) -> None:
        """Append an event; after `done` or `error` there is none."""
        if self.end is not None:
            return
        kind = event["event"]
        rest = {key: value for key, value in event.items() if key != "event"}
        data = orjson.dumps(rest, option=orjson.OPT_NON_STR_KEYS)
        self._last += 1
        self._frames.append(Frame(self._last, kind, data))
        self.size += len(data)
        while self.size > MOST_BYTES and len(self._frames) > 1:
            self.size -= len(self._frames.popleft().data)
        if kind in END:
            self.end = event
            self._stop_timer()
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def place(self, last_event_id: str | None) -> int:
        """Return the number of the last event of this turn that a reader has; 0 for none."""
        turn_id, _, number = (last_event_id or "").rpartition("-")
        known = turn_id == self.turn_id and number.isascii() and number.isdigit()
        return int(number[:9]) if known else 0

    def read_by(self, last_event_id: str | None) -> bool:
        """Tell whether a reader has all of it, the end too."""
        return self.end is not None and self.place(last_event_id) >= self._last

    def attach(self) -> None:
        """Count a reader in."""
        self.readers += 1
        self._stop_timer()

    def detach(self) -> None:
        """Count a reader out; the last one's leaving starts the grace."""
        self.readers -= 1
        if self.readers == 0 and self.end is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._grace_s, self._abandoned)

    async def follow(self, after: int, heartbeat_s: float) -> AsyncIterator[bytes]:
        """Yield the events numbered above `after`, encoded, up to the last.

        Where nothing comes for `heartbeat_s` seconds, a comment does.
        """
        while True:
            changed = self._changed
            for frame in self._kept(after):
                after = frame.number
                yield frame.encoded(self.turn_id)
            if self._changed is not changed:
                continue
            if self.end is not None:
                return
            try:
                async with asyncio.timeout(heartbeat_s):
                    await changed.wait()
            except TimeoutError:
                yield b": still here\n\n"

    async def ended(self) -> Event:
        """Wait for the end and return its event."""
        while self.end is None:
            await self._changed.wait()
        return self.end

    def _kept(self, after: int) -> list[Frame]:
        if not self._frames or after >= self._last:
            return []
        first = self._frames[0].number
        skip = max(0, after + 1 - first)
        return [self._frames[i] for i in range(skip, len(self._frames))]

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def busy() -> Problem:
    """Return the refusal of a second turn while one runs."""
    return Problem(
        409,
        "busy",
        "A turn of this thread is still running",
        "read it to its end at /v1/threads/{id}/events, or stop it",
    )
