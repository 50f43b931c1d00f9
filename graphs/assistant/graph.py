"""The assistant graph itself: nodes, edges, and the way out of each that fails."""

from typing import Any, cast

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from graphs.assistant import act, answer, ask, decide, failing, remember, reread, take
from graphs.assistant.context import AssistantContext
from graphs.assistant.route import after, after_settle
from graphs.assistant.state import AssistantState

AssistantGraph = CompiledStateGraph[
    AssistantState, AssistantContext, AssistantState, AssistantState
]
Handler = Any
"""`(state, NodeError) -> Command`: LangGraph injects the error but its annotations do not know."""
NEXT = ["act", "decide", "reread", "settle", "answer"]


def build_assistant_graph(
    checkpointer: BaseCheckpointSaver[Any] | None = None,
) -> AssistantGraph:
    """Return the compiled graph; it needs a checkpointer for threads to last and to ask."""
    graph = StateGraph(AssistantState, context_schema=AssistantContext)
    graph.add_node("take", take.take)
    graph.add_node("decide", decide.decide, error_handler=cast(Handler, failing.without_model))
    graph.add_node("act", act.act, error_handler=cast(Handler, failing.without_call))
    graph.add_node("reread", reread.reread, error_handler=cast(Handler, failing.without_model))
    graph.add_node("settle", ask.settle)
    graph.add_node("ask_seller", ask.ask_seller)
    graph.add_node("publish", ask.publish)
    graph.add_node("confirm", ask.confirm)
    graph.add_node("answer", answer.answer, error_handler=cast(Handler, failing.without_words))
    graph.add_node("remember", remember.remember)
    graph.add_edge(START, "take")
    for name in ("take", "decide", "act", "reread", "ask_seller", "publish", "confirm"):
        graph.add_conditional_edges(name, after, NEXT)
    graph.add_conditional_edges("settle", after_settle, ["ask_seller", "publish", "confirm", *NEXT])
    graph.add_edge("answer", "remember")
    graph.add_edge("remember", END)
    return graph.compile(checkpointer=checkpointer, name="assistant")
