"""Batches of work over a few processes, results in the order of the batches, memory flat.

Each process keeps what it was started with (evaluators, truth) and is sent batches in turn, a few
ahead; a result is taken before another batch is sent, so nothing piles up.
"""

import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from itertools import cycle
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from listing.errors import VouchError

Batch = TypeVar("Batch")
Result = TypeVar("Result")
_AHEAD = 2
"""Batches that each process may have: one under way, one waiting."""


def map_batches(
    work: Callable[[Batch], Result], batches: Iterable[Batch], processes: int
) -> Iterator[Result]:
    """Yield `work` of each batch in order, computed in `processes` fresh processes.

    `work` is pickled once per process. VouchError when a process dies: it says to use one process,
    where the cause will show.
    """
    context = get_context("spawn")
    with ExitStack() as stack:
        lanes: list[Connection] = []
        for _ in range(processes):
            here, there = context.Pipe()
            process = context.Process(target=_serve, args=(there, work), daemon=True)
            process.start()
            there.close()
            stack.callback(process.join)
            stack.enter_context(closing(here))
            lanes.append(here)
        yield from _in_turn(lanes, batches)


def _in_turn(lanes: Sequence[Connection], batches: Iterable[Any]) -> Iterator[Any]:
    waiting: deque[Connection] = deque()
    try:
        for lane, batch in zip(cycle(lanes), batches, strict=False):
            if len(waiting) >= _AHEAD * len(lanes):
                yield waiting.popleft().recv()
            lane.send(batch)
            waiting.append(lane)
        while waiting:
            yield waiting.popleft().recv()
    except (EOFError, BrokenPipeError, ConnectionResetError):
        raise VouchError(
            "a scoring process died, perhaps for want of memory; try again with --processes 1"
        ) from None


def _serve(lane: Connection, work: Callable[[Any], Any]) -> None:
    """Answer batches until nobody sends any more; an interrupt is the parent's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            batch = lane.recv()
        except EOFError:
            return
        lane.send(work(batch))
