"""The seller's turns of one request run one after the other, the last one's answer as text.

Rule: the text only grows. Words of the reply are passed on as they come; a draft may still be taken
back while it is written, so the listing follows whole, when it stands.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import orjson

from agent.client.sse import SseParser
from agent.http.answer import end_of
from agent.http.live import Event, LiveTurn
from agent.http.openai_types import FinishReason, Usage, VouchExtension
from agent.http.service import Service
from agent.http.sse import HEARTBEAT_S
from graphs.assistant.turn import Turn
from listing import ListingDocument
from tools.editing import listing_text


@dataclass
class Answer:
    """An answer while it is made."""

    service: Service
    owner: str
    thread_id: str
    turns: tuple[Turn, ...]
    """Those to be said again, and the one that is answered."""
    live: LiveTurn
    """The first of them, started."""
    before: str
    """The listing's text as it was; empty where there is none."""
    settled: Callable[[str], None]
    """Called with the whole answer when all went well."""
    text: str = ""
    finish: FinishReason = "stop"
    prompt_tokens: int = 0
    completion_tokens: int = 0
    extension: VouchExtension | None = None
    _part: str = ""
    """What was passed on of the reply under way; a turn may have two, before and after a step."""
    _closed: bool = False

    def leave(self) -> None:
        """Stop the turn that runs, if any: nobody can come back to it through this door."""
        if self.live.end is None:
            self.service.turns.stop(self.thread_id, "left")

    @property
    def usage(self) -> Usage:
        """The tokens so far, of turns said again, too."""
        spent = self.prompt_tokens, self.completion_tokens
        return Usage(prompt_tokens=spent[0], completion_tokens=spent[1], total_tokens=sum(spent))

    async def pieces(self) -> AsyncGenerator[str | None]:
        """Yield the answer's text in pieces; None now and then while there is nothing to say.

        Raises:
            Problem: a turn failed, or could not be started.
        """
        for place, turn in enumerate(self.turns, 1):
            if place > 1:
                self.before = await listing_now(self.service, self.thread_id)
                self.live = begin(self.service, self.owner, self.thread_id, turn)
            last, drafted = place == len(self.turns), False
            async with aclosing(_events(self.live)) as events:
                async for event in events:
                    if event is None:
                        yield None
                    elif event["event"] == "tool_result":
                        drafted = drafted or event["name"] == "draft_listing"
                    elif last and event["event"] == "message":
                        yield self._message(event["text"])
                    elif last and event["event"] == "token" and event.get("of") == "reply":
                        yield self._token(event["text"])
            end = await end_of(self.live)
            self._count(end)
            if last:
                yield self._more(self._rest(end, drafted))
        self.settled(self.text)

    def _more(self, text: str) -> str:
        self.text += text
        return text

    def _token(self, text: str) -> str:
        gap = "\n\n" if self._closed else ""
        self._part = text if self._closed else self._part + text
        self._closed = False
        return self._more(gap + text)

    def _message(self, text: str) -> str:
        """A reply has ended: what its tokens have not said of it."""
        said = "" if self._closed else self._part.strip()
        if not text.strip().startswith(said):
            rest = ""
        elif self._closed:
            rest = f"\n\n{text.strip()}"
        else:
            rest = text.strip().removeprefix(said)
        self._part, self._closed = "", True
        return self._more(rest)

    def _count(self, end: Event) -> None:
        usage = end.get("usage") or {}
        self.prompt_tokens += usage.get("input_tokens", 0)
        self.completion_tokens += usage.get("output_tokens", 0)

    def _rest(self, end: Event, drafted: bool) -> str:
        """What the reply did not hold: a listing that has changed."""
        document = ListingDocument.model_validate(end["document"])
        written = bool(document.title or document.description)
        self.extension = VouchExtension(
            thread_id=self.thread_id,
            listing_id=document.listing_id if written else None,
            trace_id=document.trace_id or None,
            status=document.status,
            interrupt=end.get("interrupt"),
        )
        if drafted and document.status in ("halted", "refused"):
            self.finish = "content_filter"
        rest = "" if self.text else (end.get("reply") or "")
        now = text_of(document)
        if document.status == "drafted" and now != self.before:
            rest += f"\n\n{now}" if (self.text + rest).strip() else now
        return rest


def begin(service: Service, owner: str, thread_id: str, turn: Turn) -> LiveTurn:
    """Start a turn of a conversation; Problem where it cannot be now."""
    return service.start(owner, thread_id, "openai", lambda: service.source.turn(thread_id, turn))


async def listing_now(service: Service, thread_id: str) -> str:
    """Return the text of a thread's listing as it stands; empty where there is none."""
    view = await service.source.thread(thread_id)
    return text_of(view.listing) if view and view.listing else ""


def text_of(document: ListingDocument) -> str:
    """Return the listing's text; empty where nothing is written."""
    return listing_text(document) if document.title or document.description else ""


async def _events(live: LiveTurn) -> AsyncGenerator[dict[str, Any] | None]:
    """Yield a turn's events, None for a heartbeat."""
    live.attach()
    parser = SseParser()
    try:
        async for part in live.follow(0, HEARTBEAT_S):
            frames = parser.feed(part)
            for frame in frames:
                yield {"event": frame.event, **orjson.loads(frame.data)}
            if not frames:
                yield None
    finally:
        live.detach()
