"""Who may run a turn now: a bounded queue, first come first served within a key, fair between keys.

Rule: nobody is promised what cannot be kept. A full queue refuses at once and says when a place
will be free, each refused caller a later time.
"""

import asyncio
import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from statistics import fmean

from agent.http.problems import Problem

RECENT = 32
"""Turns over which their usual length is taken."""
FIRST_GUESS_S = 5.0
LONGEST_RETRY_S = 120


class Ticket:
    """A place in the queue; `ready` is set when the turn may run. Give it back with `leave`."""

    def __init__(self, queue: "TurnQueue", owner: str) -> None:
        self.owner = owner
        self.ready = asyncio.Event()
        self._queue = queue
        self._since: float | None = None
        self._left = False

    def start(self) -> None:
        """Let the turn run."""
        self._since = self._queue.clock()
        self.ready.set()

    def leave(self) -> None:
        """Give the place back, running or waiting; twice does no harm."""
        if not self._left:
            self._left = True
            spent = None if self._since is None else self._queue.clock() - self._since
            self._queue.left(self, spent)


class TurnQueue:
    """At most `max_running` turns at once and `max_waiting` in line."""

    def __init__(
        self,
        max_running: int,
        max_waiting: int,
        clock: Callable[[], float] = time.monotonic,
        on_refusal: Callable[[], None] | None = None,
    ) -> None:
        self.max_running, self.max_waiting, self.clock = max_running, max_waiting, clock
        self._on_refusal = on_refusal
        self.running = 0
        self._lines: OrderedDict[str, deque[Ticket]] = OrderedDict()
        self._recent: deque[float] = deque(maxlen=RECENT)
        self._promised = 0.0

    @property
    def waiting(self) -> int:
        """How many turns stand in line."""
        return sum(len(line) for line in self._lines.values())

    @property
    def full(self) -> bool:
        """Whether a further turn would be refused."""
        return self.running >= self.max_running and self.waiting >= self.max_waiting

    def enter(self, owner: str) -> Ticket:
        """Return a place in the queue.

        Raises:
            Problem: 429 with Retry-After where the queue is full.
        """
        self.check()
        ticket = Ticket(self, owner)
        if self.running < self.max_running:
            self.running += 1
            ticket.start()
        else:
            self._lines.setdefault(owner, deque()).append(ticket)
        return ticket

    def check(self) -> None:
        """Raise the refusal where the queue is full: before a body is read for nothing."""
        if self.full:
            if self._on_refusal is not None:
                self._on_refusal()
            raise Problem(
                429,
                "queue-full",
                "Too many listings are being written at this moment",
                "try again after the time given",
                retry_after=self._next_place(),
            )

    def left(self, ticket: Ticket, spent: float | None) -> None:
        """Take a ticket back; the next in turn starts where it had been running `spent` seconds."""
        if spent is None:
            line = self._lines[ticket.owner]
            line.remove(ticket)
            if not line:
                del self._lines[ticket.owner]
            return
        self._recent.append(spent)
        self.running -= 1
        if self._lines:
            owner, line = next(iter(self._lines.items()))
            following = line.popleft()
            del self._lines[owner]
            if line:
                self._lines[owner] = line  # behind the others: each key has its turn
            self.running += 1
            following.start()

    def _next_place(self) -> int:
        """Seconds until a place in line is free that no earlier refused caller was told of."""
        usual = fmean(self._recent) if self._recent else FIRST_GUESS_S
        now = self.clock()
        self._promised = max(now, self._promised) + usual / self.max_running
        self._promised = min(self._promised, now + LONGEST_RETRY_S)
        return max(1, math.ceil(self._promised - now))
