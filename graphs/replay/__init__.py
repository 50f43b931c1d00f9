"""Replay: today's graphs on a recorded run, every call answered from the record or run live."""

from graphs.replay.changes import Changes, read_changes
from graphs.replay.compare import Difference, differences
from graphs.replay.context import Ground
from graphs.replay.listing import replay_listing
from graphs.replay.listing_diff import ListingDiff, diff_listings
from graphs.replay.nodes import chosen_nodes, graph_nodes, listing_nodes, nodes_from
from graphs.replay.playing import Replay
from graphs.replay.run import changes_of, graph_of, live_nodes_of, replay_trace
from graphs.replay.turn import replay_turn

__all__ = [
    "Changes",
    "Difference",
    "Ground",
    "ListingDiff",
    "Replay",
    "changes_of",
    "chosen_nodes",
    "diff_listings",
    "differences",
    "graph_nodes",
    "graph_of",
    "listing_nodes",
    "live_nodes_of",
    "nodes_from",
    "read_changes",
    "replay_listing",
    "replay_trace",
    "replay_turn",
]
