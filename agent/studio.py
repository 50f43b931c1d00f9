"""What `langgraph.json` names: the graphs for LangGraph's own tools.

They have no checkpointer, since that server brings one. They can be looked at as they are; a run
needs a `ListingContext` or an `AssistantContext` as its context, as `agent.runtime` makes them.
"""

from typing import TYPE_CHECKING

from graphs.assistant import build_assistant_graph
from graphs.listing import build_listing_graph

if TYPE_CHECKING:
    from graphs.assistant import AssistantGraph
    from graphs.listing.graph import ListingGraph


def listing_graph() -> "ListingGraph":
    """Return the listing graph; no arguments, as LangGraph's loader would fill them."""
    return build_listing_graph()


def assistant_graph() -> "AssistantGraph":
    """Return the assistant's graph; no arguments, as LangGraph's loader would fill them."""
    return build_assistant_graph()
