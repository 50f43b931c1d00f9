"""Replay: today's graph on a recorded run, every call answered from the record or run live."""

from graphs.replay.changes import Changes, read_changes
from graphs.replay.compare import Difference, differences
from graphs.replay.context import Ground
from graphs.replay.listing_diff import ListingDiff, diff_listings
from graphs.replay.run import Replay, listing_nodes, nodes_from, replay_listing

__all__ = [
    "Changes",
    "Difference",
    "Ground",
    "ListingDiff",
    "Replay",
    "diff_listings",
    "differences",
    "listing_nodes",
    "nodes_from",
    "read_changes",
    "replay_listing",
]
