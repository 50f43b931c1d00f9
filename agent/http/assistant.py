"""The assistant graph as the service's source of turns.

Rule: the model that the graph gets counts its tokens; all else is the runtime's own.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler

from agent.client.views import ThreadView
from agent.http.service import OpenSource
from agent.http.source import Source
from agent.http.usage import counted
from agent.runtime import Runtime
from graphs.assistant import (
    AssistantContext,
    AssistantGraph,
    Turn,
    forget_thread,
    read_thread,
    stream_resume,
    stream_turn,
    stream_unfinished,
)


class AssistantSource:
    """Turns of the assistant graph."""

    def __init__(self, context: AssistantContext, graph: AssistantGraph) -> None:
        self._context, self._graph = context, graph

    def turn(self, thread_id: str, turn: Turn) -> Source:
        """Run a turn."""
        return counted(self._context, lambda own: stream_turn(own, self._graph, thread_id, turn))

    def resume(self, thread_id: str, interrupt_id: str, answer: dict[str, Any]) -> Source:
        """Go on behind an interrupt."""
        return counted(
            self._context,
            lambda own: stream_resume(own, self._graph, thread_id, interrupt_id, answer),
        )

    def unfinished(self, thread_id: str) -> Source:
        """Go on with a turn that a killed process left."""
        return counted(self._context, lambda own: stream_unfinished(own, self._graph, thread_id))

    async def thread(self, thread_id: str) -> ThreadView | None:
        """Return the thread as it stands; None where nothing was said in it yet."""
        view = await read_thread(self._graph, thread_id)
        return ThreadView.model_validate(view.model_dump(by_alias=True)) if view else None

    async def forget(self, thread_id: str) -> None:
        """Delete all that is kept of a thread."""
        await forget_thread(self._graph, thread_id)


def assistant_source(runtime: Runtime, counting: BaseCallbackHandler) -> OpenSource:
    """Return what opens the runtime's assistant; `counting` hears of every model call."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[AssistantSource]:
        async with runtime.assistant() as (context, graph):
            model = context.model.model_copy(update={"callbacks": [counting]})
            listing = replace(context.listing, model=model)
            yield AssistantSource(replace(context, listing=listing), graph)

    return opened
