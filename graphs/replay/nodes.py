"""The nodes of today's graphs: which there are, and which a replay is to run for real."""

import functools
from collections.abc import Iterable
from typing import Any, Literal

from graphs.assistant import build_assistant_graph
from graphs.listing import build_listing_graph
from graphs.listing.graph import ListingGraph
from listing.errors import BadInputError

GraphName = Literal["listing", "assistant"]


@functools.cache
def listing_graph() -> ListingGraph:
    """Return the listing graph that replays run on: it keeps nothing, so one serves them all."""
    return build_listing_graph()


@functools.cache
def _drawn(graph: GraphName) -> Any:
    """The graph's nodes and edges."""
    made = listing_graph() if graph == "listing" else build_assistant_graph()
    return made.get_graph()


@functools.cache
def graph_nodes(graph: GraphName) -> tuple[str, ...]:
    """Return the names of a graph's nodes."""
    return tuple(sorted(n for n in _drawn(graph).nodes if n[:2] != "__"))


def listing_nodes() -> tuple[str, ...]:
    """Return the names of the listing graph's nodes."""
    return graph_nodes("listing")


def nodes_from(name: str, graph: GraphName = "listing") -> frozenset[str]:
    """Return a node of the graph and all that may run after it."""
    edges = _drawn(graph).edges
    found, left = set(), [name]
    while left:
        node = left.pop()
        if node not in found:
            found.add(node)
            left += [e.target for e in edges if e.source == node and e.target[:2] != "__"]
    return frozenset(found)


def chosen_nodes(
    named: Iterable[str] = (), start: str = "", graph: GraphName = "listing"
) -> frozenset[str]:
    """Return the nodes to run for real: those `named` (`all` are all), `start` and all after it.

    Raises:
        BadInputError: the graph has no such node.
    """
    known, wanted = graph_nodes(graph), set(named)
    for option, name in [*(("--live", n) for n in sorted(wanted - {"all"})), ("--from", start)]:
        if name and name not in known:
            raise BadInputError(f"{option} {name}: no such node; there are {', '.join(known)}")
    if "all" in wanted:
        return frozenset(known)
    return frozenset(wanted) | (nodes_from(start, graph) if start else frozenset())
