"""What is kept of a thread in its checkpoints: the latest, and no draft that is over.

Rule: a thread that is put back is as it was before the turn, with the turn's message in its record.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.types import StateSnapshot

from graphs.assistant.draft import draft_threads
from graphs.assistant.graph import AssistantGraph
from graphs.assistant.state import THREAD_KEYS, AssistantState
from graphs.assistant.take import distinct, emptied, message_of
from graphs.assistant.turn import Json
from graphs.streaming import under_way

RECURSION_LIMIT = 120
"""Steps of one turn: eight pieces with six calls each, and a few."""


def config_of(thread_id: str) -> RunnableConfig:
    """Return the config of everything that is done with a thread."""
    return {"configurable": {"thread_id": thread_id}, "recursion_limit": RECURSION_LIMIT}


async def put_back(
    graph: AssistantGraph, thread_id: str, before: StateSnapshot, turn: Json | None = None
) -> None:
    """Put the thread where it was before a turn, with the turn's message in its record.

    For who had to cancel the task that read the stream; closing the stream does this by itself.
    `turn` is the one that was stopped; without it that which the thread was last in.
    """
    if not graph.checkpointer:
        return
    stopped = cast(AssistantState, (await graph.aget_state(config_of(thread_id))).values)
    old: dict[str, Any] = dict(before.values)
    given = turn or stopped.get("turn") or {}
    kept = {key: old.get(key, _BLANK.get(key, [])) for key in THREAD_KEYS}
    if given and given != old.get("turn"):
        kept["talk"] = [*kept["talk"], *message_of(given)]
        kept["waiting"] = distinct([*kept["waiting"], *given["photos"]])
    await forget_drafts(graph, stopped)
    ended = {**kept, **emptied(), "queue": [], "pieces": [], "finding": None, "turn": given}
    await graph.aupdate_state(config_of(thread_id), ended, as_node="remember")
    await _prune(graph, thread_id)


_BLANK: Mapping[str, Any] = {"listing": None, "drafted": None, "statements": 0, "turns": 0}


async def tidy(graph: AssistantGraph, thread_id: str, after: StateSnapshot) -> None:
    """Let go of checkpoints that nothing goes on from."""
    await _prune(graph, thread_id)
    if not under_way(after):
        await forget_drafts(graph, cast(AssistantState, after.values))


async def _prune(graph: AssistantGraph, thread_id: str) -> None:
    saver = graph.checkpointer
    if isinstance(saver, BaseCheckpointSaver):
        with suppress(NotImplementedError):  # a saver that keeps everything
            await saver.aprune([thread_id])


async def forget_drafts(
    graph: AssistantGraph, state: AssistantState, *, keep: bool = False
) -> None:
    """Delete the checkpoints of drafts that are over."""
    saver = graph.checkpointer
    if not keep and isinstance(saver, BaseCheckpointSaver):
        for thread in draft_threads(state):
            await saver.adelete_thread(thread)
