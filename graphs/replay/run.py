"""Replays any recorded run of ours: of which graph it is, its trace says."""

from collections.abc import Collection, Sequence

from eval_traces import RunTracer, Trace
from graphs.listing import ListingContext
from graphs.replay.changes import Changes, read_changes
from graphs.replay.context import Ground
from graphs.replay.listing import replay_listing
from graphs.replay.nodes import GraphName, chosen_nodes, graph_nodes
from graphs.replay.playing import Replay
from graphs.replay.turn import TURN, replay_turn


def graph_of(trace: Trace) -> GraphName:
    """Return the graph that the run is replayed on."""
    return "assistant" if trace.root.name == TURN else "listing"


def changes_of(trace: Trace, given: Sequence[str]) -> Changes:
    """Return what `--set` changes of this run; BadInputError as `read_changes`."""
    graph = graph_of(trace)
    return read_changes(given, graph_nodes(graph), graph)


def live_nodes_of(trace: Trace, named: Collection[str], start: str = "") -> frozenset[str]:
    """Return the nodes to run for real of this run's graph; BadInputError as `chosen_nodes`."""
    return chosen_nodes(named, start, graph_of(trace))


async def replay_trace(
    trace: Trace,
    ground: Ground,
    tracer: RunTracer,
    changes: Changes | None = None,
    *,
    live: ListingContext | None = None,
    live_nodes: Collection[str] = (),
) -> Replay:
    """Replay a listing run, or a turn of the assistant, as `replay_listing` does."""
    again = replay_turn if graph_of(trace) == "assistant" else replay_listing
    return await again(trace, ground, tracer, changes, live=live, live_nodes=live_nodes)
