"""The listing graph itself: nodes, edges, and for each node the poorer mode it fails into."""

from typing import Any, cast

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.errors import NodeError
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command

from graphs.listing import audit, gather, look, write
from graphs.listing.context import ListingContext
from graphs.listing.state import ListingState

Handler = Any
"""`(state, NodeError) -> Command`: LangGraph injects the error but its annotations do not know."""
ListingGraph = CompiledStateGraph[ListingState, ListingContext, ListingState, ListingState]
CHECK_FAILED = "The photo check did not work, so nothing was drafted. Your form is untouched."


def _fallback(goto: str, note: str, **update: Any) -> Handler:
    """An error handler that notes the failure and goes on with less."""

    async def handle(state: ListingState, error: NodeError) -> Command[str]:
        reason = f"{error.node}: {note} ({type(error.error).__name__})"
        return Command(update={**update, "warnings": [reason]}, goto=goto)

    return handle


async def _refuse_unchecked(state: ListingState, error: NodeError) -> Command[str]:
    """A photo check that fails stops the run: what was not checked is not let through."""
    report = {**state.get("safety", {}), "notice": CHECK_FAILED}
    return Command(update={"safety": report, "status": "refused"}, goto="refuse")


async def _without_references(state: ListingState, error: NodeError) -> Command[str]:
    """References that cannot be read are not used: category and template remain."""
    note = f"extract_attributes: references could not be read ({type(error.error).__name__})"
    return Command(
        update={"mode": "template", "reference_values": {}, "warnings": [note]}, goto="write_draft"
    )


Builder = StateGraph[ListingState, ListingContext, ListingState, ListingState]


def build_listing_graph(
    checkpointer: BaseCheckpointSaver[Any] | None = None,
) -> ListingGraph:
    """Return the compiled graph; without a checkpointer it keeps nothing between steps."""
    graph = StateGraph(ListingState, context_schema=ListingContext)
    _add_nodes(graph)
    _add_edges(graph)
    return graph.compile(checkpointer=checkpointer, name="listing")


def _add_nodes(graph: Builder) -> None:
    """The nodes, each with the poorer way that its failure takes."""
    manual = {"status": "manual", "mode": "manual", "title": "", "description": "", "claims": []}
    graph.add_node(
        "check_photos", look.check_photos, error_handler=cast(Handler, _refuse_unchecked)
    )
    graph.add_node("refuse", look.refuse)
    graph.add_node(
        "predict_category",
        look.predict_category,
        error_handler=_fallback("choose_mode", "no category", category=None, photo_values=[]),
    )
    graph.add_node(
        "search_similar",
        look.search_similar,
        error_handler=_fallback("choose_mode", "no references", references=[]),
    )
    graph.add_node("choose_mode", gather.choose_mode, defer=True)
    graph.add_node(
        "read_seller",
        gather.read_seller,
        error_handler=_fallback("write_draft", "your words could not be read"),
    )
    graph.add_node(
        "extract_attributes",
        gather.extract_attributes,
        error_handler=cast(Handler, _without_references),
    )
    graph.add_node(
        "write_draft",
        write.write_draft,
        error_handler=_fallback("finish", "no draft could be written", **manual),
    )
    graph.add_node(
        "audit_draft",
        audit.audit_draft,
        error_handler=_fallback(
            "finish", "the draft could not be checked, so it is not shown", **manual
        ),
    )
    graph.add_node(
        "revise",
        audit.revise,
        error_handler=_fallback(
            "finish", "the draft could not be corrected, so it is not shown", **manual
        ),
    )
    graph.add_node("finish", audit.finish)


def _add_edges(graph: Builder) -> None:
    """The ways that results take."""
    graph.add_edge(START, "check_photos")
    graph.add_conditional_edges(
        "check_photos", look.after_check, ["refuse", "predict_category", "search_similar"]
    )
    graph.add_edge("predict_category", "choose_mode")
    graph.add_edge("search_similar", "choose_mode")
    graph.add_conditional_edges(
        "choose_mode",
        gather.after_mode,
        ["refuse", "read_seller", "extract_attributes", "write_draft", "finish"],
    )
    graph.add_conditional_edges(
        "read_seller", gather.after_seller, ["extract_attributes", "write_draft"]
    )
    graph.add_edge("extract_attributes", "write_draft")
    graph.add_conditional_edges("write_draft", write.after_write, ["audit_draft", "finish"])
    graph.add_conditional_edges("audit_draft", audit.after_audit, ["revise", "finish"])
    graph.add_edge("revise", "audit_draft")
    graph.add_edge("refuse", END)
    graph.add_edge("finish", END)
