"""Runs turns: one at a time in a thread, each in its place in the queue, to exactly one end.

Rule: a turn's last event is sent when all is done, its record kept and its place given back, so
that whoever reads it may call again at once.
"""

import asyncio
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass

from agent.http.live import Event, LiveTurn, busy
from agent.http.problems import Problem, problem_of
from agent.http.queue import Ticket, TurnQueue
from agent.http.record import TurnRecord
from agent.http.source import Source
from graphs.assistant.run import SELLER_STOPS

MOST_KEPT = 500
"""Ended turns whose events can be read again."""
MOST_KEPT_BYTES = 64 * 2**20
RESUMABLE = frozenset({"abandoned", "shutdown"})
"""Reasons that are not the seller's wish: the turn stays unfinished and can go on."""
Why = str


@dataclass
class _Running:
    """A turn that has not ended, and the reason for which it is stopped."""

    live: LiveTurn
    task: "asyncio.Task[Event] | None" = None
    why: Why = ""


@dataclass(frozen=True)
class TurnTimes:
    """How long things may take, seconds."""

    turn_s: float
    grace_s: float
    keep_s: float


class Turns:
    """All turns of the service."""

    def __init__(self, queue: TurnQueue, times: TurnTimes) -> None:
        self.queue, self.times = queue, times
        self.draining = False
        self._running: dict[str, _Running] = {}
        self._ended: OrderedDict[str, LiveTurn] = OrderedDict()
        self._timers: dict[str, asyncio.TimerHandle] = {}

    @property
    def count(self) -> int:
        """How many turns run or wait."""
        return len(self._running)

    def check(self, thread_id: str | None = None) -> None:
        """Raise the Problem for which a turn would be refused now: draining, busy, full."""
        if self.draining:
            raise shutting_down()
        if thread_id in self._running:
            raise busy()
        self.queue.check()

    def start(
        self, owner: str, thread_id: str, record: TurnRecord, events: Callable[[], Source]
    ) -> LiveTurn:
        """Start a turn and return it; who means to read it attaches before anything is awaited.

        Raises:
            Problem: as `check`.
        """
        self.check(thread_id)
        ticket = self.queue.enter(owner)
        turn_id = secrets.token_hex(8)
        live = LiveTurn(
            turn_id, thread_id, self.times.grace_s, lambda: self.stop(thread_id, "abandoned")
        )
        running = self._running[thread_id] = _Running(live)
        self._drop(thread_id)
        running.task = asyncio.create_task(self._run(running, ticket, record, events))

        def finish(task: "asyncio.Task[Event]") -> None:
            end = _error(_stopped(running.why)) if task.cancelled() else task.result()
            self._finish(running, ticket, record, end)

        running.task.add_done_callback(finish)  # comes also where the task never got to begin
        return live

    def find(self, thread_id: str) -> LiveTurn | None:
        """Return the thread's turn: the running one, else the last while its events are kept."""
        running = self._running.get(thread_id)
        return running.live if running else self._ended.get(thread_id)

    def is_running(self, thread_id: str) -> bool:
        """Tell whether a turn of the thread has not ended."""
        return thread_id in self._running

    def stop(self, thread_id: str, why: Why) -> bool:
        """Stop the thread's turn; tell whether there was one. Its stream ends with an `error`."""
        running = self._running.get(thread_id)
        if running is None or running.task is None:
            return False
        if not running.why:  # a second cancel would disturb what the first one closes
            running.why = why
            running.task.cancel(None if why in RESUMABLE else SELLER_STOPS)
        return True

    async def stopped(self, thread_id: str, why: Why) -> None:
        """Stop the thread's turn, if any, and wait until it is gone."""
        running = self._running.get(thread_id)
        self.stop(thread_id, why)
        if running is not None and running.task is not None:
            await asyncio.wait({running.task})

    def forget(self, thread_id: str) -> None:
        """Let go of a thread's kept events."""
        self._drop(thread_id)

    async def drain(self, seconds: float, hurry: asyncio.Event) -> None:
        """Take no more turns; let the running ones end, and stop what is left then.

        Turns still in line are stopped at once. `hurry` cuts the waiting short.
        """
        self.draining = True
        for thread_id, running in list(self._running.items()):
            if running.live.waiting:
                self.stop(thread_id, "shutdown")
        left = {r.task for r in self._running.values() if r.task is not None}
        if left:
            hurried = asyncio.create_task(hurry.wait())
            ended = asyncio.create_task(asyncio.wait(left))
            await asyncio.wait(
                {hurried, ended}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
            hurried.cancel()
            ended.cancel()
            for thread_id in list(self._running):
                self.stop(thread_id, "shutdown")
            await asyncio.wait(left)
        for thread_id in list(self._ended):
            self._drop(thread_id)

    async def _run(
        self,
        running: _Running,
        ticket: Ticket,
        record: TurnRecord,
        events: Callable[[], Source],
    ) -> Event:
        """Return the turn's last event; only a stop is raised."""
        try:
            await self._wait(running.live, ticket)
            async with asyncio.timeout(self.times.turn_s):
                return await self._follow(running.live, record, events)
        except Exception as error:  # a turn's failure ends its stream, never the service
            return _error(problem_of(error))

    def _finish(self, running: _Running, ticket: Ticket, record: TurnRecord, end: Event) -> None:
        """Give the place back, then let the readers see the end."""
        live = running.live
        if end["event"] == "error":
            record.failed(running.why)
        ticket.leave()
        del self._running[live.thread_id]
        if running.why not in RESUMABLE:
            self._keep(live)
        live.add(end)

    async def _follow(
        self, live: LiveTurn, record: TurnRecord, events: Callable[[], Source]
    ) -> Event:
        """Pass the events on but for the last, which is returned when the turn has closed.

        The stream is read to its own end: to close it before would take the turn back.
        """
        end: Event | None = None
        async with aclosing(events()) as stream:
            async for event in stream:
                if event["event"] == "done":
                    end = event
                    continue
                record.saw(event)
                live.add(event)
        if end is None:
            raise RuntimeError("a turn ended without its done event")
        record.done(end)
        return end

    async def _wait(self, live: LiveTurn, ticket: Ticket) -> None:
        """Stand in line, and say so to the reader where it is not the turn's turn at once."""
        if ticket.ready.is_set():
            return
        live.waiting = True
        since = time.monotonic()
        live.add({"event": "step", "name": "queue", "state": "started"})
        await ticket.ready.wait()
        live.waiting = False
        spent = round(1000 * (time.monotonic() - since), 1)
        live.add({"event": "step", "name": "queue", "state": "done", "ms": spent})

    def _keep(self, live: LiveTurn) -> None:
        """Keep an ended turn's events for a while."""
        self._ended[live.thread_id] = live
        loop = asyncio.get_running_loop()
        self._timers[live.thread_id] = loop.call_later(
            self.times.keep_s, self._drop, live.thread_id
        )
        kept = self._ended.values()
        while len(kept) > MOST_KEPT or sum(turn.size for turn in kept) > MOST_KEPT_BYTES:
            self._drop(next(iter(self._ended)))

    def _drop(self, thread_id: str) -> None:
        self._ended.pop(thread_id, None)
        timer = self._timers.pop(thread_id, None)
        if timer is not None:
            timer.cancel()


def shutting_down() -> Problem:
    """Return the refusal of a service that is on its way out."""
    return Problem(
        503, "shutting-down", "The service is restarting", "try again shortly", retry_after=5
    )


def _stopped(why: Why) -> Problem:
    if why == "shutdown":
        return shutting_down()
    detail = "nobody was reading it; it can go on" if why == "abandoned" else "as you wished"
    return Problem(499, "stopped", "The turn was stopped before its end", detail)


def _error(problem: Problem) -> Event:
    return {"event": "error", **problem.document()}
