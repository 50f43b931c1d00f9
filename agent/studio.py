"""What `langgraph.json` names: the listing graph for LangGraph's own tools.

It has no checkpointer, since that server brings one. It can be looked at as it is; a run needs a
`ListingContext` as its context, as `agent.runtime` makes it.
"""

from typing import TYPE_CHECKING

from graphs.listing import build_listing_graph

if TYPE_CHECKING:
    from graphs.listing.graph import ListingGraph


def listing_graph() -> "ListingGraph":
    """Return the listing graph; no arguments, as LangGraph's loader would fill them."""
    return build_listing_graph()
