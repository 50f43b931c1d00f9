"""A growing answer: takes tokens one by one, gives out text, and knows when it is complete."""

import time
from collections.abc import Callable, Collection, Iterator

from models.constraints import TokenVocabulary
from models.engine.detokenise import IncrementalText
from models.engine.picking import TokenPicker
from models.engine.request import FinishReason, GenerationRequest


class Answer:
    """The answer to one request, from its first token to its finish reason."""

    def __init__(
        self,
        request: GenerationRequest,
        vocabulary: TokenVocabulary,
        end_ids: Collection[int],
        emit: Callable[[str], None],
    ) -> None:
        """`emit` gets each piece of text once it is certain."""
        constraint = request.constraint
        self._state = constraint.start(vocabulary) if constraint is not None else None
        self._incremental = IncrementalText(vocabulary, request.stop)
        self._end_ids = end_ids
        self._emit = emit
        self._pieces: list[str] = []
        self.token_ids: list[int] = []
        self.first_token_at: float | None = None

    @property
    def text(self) -> str:
        """All text given out so far."""
        return "".join(self._pieces)

    def grow(
        self,
        tokens: Iterator[int],
        picker: TokenPicker,
        *,
        limit: int,
        cancelled: Callable[[], bool],
    ) -> FinishReason:
        """Take tokens until the answer is complete, `limit` long, or cancelled."""
        reason: FinishReason = "length"
        while len(self.token_ids) < limit:
            if cancelled():
                reason = "cancelled"
                break
            if self._state is not None:
                picker.allow(self._state.mask())
            if self._completes(next(tokens)):
                reason = "stop"
                break
        self._give(self._incremental.finish())
        return reason

    def _completes(self, token_id: int) -> bool:
        if self.first_token_at is None:
            self.first_token_at = time.perf_counter()
        if token_id in self._end_ids:
            return True
        self.token_ids.append(token_id)
        self._give(self._incremental.push(token_id))
        if self._state is None:
            return self._incremental.stopped
        self._state.advance(token_id)
        return self._incremental.stopped or self._state.finished

    def _give(self, piece: str) -> None:
        if piece:
            self._pieces.append(piece)
            self._emit(piece)
