"""One turn of the assistant as a stream of events; each ends with exactly one `done`.

Rule: closing a stream is the seller's wish to stop: the thread is as it was before, with the
message in its record. A cancelled task is the program's end: the turn stays unfinished and can go
on. A step that fails ends in words; what is raised is wrong input, before anything is done.
"""

import asyncio
import uuid
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, cast

from langgraph.types import Command, StateSnapshot
from pydantic import ValidationError

from eval_traces import names
from graphs.assistant.checkpoints import config_of, forget_drafts, put_back, tidy
from graphs.assistant.context import AssistantContext
from graphs.assistant.graph import AssistantGraph
from graphs.assistant.recorded import recorded, restored
from graphs.assistant.state import AssistantState, thread_of
from graphs.assistant.thread import document_shown, open_interrupt, shown_interrupt
from graphs.assistant.turn import ANSWERS, Json, Turn
from graphs.streaming import Emit, Event, relay, under_way
from listing.errors import BadInputError, NotFoundError
from tools.assistant import read_arguments

SELLER_STOPS = "the seller stops the turn"
"""`task.cancel(SELLER_STOPS)` means the same as closing the stream, while it is waited on."""


async def stream_turn(
    context: AssistantContext, graph: AssistantGraph, thread_id: str, turn: Turn
) -> AsyncGenerator[Event]:
    """Yield the events of a turn; a question that was open is dropped."""
    given = _turn(thread_id, turn)
    snapshot = await graph.aget_state(config_of(thread_id))
    async with aclosing(_stream(context, graph, thread_id, {"turn": given}, snapshot)) as events:
        async for event in events:
            yield event


async def stream_resume(
    context: AssistantContext,
    graph: AssistantGraph,
    thread_id: str,
    interrupt_id: str,
    answer: Mapping[str, Any],
) -> AsyncGenerator[Event]:
    """Yield the events that follow the answer to an open question.

    Raises:
        NotFoundError: no such question is open.
        BadInputError: the answer is not of its schema; the question stays open.
    """
    snapshot = await graph.aget_state(config_of(thread_id))
    asked = open_interrupt(snapshot)
    if asked is None or asked.id != interrupt_id:
        raise NotFoundError(f"interrupt {interrupt_id!r}: is not open in this thread")
    checked = _checked(asked.value, answer)
    command: Command[Any] = Command(resume={interrupt_id: checked})
    async with aclosing(_stream(context, graph, thread_id, command, snapshot)) as events:
        async for event in events:
            yield event


async def stream_unfinished(
    context: AssistantContext, graph: AssistantGraph, thread_id: str
) -> AsyncGenerator[Event]:
    """Yield the events that are left of a turn whose process was killed.

    What had been completed is not done again. Where nothing is left, the open question (if any) and
    `done` are all. NotFoundError where there is no such thread.
    """
    snapshot = await graph.aget_state(config_of(thread_id))
    if not snapshot.values and not under_way(snapshot):
        raise NotFoundError(f"thread {thread_id!r}: there is none such")
    if not under_way(snapshot) or open_interrupt(snapshot) is not None:
        for event in _ending(snapshot, "", thread_id):
            yield event
        return
    async with aclosing(_stream(context, graph, thread_id, None, snapshot)) as events:
        async for event in events:
            yield event


async def stream_recorded(
    context: AssistantContext, graph: AssistantGraph, thread_id: str, told: Mapping[str, Any]
) -> AsyncGenerator[Event]:
    """Yield the events of a turn that begins as the root of a recorded one says, for a replay.

    `told` is the root's input: the turn, the answer to a question, the state before them. The
    thread must be new to the graph's saver.
    """
    config, told = config_of(thread_id), restored(told)
    given: Any = {"turn": told["turn"]}
    if told["thread"]:
        at = told.get("next") or ["(end)"]
        await graph.aupdate_state(config, told["thread"], as_node=_BEFORE.get(at[0], "take"))
    if told.get("resumed"):
        given = None
    elif told.get("answer") is not None:
        await graph.ainvoke(None, config, context=context)  # up to the question
        asked = open_interrupt(await graph.aget_state(config))
        given = Command(resume={asked.id: next(iter(told["answer"].values()))} if asked else {})
    snapshot = await graph.aget_state(config)
    # Not apart: changed prompts are in the context of who replays.
    events = _stream(context, graph, thread_id, given, snapshot, apart=False)
    async with aclosing(events):
        async for event in events:
            yield event


_BEFORE = {
    "(end)": "remember", "remember": "answer",
    "ask_seller": "settle", "publish": "settle", "confirm": "settle",
}  # fmt: skip
"""The node that a state is entered after, by the one that comes next; the others follow `take`."""


