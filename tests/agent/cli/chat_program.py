"""The command line as a process of its own with scripted words, for a terminal or a kill.

While there is a file `hold` in its folder, the model writes nothing and waits.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from langchain_core.outputs import ChatGenerationChunk

from agent.cli import app
from agent.runtime import Provided
from models.scripted import ScriptedChatModel
from tests.graphs.assistant.conftest import Mind
from tests.graphs.conftest import ColourEmbedder, Script


class Waiting(ScriptedChatModel):
    """Streams nothing while it is to hold."""

    async def _astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[ChatGenerationChunk]:
        if Path("hold").exists():
            print("HOLDING", file=sys.stderr, flush=True)
            await asyncio.Event().wait()
        async for chunk in super()._astream(*args, **kwargs):
            yield chunk


def main() -> None:
    """Run `vouch ARGS...`."""
    script = Script()
    mind = Mind(script)
    mind.when("holds", ("set_attribute", {"attribute": "capacity", "value": "300 ml"}))
    app(sys.argv[1:], obj=Provided(model=Waiting(responses=script), embedder=ColourEmbedder()))


if __name__ == "__main__":
    main()
