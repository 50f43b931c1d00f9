"""Replays a turn of the assistant on today's graph, from the state that it began with.

Rule: as for a listing, model and tools are answered from the tape, and a question that interrupted
the turn by the answer on record; a draft is a run of its own and is answered whole.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self

from langgraph.checkpoint.memory import InMemorySaver

from eval_traces import RunTracer, Trace, names
from graphs.assistant import (
    AssistantContext,
    AssistantLimits,
    build_assistant_graph,
    stream_recorded,
)
from graphs.calls import LiveCalls
from graphs.listing import ListingContext
from graphs.replay.changes import Changes
from graphs.replay.context import Ground, ReplayContext, replay_context
from graphs.replay.nodes import chosen_nodes, listing_graph
from graphs.replay.player import Player, TapedCalls
from graphs.replay.playing import Replay, play
from graphs.replay.tape import Tape
from listing.errors import BadInputError

TURN = f"{names.INVOKE_AGENT} assistant"
"""Name of the root span of a turn."""
_OF_TURN = {"message": "text", "mode": "mode_cap", "language": "language"}


@dataclass(frozen=True)
class ReplayTurnContext(AssistantContext):
    """Hands each node its own handles; without live ones every call is answered from the tape."""

    player: Player | None = None
    live_nodes: frozenset[str] = frozenset()

    def for_node(self, name: str) -> Self:
        """Return live handles for a live node, else a model and tools that play the tape."""
        assert self.player is not None
        live = name in self.live_nodes
        calls = LiveCalls() if live else TapedCalls(name, self.player)
        return replace(self, listing=self.listing.for_node(name), calls=calls)


async def replay_turn(
    trace: Trace,
    ground: Ground,
    tracer: RunTracer,
    changes: Changes | None = None,
    *,
    live: ListingContext | None = None,
    live_nodes: Collection[str] = (),
) -> Replay:
    """Run today's assistant on the recorded turn and compare; as `replay_listing` does.

    Raises:
        BadInputError: the record is no turn, or lacks what a replay needs.
    """
    changes = changes or Changes()
    chosen = chosen_nodes(live_nodes, graph="assistant")
    told = _told(trace, changes)
    player = Player(Tape(trace), tracer.content)
    listing = replay_context(
        trace, trace.document(), ground, changes, player, tracer, live=live, live_nodes=chosen
    )
    context = ReplayTurnContext(
        listing=listing,
        listing_graph=listing_graph(),
        limits=_limits(listing, changes),
        languages=tuple(_assistant(listing).get("languages", ("en",))),
        edits=changes.state,
        about=listing.about,
        on_start=player.watch,
        player=player,
        live_nodes=chosen,
    )
    graph = build_assistant_graph(InMemorySaver())
    events = stream_recorded(context, graph, trace.thread_id, told)
    return await play(trace, events, player, listing, changes, live=chosen)


def _told(trace: Trace, changes: Changes) -> dict[str, Any]:
    """What the root says of the turn's beginning, with the changes."""
    trace.require("replayed")
    told = trace.root.input
    if trace.root.name != TURN or not isinstance(told, dict):
        raise BadInputError(f"trace {trace.trace_id}: is no turn of the assistant")
    turn = told.get("turn")
    if not isinstance(turn, dict) or not isinstance(told.get("thread"), dict):
        raise BadInputError(
            f"trace {trace.trace_id}: does not say what the turn began with, so it cannot be "
            "replayed"
        )
    changed = {_OF_TURN[name]: value for name, value in changes.inputs.items()}
    return {**told, "turn": {**turn, **changed}}


def _assistant(listing: ReplayContext) -> Mapping[str, Any]:
    told = listing.recorded.get("assistant")
    return told if isinstance(told, Mapping) else {}


def _limits(listing: ReplayContext, changes: Changes) -> AssistantLimits:
    """The recorded limits, with the changes."""
    known = {f.name for f in fields(AssistantLimits)}
    told = {**_assistant(listing), **changes.limits}
    return AssistantLimits(**{k: v for k, v in told.items() if k in known})