def _turn(thread_id: str, turn: Turn) -> Json:
    """The turn as the state has it."""
    if not (turn.text or "").strip() and not (turn.photos or turn.edits or turn.call):
        raise BadInputError("turn: it is empty; give a text, photos, an edit or a call")
    if turn.call is not None:
        read_arguments(turn.call["name"], turn.call.get("args") or {})
    for edit in turn.edits:
        if edit.field == "attribute" and not edit.attribute:
            raise BadInputError("edits: attribute: name the attribute that changes")
    return {
        "id": uuid.uuid4().hex,
        "thread_id": thread_id,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "text": turn.text,
        "photos": [photo.model_dump() for photo in turn.photos],
        "warnings": list(turn.warnings),
        "edits": [asdict(edit) for edit in turn.edits],
        "call": dict(turn.call) if turn.call else None,
        "language": turn.language,
        "mode_cap": turn.mode_cap,
    }


def _checked(asked: Json, answer: Mapping[str, Any]) -> Json:
    try:
        given = ANSWERS[asked["kind"]].model_validate(dict(answer))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "answer"
        raise BadInputError(f"answer: {field}: {first['msg']}") from None
    known = {question["attribute"] for question in asked.get("questions", [])}
    told = given.model_dump()
    named = [*(told.get("answers") or {}), *(told.get("skipped") or [])]
    for name in named:
        if name not in known:
            raise BadInputError(f"answer: {name}: was not asked; {', '.join(sorted(known))}")
    return told


async def _stream(
    context: AssistantContext,
    graph: AssistantGraph,
    thread_id: str,
    given: Any,
    before: StateSnapshot,
    *,
    apart: bool = True,
) -> AsyncGenerator[Event]:
    await forget_drafts(graph, cast(AssistantState, before.values), keep=given is None)

    async def run(emit: Emit) -> None:
        await _run(context, graph, thread_id, given, before, emit)

    ended = False
    try:
        async with aclosing(relay(run, apart=apart)) as events:
            async for event in events:
                ended = event["event"] == "done"  # who closes the stream after it stops nothing
                yield event
    except (GeneratorExit, asyncio.CancelledError) as ending:
        if not ended and (isinstance(ending, GeneratorExit) or SELLER_STOPS in ending.args):
            turn = given["turn"] if isinstance(given, dict) else None
            await put_back(graph, thread_id, before, turn)
        raise


async def _run(
    context: AssistantContext,
    graph: AssistantGraph,
    thread_id: str,
    given: Any,
    before: StateSnapshot,
    emit: Emit,
) -> None:
    values = cast(AssistantState, before.values)
    told = {
        "turn": given["turn"] if isinstance(given, dict) else values.get("turn"),
        "answer": given.resume if isinstance(given, Command) else None,
        "resumed": given is None,
        # Where it went on in the middle of a turn, that turn's state belongs to what is needed.
        "thread": thread_of(values) if isinstance(given, dict) else dict(values),
        "next": [] if isinstance(given, dict) else [task.name for task in before.tasks],
    }
    tracer = context.tracer
    with tracer.run("assistant", agent=True, thread_id=thread_id, input=recorded(told)) as run:
        run.set_json(names.SETTINGS, context.settings())
        for key, value in context.about.items():
            run.set(key, value)
        if context.on_start is not None:
            context.on_start(run)
        parts = graph.astream(
            given,
            config_of(thread_id),
            context=context,
            stream_mode=["custom"],
            version="v2",
            # A step counts as done once its checkpoint is on disk, so a kill never repeats it.
            durability="sync" if graph.checkpointer else None,
        )
        async for part in parts:
            if part["type"] == "custom":
                emit(part["data"])
        after = await graph.aget_state(config_of(thread_id))
        events = _ending(after, run.trace_id, thread_id)
        run.set_output(events[-1]["document"])
    await tidy(graph, thread_id, after)
    for event in events:
        emit(event)


def _ending(snapshot: StateSnapshot, trace_id: str, thread_id: str) -> list[Event]:
    """The last events of a stream: the open question, if any, and `done`."""
    state, asked = cast(AssistantState, snapshot.values), open_interrupt(snapshot)
    done = {
        "event": "done",
        "document": document_shown(state, thread_id).model_dump(mode="json"),
        "reply": state.get("reply", ""),
        "interrupt": asked.id if asked else None,
        "trace_id": trace_id,
    }
    shown = shown_interrupt(asked) if asked else None
    return [*([{"event": "interrupt", **shown}] if shown else []), done]
