"""A stream of server-sent events as it comes off the wire, and what must hold of it.

Rule: read by hand and not by the product's client, which would mend what is to be found out here.
"""

import json
import re
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Any

ENDS = ("done", "error")
MARK = re.compile(r"\bQz[0-9]{3}x[0-9]{3}[a-z]{4}\b")
"""What every seller's words are marked with: seller, round, and letters of the round's own."""


def whose(mark: str) -> str:
    """Return seller and round of a mark; its letters a small model may copy wrongly."""
    return mark[:-4]


@dataclass(frozen=True)
class Frame:
    """One event with when it came, in seconds of the monotonic clock."""

    id: str
    kind: str
    data: dict[str, Any]
    at: float


@dataclass
class Stream:
    """One turn as it was received."""

    asked_at: float
    frames: list[Frame] = field(default_factory=list)

    @property
    def end(self) -> Frame | None:
        """The event that closed it."""
        return self.frames[-1] if self.frames and self.frames[-1].kind in ENDS else None

    def seconds_to(self, kind: str) -> float | None:
        """Return the seconds from asking to the first event of a kind."""
        found = (frame.at for frame in self.frames if frame.kind == kind)
        first = next(found, None)
        return None if first is None else first - self.asked_at

    def faults(self, thread: str | None, marks: Iterable[str]) -> list[str]:
        """Return what is wrong: a gap, not one end, another's thread, another's words."""
        found = [*_gaps([frame.id for frame in self.frames])]
        ends = [frame.kind for frame in self.frames if frame.kind in ENDS]
        if len(ends) != 1 or self.end is None:
            found.append(f"ends: {ends or 'none'}")
        elif self.end.kind == "error":
            found.append(f"error: {self.end.data.get('type')}: {self.end.data.get('detail')}")
        elif thread and self.end.data["document"]["thread_id"] != thread:
            found.append("another thread's listing")
        own = {whose(mark) for mark in marks}
        for frame in self.frames:
            told = MARK.findall(json.dumps(frame.data))
            foreign = [mark for mark in told if whose(mark) not in own]
            if foreign:
                found.append(f"{frame.kind}: another's words: {min(foreign)}")
        return found


def _gaps(ids: list[str]) -> list[str]:
    turns = {one.rpartition("-")[0] for one in ids}
    numbers = [int(number) for _, _, number in (one.rpartition("-") for one in ids)]
    found = [] if len(turns) <= 1 else [f"ids of {len(turns)} turns"]
    if numbers != list(range(1, len(numbers) + 1)):
        found.append(f"ids with a gap: {numbers[:3]} ... {numbers[-3:]}")
    return found


async def read_events(lines: AsyncIterator[str], stream: Stream) -> None:
    """Read the stream to its end into `stream`; comments (heartbeats) are passed over."""
    event = {"id": "", "event": "message", "data": ""}
    async for line in lines:
        if not line:
            if event["data"]:
                data = json.loads(event["data"])
                stream.frames.append(Frame(event["id"], event["event"], data, time.monotonic()))
            event = {**event, "event": "message", "data": ""}
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            event[name] = f"{event['data']}\n{value}" if name == "data" and event["data"] else value
