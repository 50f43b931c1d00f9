"""The assistant's threads that are kept here: the recent ones, and one by the head of its id."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from listing.errors import BadInputError, NotFoundError

if TYPE_CHECKING:  # brings langgraph
    from graphs.assistant import AssistantGraph

RECENT = 20
_MOST = 2_000
"""Checkpoints that are looked through, the newest first."""


@dataclass(frozen=True)
class ThreadLine:
    """What `vouch chat --list` tells of one thread."""

    thread_id: str
    at: str
    """When something was last said, ISO 8601 in UTC; empty where nothing was."""
    title: str
    said: str
    """The last message."""
    state: str
    """`published`, `asks` (a question waits), `unfinished` (a turn was cut off), or empty."""


async def recent_threads(graph: "AssistantGraph", count: int = RECENT) -> list[ThreadLine]:
    """Return the threads that were last used, newest first."""
    return [await _line(graph, name) for name in (await _thread_ids(graph))[:count]]


async def find_thread(graph: "AssistantGraph", head: str) -> str:
    """Return the id that begins with `head`.

    Raises:
        NotFoundError: none does.
        BadInputError: several do.
    """
    from graphs.assistant import read_thread

    if await read_thread(graph, head) is not None:
        return head
    found = [name for name in await _thread_ids(graph) if head and name.startswith(head)]
    if not found:
        raise NotFoundError(
            f"--thread {head}: no thread has an id that begins so; `vouch chat --list` lists them"
        )
    if len(found) > 1:
        some = ", ".join(name[: len(head) + 6] for name in found[:3])
        raise BadInputError(f"--thread {head}: {len(found)} begin so ({some}); give more of the id")
    return found[0]


async def _thread_ids(graph: "AssistantGraph") -> list[str]:
    """The ids of the assistant's threads, the last used first; drafts have threads of their own."""
    saver: Any = graph.checkpointer
    kept = [  # a saver is locked while it lists, so that nothing else is asked of it meanwhile
        str(one.config["configurable"]["thread_id"])
        async for one in saver.alist(None, limit=_MOST)
        if "turn" in one.checkpoint["channel_values"]
    ]
    return list(dict.fromkeys(kept))


async def _line(graph: "AssistantGraph", thread_id: str) -> ThreadLine:
    from graphs.assistant import read_thread

    view = await read_thread(graph, thread_id)
    assert view is not None  # it was just listed
    last = view.messages[-1] if view.messages else None
    state = "published" if view.listing is not None and view.listing.published else ""
    state = "asks" if view.interrupt else "unfinished" if view.unfinished else state
    return ThreadLine(
        thread_id,
        last.at if last else "",
        view.listing.title if view.listing else "",
        last.text if last else "",
        state,
    )
