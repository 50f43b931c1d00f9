"""Where turns come from: the assistant graph, or in its place whatever speaks the same.

Rule: the service knows of the assistant only what stands here, so that its own tests need no model.
"""

from collections.abc import AsyncGenerator
from typing import Any, Protocol

from agent.client.views import ThreadView
from graphs.assistant.turn import Turn

Event = dict[str, Any]
Source = AsyncGenerator[Event]


class TurnSource(Protocol):
    """Runs turns. Each stream ends with exactly one `done`; closing it stops the turn."""

    def turn(self, thread_id: str, turn: Turn) -> Source:
        """Run a turn."""
        ...

    def resume(self, thread_id: str, interrupt_id: str, answer: dict[str, Any]) -> Source:
        """Go on behind an interrupt."""
        ...

    def unfinished(self, thread_id: str) -> Source:
        """Go on with a turn that a killed process left."""
        ...

    async def thread(self, thread_id: str) -> ThreadView | None:
        """Return the thread as it stands; None where nothing was said in it yet."""
        ...

    async def forget(self, thread_id: str) -> None:
        """Delete all that is kept of a thread."""
        ...
