"""Replays a recorded run on today's graph, from the tape, live, or part one and part the other."""

import asyncio
import functools
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from eval_traces import RunTracer, Trace, find_trace, read_trace
from graphs.listing import ListingContext, ListingRequest, build_listing_graph, stream_listing
from graphs.replay.changes import Changes
from graphs.replay.compare import Difference, differences
from graphs.replay.context import Ground, recorded_settings, replay_context
from graphs.replay.listing_diff import ListingDiff, diff_listings
from graphs.replay.player import Player
from graphs.replay.tape import RecordedCall, Tape
from listing import ListingDocument, Photo
from listing.errors import BadInputError
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


@functools.cache
def listing_nodes() -> tuple[str, ...]:
    """Return the names of the listing graph's nodes."""
    return tuple(sorted(n for n in build_listing_graph().get_graph().nodes if n[:2] != "__"))


def nodes_from(name: str) -> frozenset[str]:
    """Return a node of the listing graph and all that may run after it."""
    graph = build_listing_graph().get_graph()
    found, left = set(), [name]
    while left:
        node = left.pop()
        if node not in found:
            found.add(node)
            left += [e.target for e in graph.edges if e.source == node and e.target[:2] != "__"]
    return frozenset(found)


async def replay_listing(
    trace: Trace,
    ground: Ground,
    tracer: RunTracer,
    changes: Changes | None = None,
    *,
    live: ListingContext | None = None,
    live_nodes: Collection[str] = (),
) -> Replay:
    """Run today's graph on the recorded run and compare.

    Every call is answered from the record, but for those of `live_nodes`, which use the handles of
    `live`. `tracer` records the replay: `open_memory_trace()` for a look, a folder's to keep it.

    Raises:
        BadInputError: the record is no listing run, or lacks what a replay needs.
    """
    changes = changes or Changes()
    request = _request(trace, changes)
    unknown = set(live_nodes) - set(listing_nodes())
    if unknown:
        known = ", ".join(listing_nodes())
        raise BadInputError(f"live node {min(unknown)!r}: the graph has {known}")
    player = Player(Tape(trace), tracer.content)
    context = replay_context(
        trace, ground, changes, player, tracer, live=live, live_nodes=frozenset(live_nodes)
    )
    started = time.perf_counter()
    with prompts_instead(changes.prompts):
        document = await _play(
            replace(context, on_start=player.watch), request, player, breaks=trace.root.failed
        )
        settings = context.settings()
    seconds = time.perf_counter() - started
    replayed = _recorded(tracer, player.trace_id)
    before = trace.document()
    return Replay(
        recorded=trace,
        replayed=replayed,
        document=document,
        stopped=player.reason,
        settings=tuple(_settings(recorded_settings(trace), settings)),
        differences=tuple(differences(trace, replayed, stopped=bool(player.reason))),
        listing=diff_listings(before, document) if before and document else None,
        unasked=tuple(player.tape.unasked(live_nodes)),
        answered=player.tape.exact,
        answered_by_turn=player.tape.by_turn,
        live=tuple(sorted(live_nodes)),
        seconds=seconds,
    )


def _request(trace: Trace, changes: Changes) -> ListingRequest:
    """What the recorded run was asked, with the changes."""
    trace.require("replayed")
    given = trace.root.input
    photos = _photos(trace)
    if (
        trace.root.kind != "workflow"
        or trace.root.label != "listing"
        or not isinstance(given, dict)
    ):
        raise BadInputError(f"trace {trace.trace_id}: is no listing run, so it cannot be replayed")
    if not photos:
        raise BadInputError(
            f"trace {trace.trace_id}: ended before its first step, so there is nothing to replay"
        )
    document = trace.document()
    return ListingRequest(
        photos=photos,
        seller=changes.seller if "seller" in _inputs(changes) else given.get("seller"),
        mode_cap=changes.mode if "mode" in _inputs(changes) else given.get("mode"),  # type: ignore[arg-type]
        leave_out=tuple(given.get("leave_out", ())),
        warnings=tuple(given.get("warnings", ())),
        thread_id=trace.thread_id,
        listing_id=document.listing_id if document else trace.trace_id,
    )


def _inputs(changes: Changes) -> set[str]:
    return {text.partition("=")[0].strip() for text in changes.given}


def _photos(trace: Trace) -> tuple[Photo, ...]:
    """The photos as the first step saw them."""
    for node in trace.nodes():
        seen = node.input
        if isinstance(seen, dict) and seen.get("photos"):
            return tuple(Photo(**photo) for photo in seen["photos"])
    return ()


async def _play(
    context: ListingContext, request: ListingRequest, player: Player, *, breaks: bool
) -> ListingDocument | None:
    """Run the graph until it ends or the tape stops it; where it `breaks`, it may do so again."""
    run = asyncio.create_task(_follow(context, request))
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


async def _follow(context: ListingContext, request: ListingRequest) -> ListingDocument | None:
    async with aclosing(stream_listing(context, request, build_listing_graph())) as events:
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
