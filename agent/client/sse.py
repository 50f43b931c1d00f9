"""Server-sent events from bytes, as the WHATWG's HTML standard (9.2.6) interprets a stream.

Rule: no I/O, and the frames are the same however the bytes are cut into pieces.
"""

import codecs
import re
from dataclasses import dataclass

from agent.client.errors import VouchProtocolError

MAX_FRAME = 64 * 2**20
"""Characters of one event; more is no event of ours."""
_BREAK = re.compile("\r\n|\r|\n")


@dataclass(frozen=True)
class Frame:
    """One dispatched event. `id` is the last that the stream has set, here or before."""

    event: str
    data: str
    id: str


class SseParser:
    """Feed it bytes, take frames. What a stream leaves unfinished at its end is no event."""

    def __init__(self) -> None:
        self.retry_s: float | None = None
        """How long to wait before connecting anew, where the server said so."""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self._first = True
        self._event, self._data, self._id = "", list[str](), ""
        self._size = 0

    def feed(self, data: bytes) -> list[Frame]:
        """Return the frames that these bytes complete.

        Raises:
            VouchProtocolError: one event is longer than `MAX_FRAME`.
        """
        text = self._decoder.decode(data)
        if self._first and text:
            self._first, text = False, text.removeprefix("\ufeff")
        self._rest += text
        start, frames = 0, list[Frame]()
        for found in _BREAK.finditer(self._rest):
            if found[0] == "\r" and found.end() == len(self._rest):
                break  # perhaps the first half of CR LF
            frame = self._line(self._rest[start : found.start()])
            start = found.end()
            if frame is not None:
                frames.append(frame)
        self._rest = self._rest[start:]
        self._check(len(self._rest))
        return frames

    def _line(self, line: str) -> Frame | None:
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._event = value
        elif name == "data":
            self._data.append(value)
            self._size += len(value) + 1
            self._check(0)
        elif name == "id" and "\0" not in value:
            self._id = value
        elif name == "retry" and value.isascii() and value.isdigit():
            self.retry_s = int(value[:9]) / 1000
        return None

    def _dispatch(self) -> Frame | None:
        event, data = self._event or "message", self._data
        self._event, self._data, self._size = "", [], 0
        return Frame(event, "\n".join(data), self._id) if data else None

    def _check(self, more: int) -> None:
        if self._size + more > MAX_FRAME:
            raise VouchProtocolError(f"an event is longer than {MAX_FRAME} characters")
