"""Spans made inside a real LangGraph program: parallel branches, sync nodes, pauses, failures."""

import asyncio
import operator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypedDict

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import Command, RetryPolicy, interrupt

from eval_traces import ChatSpans, RunTracer, read_trace
from models.scripted import ScriptedChatModel
from tests.eval_traces.recorded import only_trace


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]
    answer: str


@dataclass(frozen=True)
class Handles:
    tracer: RunTracer
    model: ScriptedChatModel


async def left(state: State, runtime: Runtime[Handles]) -> State:
    handles = runtime.context
    info = runtime.execution_info
    assert info is not None
    with handles.tracer.node(
        "left", attempt=info.node_attempt, checkpoint_id=info.checkpoint_id
    ) as node:
        await asyncio.sleep(0)
        reply = await handles.model.ainvoke("left?", {"callbacks": [ChatSpans(handles.tracer)]})
        node.route("join", "always")
        return {"log": [reply.text]}


def right(state: State, runtime: Runtime[Handles]) -> State:
    """A sync node: LangGraph runs it in a thread."""
    tracer = runtime.context.tracer
    with tracer.node("right"), tracer.tool("look", {"a": 1}) as tool:
        tool.result("seen")
        return {"log": ["right"]}


async def ask(state: State, runtime: Runtime[Handles]) -> State:
    with runtime.context.tracer.node("ask"):
        return {"answer": interrupt({"question": "Which size?"})}


def graph(*, with_pause: bool) -> Any:
    builder = StateGraph(State, context_schema=Handles)
    builder.add_node("left", left)
    builder.add_node("right", right)
    builder.add_edge(START, "left")
    builder.add_edge(START, "right")
    if with_pause:
        builder.add_node("ask", ask)
        builder.add_edge(["left", "right"], "ask")
        builder.add_edge("ask", END)
    return builder.compile(checkpointer=InMemorySaver())


async def test_parallel_nodes_of_a_graph_are_siblings_with_their_own_children(
    tracer: RunTracer, tmp_path: Path
) -> None:
    handles = Handles(tracer, ScriptedChatModel(responses=["ok"]))
    config = {"configurable": {"thread_id": "t"}}
    with tracer.run("listing", thread_id="t"):
        await graph(with_pause=False).ainvoke({"log": []}, config, context=handles)
    trace = only_trace(tmp_path)
    nodes = {n.label: n for n in trace.nodes()}
    assert {n.parent_id for n in nodes.values()} == {trace.root.span_id}
    assert [c.name for c in nodes["left"].children] == ["chat scripted"]
    assert [c.name for c in nodes["right"].children] == ["execute_tool look"]
    assert nodes["left"].attributes["listing.checkpoint.id"]
    assert (nodes["left"].route, nodes["left"].route_reason) == ("join", "always")


async def test_a_pause_for_the_seller_is_no_error_and_the_thread_goes_on_in_a_second_run(
    tracer: RunTracer, tmp_path: Path
) -> None:
    handles = Handles(tracer, ScriptedChatModel(responses=["ok"]))
    program = graph(with_pause=True)
    config = {"configurable": {"thread_id": "t"}}
    with tracer.run("listing", thread_id="t") as first:
        await program.ainvoke({"log": []}, config, context=handles)
    with tracer.run("listing", thread_id="t") as second:
        state = await program.ainvoke(Command(resume="M"), config, context=handles)
    assert state["answer"] == "M"
    assert first.path is not None and second.path is not None
    paused, resumed = read_trace(first.path), read_trace(second.path)
    (waiting,) = paused.find("ask", kind="node")
    assert waiting.status == "paused" and paused.root.status == "ok"
    asked = waiting.json("listing.interrupts")
    assert asked[0]["value"] == {"question": "Which size?"}
    assert [s.status for s in resumed.find("ask")] == ["ok"]
    assert paused.thread_id == resumed.thread_id == "t"


async def test_each_attempt_of_a_retried_node_is_a_span(tracer: RunTracer, tmp_path: Path) -> None:
    async def flaky(state: State, runtime: Runtime[Handles]) -> State:
        info = runtime.execution_info
        assert info is not None
        with runtime.context.tracer.node("flaky", attempt=info.node_attempt):
            if info.node_attempt == 1:
                raise ConnectionError("first time")
            return {"log": ["second time"]}

    builder = StateGraph(State, context_schema=Handles)
    policy = RetryPolicy(initial_interval=0.001, jitter=False, retry_on=ConnectionError)
    builder.add_node("flaky", flaky, retry_policy=policy)
    builder.add_edge(START, "flaky")
    handles = Handles(tracer, ScriptedChatModel(responses=[]))
    with tracer.run("listing"):
        await builder.compile().ainvoke({"log": []}, context=handles)
    first, second = only_trace(tmp_path).nodes()
    assert (first.status, first.attributes["listing.node.attempt"]) == ("error", 1)
    assert (second.status, second.attributes["listing.node.attempt"]) == ("ok", 2)


async def test_a_failing_graph_fails_its_run(tracer: RunTracer, tmp_path: Path) -> None:
    async def broken(state: State, runtime: Runtime[Handles]) -> State:
        with runtime.context.tracer.node("broken"):
            raise KeyError("nowhere")

    builder = StateGraph(State, context_schema=Handles)
    builder.add_node("broken", broken)
    builder.add_edge(START, "broken")
    handles = Handles(tracer, ScriptedChatModel(responses=[]))
    with pytest.raises(KeyError), tracer.run("listing"):
        await builder.compile().ainvoke({"log": []}, context=handles)
    trace = only_trace(tmp_path)
    assert trace.root.status == "error" and trace.nodes()[0].attributes["error.type"] == "KeyError"
