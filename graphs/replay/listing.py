"""Replays a listing run on today's graph, from the tape, live, or part one and part the other."""

from collections.abc import Collection
from dataclasses import replace

from eval_traces import RunTracer, Trace, names
from graphs.listing import ListingContext, ListingRequest, stream_listing
from graphs.replay.changes import Changes
from graphs.replay.context import Ground, replay_context
from graphs.replay.nodes import chosen_nodes, listing_graph
from graphs.replay.player import Player
from graphs.replay.playing import Replay, play
from graphs.replay.tape import Tape
from listing import ListingDocument, Photo
from listing.errors import BadInputError

LISTING = f"{names.INVOKE_WORKFLOW} listing"
"""Name of the root span of such a run."""


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
    before, chosen = trace.document(), chosen_nodes(live_nodes)
    request = _request(trace, before, changes)
    player = Player(Tape(trace), tracer.content)
    context = replay_context(
        trace, before, ground, changes, player, tracer, live=live, live_nodes=chosen
    )
    events = stream_listing(replace(context, on_start=player.watch), request, listing_graph())
    return await play(trace, events, player, context, changes, live=chosen)


def _request(trace: Trace, document: ListingDocument | None, changes: Changes) -> ListingRequest:
    """What the recorded run was asked, with the changes; `document` is what it came to."""
    trace.require("replayed")
    given = trace.root.input
    if trace.root.name != LISTING or not isinstance(given, dict):
        raise BadInputError(f"trace {trace.trace_id}: is no listing run, so it cannot be replayed")
    photos = _photos(trace)
    if not photos:
        raise BadInputError(
            f"trace {trace.trace_id}: ended before its first step, so there is nothing to replay"
        )
    asked = {**given, **changes.inputs}
    return ListingRequest(
        photos=photos,
        seller=asked.get("seller"),
        mode_cap=asked.get("mode"),
        leave_out=tuple(given.get("leave_out", ())),
        warnings=tuple(given.get("warnings", ())),
        thread_id=trace.thread_id,
        listing_id=document.listing_id if document else trace.trace_id,
    )


def _photos(trace: Trace) -> tuple[Photo, ...]:
    """The photos as the first step saw them."""
    for node in trace.nodes():
        seen = node.input
        if isinstance(seen, dict) and seen.get("photos"):
            return tuple(Photo(**photo) for photo in seen["photos"])
    return ()
