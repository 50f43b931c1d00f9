"""A seller talking to the assistant: real store, rules, editor and saver; scripted decisions."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage

from agent.threads import open_threads
from graphs.assistant import (
    AssistantContext,
    AssistantGraph,
    Turn,
    build_assistant_graph,
    read_thread,
    stream_resume,
    stream_turn,
)
from graphs.listing import ListingContext, build_listing_graph
from listing import ListingDocument
from tests.graphs.conftest import Script

Call = tuple[str, dict[str, Any]]


class Mind:
    """Decides as a test says: by words of the message, the calls one after the other."""

    def __init__(self, script: Script) -> None:
        self.plans: dict[str, list[Any]] = {}
        self.prompts: list[str] = []
        self.answers: list[str] = []
        self.words: Callable[[str], Any] | None = None
        script.answers = {
            "Choose the next tool": self._decide,
            "Tell the seller what came": self._answer,
            **script.answers,
        }

    def when(self, words: str, *steps: Any) -> None:
        """For messages with `words`: one step a decision, then nothing more to do."""
        self.plans[words] = list(steps)

    def _decide(self, messages: list[BaseMessage], kwargs: dict[str, Any]) -> Any:
        assert kwargs["tool_choice"] == "any"
        prompt = messages[-1].text
        self.prompts.append(prompt)
        message = re.findall(r"^Seller: (.*?)(?:\nDone:|\Z)", prompt, re.M | re.S)[-1]
        for words, steps in self.plans.items():
            if words in message and steps:
                step = steps.pop(0)
                return step(messages) if callable(step) else says(step)
        return says(("reply", {"topic": "done"}))

    def _answer(self, messages: list[BaseMessage], kwargs: dict[str, Any]) -> Any:
        prompt = messages[-1].text
        self.answers.append(prompt)
        if self.words is not None:
            return self.words(prompt)
        return " ".join(re.findall(r"^- (.*)$", prompt, re.M))


def says(step: Any) -> Any:
    """A model's message that makes the call, or the calls; other things as they are."""
    if isinstance(step, tuple):
        step = [step]
    if isinstance(step, list) and step and isinstance(step[0], tuple):
        calls = [{"name": n, "args": a, "id": f"c{i}"} for i, (n, a) in enumerate(step)]
        return AIMessage(content="", tool_calls=calls)
    return step


@dataclass
class Seller:
    """One thread, and what has been seen of it."""

    context: AssistantContext
    graph: AssistantGraph
    thread: str = "t1"
    events: list[dict[str, Any]] = field(default_factory=list)
    fails: bool = False
    """Whether a step is meant to fail."""

    async def turn(self, text: str | None = None, **given: Any) -> ListingDocument:
        turn = Turn(text=text, **given)
        return await self._follow(stream_turn(self.context, self.graph, self.thread, turn))

    async def resume(self, **answer: Any) -> ListingDocument:
        view = await read_thread(self.graph, self.thread)
        assert view is not None and view.interrupt is not None
        asked = view.interrupt.id
        stream = stream_resume(self.context, self.graph, self.thread, asked, answer)
        return await self._follow(stream)

    async def _follow(self, stream: Any) -> ListingDocument:
        self.events = []
        async with aclosing(stream) as events:
            async for event in events:
                self.events.append(event)
        assert [e["event"] for e in self.events].count("done") == 1
        assert self.events[-1]["event"] == "done"
        failed = [e for e in self.of("tool_result") if "did not work" in e["text"]]
        assert self.fails or not failed, "a step failed that was not meant to"
        said = "".join(e["text"] for e in self.of("token") if e.get("of") == "reply")
        assert said.strip() == self.reply.strip() or not said
        assert [m["text"] for m in self.of("message")] == ([self.reply] if self.reply else [])
        return ListingDocument.model_validate(self.events[-1]["document"])

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [e for e in self.events if e["event"] == kind]

    @property
    def reply(self) -> str:
        return str(self.events[-1]["reply"])

    @property
    def calls(self) -> list[tuple[str, dict[str, Any]]]:
        return [(e["name"], e["arguments"]) for e in self.of("tool_call")]

    def result(self, name: str) -> dict[str, Any]:
        return next(e for e in self.of("tool_result") if e["name"] == name)


@pytest.fixture
def mind(script: Script) -> Mind:
    return Mind(script)


@pytest.fixture
async def graphs(tmp_path: Path) -> AsyncIterator[tuple[Any, Any]]:
    async with open_threads(tmp_path / "threads.sqlite") as saver:
        yield build_assistant_graph(saver), build_listing_graph(saver)


@pytest.fixture
async def seller(context: ListingContext, graphs: tuple[Any, Any], mind: Mind) -> Seller:
    assistant, listing = graphs
    return Seller(AssistantContext(context, listing), assistant)
