"""The scripted model of a golden case: `Words` made answers, for models of both kinds.

A model that constrains its decoding gives probabilities, any other names its choice as JSON. Words
that are a text are said as they are, so that a case can say something broken.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult

from eval_traces import RunSpan
from models.scripted import ScriptedChatModel
from tests.golden.case import Answer, Case, Late, Words

_READ = "Read the listing"


@dataclass
class Clock:
    """The run's deadline, for a script to bring forward: no run waits for the time to pass."""

    deadline: asyncio.Timeout | None = None

    def watch(self, run: RunSpan, deadline: asyncio.Timeout) -> None:
        """Note the deadline as the run starts."""
        self.deadline = deadline

    async def pass_by(self) -> None:
        """Make the deadline pass, and wait to be stopped by it."""
        assert self.deadline is not None
        self.deadline.reschedule(asyncio.get_running_loop().time())
        await asyncio.Event().wait()


@dataclass(frozen=True)
class Script:
    """Answers each question of a run from the case's words."""

    words: Words
    constrained: bool = True

    def __call__(self, messages: list[BaseMessage], kwargs: dict[str, Any]) -> Any:
        """Return the answer as `ScriptedChatModel` takes it; a `Late` one as it is."""
        text = messages[-1].text
        if _READ in text:
            return self._read(text.partition("Listing:\n")[2])
        answer = self._said(text)
        if isinstance(answer, Mapping):
            return self._spoken(answer)
        return list(answer) if isinstance(answer, tuple) else answer

    def _said(self, question: str) -> Answer:
        words = self.words
        known = {
            "class of risk": words.risk,
            "Which category": words.category,
            "Answer yes or no": words.holds,
            "Write a second-hand listing": words.draft,
        }
        for key, answer in known.items():
            if key in question:
                return answer
        for attribute, answer in words.shows.items():
            if f"What is the {attribute}" in question:
                return answer
        raise AssertionError(f"nothing scripted for: {question[:80]}")

    def _read(self, text: str) -> Any:
        found: dict[str, str] = {}
        for marker, reading in self.words.reads.items():
            if marker in text:
                if not isinstance(reading, Mapping):
                    return reading
                found |= {k: v for k, v in reading.items() if v in text}
        return found if self.constrained else json.dumps(found, ensure_ascii=False)

    def _spoken(self, answer: Mapping[str, float]) -> Any:
        if self.constrained:
            return dict(answer)
        return json.dumps({"answer": max(answer, key=lambda choice: answer[choice])})


class GoldenModel(ScriptedChatModel):
    """The scripted model, whose late answers come after the deadline."""

    clock: Any = field(default_factory=Clock)

    async def _agenerate(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> ChatResult:
        if isinstance(self.responses(messages, kwargs), Late):
            await self.clock.pass_by()
        return await super()._agenerate(messages, *args, **kwargs)

    async def _astream(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        answer = self.responses(messages, kwargs)
        if not isinstance(answer, Late):
            async for chunk in super()._astream(messages, *args, **kwargs):
                yield chunk
            return
        said = self.model_copy(update={"responses": [answer.after], "calls": []})
        if answer.after:
            async for chunk in said._text(messages, *args, **kwargs):
                yield chunk
        await self.clock.pass_by()

    async def _text(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        """What was said before the deadline, without the chunk that ends an answer."""
        async for chunk in super()._astream(messages, *args, **kwargs):
            if chunk.message.text:
                yield chunk


def scripted_model(case: Case, clock: Clock) -> GoldenModel:
    """Return the model that says the case's words."""
    script = Script(case.words, case.constrained)
    return GoldenModel(responses=script, constrained=case.constrained, clock=clock)
