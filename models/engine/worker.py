"""The one thread that touches the model: a bounded queue of calls, each with a future.

Whatever a call raises reaches its future, and closing fails the calls still waiting, so no caller
waits for an answer that cannot come.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from threading import Condition, Thread, current_thread
from typing import Any, TypeVar

import torch

from listing.errors import ModelError, VouchError

Result = TypeVar("Result")


class QueueFullError(ModelError):
    """Too many calls wait for the model already. Try again later, or start fewer at once."""


class InferenceThread:
    """Runs calls one after another on a daemon thread that starts with the first of them."""

    def __init__(self, *, max_waiting: int, threads: int | None) -> None:
        """`threads` is what torch may use inside a call; None leaves that alone."""
        self._max_waiting = max_waiting
        self._threads = threads
        self._waiting: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._changed = Condition()
        self._thread: Thread | None = None
        self.closed = False

    def submit(self, call: Callable[[], Result], *, wait: bool) -> "Future[Result]":
        """Queue `call`; its result or exception arrives in the future.

        Where the queue is full, waits for room if `wait`, else raises QueueFullError. ModelError
        after `close`.
        """
        future: Future[Result] = Future()
        with self._changed:
            while wait and not self.closed and len(self._waiting) >= self._max_waiting:
                self._changed.wait()
            if self.closed:
                raise ModelError("the engine is closed; load it again")
            if len(self._waiting) >= self._max_waiting:
                raise QueueFullError(
                    f"the model already has {self._max_waiting} calls waiting; try again later"
                )
            self._waiting.append((future, call))
            if self._thread is None:
                self._thread = Thread(target=self._serve, name="inference", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        return future

    def run(self, call: Callable[[], Result]) -> Result:
        """The result of `call`, waited for; runs at once where this already is the thread.

        What `call` raises comes as by `outcome`.
        """
        if current_thread() is self._thread:
            return call()
        return outcome(self.submit(call, wait=True))

    def close(self) -> None:
        """Take no more calls, fail those waiting, wait for the running one; may be called twice."""
        with self._changed:
            self.closed = True
            dropped = list(self._waiting)
            self._waiting.clear()
            self._changed.notify_all()
        for future, _ in dropped:
            future.set_exception(ModelError("the engine was closed before this call ran"))
        if self._thread is not None and self._thread is not current_thread():
            self._thread.join()

    def _serve(self) -> None:
        if self._threads is not None:
            torch.set_num_threads(self._threads)
        with torch.inference_mode():
            while (item := self._next()) is not None:
                future, call = item
                try:
                    future.set_result(call())
                except BaseException as error:  # it belongs to the caller, whatever it is
                    future.set_exception(error)
                del item, future, call  # an idle thread must not hold the last call's tensors

    def _next(self) -> tuple[Future[Any], Callable[[], Any]] | None:
        with self._changed:
            while not self._waiting and not self.closed:
                self._changed.wait()
            item = None if self.closed else self._waiting.popleft()
            self._changed.notify_all()
            return item


def outcome(future: "Future[Result]", timeout: float | None = None) -> Result:
    """The future's result, waited for; errors of torch and transformers come as ModelError.

    TimeoutError after `timeout` seconds.
    """
    error = future.exception(timeout)
    if error is None:
        return future.result()
    if isinstance(error, VouchError):
        raise error
    raise ModelError(f"the model failed: {type(error).__name__}: {error}") from error
