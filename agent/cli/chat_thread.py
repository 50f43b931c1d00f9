"""One thread of the assistant in a terminal: runs turns, shows them, and can stop one.

Rule: what a turn came to is on stdout, how it came about on stderr; Ctrl-C ends the turn, never the
thread.
"""

import asyncio
import signal
from collections.abc import AsyncGenerator, Coroutine, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from agent.cli.console import say, stderr
from agent.cli.follow import Event, open_view
from listing import ListingDocument

if TYPE_CHECKING:  # brings langgraph
    from graphs.assistant import AssistantContext, AssistantGraph, ThreadView, Turn

T = TypeVar("T")
STOPPED = "stopped; the listing is as it was before"


@dataclass(frozen=True)
class TurnEnd:
    """What a turn came to."""

    document: ListingDocument
    replies: tuple[str, ...]
    """What the assistant said, in order."""
    calls: tuple[dict[str, Any], ...]
    """`{name, arguments, ok}` of each call."""
    interrupt: Event | None
    """The question that is open now."""
    trace_id: str
    changed: bool = False
    """Whether title or description are others than before."""

    @property
    def drafted(self) -> bool:
        """Whether the listing was drafted."""
        return any(call["name"] == "draft_listing" and call["ok"] for call in self.calls)

    @property
    def reworded(self) -> bool:
        """Whether the text is another than before, without a new draft."""
        return self.changed and not self.drafted


@dataclass
class ChatThread:
    """A thread under way."""

    context: "AssistantContext"
    graph: "AssistantGraph"
    thread_id: str
    document: ListingDocument | None = None
    trace_id: str = ""
    """Of the last turn."""
    ended: list[TurnEnd] = field(default_factory=list)

    async def view(self) -> "ThreadView | None":
        """Return the thread as it stands, and take over its listing; None where there is none."""
        from graphs.assistant import read_thread

        found = await read_thread(self.graph, self.thread_id)
        self.document = found.listing if found else None
        return found

    async def turn(self, turn: "Turn") -> TurnEnd | None:
        """Run a turn; None where it was stopped."""
        from graphs.assistant import stream_turn

        return await self._run(stream_turn(self.context, self.graph, self.thread_id, turn))

    async def resume(self, interrupt_id: str, answer: dict[str, Any]) -> TurnEnd | None:
        """Answer the open question; None where what follows was stopped."""
        from graphs.assistant import stream_resume

        events = stream_resume(self.context, self.graph, self.thread_id, interrupt_id, answer)
        return await self._run(events)

    async def go_on(self) -> TurnEnd | None:
        """Go on with a turn whose process was killed; None where it was stopped."""
        from graphs.assistant import stream_unfinished

        return await self._run(stream_unfinished(self.context, self.graph, self.thread_id))

    async def _run(self, events: AsyncGenerator[Event]) -> TurnEnd | None:
        from graphs.assistant.run import SELLER_STOPS

        ended = await stoppable(_follow(events), SELLER_STOPS)
        if ended is None:
            say(STOPPED)
            return None
        ended = replace(ended, changed=_text(self.document) != _text(ended.document))
        self.document, self.trace_id = ended.document, ended.trace_id or self.trace_id
        self.ended.append(ended)
        return ended


def _text(document: ListingDocument | None) -> tuple[str, str]:
    return (document.title, document.description) if document else ("", "")


async def _follow(events: AsyncGenerator[Event]) -> TurnEnd:
    """Show the events of a turn on stderr, and return what they come to."""
    replies: list[str] = []
    called: dict[str, dict[str, Any]] = {}
    interrupt: Event | None = None
    with open_view(stderr()) as view:
        async with aclosing(events):
            async for event in events:
                view.show(event)
                kind = event["event"]
                if kind == "message":
                    replies.append(str(event["text"]))
                elif kind == "tool_call":
                    given = {"name": event["name"], "arguments": event["arguments"], "ok": False}
                    called[event["id"]] = given
                elif kind == "tool_result":
                    called[event["id"]]["ok"] = bool(event["ok"])
                elif kind == "interrupt":
                    interrupt = event
                elif kind == "done":
                    document = ListingDocument.model_validate(event["document"])
                    calls, trace_id = tuple(called.values()), str(event.get("trace_id") or "")
                    return TurnEnd(document, tuple(replies), calls, interrupt, trace_id)
    raise AssertionError("a turn ends with `done`")  # pragma: no cover


async def stoppable(work: Coroutine[Any, Any, T], why: str) -> T | None:
    """Return what `work` gives; None where Ctrl-C stopped it, which cancels it and says `why`."""
    task = asyncio.ensure_future(work)
    stopped = False

    def stop() -> None:
        nonlocal stopped
        stopped = True
        task.cancel(why)

    with _on_interrupt(stop):
        try:
            return await task
        except asyncio.CancelledError:
            if not stopped:
                raise
            return None


@contextmanager
def _on_interrupt(stop: Any) -> Iterator[None]:
    """Call `stop` on Ctrl-C; elsewhere than in the main thread nothing is done about it."""
    loop = asyncio.get_running_loop()
    try:
        loop.add_signal_handler(signal.SIGINT, stop)
    except (NotImplementedError, RuntimeError, ValueError):
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
