"""One run of the listing graph: from photos to the document, as a call or as a stream of events."""

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Literal, cast

from langchain_core.runnables import RunnableConfig

from eval_traces import RunSpan, names
from graphs.listing.context import ListingContext
from graphs.listing.document import build_document
from graphs.listing.graph import ListingGraph
from graphs.listing.state import ListingState
from graphs.streaming import Emit, Event, relay, under_way
from listing import ListingDocument, Photo
from listing.document import Mode

RECURSION_LIMIT = 40


def _new_id() -> str:
    return uuid.uuid4().hex


@dataclass(frozen=True)
class ListingRequest:
    """What the seller gave: photos already in the store, perhaps words."""

    photos: tuple[Photo, ...]
    seller: str | None = None
    mode_cap: Mode | None = None
    leave_out: tuple[Literal["category", "reference"], ...] = ()
    """What the draft must do without, though it was found: for ablations."""
    warnings: tuple[str, ...] = ()
    thread_id: str = field(default_factory=_new_id)
    listing_id: str = field(default_factory=_new_id)

    def state(self) -> ListingState:
        """The graph's input."""
        return {
            "listing_id": self.listing_id,
            "photos": [p.model_dump() for p in self.photos],
            "seller": self.seller,
            "mode_cap": self.mode_cap,
            "leave_out": list(self.leave_out),
            "warnings": list(self.warnings),
        }


async def draft_listing(
    context: ListingContext, request: ListingRequest, graph: ListingGraph
) -> ListingDocument:
    """Run the graph to its end and return the document."""
    async with aclosing(stream_listing(context, request, graph)) as events:
        async for event in events:
            if event["event"] == "done":
                return ListingDocument(**event["document"])
    raise RuntimeError("the run ended without a document")  # pragma: no cover


async def stream_listing(
    context: ListingContext, request: ListingRequest, graph: ListingGraph, *, resume: bool = False
) -> AsyncGenerator[Event]:
    """Yield the run's events; the last is `done` with the document as a dict.

    Closing the iterator stops the run. A run past its deadline ends in `manual` with what it found.
    The graph runs in a task of its own, so that spans nest whoever consumes the events.

    With `resume` the run goes on from the last checkpoint of its thread, as after a killed process;
    what had been completed is not done again, and the trace begins where the run goes on. A thread
    without a checkpoint begins.
    """

    async def run(emit: Emit) -> None:
        await _run(context, request, graph, emit, resume)

    async with aclosing(relay(run)) as events:
        async for event in events:
            yield event


async def _run(
    context: ListingContext,
    request: ListingRequest,
    graph: ListingGraph,
    emit: Emit,
    resume: bool,
) -> None:
    started = time.perf_counter()
    state: ListingState = request.state()
    given = {
        "photos": [f"sha256:{p.sha256}" for p in request.photos],
        "seller": request.seller,
        "mode": request.mode_cap,
        **({"leave_out": list(request.leave_out)} if request.leave_out else {}),
        **({"warnings": list(request.warnings)} if request.warnings else {}),
    }
    with context.tracer.run("listing", thread_id=request.thread_id, input=given) as run:
        run.set_json(names.SETTINGS, context.settings())
        for key, value in context.about.items():
            run.set(key, value)
        try:
            async with asyncio.timeout(context.limits.deadline_s) as deadline:
                if context.on_start is not None:
                    context.on_start(run, deadline)
                state = await _follow(context, request, graph, emit, state, resume)
        except TimeoutError:
            state = _late(state, context)
        document = build_document(
            state,
            context,
            trace_id=run.trace_id,
            thread_id=request.thread_id,
            total_ms=1000 * (time.perf_counter() - started),
        )
        run.set_output(document.model_dump(mode="json"))
        _judge(run, document)
    emit({"event": "done", "document": document.model_dump(mode="json")})


async def _follow(
    context: ListingContext,
    request: ListingRequest,
    graph: ListingGraph,
    emit: Emit,
    state: ListingState,
    resume: bool,
) -> ListingState:
    """Pass on the graph's custom events; `state` is updated in place, so a deadline finds it."""
    config: RunnableConfig = {
        "configurable": {"thread_id": request.thread_id},
        "recursion_limit": RECURSION_LIMIT,
    }
    kept = await graph.aget_state(config) if resume else None
    begun = kept is not None and bool(kept.values)
    if kept is not None and begun:
        state.update(cast(ListingState, kept.values))
        if not under_way(kept):
            return state
    parts = graph.astream(
        None if begun else state,
        config,
        context=context,
        stream_mode=["custom", "values"],
        version="v2",
        # A step counts as done once its checkpoint is on disk, so a kill never repeats it.
        durability="sync" if graph.checkpointer else None,
    )
    async for part in parts:
        if part["type"] == "custom":
            emit(part["data"])
        elif part["type"] == "values":
            state.update(part["data"])
    return state


def _late(state: ListingState, context: ListingContext) -> ListingState:
    """What a run past its deadline leaves: its findings, and the seller's form untouched."""
    note = f"the deadline of {context.limits.deadline_s:g} s passed before the draft was checked"
    late: ListingState = {
        "status": "manual",
        "mode": "manual",
        "title": "",
        "description": "",
        "claims": [],
        "warnings": [*state.get("warnings", []), note],
    }
    return {**state, **late}


def _judge(run: RunSpan, document: ListingDocument) -> None:
    """Record the share of supported claims as an evaluation of the run."""
    checkable = [c for c in document.claims if c.verdict != "general"]
    if checkable:
        share = sum(c.verdict == "supported" for c in checkable) / len(checkable)
        run.evaluation("claim_precision", score=share)
