"""The caller's end of a generation: text pieces while it runs, the result when it is done."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Event
from typing import Protocol

from listing.errors import GenerationCancelled
from models.engine.request import GenerationResult
from models.engine.worker import outcome


class Submit(Protocol):
    """Queues a call for the inference thread; see `InferenceThread.submit`."""

    def __call__(
        self, call: Callable[[], GenerationResult], *, wait: bool
    ) -> "Future[GenerationResult]":
        """The future of the call's result."""


class Generation:
    """One generation, queued or running. Iterate it for text, or take `result()`, or both.

    Dropping the last reference to it cancels it, so an abandoned answer does not keep the model.
    """

    def __init__(
        self, submit: Submit, run: Callable[[Callable[[str], None], Event], GenerationResult]
    ) -> None:
        """`run(emit, cancelled)` does the work on the inference thread."""
        self._cancelled = Event()
        pieces: SimpleQueue[str | None] = SimpleQueue()
        self._pieces = pieces
        cancelled = self._cancelled  # the call must not hold this object, or it would never drop
        self._future = submit(lambda: run(pieces.put, cancelled), wait=False)
        self._future.add_done_callback(lambda _: pieces.put(None))

    def __iter__(self) -> Iterator[str]:
        """The text in pieces, as it becomes certain; each piece once.

        Raises ModelError where the model failed, GenerationCancelled after `cancel`.
        """
        while (piece := self._pieces.get()) is not None:
            yield piece
        self._pieces.put(None)  # a second iteration ends at once
        if self.result().finish_reason == "cancelled":
            raise GenerationCancelled("the generation was cancelled")

    def cancel(self) -> None:
        """Stop at the next token. The result then holds what there was."""
        self._cancelled.set()

    def result(self, timeout: float | None = None) -> GenerationResult:
        """The whole generation, waited for; ModelError where the model failed.

        TimeoutError after `timeout` seconds; the generation goes on.
        """
        return outcome(self._future, timeout)

    def __del__(self) -> None:
        self._cancelled.set()
