"""A run played against its tape: when it stops, and how it compares with the record."""

import asyncio
import time
from collections.abc import AsyncGenerator, Collection, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from eval_traces import RunTracer, Trace, find_trace, read_trace
from graphs.replay.changes import Changes
from graphs.replay.compare import Difference, differences
from graphs.replay.context import ReplayContext
from graphs.replay.listing_diff import ListingDiff, diff_listings
from graphs.replay.player import Player
from graphs.replay.tape import RecordedCall
from graphs.streaming import Event
from listing import ListingDocument
from models.prompts import prompts_instead


@dataclass(frozen=True)
class SettingChange:
    """Something that steered the runs and differs: a prompt's version, a threshold, the code."""

    name: str
    recorded: Any
    replayed: Any


@dataclass(frozen=True)
class Replay:
    """What a replay came to."""

    recorded: Trace
    replayed: Trace
    document: ListingDocument | None
    """The listing that it made; None when it stopped before its end."""
    stopped: str
    """Why it stopped, in words; empty when it ran to its end."""
    settings: tuple[SettingChange, ...]
    differences: tuple[Difference, ...]
    """The first is the first divergence."""
    listing: ListingDiff | None
    unasked: tuple[RecordedCall, ...]
    """What was recorded and never asked for."""
    answered: int
    """Calls answered with the record of the same call."""
    answered_by_turn: int
    """Calls answered with what was recorded in the same place for other arguments."""
    live: tuple[str, ...]
    seconds: float

    @property
    def diverged(self) -> bool:
        """Whether the replay took another step, or made another listing, than the record."""
        before, after = (t.root for t in (self.recorded, self.replayed))
        same = self.listing.identical if self.listing else before.message == after.message != ""
        return bool(self.differences or self.stopped or self.unasked or not same)


async def play(
    trace: Trace,
    events: AsyncGenerator[Event],
    player: Player,
    context: ReplayContext,
    changes: Changes,
    *,
    live: Collection[str] = (),
) -> Replay:
    """Run `events` to their `done` or until the tape stops them, and compare with the record."""
    started = time.perf_counter()
    with prompts_instead(changes.prompts):
        document = await _until_stopped(events, player, breaks=trace.root.failed)
        settings = context.settings()
    seconds = time.perf_counter() - started
    replayed = _recorded(context.tracer, player.trace_id)
    before = trace.document()
    return Replay(
        recorded=trace,
        replayed=replayed,
        document=document,
        stopped=player.reason,
        settings=tuple(_settings(context.recorded, settings)),
        differences=tuple(differences(trace, replayed, stopped=bool(player.reason))),
        listing=diff_listings(before, document) if before and document else None,
        unasked=tuple(player.tape.unasked(live)),
        answered=player.tape.exact,
        answered_by_turn=player.tape.by_turn,
        live=tuple(sorted(live)),
        seconds=seconds,
    )


async def _until_stopped(
    events: AsyncGenerator[Event], player: Player, *, breaks: bool
) -> ListingDocument | None:
    """Run to the end or until the tape stops it; where the record `breaks`, it may do so again."""
    run = asyncio.create_task(_document(events))
    stop = asyncio.create_task(player.stopped.wait())
    try:
        await asyncio.wait({run, stop}, return_when=asyncio.FIRST_COMPLETED)
        if not run.done() or (breaks and run.exception() is not None):
            return None
        return await run
    finally:
        run.cancel()
        stop.cancel()
        await asyncio.gather(run, stop, return_exceptions=True)


async def _document(events: AsyncGenerator[Event]) -> ListingDocument | None:
    async with aclosing(events):
        async for event in events:
            if event["event"] == "done":
                return ListingDocument(**event["document"])
    return None


def _recorded(tracer: RunTracer, trace_id: str) -> Trace:
    if tracer.folder is None:
        return tracer.take(trace_id)
    return read_trace(find_trace(tracer.folder, trace_id))


def _settings(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[SettingChange]:
    """What differs among the settings that both sides tell."""
    for key in before.keys() & after.keys():
        one, two = before[key], after[key]
        if isinstance(one, dict) and isinstance(two, dict):
            for name in sorted(one.keys() & two.keys()):
                if one[name] != two[name]:
                    yield SettingChange(f"{key}.{name}", one[name], two[name])
        elif one != two:
            yield SettingChange(key, one, two)
