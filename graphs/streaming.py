"""A run in a task of its own, its events handed to whoever follows.

Rule: spans nest and checkpoints are written whoever consumes the events; who stops consuming stops
the run.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextvars import Context
from typing import Any

from langgraph.types import StateSnapshot

Event = dict[str, Any]
Emit = Callable[[Event], None]


def under_way(snapshot: StateSnapshot) -> bool:
    """Return whether a run has steps left.

    Its tasks tell, not `next`, which leaves out those whose results are on disk already: killed
    between these and the checkpoint after them, a run would look as if it had ended.
    """
    return bool(snapshot.tasks)


async def relay(
    run: Callable[[Emit], Awaitable[None]], *, apart: bool = False
) -> AsyncGenerator[Event]:
    """Yield what `run` emits until it returns; what it raises is raised here.

    With `apart` its task starts in an empty context: no span, no graph is around it.
    """
    queue: asyncio.Queue[Event | Exception | None] = asyncio.Queue()

    async def work() -> None:
        try:
            await run(queue.put_nowait)
        except Exception as error:
            queue.put_nowait(error)

    task = asyncio.create_task(work(), context=Context() if apart else None)
    task.add_done_callback(lambda _: queue.put_nowait(None))
    try:
        while (event := await queue.get()) is not None:
            if isinstance(event, Exception):
                raise event
            yield event
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
