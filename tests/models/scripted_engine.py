"""An engine whose text is scripted while all around it is real: tokenizer, constraints, stop rules.

It stands in where a test needs sensible words, which random weights cannot give. A script that
breaks the request's constraint fails the test: so a schema handed to the engine is really checked.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from listing import ModelInfo
from listing.errors import GenerationCancelled
from models.engine import Choice, Engine, GenerationRequest, GenerationResult, Usage

Script = Callable[[GenerationRequest], str | Exception]


@dataclass
class ScriptedGeneration:
    """Hands out `pieces`; `hold`, when given, is waited for before each piece but the first."""

    pieces: list[str]
    result_: GenerationResult
    error: Exception | None = None
    hold: Event | None = None
    cancelled: Event = field(default_factory=Event)
    delivered: int = 0

    def __iter__(self) -> Iterator[str]:
        for position, piece in enumerate(self.pieces):
            while self.hold is not None and position and not self.hold.is_set():
                if self.cancelled.wait(0.005):
                    break
            if self.cancelled.is_set():
                raise GenerationCancelled("the generation was cancelled")
            self.delivered += 1
            yield piece
        if self.error is not None:
            raise self.error

    def cancel(self) -> None:
        self.cancelled.set()

    def result(self) -> GenerationResult:
        return self.result_


class ScriptedEngine:
    """Answers each request with `script(request)` and keeps `requests` and `generations`."""

    def __init__(
        self,
        real: Engine,
        script: Script,
        *,
        model_type: str | None = None,
        piece: int = 3,
        hold: Event | None = None,
    ) -> None:
        self._real = real
        self._script = script
        self._piece = piece
        self._hold = hold
        self.model_type = model_type or real.model_type
        self.info = ModelInfo(name="scripted-engine", revision="1", device="cpu")
        self.tokenizer = real.tokenizer
        self.vocabulary = real.vocabulary
        self.requests: list[GenerationRequest] = []
        self.generations: list[ScriptedGeneration] = []

    def start(self, request: GenerationRequest) -> ScriptedGeneration:
        self.requests.append(request)
        self._prompt(request)
        answer = self._script(request)
        text = "" if isinstance(answer, Exception) else answer
        reason = "stop"
        for stop in request.stop:
            text = text.partition(stop)[0]
        ids = self.tokenizer.encode(text, add_special_tokens=False)
        if len(ids) > request.max_new_tokens:
            ids, reason = ids[: request.max_new_tokens], "length"
            text = self.tokenizer.decode(ids)
        self._check(request, ids, complete=reason == "stop")
        usage = Usage(10, 4 if _pictures(request.messages) else 0, len(ids))
        result = GenerationResult(text, ids, reason, usage, 0.01, 0.02)  # type: ignore[arg-type]
        pieces = [text[i : i + self._piece] for i in range(0, len(text), self._piece)]
        error = answer if isinstance(answer, Exception) else None
        generation = ScriptedGeneration(pieces, result, error, self._hold)
        self.generations.append(generation)
        return generation

    def choose(self, messages: Sequence[dict[str, Any]], choices: Sequence[str]) -> list[Choice]:
        time.sleep(0)
        share = 1 / len(choices)
        return [Choice(text, share, -1.0 - i) for i, text in enumerate(choices)]

    def _prompt(self, request: GenerationRequest) -> None:
        """Render the conversation as the engine would; a message it cannot take fails here."""
        prompts = self._real._prompts
        prompts.build(request.messages, request.tools, self._real._prepare)

    def _check(self, request: GenerationRequest, ids: list[int], *, complete: bool) -> None:
        if request.constraint is None:
            return
        state = request.constraint.start(self.vocabulary)
        for token_id in ids:
            assert bool(state.mask()[token_id]), self.tokenizer.decode([token_id])
            state.advance(token_id)
        assert state.finished or not complete


def _pictures(messages: Sequence[dict[str, Any]]) -> int:
    return sum(part["type"] == "image" for message in messages for part in message["content"])
