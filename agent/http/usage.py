"""What one turn's model calls took, counted where they end.

Rule: each turn has its own model handle, so that turns that run at the same time never count for
each other.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.outputs import LLMResult

from agent.http.source import Event, Source
from graphs.assistant import AssistantContext


class TurnUsage(BaseCallbackHandler):
    """Adds up the tokens that the model reports."""

    def __init__(self) -> None:
        self.input_tokens = 0
        self.output_tokens = 0

    def on_llm_end(self, response: LLMResult, **kwargs: Any) -> None:
        """Add a finished call."""
        for generation in (g for batch in response.generations for g in batch):
            usage = getattr(getattr(generation, "message", None), "usage_metadata", None) or {}
            self.input_tokens += usage.get("input_tokens", 0)
            self.output_tokens += usage.get("output_tokens", 0)


async def counted(
    context: AssistantContext, run: Callable[[AssistantContext], Source]
) -> AsyncGenerator[Event]:
    """Yield a turn's events, the tokens that it took as `usage` of its `done`."""
    usage = TurnUsage()
    model = context.model
    given = model.callbacks if isinstance(model.callbacks, list) else []
    own = model.model_copy(update={"callbacks": [*given, usage]})
    mine = replace(context, listing=replace(context.listing, model=own))
    async with aclosing(run(mine)) as events:
        async for event in events:
            if event["event"] == "done":
                spent = {"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens}
                yield {**event, "usage": spent}
            else:
                yield event
