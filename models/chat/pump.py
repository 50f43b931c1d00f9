"""A generation read from asyncio: the loop is never blocked, and a reader who leaves cancels it."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from typing import TypeVar, cast

from models.engine import Generation

Result = TypeVar("Result")


async def begin(start: Callable[[], Generation]) -> Generation:
    """Return `start()`, run in a thread; cancelled meanwhile, what it starts is cancelled too."""
    starting = asyncio.ensure_future(asyncio.to_thread(start))
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        starting.add_done_callback(_abandon)
        raise


def _abandon(starting: "asyncio.Future[Generation]") -> None:
    if not starting.cancelled() and starting.exception() is None:
        starting.result().cancel()


async def in_thread(call: Callable[[], Result]) -> Result:
    """Return `call()`, run in a thread of its own; for calls that wait long for their turn."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Result] = loop.create_future()

    def settle(result: Result | None, error: BaseException | None) -> None:
        if answer.cancelled():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(cast(Result, result))

    def work() -> None:
        result, failure = None, None
        try:
            result = call()
        except BaseException as error:  # raised again where it is awaited
            failure = error
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=work, name="vouch-model-caller", daemon=True).start()
    return await answer


async def pump(generation: Generation) -> AsyncGenerator[str, None]:
    """Yield the text pieces of `generation` as they come; raise what it raises.

    Leaving early, by closing the iterator or cancelling the task, cancels the generation. Each
    generation has a thread of its own that only waits, so that a long queue does not use up the
    loop's shared executor.
    """
    loop = asyncio.get_running_loop()
    pieces: asyncio.Queue[str | BaseException | None] = asyncio.Queue()

    def post(piece: str | BaseException | None) -> None:
        try:
            loop.call_soon_threadsafe(pieces.put_nowait, piece)
        except RuntimeError:  # the loop is closed: nobody reads any more
            generation.cancel()

    def read() -> None:
        try:
            for piece in generation:
                post(piece)
        except BaseException as error:  # raised again where it is read
            post(error)
        else:
            post(None)

    threading.Thread(target=read, name="vouch-generation-reader", daemon=True).start()
    try:
        while (piece := await pieces.get()) is not None:
            if isinstance(piece, BaseException):
                raise piece
            yield piece
    finally:
        generation.cancel()
